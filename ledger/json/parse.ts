/**
 * Reading JSON that a person or a program handed in. It need not be canonical, but its meaning must
 * survive being stored: what `JSON.parse` would silently change or drop is refused with its
 * position.
 *
 * The parser walks the bytes once. It stops at the first offence, so a hundred megabytes of `[`
 * cost as much as sixty-five, and it never recurses deeper than the containers it permits.
 */
import * as E from 'fp-ts/lib/Either.js';
import { decodeUtf8, encodeUtf8, sequenceLength } from '../encoding/utf8.ts';
import { parseNumber } from './number.ts';
import type { Reader } from './reader.ts';
import { Refusal, asciiOf, locate, parseText, refuse, skipSpace } from './reader.ts';
import type { Json, JsonRefused } from './value.ts';
import { LINE_DEPTH, MAX_MEMBERS, MAX_TEXT_BYTES, PAYLOAD_DEPTH } from './value.ts';

const LITERALS: readonly (readonly [string, Json])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

const parseLiteral = (reader: Reader): Json | Refusal => {
  for (const [word, value] of LITERALS) {
    const slice = reader.bytes.subarray(reader.at, reader.at + word.length);
    if (decodeUtf8(slice) === word) {
      reader.at += word.length;
      return value;
    }
  }
  const valid = sequenceLength(reader.bytes, reader.at) > 0 || reader.at === reader.bytes.length;
  return refuse(reader, valid ? 'syntax' : 'invalid_utf8');
};

const parseArray = (reader: Reader, depth: number): Json | Refusal => {
  const items: Json[] = [];
  reader.at++;
  if (skipSpace(reader) === 0x5d) {
    reader.at++;
    return items;
  }
  for (;;) {
    if (items.length === MAX_MEMBERS) return refuse(reader, 'too_large');
    const item = parseValue(reader, depth);
    if (item instanceof Refusal) return item;
    items.push(item);
    const next = skipSpace(reader);
    if (next !== 0x2c && next !== 0x5d) return refuse(reader, 'syntax');
    reader.at++;
    if (next === 0x5d) return items;
  }
};

const parseKey = (reader: Reader, seen: object): string | Refusal => {
  if (skipSpace(reader) !== 0x22) return refuse(reader, 'syntax');
  const start = reader.at;
  const key = parseText(reader);
  if (key instanceof Refusal) return key;
  if (key === '__proto__') return refuse(reader, 'forbidden_key', start);
  if (Object.hasOwn(seen, key)) return refuse(reader, 'repeated_key', start);
  if (skipSpace(reader) !== 0x3a) return refuse(reader, 'syntax');
  reader.at++;
  return key;
};

const parseObject = (reader: Reader, depth: number): Json | Refusal => {
  const members: Record<string, Json> = {};
  reader.at++;
  if (skipSpace(reader) === 0x7d) {
    reader.at++;
    return members;
  }
  for (let count = 0; ; count++) {
    if (count === MAX_MEMBERS) return refuse(reader, 'too_large');
    const key = parseKey(reader, members);
    if (key instanceof Refusal) return key;
    const value = parseValue(reader, depth);
    if (value instanceof Refusal) return value;
    members[key] = value;
    const next = skipSpace(reader);
    if (next !== 0x2c && next !== 0x7d) return refuse(reader, 'syntax');
    reader.at++;
    if (next === 0x7d) return members;
  }
};

const parseValue = (reader: Reader, depth: number): Json | Refusal => {
  const byte = skipSpace(reader);
  if (byte === 0x22) return parseText(reader);
  if (byte === 0x7b || byte === 0x5b) {
    if (!(depth < reader.maxDepth)) return refuse(reader, 'too_deep');
    return byte === 0x7b ? parseObject(reader, depth + 1) : parseArray(reader, depth + 1);
  }
  if (byte !== 0x2d && (byte < 0x30 || byte > 0x39)) return parseLiteral(reader);
  const number = parseNumber(reader.bytes, reader.at);
  if (typeof number.value !== 'number') return refuse(reader, number.value);
  reader.at = number.end;
  return number.value;
};

/** parse reads one JSON value from bytes, nested no deeper than a line whatever `maxDepth` is. */
export const parse = (bytes: Uint8Array, maxDepth = PAYLOAD_DEPTH): E.Either<JsonRefused, Json> => {
  const depth = Math.min(maxDepth, LINE_DEPTH);
  const reader: Reader = { bytes, maxDepth: depth, ascii: asciiOf(bytes), at: 0 };
  if (bytes.length > MAX_TEXT_BYTES) return E.left(locate(bytes, refuse(reader, 'too_large')));
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  if (marked) return E.left(locate(bytes, refuse(reader, 'byte_order_mark')));
  const value = parseValue(reader, 0);
  if (value instanceof Refusal) return E.left(locate(bytes, value));
  if (skipSpace(reader) !== -1) return E.left(locate(bytes, refuse(reader, 'trailing_text')));
  return E.right(value);
};

const loneSurrogateAt = (text: string): number => {
  let at = 0;
  for (const character of text) {
    if (!character.isWellFormed()) return at;
    at += character.length;
  }
  return at;
};

/** parseString reads one JSON value from text. */
export const parseString = (
  text: string,
  maxDepth = PAYLOAD_DEPTH,
): E.Either<JsonRefused, Json> => {
  if (text.isWellFormed()) return parse(encodeUtf8(text), maxDepth);
  const good = encodeUtf8(text.slice(0, loneSurrogateAt(text)));
  return E.left(locate(good, new Refusal('lone_surrogate', good.length)));
};
