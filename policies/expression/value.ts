/**
 * The values that an expression computes with, and what is known of them before it runs.
 *
 * Data comes as JSON: its numbers are doubles, and it holds neither integers nor times. Those arise
 * in the expression alone, from a literal or a function.
 */
import type { FailureReason } from './refusal.ts';

/** A moment, in nanoseconds since 1970. A class, so that no member of a payload can pose as one. */
export class Moment {
  readonly ns: bigint;
  constructor(ns: bigint) {
    this.ns = ns;
  }
}

/** A length of time, in nanoseconds. */
export class Span {
  readonly ns: bigint;
  constructor(ns: bigint) {
    this.ns = ns;
  }
}

export type Value = null | boolean | bigint | number | string | List | Mapping | Moment | Span;
export type List = readonly Value[];
export interface Mapping {
  readonly [key: string]: Value;
}

/** Failed is what a part gives that has no value: `&&`, `||`, `all` and `exists` may pass it by. */
export class Failed {
  readonly reason: FailureReason;
  readonly offset: number;
  /** The operation in kinds of values, such as `double + int`, or the key asked for. */
  readonly what: string;
  constructor(reason: FailureReason, offset = 0, what = '') {
    this.reason = reason;
    this.offset = offset;
    this.what = what;
  }
}

export type Result = Value | Failed;

export type Kind =
  'null' | 'bool' | 'int' | 'double' | 'string' | 'list' | 'map' | 'timestamp' | 'duration';

/** A value of each kind, to ask an operation before it runs whether it takes such. */
export const SAMPLES: Readonly<Record<Kind, Value>> = {
  null: null,
  bool: true,
  int: 1n,
  double: 1,
  string: '',
  list: [],
  map: {},
  timestamp: new Moment(0n),
  duration: new Span(0n),
};

export const isList = (value: Value): value is List => Array.isArray(value);

export const isMapping = (value: Value): value is Mapping =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Moment) &&
  !(value instanceof Span);

export const kindOf = (value: Value): Kind => {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'double';
  if (typeof value === 'string') return 'string';
  if (isList(value)) return 'list';
  if (value instanceof Moment) return 'timestamp';
  return value instanceof Span ? 'duration' : 'map';
};

/** What is known of a value before it is there; the members of data are data. */
export interface Type {
  readonly kinds: readonly Kind[];
  readonly isData: boolean;
}

export const only = (...kinds: readonly Kind[]): Type => ({ kinds, isData: false });
export const ANY: Type = only(...(Object.keys(SAMPLES) as Kind[]));
export const DATA: Type = {
  kinds: ['null', 'bool', 'double', 'string', 'list', 'map'],
  isData: true,
};

/** What an evaluation may still spend. Below nothing, every loop ends and no value counts. */
export interface Meter {
  left: number;
}

/** How many characters are compared, copied or counted for one step. */
const CHARACTERS = 8;

export const read = (meter: Meter, characters: number): void => {
  meter.left -= Math.ceil(characters / CHARACTERS);
};

/** Listing and sorting the keys of a large object takes this many steps for each (measured). */
const STEPS_PER_KEY = 8;

/** keysOf lists the keys of an object in one order, however its text was ordered. */
export const keysOf = (object: Mapping, meter: Meter): readonly string[] => {
  const keys = Object.keys(object);
  meter.left -= STEPS_PER_KEY * keys.length;
  return keys.toSorted();
};
