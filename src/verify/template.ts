/**
 * Recognising lines by those before them. A template is made of a line that the kernel found sound:
 * the bytes up to its payload, cut into what must stand there again and values of a known form.
 *
 *     {"event_hash":"<hash>","header":{"event_type":"invoice.paid","id":"<id>","ledger":"a.b/c",…
 *
 * A header that differs from a sound one in nothing but such values, each of its form, is a sound
 * header. Neighbours in a journal are alike, so nearly all of them are read by one comparison; what
 * fits no template is left to the kernel.
 */
import type { Line } from '../../ledger/event/line.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { powerOf, surfaceOf } from '../../policies/surface.ts';

/** What may stand at a place, and what it is for. */
export const EVENT_HASH = 0;
export const PAYLOAD_HASH = 1;
export const PREV_HASH = 2;
export const SEEN_HASH = 3;
export const SEEN_SEQ = 4;
export const SEQ = 5;
export const ID = 6;
export const OTHER_ID = 7;
export const RECORDED_AT = 8;
export const OTHER_TIME = 9;
export const KEY_ID = 10;
export const SIGNATURE = 11;
export const TRACE_ID = 12;
export const LABEL = 13;
export const NOTHING = 14;

/** Where the header begins, behind a hash that has its place in every line. */
export const HEADER_AT = `{"event_hash":"${'0'.repeat(64)}","header":`.length;
export const EVENT_HASH_AT = '{"event_hash":"'.length;
const BEFORE_PAYLOAD = ',"payload":';

export interface Template {
  /** Times that have been checked are put in their places, so that the next may be like them. */
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Four numbers each: where a literal begins, its length, what follows it, where that stood. */
  readonly parts: Int32Array;
  readonly ledger: string;
  readonly policySet: string;
  readonly isAttested: boolean;
  readonly isBare: boolean;
  readonly hasSeen: boolean;
}

/** isBare says whether nobody attested an event that is not the tool's own. */
export const isBare = ({ isAttested, event_type: type }: Line): boolean =>
  !isAttested && powerOf(surfaceOf(type)) !== 'own';

const KINDS: Readonly<Record<string, number>> = {
  authorization: OTHER_ID,
  causation_id: OTHER_ID,
  event_hash: SEEN_HASH,
  id: ID,
  key_id: KEY_ID,
  observed_at: OTHER_TIME,
  payload_hash: PAYLOAD_HASH,
  prev_event_hash: PREV_HASH,
  recorded_at: RECORDED_AT,
  session_id: LABEL,
  signature: SIGNATURE,
  signed_at: OTHER_TIME,
  supersedes: OTHER_ID,
  trace_id: TRACE_ID,
};
const MEMBER = new RegExp(`"(?:(${Object.keys(KINDS).join('|')})":"([^"]*)"|seq":(\\d+))`, 'g');

interface Value {
  readonly at: number;
  readonly end: number;
  readonly kind: number;
}

/** The values in a header, of which no text has escapes: a quoted name with a colon is a member. */
const valuesIn = (header: string): readonly Value[] => {
  const values: Value[] = [];
  const lastSeq = header.lastIndexOf('"seq":');
  for (const { index, 0: whole, 1: name, 2: text = '', 3: number } of header.matchAll(MEMBER)) {
    const end = index + whole.length - (number === undefined ? 1 : 0);
    const at = end - (number ?? text).length;
    if (number !== undefined) values.push({ at, end, kind: index === lastSeq ? SEQ : SEEN_SEQ });
    else values.push({ at, end, kind: KINDS[name ?? ''] ?? NOTHING });
  }
  return values;
};

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');

/**
 * templateOf makes a template of a line with a payload in which the kernel found nothing; undefined
 * where its header has text with escapes.
 */
export const templateOf = (bytes: Uint8Array, line: Line): Template | undefined => {
  const end = HEADER_AT + encodeUtf8(line.headerText).length;
  const own = bytes.slice(0, end + BEFORE_PAYLOAD.length);
  const text = latin1(own);
  if (text.includes('\\')) return undefined;
  const parts = [0, EVENT_HASH_AT, EVENT_HASH, EVENT_HASH_AT];
  let from = EVENT_HASH_AT + 64;
  for (const { at, end: valueEnd, kind } of valuesIn(text.slice(HEADER_AT, end))) {
    parts.push(from, HEADER_AT + at - from, kind, HEADER_AT + at);
    from = HEADER_AT + valueEnd;
  }
  parts.push(from, own.length - from, NOTHING, own.length);
  return {
    bytes: own,
    view: new DataView(own.buffer),
    parts: Int32Array.from(parts),
    ledger: line.ledger,
    policySet: line.policy_set,
    isAttested: line.isAttested,
    isBare: isBare(line),
    hasSeen: line.hasSeen,
  };
};
