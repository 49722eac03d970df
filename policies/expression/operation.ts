/**
 * What operators do. Each says `no_such_overload` to kinds of values that it does not take, and
 * pays for what it reads before it reads it where that could be much.
 */
import { moment, span } from './time.ts';
import type { Mapping, Meter, Result, Value } from './value.ts';
import { Failed, isList, isMapping, keysOf, Moment, read, Span } from './value.ts';

export const NO_OVERLOAD = new Failed('no_such_overload');
const OVERFLOW = new Failed('overflow');
const ZERO = new Failed('division_by_zero');
export const SPENT = new Failed('budget_exceeded');

const MAX_INT = 2n ** 63n - 1n;

/** int64 keeps an integer within 64 bits: nothing grows without bound. */
export const int64 = (value: bigint): bigint | Failed =>
  value <= MAX_INT && value >= -MAX_INT - 1n ? value : OVERFLOW;

export type Binary = (a: Value, b: Value, meter: Meter) => Result;

const join = (a: string, b: string, meter: Meter): Result => {
  read(meter, a.length + b.length);
  return meter.left < 0 ? SPENT : a + b;
};

const append = (a: readonly Value[], b: readonly Value[], meter: Meter): Result => {
  meter.left -= a.length + b.length;
  return meter.left < 0 ? SPENT : [...a, ...b];
};

const add: Binary = (a, b, meter) => {
  if (typeof a === 'number') return typeof b === 'number' ? a + b : NO_OVERLOAD;
  if (typeof a === 'bigint') return typeof b === 'bigint' ? int64(a + b) : NO_OVERLOAD;
  if (typeof a === 'string') return typeof b === 'string' ? join(a, b, meter) : NO_OVERLOAD;
  if (a instanceof Moment) return b instanceof Span ? moment(a.ns + b.ns) : NO_OVERLOAD;
  if (a instanceof Span && b instanceof Moment) return moment(a.ns + b.ns);
  if (a instanceof Span) return b instanceof Span ? span(a.ns + b.ns) : NO_OVERLOAD;
  return isList(a) && isList(b) ? append(a, b, meter) : NO_OVERLOAD;
};

const subtract: Binary = (a, b) => {
  if (typeof a === 'number') return typeof b === 'number' ? a - b : NO_OVERLOAD;
  if (typeof a === 'bigint') return typeof b === 'bigint' ? int64(a - b) : NO_OVERLOAD;
  if (a instanceof Moment && b instanceof Moment) return span(a.ns - b.ns);
  if (a instanceof Moment) return b instanceof Span ? moment(a.ns - b.ns) : NO_OVERLOAD;
  return a instanceof Span && b instanceof Span ? span(a.ns - b.ns) : NO_OVERLOAD;
};

const multiply: Binary = (a, b) => {
  if (typeof a === 'number') return typeof b === 'number' ? a * b : NO_OVERLOAD;
  return typeof a === 'bigint' && typeof b === 'bigint' ? int64(a * b) : NO_OVERLOAD;
};

const divide: Binary = (a, b) => {
  if (typeof a === 'number') return typeof b === 'number' ? a / b : NO_OVERLOAD;
  if (typeof a !== 'bigint' || typeof b !== 'bigint') return NO_OVERLOAD;
  return b === 0n ? ZERO : int64(a / b);
};

const remainder: Binary = (a, b) => {
  if (typeof a !== 'bigint' || typeof b !== 'bigint') return NO_OVERLOAD;
  return b === 0n ? ZERO : a % b;
};

type Ordered = number | bigint | string | boolean;

const rank = (a: Ordered, b: Ordered): number => {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number.isNaN(a) || Number.isNaN(b) ? NaN : 0;
};

const isNumber = (value: Value): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';

/** Less than, equal to or greater than 0; text goes by UTF-16 unit, as keys do in the ledger. */
const order = (a: Value, b: Value, meter: Meter): number | undefined => {
  if (isNumber(a)) return isNumber(b) ? rank(a, b) : undefined;
  if (typeof a === 'boolean') return typeof b === 'boolean' ? rank(a, b) : undefined;
  if (a instanceof Moment) return b instanceof Moment ? rank(a.ns, b.ns) : undefined;
  if (a instanceof Span) return b instanceof Span ? rank(a.ns, b.ns) : undefined;
  if (typeof a !== 'string' || typeof b !== 'string') return undefined;
  read(meter, a.length + b.length);
  return rank(a, b);
};

const compare =
  (holds: (rank: number) => boolean): Binary =>
  (a, b, meter) => {
    const ranked = order(a, b, meter);
    return ranked === undefined ? NO_OVERLOAD : holds(ranked);
  };

/** ownMember gives what an object itself holds under a key: nothing is inherited. */
export const ownMember = (object: Mapping, key: string): Value | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined;

const equalMaps = (a: Mapping, b: Mapping, meter: Meter): boolean => {
  const keys = keysOf(a, meter);
  if (keys.length !== keysOf(b, meter).length) return false;
  return keys.every((key) => {
    const [left, right] = [a[key], ownMember(b, key)];
    return left !== undefined && right !== undefined && equal(left, right, meter);
  });
};

/** equal compares any two values; those of different kinds are not equal, save 1 and 1.0. */
export const equal = (a: Value, b: Value, meter: Meter): boolean => {
  if (--meter.left < 0) return false;
  if (typeof a === 'string') {
    if (typeof b !== 'string' || a.length !== b.length) return false;
    read(meter, a.length);
    return a === b;
  }
  if (isNumber(a)) return isNumber(b) && rank(a, b) === 0;
  if (a === null || typeof a === 'boolean') return a === b;
  if (a instanceof Moment) return b instanceof Moment && a.ns === b.ns;
  if (a instanceof Span) return b instanceof Span && a.ns === b.ns;
  if (!isList(a)) return isMapping(a) && isMapping(b) && equalMaps(a, b, meter);
  if (!isList(b) || a.length !== b.length) return false;
  return a.every((item, i) => {
    const other = b[i];
    return other !== undefined && equal(item, other, meter);
  });
};

const isMember: Binary = (a, b, meter) => {
  if (isList(b)) return b.some((item) => equal(a, item, meter) || meter.left < 0);
  if (typeof a !== 'string' || !isMapping(b)) return NO_OVERLOAD;
  read(meter, a.length);
  return ownMember(b, a) !== undefined;
};

/** OPERATORS are those of two operands that both are evaluated. */
export const OPERATORS: Readonly<Record<string, Binary>> = {
  '+': add,
  '-': subtract,
  '*': multiply,
  '/': divide,
  '%': remainder,
  '==': equal,
  '!=': (a, b, meter) => !equal(a, b, meter),
  '<': compare((ranked) => ranked < 0),
  '<=': compare((ranked) => ranked <= 0),
  '>': compare((ranked) => ranked > 0),
  '>=': compare((ranked) => ranked >= 0),
  in: isMember,
};

export type Unary = (a: Value) => Result;

export const UNARY: Readonly<Record<string, Unary>> = {
  '!_': (a) => (typeof a === 'boolean' ? !a : NO_OVERLOAD),
  '-_': (a) => {
    if (typeof a === 'number') return -a;
    return typeof a === 'bigint' ? int64(-a) : NO_OVERLOAD;
  },
};

const NO_KEY = new Failed('no_such_key');
const NO_INDEX = new Failed('no_such_index');

/** at gives the element or member under an index. */
export const at: Binary = (a, b, meter) => {
  if (isList(a)) {
    if (!isNumber(b)) return NO_OVERLOAD;
    const item = a[Number(b)];
    return item === undefined ? NO_INDEX : item;
  }
  if (!isMapping(a) || typeof b !== 'string') return NO_OVERLOAD;
  read(meter, b.length);
  const member = ownMember(a, b);
  return member === undefined ? NO_KEY : member;
};
