/**
 * Numbers of a row that data would not keep: what a ledger refuses, such as 1e400, -0 and
 * 12345678901234567890, and what would come out of a double with other digits than it went in with.
 * That 1.50 becomes 1.5 loses nothing.
 */
import { decodeUtf8 } from '../../../ledger/encoding/utf8.ts';
import { numberEnd, parseNumber } from '../../../ledger/json/number.ts';

/** Two readings of a row that holds such numbers. */
export interface Readings {
  /** Those that a ledger refuses stand in it as texts, the others as they are. */
  readonly told: Uint8Array;
  /** All of them are 0, and everything stands where it stood. */
  readonly blank: Uint8Array;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const SPACE = 0x20;

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= ZERO && byte <= 0x39;

/** Decimals of so many digits all differ as doubles. */
const EXACT_DIGITS = 15;

const isShort = (bytes: Uint8Array, at: number, end: number): boolean => {
  if (end - at > EXACT_DIGITS) return false;
  for (let i = at; i < end; i++) if (!isDigit(bytes[i]) && bytes[i] !== POINT) return false;
  return true;
};

/** The digits of a number that count, and the power of ten of the last of them. */
const decimalOf = (token: string): string => {
  const [mantissa = '', exponent = '0'] = token.split(/[eE]/);
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = whole + fraction;
  let [first, end] = [0, digits.length];
  while (first < end && digits[first] === '0') first++;
  while (end > first && digits[end - 1] === '0') end--;
  const power = Number(exponent) - fraction.length + digits.length - end;
  return first === end ? '0' : `${digits.slice(first, end)}e${power}`;
};

type Loss = 'none' | 'digits' | 'all';

const lossOf = (bytes: Uint8Array, at: number, end: number): Loss => {
  if (isShort(bytes, at, end)) return 'none';
  const { value } = parseNumber(bytes, at);
  if (typeof value !== 'number') return 'all';
  const token = decodeUtf8(bytes.subarray(at, end));
  return decimalOf(token) === decimalOf(String(value)) ? 'none' : 'digits';
};

/** Goes through the numbers of a row; where the row is no JSON, it goes as far as that. */
const eachLost = (bytes: Uint8Array, tell: (at: number, end: number, loss: Loss) => void): void => {
  for (let at = 0; at < bytes.length;) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at++;
      while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
      at++;
    } else if (byte === MINUS || isDigit(byte)) {
      const end = numberEnd(bytes, at);
      if (end < 0) return;
      const loss = lossOf(bytes, at, end);
      if (loss !== 'none') tell(at, end, loss);
      at = end;
    } else at++;
  }
};

/** readingsOf reads a row that holds such numbers; undefined where data keeps all of them. */
export const readingsOf = (bytes: Uint8Array): Readings | undefined => {
  let blank: Uint8Array | undefined;
  let extra = 0;
  eachLost(bytes, (at, end, loss) => {
    blank ??= Uint8Array.from(bytes);
    blank.fill(SPACE, at, end);
    blank[at] = ZERO;
    if (loss === 'all') extra += 2;
  });
  if (blank === undefined) return undefined;
  const told = new Uint8Array(bytes.length + extra);
  let [from, to] = [0, 0];
  const copy = (end: number): void => {
    told.set(bytes.subarray(from, end), to);
    to += end - from;
    from = end;
  };
  eachLost(bytes, (at, end, loss) => {
    if (loss !== 'all') return;
    copy(at);
    told[to++] = QUOTE;
    copy(end);
    told[to++] = QUOTE;
  });
  copy(bytes.length);
  return { told, blank };
};
