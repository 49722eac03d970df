/**
 * What the parser reads from: bytes and an offset, the way to refuse what stands there, and
 * strings.
 */
import { decodeUtf8, sequenceLength } from '../encoding/utf8.ts';
import type { JsonReason, JsonRefused } from './value.ts';

export interface Reader {
  readonly bytes: Uint8Array;
  readonly maxDepth: number;
  /** The bytes as text where every byte is a character of it, so that offsets are the same. */
  readonly ascii: string | undefined;
  at: number;
}

const MAX_ASCII = 1_048_576;

/** A refusal on its way out: the reason and the offset of the offence. */
export class Refusal {
  readonly reason: JsonReason;
  readonly offset: number;
  constructor(reason: JsonReason, offset: number) {
    this.reason = reason;
    this.offset = offset;
  }
}

/** refuse makes a refusal of what stands at the reader. */
export const refuse = (reader: Reader, reason: JsonReason, offset = reader.at): Refusal =>
  offset >= reader.bytes.length && reason === 'syntax'
    ? new Refusal('unexpected_end', reader.bytes.length)
    : new Refusal(reason, offset);

/** skipSpace gives the first byte behind white space, -1 at the end. */
export const skipSpace = (reader: Reader): number => {
  for (;;) {
    const byte = reader.bytes[reader.at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte ?? -1;
    reader.at++;
  }
};

/**
 * parseText: the text between two quotes, its escapes resolved by the platform once their form is
 * known good.
 */
export const parseText = (reader: Reader): string | Refusal => {
  const { bytes } = reader;
  const start = reader.at++;
  let escaped = false;
  for (;;) {
    const byte = bytes[reader.at];
    if (byte === 0x22) break;
    if (byte === undefined) return refuse(reader, 'unexpected_end');
    if (byte < 0x20) return refuse(reader, 'control_character');
    if (byte === 0x5c) {
      const length = escapeLength(bytes, reader.at);
      if (length === 0) return refuse(reader, 'bad_escape');
      escaped = true;
      reader.at += length;
    } else {
      const length = byte < 0x80 ? 1 : sequenceLength(bytes, reader.at);
      if (length === 0) return refuse(reader, 'invalid_utf8');
      reader.at += length;
    }
  }
  reader.at++;
  if (!escaped) {
    const end = reader.at - 1;
    return reader.ascii?.slice(start + 1, end) ?? decodeUtf8(bytes.subarray(start + 1, end));
  }
  const value = JSON.parse(decodeUtf8(bytes.subarray(start, reader.at))) as string;
  return value.isWellFormed() ? value : refuse(reader, 'lone_surrogate', start);
};

const escapeLength = (bytes: Uint8Array, at: number): number => {
  const letter = bytes[at + 1] ?? 0;
  if (letter !== 0x75) return '"\\/bfnrt'.includes(String.fromCharCode(letter)) ? 2 : 0;
  const digits = decodeUtf8(bytes.subarray(at + 2, at + 6));
  return /^[0-9a-fA-F]{4}$/.test(digits) ? 6 : 0;
};

/**
 * Decoding at once is quicker than string by string; what is longer than a line is not worth it.
 */
export const asciiOf = (bytes: Uint8Array): string | undefined => {
  const text = bytes.length <= MAX_ASCII ? decodeUtf8(bytes) : '';
  return text.length === bytes.length ? text : undefined;
};

/** locate says where a refusal stands, counting lines and characters. */
export const locate = (bytes: Uint8Array, refusal: Refusal): JsonRefused => {
  let line = 1;
  let column = 1;
  for (const byte of bytes.subarray(0, refusal.offset)) {
    if (byte === 0x0a) {
      line++;
      column = 1;
    } else if ((byte & 0xc0) !== 0x80) column++;
  }
  return { _tag: 'JsonRefused', reason: refusal.reason, offset: refusal.offset, line, column };
};
