/**
 * Opening a line by one match of its first part and one walk over its payload: the quick way for
 * the lines that a sound ledger is made of. It answers only where every member is proved
 * well-formed, canonical and in order, and both hashes right; anything else is left to the plain
 * way in `plain.ts`, which gives the same answer to every line that is answered here.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../crypto/port.ts';
import { readHex } from '../encoding/hex.ts';
import { decodeUtf8, encodeUtf8 } from '../encoding/utf8.ts';
import { NO, scanValue, scanWord } from '../json/scan.ts';
import { PAYLOAD_DEPTH } from '../json/value.ts';
import type { Digest, EventId, EventType, Origin, Seq, Time } from '../name.ts';
import { parseDigest } from '../name.ts';
import { matchHead } from './grammar.ts';
import { SALT_BYTES, hashHeader, hashPayload } from './hash.ts';
import type { Outcome } from './header.ts';
import { MAX_HEADER_BYTES, MAX_LINE_BYTES } from './header.ts';
import type { Line } from './line.ts';

const BEFORE_HEADER = `{"event_hash":"${'0'.repeat(64)}","header":`.length;
const MAX_HEAD_BYTES = BEFORE_HEADER + MAX_HEADER_BYTES;
const BEFORE_PAYLOAD = encodeUtf8(',"payload":');
const BEFORE_SALT = encodeUtf8(',"salt":"');
const BEHIND_SALT = encodeUtf8('"}\n');
const BEHIND_WITHHELD = encodeUtf8('}\n');

interface Disclosed {
  readonly payload: Uint8Array;
  readonly salt: Uint8Array;
}

/** The payload and its salt, from the comma behind the header to the end of the line. */
const scanPayload = (
  crypto: Crypto,
  bytes: Uint8Array,
  headerEnd: number,
  expected: string,
): Disclosed | undefined => {
  const payload = scanWord(bytes, headerEnd, BEFORE_PAYLOAD);
  const end = payload === NO ? NO : scanValue(bytes, payload, PAYLOAD_DEPTH);
  const salt = end === NO ? NO : scanWord(bytes, end, BEFORE_SALT);
  const saltEnd = salt + 2 * SALT_BYTES;
  if (salt === NO || scanWord(bytes, saltEnd, BEHIND_SALT) !== bytes.length) return undefined;
  const raw = readHex(bytes, salt, SALT_BYTES);
  if (raw === undefined || hashPayload(crypto, raw, bytes, payload, end) !== expected)
    return undefined;
  return { payload: bytes.subarray(payload, end), salt: raw };
};

/** scanLine opens a line, LF included, or gives undefined where the plain way must look. */
export const scanLine = (crypto: Crypto, bytes: Uint8Array): Line | undefined => {
  if (bytes.length > MAX_LINE_BYTES) return undefined;
  const isShort = bytes.length <= MAX_HEAD_BYTES;
  const head = matchHead(decodeUtf8(isShort ? bytes : bytes.subarray(0, MAX_HEAD_BYTES)));
  if (head === undefined) return undefined;
  if (hashHeader(crypto, bytes, BEFORE_HEADER, head.length) !== head.eventHash) return undefined;
  const isWithheld = scanWord(bytes, head.length, BEHIND_WITHHELD) === bytes.length;
  const disclosed = isWithheld
    ? undefined
    : scanPayload(crypto, bytes, head.length, head.payloadHash);
  const isProved = isWithheld ? E.isRight(parseDigest(head.payloadHash)) : disclosed !== undefined;
  if (!isProved) return undefined;
  return {
    seq: Number(head.seq) as Seq,
    id: head.id as EventId,
    event_type: head.type as EventType,
    ledger: head.ledger as Origin,
    recorded_at: head.recordedAt as Time,
    prev_event_hash: head.prev as Digest,
    outcome: (head.outcome ?? 'allow') as Outcome,
    policy_set: head.policySet as Digest,
    isAttested: head.attestation !== undefined,
    hasSeen: head.seen !== undefined,
    event_hash: head.eventHash as Digest,
    headerText: head.header,
    payload: disclosed?.payload,
    salt: disclosed?.salt,
  };
};
