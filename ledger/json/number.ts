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
const digitsEnd = (bytes: Uint8Array, at: number): number => {
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

/** Decimals of so many digits differ wherever their doubles do: each is the shortest of its own. */
const EXACT_DIGITS = 15;

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
  if (end - at <= EXACT_DIGITS && digitsEnd(bytes, at) === end)
    return { value: integer(bytes, at, end), end };
  const token = decodeUtf8(bytes.subarray(at, end));
  const value = Number(token);
  if (value === 0 && /^[^eE]*[1-9]/.test(token)) return { value: 'rounds_to_zero', end };
  return { value: refuseNumber(value) ?? value, end };
};

/**
 * Whether a plain decimal is short enough to be canonical as it stands: no exponent, no zero at the
 * end of a fraction, no zero but one before the point, and not below 10^-6, where ECMAScript begins
 * to write exponents.
 */
const isShortDecimal = (bytes: Uint8Array, at: number, end: number): boolean => {
  if (end - at > EXACT_DIGITS) return false;
  const start = bytes[at] === 0x2d ? at + 1 : at;
  const point = digitsEnd(bytes, start);
  if (point === end) return start === at || bytes[start] !== 0x30;
  const isDecimal = bytes[point] === 0x2e && digitsEnd(bytes, point + 1) === end;
  if (!isDecimal || bytes[end - 1] === 0x30) return false;
  let zeros = point + 1;
  while (bytes[zeros] === 0x30) zeros++;
  return bytes[start] !== 0x30 || zeros - point - 1 <= 5;
};

/**
 * isCanonicalNumber says whether the bytes are how ECMAScript writes a number that a ledger holds.
 */
export const isCanonicalNumber = (bytes: Uint8Array, at: number, end: number): boolean => {
  if (isShortDecimal(bytes, at, end)) return true;
  const token = decodeUtf8(bytes.subarray(at, end));
  const value = Number(token);
  return refuseNumber(value) === undefined && String(value) === token;
};
