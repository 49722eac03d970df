/**
 * Rows as nearly all of them are written, recognised by one pattern: what stands around the payload
 * in plain ASCII, in its order, without escapes. Whatever is written otherwise is left to the plain
 * way, which also tells what is wrong with it.
 */
import * as E from 'fp-ts/lib/Either.js';
import { isAscii } from 'node:buffer';
import { FORM } from '../../../ledger/name.ts';
import { isCanonical } from '../../../ledger/json/scan.ts';
import { rawMembers } from '../raw-json.ts';
import type { Envelope, Row } from './row.ts';

const PLAIN = '[ !#-\\[\\]-~]*';
const text = `"(${PLAIN})"`;
const orNull = (form: string): string => `(?:null|${form})`;
const time = `"(${FORM.time.replace('\\.\\d{3}Z', '(?:\\.\\d{1,9})?Z')})"`;
const hash = '"([0-9a-f]{64})"';
const word = '(user|runtime|external_outcome|manual_correction)';

const HEAD = new RegExp(
  `^\\{"id":${text},"schema_version":(0|[1-9]\\d{0,8}),"observed_at":${time},` +
    `"recorded_at":${time},"source":(?:\\{"type":"${word}"|` +
    `\\{"type":"child_agent","model":${text}|\\{"type":"tool","name":${text})\\},` +
    `"event_type":${text},"trace_id":${orNull(text)},"session_id":${orNull(text)},` +
    `"domain_tags":\\[((?:"${PLAIN}"(?:,"${PLAIN}")*)?)\\],"payload":`,
);
const TAIL = new RegExp(
  `,"payload_hash":${hash},"prev_event_hash":${orNull(hash)},"event_hash":${hash}\\}$`,
);
/** The longest that such a tail can be. */
const TAIL_LENGTH = 270;

const sourceOf = (
  type: string | undefined,
  model: string | undefined,
  name: string | undefined,
): Envelope['source'] => {
  if (type !== undefined) return { type };
  return model === undefined ? { type: 'tool', name: name ?? '' } : { type: 'child_agent', model };
};

const OBJECT = 0x7b;

/** Whether a payload is one object, written as cortex writes it. */
const isPayload = (payload: Uint8Array): boolean => {
  if (payload[0] !== OBJECT) return false;
  // Sorted by UTF-16, which in ASCII is as good as by bytes.
  if (isAscii(payload) && isCanonical(payload)) return true;
  const members = rawMembers(payload);
  return E.isRight(members) && members.right.every(({ odd }) => odd.size === 0);
};

/** recogniseRow reads a line that is written as nearly all are; undefined where it is not. */
export const recogniseRow = (bytes: Uint8Array): Row | undefined => {
  const line = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const head = HEAD.exec(line);
  const tail = head && TAIL.exec(line.slice(-TAIL_LENGTH));
  if (!head || !tail) return undefined;
  const payload = bytes.subarray(head[0].length, bytes.length - tail[0].length);
  if (!isPayload(payload)) return undefined;
  const [, id = '', version, observed_at = '', recorded_at = '', ...rest] = head;
  const [type, model, name, event_type = '', trace_id = null, session_id = null, tags = ''] = rest;
  const [, payload_hash = '', prev_event_hash = null, event_hash = ''] = tail;
  const envelope = {
    id,
    schema_version: Number(version),
    observed_at,
    recorded_at,
    source: sourceOf(type, model, name),
    event_type,
    trace_id,
    session_id,
    domain_tags: tags === '' ? [] : tags.slice(1, -1).split('","'),
    payload_hash,
    prev_event_hash,
    event_hash,
  };
  return { envelope, payload };
};
