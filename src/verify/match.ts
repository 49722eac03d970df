/**
 * Holding a line against a template, and noting where its values stand. Every check here is one
 * that the grammar of the kernel makes; a value of a form that is not told quickly fits nothing.
 */
import * as E from 'fp-ts/lib/Either.js';
import { parseKeyId, parseLabel, parseTime } from '../../ledger/name.ts';
import type { IdTable } from './id-hash.ts';
import { HASH_WORDS, LENGTHS, ROW } from './id-hash.ts';
import * as T from './template.ts';

/** Bytes to read lines of, seen in three ways. */
export interface Text {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly buffer: Buffer;
}

/** Where the values of the line stand that was matched last. */
export interface Match {
  /** Behind the line, where it was opened as a whole. */
  end: number;
  headerEnd: number;
  payloadAt: number;
  /** How many bytes behind the header were not looked at. */
  skipped: number;
  payloadHashAt: number;
  prevAt: number;
  recordedAt: number;
  seq: number;
  seenAt: number;
  seenSeq: number;
  keyAt: number;
  keyEnd: number;
}

export const noMatch = (): Match => ({
  end: 0,
  headerEnd: 0,
  payloadAt: 0,
  skipped: 0,
  payloadHashAt: 0,
  prevAt: 0,
  recordedAt: 0,
  seq: 0,
  seenAt: 0,
  seenSeq: 0,
  keyAt: 0,
  keyEnd: 0,
});

/** What a character of a name may be. */
const WITHIN = 1;
const FIRST = 2;
const DIGIT = 4;
const HEX = 8;
const LOWER_HEX = 16;
const BASE64 = 32;
const classOf = (character: string): number =>
  (/[A-Za-z0-9._:-]/.test(character) ? WITHIN : 0) |
  (/[A-Za-z0-9]/.test(character) ? FIRST : 0) |
  (/[0-9]/.test(character) ? DIGIT : 0) |
  (/[0-9a-fA-F]/.test(character) ? HEX : 0) |
  (/[0-9a-f]/.test(character) ? LOWER_HEX : 0) |
  (/[A-Za-z0-9+/]/.test(character) ? BASE64 : 0);
const CLASS = Uint8Array.from({ length: 256 }, (_, code) =>
  code < 128 ? classOf(String.fromCharCode(code)) : 0,
);

const QUOTE = 0x22;
const MAX_ID = 128;
const MAX_KEY_ID = 137;
const MAX_LABEL = 256;
const MAX_DIGITS = 15;
const TIME = '2026-11-20T09:00:00.000Z'.length;
const TO_THE_MINUTE = '2026-11-20T09:00'.length;
const NO = -1;
const NO_TABLE: IdTable = new Int32Array(0);
const NO_IDS = new Int32Array(0);

/**
 * isSame compares a stretch of a text with one that has no NUL in it, eight bytes at a time: read
 * as numbers that are not zero, bytes are the same exactly where the numbers are.
 */
export const isSame = (
  a: DataView,
  at: number,
  b: DataView,
  from: number,
  length: number,
): boolean => {
  let i = 0;
  for (; i + 8 <= length; i += 8)
    if (a.getFloat64(at + i, true) !== b.getFloat64(from + i, true)) return false;
  if (i === length) return true;
  // What is left over is compared together with what stands before it, where there is enough.
  if (length >= 8)
    return a.getFloat64(at + length - 8, true) === b.getFloat64(from + length - 8, true);
  for (; i < length; i++) if (a.getUint8(at + i) !== b.getUint8(from + i)) return false;
  return true;
};

/** Behind the characters of a class, no more than so many. */
const runEnd = (bytes: Uint8Array, at: number, most: number, kind: number): number => {
  let end = at;
  while (end - at < most && ((CLASS[bytes[end] ?? 0] ?? 0) & kind) !== 0) end++;
  return end;
};

/** Behind an id; it is hashed on the way, where `slot` is a place in `ids`. */
const idEnd = (bytes: Uint8Array, at: number, table: IdTable, ids: Int32Array, slot: number) => {
  let all = 255;
  let end = at;
  let [a, b, c] = [0, 0, 0];
  for (let row = 0; end - at <= MAX_ID; end++, row += ROW) {
    const byte = bytes[end] ?? 0;
    const kind = CLASS[byte] ?? 0;
    if ((kind & WITHIN) === 0) break;
    all &= kind;
    const word = row + byte * HASH_WORDS;
    a ^= table[word] ?? 0;
    b ^= table[word + 1] ?? 0;
    c ^= table[word + 2] ?? 0;
  }
  const length = end - at;
  const isFirst = ((CLASS[bytes[at] ?? 0] ?? 0) & FIRST) !== 0;
  if (!isFirst || length > MAX_ID || (all & DIGIT) !== 0) return NO;
  if (length === 64 && (all & HEX) !== 0) return NO;
  const word = LENGTHS + length * HASH_WORDS;
  ids[slot] = a ^ (table[word] ?? 0);
  ids[slot + 1] = b ^ (table[word + 1] ?? 0);
  ids[slot + 2] = c ^ (table[word + 2] ?? 0);
  return end;
};

const seqEnd = (bytes: Uint8Array, at: number): number => {
  const end = runEnd(bytes, at, MAX_DIGITS, DIGIT);
  if (end === at || (bytes[at] === 0x30 && end > at + 1)) return NO;
  return end;
};

const seqAt = (bytes: Uint8Array, at: number, end: number): number => {
  let seq = 0;
  for (let i = at; i < end; i++) seq = seq * 10 + (bytes[i] ?? 0) - 0x30;
  return seq;
};

const isDigit = (byte: number | undefined, most = 0x39): boolean =>
  byte !== undefined && byte >= 0x30 && byte <= most;

/** Of a time that is the same to the minute: seconds and milliseconds. */
const isRestOfTime = (bytes: Uint8Array, at: number): boolean =>
  bytes[at] === 0x3a &&
  isDigit(bytes[at + 1], 0x35) &&
  isDigit(bytes[at + 2]) &&
  bytes[at + 3] === 0x2e &&
  isDigit(bytes[at + 4]) &&
  isDigit(bytes[at + 5]) &&
  isDigit(bytes[at + 6]) &&
  bytes[at + 7] === 0x5a;

const timeEnd = (text: Text, at: number, template: T.Template, from: number): number => {
  if (isSame(text.view, at, template.view, from, TO_THE_MINUTE))
    return isRestOfTime(text.bytes, at + TO_THE_MINUTE) ? at + TIME : NO;
  if (E.isLeft(parseTime(text.buffer.toString('latin1', at, at + TIME)))) return NO;
  template.bytes.set(text.bytes.subarray(at, at + TIME), from);
  return at + TIME;
};

/** isHash says whether 64 digits stand at `at`. */
export const isHash = (bytes: Uint8Array, at: number): boolean =>
  runEnd(bytes, at, 64, LOWER_HEX) === at + 64;

const quotedEnd = (
  { bytes, buffer }: Text,
  at: number,
  most: number,
  parse: (text: string) => E.Either<unknown, unknown>,
): number => {
  let end = at;
  while (end - at <= most && bytes[end] !== QUOTE && (bytes[end] ?? 0) < 0x80) end++;
  // An escape stands for another text than the one that is judged here.
  if (bytes[end] !== QUOTE || bytes.subarray(at, end).includes(0x5c)) return NO;
  return E.isRight(parse(buffer.toString('latin1', at, end))) ? end : NO;
};

const signatureEnd = (bytes: Uint8Array, at: number): number => {
  const isWhole =
    runEnd(bytes, at, 86, BASE64) === at + 86 &&
    'AQgw'.includes(String.fromCharCode(bytes[at + 85] ?? 0)) &&
    bytes[at + 86] === 0x3d &&
    bytes[at + 87] === 0x3d;
  return isWhole ? at + 88 : NO;
};

const traceEnd = (bytes: Uint8Array, at: number): number => {
  if (runEnd(bytes, at, 32, LOWER_HEX) !== at + 32) return NO;
  for (let i = at; i < at + 32; i++) if (bytes[i] !== 0x30) return at + 32;
  return NO;
};

/** A key id like the one before needs no other look. */
const keyEnd = (text: Text, at: number, match: Match): number => {
  const length = match.keyEnd - match.keyAt;
  const isKnown =
    length > 0 &&
    text.bytes[at + length] === QUOTE &&
    isSame(text.view, at, text.view, match.keyAt, length);
  const end = isKnown ? at + length : quotedEnd(text, at, MAX_KEY_ID, parseKeyId);
  if (end === NO) return NO;
  match.keyAt = at;
  match.keyEnd = end;
  return end;
};

/** Behind the value at `at`; hashes that are compared later need no look of their own here. */
const valueEnd = (
  text: Text,
  at: number,
  template: T.Template,
  part: number,
  match: Match,
): number => {
  const { bytes } = text;
  switch (template.parts[part + 2] ?? T.NOTHING) {
    case T.EVENT_HASH:
      return at + 64;
    case T.PAYLOAD_HASH:
      match.payloadHashAt = at;
      return at + 64;
    case T.PREV_HASH:
      match.prevAt = at;
      return at + 64;
    case T.SEEN_HASH:
      match.seenAt = at;
      return isHash(bytes, at) ? at + 64 : NO;
    case T.SEEN_SEQ: {
      const end = seqEnd(bytes, at);
      match.seenSeq = seqAt(bytes, at, end);
      return end;
    }
    case T.SEQ: {
      const end = seqEnd(bytes, at);
      match.seq = seqAt(bytes, at, end);
      return end;
    }
    case T.OTHER_ID:
      return idEnd(bytes, at, NO_TABLE, NO_IDS, 0);
    case T.RECORDED_AT:
      match.recordedAt = at;
      return timeEnd(text, at, template, template.parts[part + 3] ?? 0);
    case T.OTHER_TIME:
      return timeEnd(text, at, template, template.parts[part + 3] ?? 0);
    case T.KEY_ID:
      return keyEnd(text, at, match);
    case T.SIGNATURE:
      return signatureEnd(bytes, at);
    case T.TRACE_ID:
      return traceEnd(bytes, at);
    case T.LABEL:
      return quotedEnd(text, at, MAX_LABEL, parseLabel);
    default:
      return NO;
  }
};

/**
 * matchHead says whether the line at `at` is like the template up to its payload; it hashes the id
 * into `ids` at `slot`. There must be room behind the line for a header that is not there.
 */
export const matchHead = (
  text: Text,
  at: number,
  template: T.Template,
  match: Match,
  table: IdTable,
  ids: Int32Array,
  slot: number,
): boolean => {
  const { parts, view } = template;
  let to = at;
  for (let part = 0; part < parts.length; part += 4) {
    const length = parts[part + 1] ?? 0;
    if (!isSame(text.view, to, view, parts[part] ?? 0, length)) return false;
    to += length;
    const kind = parts[part + 2];
    if (kind === T.NOTHING) break;
    to =
      kind === T.ID
        ? idEnd(text.bytes, to, table, ids, slot)
        : valueEnd(text, to, template, part, match);
    if (to === NO) return false;
  }
  match.payloadAt = to;
  match.headerEnd = to - ',"payload":'.length;
  return true;
};
