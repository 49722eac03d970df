/**
 * The macros that iterate: `all`, `exists`, `exists_one`, `filter`, `map`. They go through the
 * elements of a list, or the keys of a map in order, and end when nothing is left to spend.
 */
import type { Frame, Run } from './scope.ts';
import type { Kind, Result, Value } from './value.ts';
import { Failed, isList, isMapping, keysOf, kindOf } from './value.ts';
import { SPENT } from './operation.ts';

/** What stands in a macro: `x.map(v, where, give)`; the offsets say where each may fail. */
export interface Loop {
  readonly range: Run;
  readonly slot: number;
  readonly body: Run;
  readonly bodyAt: number;
  /** The last argument of a `map` of three. */
  readonly give?: Run;
  readonly offset: number;
  readonly name: string;
}

const itemsOf = (value: Value, frame: Frame): readonly Value[] | undefined => {
  if (isList(value)) return value;
  return isMapping(value) ? keysOf(value, frame) : undefined;
};

/** What an iteration says: go on, or end with a value. */
type Step = (given: Result, item: Value) => Result | undefined;

const iterate = (loop: Loop, frame: Frame, step: Step): Result | undefined => {
  const range = loop.range(frame);
  if (range instanceof Failed) return range;
  const items = itemsOf(range, frame);
  if (items === undefined)
    return new Failed('no_such_overload', loop.offset, `${loop.name}(${kindOf(range)})`);
  for (const item of items) {
    frame.left -= 1;
    if (frame.left < 0) return SPENT;
    frame.slots[loop.slot] = item;
    const ended = step(loop.body(frame), item);
    if (ended !== undefined) return ended;
  }
  return undefined;
};

const notBool = (loop: Loop, value: Value): Failed =>
  new Failed('not_bool', loop.bodyAt, kindOf(value));

/** A predicate that fails for one element is passed by where another decides the matter. */
const quantifier =
  (decisive: boolean) =>
  (loop: Loop): Run =>
  (frame) => {
    let failed: Failed | undefined;
    const ended = iterate(loop, frame, (given) => {
      if (given === decisive) return decisive;
      if (given instanceof Failed) failed ??= given;
      else if (given !== !decisive) failed ??= notBool(loop, given);
      return undefined;
    });
    return ended ?? failed ?? !decisive;
  };

const existsOne =
  (loop: Loop): Run =>
  (frame) => {
    let count = 0;
    const ended = iterate(loop, frame, (given) => {
      if (given instanceof Failed) return given;
      if (typeof given !== 'boolean') return notBool(loop, given);
      count += given ? 1 : 0;
      return undefined;
    });
    return ended ?? count === 1;
  };

/** The elements for which the body holds, or what `give` makes of them. */
const filter =
  (loop: Loop): Run =>
  (frame) => {
    const kept: Value[] = [];
    const ended = iterate(loop, frame, (given, item) => {
      if (given instanceof Failed) return given;
      if (typeof given !== 'boolean') return notBool(loop, given);
      if (!given) return undefined;
      const made = loop.give === undefined ? item : loop.give(frame);
      if (made instanceof Failed) return made;
      kept.push(made);
      return undefined;
    });
    return ended ?? kept;
  };

const map =
  (loop: Loop): Run =>
  (frame) => {
    const made: Value[] = [];
    const ended = iterate(loop, frame, (given) => {
      if (given instanceof Failed) return given;
      made.push(given);
      return undefined;
    });
    return ended ?? made;
  };

export interface Macro {
  readonly arities: readonly number[];
  readonly result: Kind;
  readonly make: (loop: Loop) => Run;
}

const test = (make: (loop: Loop) => Run): Macro => ({ arities: [2], result: 'bool', make });

export const MACROS: Readonly<Record<string, Macro>> = {
  all: test(quantifier(false)),
  exists: test(quantifier(true)),
  exists_one: test(existsOne),
  filter: { arities: [2], result: 'list', make: filter },
  map: {
    arities: [2, 3],
    result: 'list',
    make: (loop) => (loop.give === undefined ? map(loop) : filter(loop)),
  },
};

/** isPredicate tells whether the second argument of a macro must be true or false. */
export const isPredicate = (name: string, count: number): boolean => name !== 'map' || count === 3;
