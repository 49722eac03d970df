/**
 * Numbers: the grammar of RFC 8259 section 6, and what a double does to them.
 *
 *     1.50 reads as 1.5    -0, 1e400, 1e-400, 9007199254740993 are refused
 */
import { decodeUtf8 } from '../encoding/utf8.ts';
import type { JsonReason } from './value.ts';
import { refuseNumber } from './value.ts';

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= 0x30 && byte <= 0x39;

/** digitsEnd is where a run of digits ends. */
export const digitsEnd = (bytes: Uint8Array, at: number): number => {
  let end = at;
  while (isDigit(bytes[end])) end++;
  return end;
};

/** numberEnd is where the number that starts at `at` ends, -1 where none stands there. */
export const numberEnd = (bytes: Uint8Array, at: number): number => {
  const start = bytes[at] === 0x2d ? at + 1 : at;
  let end = digitsEnd(bytes, start);
  if (end === start || (bytes[start] === 0x30 && end > start + 1)) return -1;
  if (bytes[end] === 0x2e) {
    const fraction = end + 1;
    end = digitsEnd(bytes, fraction);
    if (end === fraction) return -1;
  }
  if (bytes[end] === 0x65 || bytes[end] === 0x45) {
    const sign = bytes[end + 1];
    const exponent = sign === 0x2b || sign === 0x2d ? end + 2 : end + 1;
    end = digitsEnd(bytes, exponent);
    if (end === exponent) return -1;
  }
  return end;
};

/** So many digits always make an integer that a double holds. */
export const SHORT = 15;

const integer = (bytes: Uint8Array, at: number, end: number): number => {
  let value = 0;
  for (let i = at; i < end; i++) value = value * 10 + (bytes[i] ?? 0) - 0x30;
  return value;
};

/** parseNumber gives the value and where it ends, or why it is refused. */
export const parseNumber = (
  bytes: Uint8Array,
  at: number,
): { readonly value: number | JsonReason; readonly end: number } => {
  const end = numberEnd(bytes, at);
  if (end < 0) return { value: 'syntax', end: at };
  if (end - at <= SHORT && digitsEnd(bytes, at) === end)
    return { value: integer(bytes, at, end), end };
  const token = decodeUtf8(bytes.subarray(at, end));
  const value = Number(token);
  if (value === 0 && /^[^eE]*[1-9]/.test(token)) return { value: 'rounds_to_zero', end };
  return { value: refuseNumber(value) ?? value, end };
};

/**
 * isCanonicalNumber says whether the bytes are how ECMAScript writes a number that a ledger holds.
 */
export const isCanonicalNumber = (bytes: Uint8Array, at: number, end: number): boolean => {
  const token = decodeUtf8(bytes.subarray(at, end));
  const value = Number(token);
  return refuseNumber(value) === undefined && String(value) === token;
};
