/**
 * The functions and methods there are. What depends on a version of Unicode, a table of time zones
 * or a native regular expression is not among them.
 */
import type { Binary } from './operation.ts';
import { int64, NO_OVERLOAD, SPENT } from './operation.ts';
import { MOMENT_PARTS, parseMoment, parseSpan, SPAN_PARTS, moment } from './time.ts';
import type { Kind, Meter, Result, Value } from './value.ts';
import { Failed, isList, isMapping, keysOf, Moment, read, Span } from './value.ts';

/** A function of one argument, or a method without any, is handed null for the second. */
export interface Callable {
  readonly arity: 1 | 2;
  readonly result: Kind;
  readonly call: Binary;
}

const BAD_NUMBER = new Failed('bad_number');
const OVERFLOW = new Failed('overflow');

/** Longer text is no number: what is read here takes a bounded time. */
const MAX_NUMBER = 400;
const INT = /^[+-]?\d{1,19}$/;
const DOUBLE = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The first half of a surrogate pair: a character that is two units long. */
const FIRST_HALF = /[\uD800-\uDBFF]/g;

const size: Binary = (a, _, meter) => {
  if (typeof a === 'string') {
    read(meter, a.length);
    if (meter.left < 0) return SPENT;
    return BigInt(a.length - (a.match(FIRST_HALF)?.length ?? 0));
  }
  if (isList(a)) return BigInt(a.length);
  return isMapping(a) ? BigInt(keysOf(a, meter).length) : NO_OVERLOAD;
};

const int = (a: Value): Result => {
  if (typeof a === 'bigint') return a;
  if (typeof a === 'number') return Number.isFinite(a) ? int64(BigInt(Math.trunc(a))) : OVERFLOW;
  if (typeof a !== 'string') return NO_OVERLOAD;
  return a.length <= MAX_NUMBER && INT.test(a) ? int64(BigInt(a.replace('+', ''))) : BAD_NUMBER;
};

const double = (a: Value): Result => {
  if (typeof a === 'number' || typeof a === 'bigint') return Number(a);
  if (typeof a !== 'string') return NO_OVERLOAD;
  if (a.length > MAX_NUMBER || !DOUBLE.test(a)) return BAD_NUMBER;
  const value = Number(a);
  return Number.isFinite(value) ? value : OVERFLOW;
};

/** Numbers are written as ECMAScript says, which is how canonical JSON writes them. */
const string = (a: Value): Result => (typeof a === 'object' ? NO_OVERLOAD : String(a));

const timestamp = (a: Value): Result => {
  if (a instanceof Moment) return a;
  if (typeof a === 'bigint') return moment(a * 1_000_000_000n);
  return typeof a === 'string' ? parseMoment(a) : NO_OVERLOAD;
};

const duration = (a: Value): Result => {
  if (a instanceof Span) return a;
  return typeof a === 'string' ? parseSpan(a) : NO_OVERLOAD;
};

const one = (result: Kind, call: Binary): Callable => ({ arity: 1, result, call });

/** FUNCTIONS are called as `size(x)`. */
export const FUNCTIONS: Readonly<Record<string, Callable>> = {
  size: one('int', size),
  int: one('int', int),
  double: one('double', double),
  string: one('string', string),
  timestamp: one('timestamp', timestamp),
  duration: one('duration', duration),
};

/**
 * How many comparisons of characters a search may make for one step. A native search is quadratic
 * at worst, so it pays for that before it begins.
 */
const COMPARISONS = 64;

const search = (a: string, b: string, meter: Meter): Result => {
  read(meter, a.length);
  if (b.length <= a.length) meter.left -= Math.ceil((a.length * b.length) / COMPARISONS);
  return meter.left < 0 ? SPENT : a.includes(b);
};

const onText = (call: (a: string, b: string, meter: Meter) => Result): Callable => ({
  arity: 2,
  result: 'bool',
  call: (a, b, meter) =>
    typeof a === 'string' && typeof b === 'string' ? call(a, b, meter) : NO_OVERLOAD,
});

/** Text that was joined is laid out before its end can be looked at. */
const ends =
  (holds: (a: string, b: string) => boolean) =>
  (a: string, b: string, meter: Meter): Result => {
    read(meter, a.length + b.length);
    return holds(a, b);
  };

const part = (name: string): Callable =>
  one('int', (a) => {
    if (a instanceof Moment) return MOMENT_PARTS[name]?.(a) ?? NO_OVERLOAD;
    return a instanceof Span ? (SPAN_PARTS[name]?.(a) ?? NO_OVERLOAD) : NO_OVERLOAD;
  });

/** METHODS are called as `x.size()`. `matches` needs its pattern compiled, so it is not here. */
export const METHODS: Readonly<Record<string, Callable>> = {
  size: one('int', size),
  contains: onText(search),
  startsWith: onText(ends((a, b) => a.startsWith(b))),
  endsWith: onText(ends((a, b) => a.endsWith(b))),
  ...Object.fromEntries(Object.keys(MOMENT_PARTS).map((name) => [name, part(name)])),
};
