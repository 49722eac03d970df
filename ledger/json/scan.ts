/**
 * Recognising canonical JSON by its bytes, without building a value: one walk, no allocation, so
 * that a verifier spends its time on hashing. `parse` and `write` are the plain way to the same
 * answer: bytes are canonical exactly where `write(parse(bytes))` gives them back.
 *
 * Every scanner takes the offset at which something starts and gives the offset behind it, or NO.
 */
import { decodeUtf8, sequenceLength } from '../encoding/utf8.ts';
import { isCanonicalNumber, numberEnd } from './number.ts';
import { LINE_DEPTH, MAX_MEMBERS, MAX_TEXT_BYTES } from './value.ts';

/** NO is the answer of a scanner that did not find what it looks for. */
export const NO = -1;

const PLAIN = 0;
const QUOTE = 1;
const BACKSLASH = 2;
const CONTROL = 3;
const MULTIBYTE = 4;
const KIND = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === 0x22) return QUOTE;
  if (byte === 0x5c) return BACKSLASH;
  return byte < 0x20 ? CONTROL : byte < 0x80 ? PLAIN : MULTIBYTE;
});

/** Canonical escapes: two characters where JSON has them, else \u00 and two lower-case digits. */
const escapeEnd = (bytes: Uint8Array, at: number): number => {
  const letter = bytes[at + 1] ?? 0;
  if (letter !== 0x75) return '"\\bfnrt'.includes(String.fromCharCode(letter)) ? at + 2 : NO;
  const digits = decodeUtf8(bytes.subarray(at + 2, at + 6));
  return /^00(?:0[0-7be-f]|1[0-9a-f])$/.test(digits) ? at + 6 : NO;
};

/** scanString takes the offset of the opening quote. */
export const scanString = (bytes: Uint8Array, at: number): number => {
  if (bytes[at] !== 0x22) return NO;
  let end = at + 1;
  for (;;) {
    const byte = bytes[end];
    if (byte === undefined) return NO;
    const kind = KIND[byte];
    if (kind === PLAIN) end++;
    else if (kind === QUOTE) return end + 1;
    else if (kind === CONTROL) return NO;
    else if (kind === BACKSLASH) {
      end = escapeEnd(bytes, end);
      if (end === NO) return NO;
    } else {
      const length = sequenceLength(bytes, end);
      if (length === 0) return NO;
      end += length;
    }
  }
};

/** UTF-16 puts characters past U+FFFF (lead bytes F0 to F4) before U+E000 to U+FFFF (EE and EF). */
const utf16Rank = (byte: number): number =>
  byte >= 0xf0 ? byte - 2 : byte >= 0xee ? byte + 5 : byte;

/** Whether the quoted key at `a` sorts before the one at `b`; both were scanned. */
const isBefore = (bytes: Uint8Array, a: number, aEnd: number, b: number, bEnd: number): boolean => {
  const length = Math.min(aEnd - a, bEnd - b) - 1;
  for (let i = 1; i < length; i++) {
    const left = bytes[a + i] ?? 0;
    const right = bytes[b + i] ?? 0;
    if (left === 0x5c || right === 0x5c) return isBeforeUnescaped(bytes, a, aEnd, b, bEnd);
    if (left !== right) return utf16Rank(left) < utf16Rank(right);
  }
  return aEnd - a < bEnd - b;
};

const isBeforeUnescaped = (
  bytes: Uint8Array,
  a: number,
  aEnd: number,
  b: number,
  bEnd: number,
): boolean => {
  const left = JSON.parse(decodeUtf8(bytes.subarray(a, aEnd))) as string;
  const right = JSON.parse(decodeUtf8(bytes.subarray(b, bEnd))) as string;
  return left < right;
};

const FORBIDDEN_KEY = '"__proto__"';
const isForbiddenKey = (bytes: Uint8Array, at: number, end: number): boolean =>
  bytes[at + 1] === 0x5f &&
  end - at === FORBIDDEN_KEY.length &&
  decodeUtf8(bytes.subarray(at, end)) === FORBIDDEN_KEY;

const scanObject = (bytes: Uint8Array, at: number, depth: number): number => {
  let end = at + 1;
  if (bytes[end] === 0x7d) return end + 1;
  let lastKey = NO;
  let lastKeyEnd = NO;
  for (let count = 0; count < MAX_MEMBERS; count++) {
    const key = end;
    const keyEnd = scanString(bytes, key);
    if (keyEnd === NO || bytes[keyEnd] !== 0x3a || isForbiddenKey(bytes, key, keyEnd)) return NO;
    if (lastKey !== NO && !isBefore(bytes, lastKey, lastKeyEnd, key, keyEnd)) return NO;
    lastKey = key;
    lastKeyEnd = keyEnd;
    end = scanValue(bytes, keyEnd + 1, depth);
    if (end === NO) return NO;
    const next = bytes[end++];
    if (next === 0x7d) return end;
    if (next !== 0x2c) return NO;
  }
  return NO;
};

const scanArray = (bytes: Uint8Array, at: number, depth: number): number => {
  let end = at + 1;
  if (bytes[end] === 0x5d) return end + 1;
  for (let count = 0; count < MAX_MEMBERS; count++) {
    end = scanValue(bytes, end, depth);
    if (end === NO) return NO;
    const next = bytes[end++];
    if (next === 0x5d) return end;
    if (next !== 0x2c) return NO;
  }
  return NO;
};

const scanNumber = (bytes: Uint8Array, at: number): number => {
  const end = numberEnd(bytes, at);
  return end !== NO && isCanonicalNumber(bytes, at, end) ? end : NO;
};

/** scanWord takes the text that must stand at `at`. */
export const scanWord = (bytes: Uint8Array, at: number, word: Uint8Array): number => {
  const end = at + word.length;
  if (end > bytes.length || bytes[at + 1] !== word[1]) return NO;
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return NO;
  return end;
};

const TRUE = Uint8Array.of(0x74, 0x72, 0x75, 0x65);
const FALSE = Uint8Array.of(0x66, 0x61, 0x6c, 0x73, 0x65);
const NULL = Uint8Array.of(0x6e, 0x75, 0x6c, 0x6c);

/** scanValue takes the offset of any value; `depth` is how many containers may still open. */
export const scanValue = (bytes: Uint8Array, at: number, depth: number): number => {
  switch (bytes[at] ?? NO) {
    case 0x22:
      return scanString(bytes, at);
    case 0x7b:
      return depth > 0 ? scanObject(bytes, at, depth - 1) : NO;
    case 0x5b:
      return depth > 0 ? scanArray(bytes, at, depth - 1) : NO;
    case 0x74:
      return scanWord(bytes, at, TRUE);
    case 0x66:
      return scanWord(bytes, at, FALSE);
    case 0x6e:
      return scanWord(bytes, at, NULL);
    default:
      return scanNumber(bytes, at);
  }
};

/**
 * isCanonical says whether the bytes are one canonical value and nothing else, nested no deeper
 * than a line whatever `maxDepth` is.
 */
export const isCanonical = (bytes: Uint8Array, maxDepth = LINE_DEPTH): boolean =>
  bytes.length <= MAX_TEXT_BYTES &&
  scanValue(bytes, 0, Math.min(maxDepth, LINE_DEPTH)) === bytes.length;
