/**
 * Laws of expressions: any text is read or refused, what one gives follows from its text and its
 * data alone and is what CEL says, and the work it does stays within its budget.
 */
import { Environment } from '@marcbachmann/cel-js';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import type { Json } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Context } from '../../policies/expression/expression.ts';
import { BUDGET, compileExpression } from '../../policies/expression/expression.ts';
import type { ExpressionFailed, ExpressionRefused } from '../../policies/expression/refusal.ts';
import { compileTemplate } from '../../policies/expression/template.ts';
import type { Value } from '../../policies/expression/value.ts';
import { expressionData, expressionText, nearlyExpression } from '../arbitrary/expression.ts';

const NAMES = { a: 'dyn', b: 'dyn', x: 'dyn' } as const;
const anyContext: fc.Arbitrary<Record<string, Json>> = fc.record({
  a: expressionData,
  b: expressionData,
  x: expressionData,
});

const give = (
  text: string,
  data: Context,
  budget = BUDGET,
): E.Either<ExpressionRefused | ExpressionFailed, Value> => {
  const made = compileExpression(text, NAMES);
  return E.isLeft(made) ? made : made.right.evaluate(data, budget);
};

/** An answer as text to compare: integers and doubles are apart, members in order. */
const shown = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === 'bigint') return `int ${inner}`;
    if (typeof inner === 'number') return Object.is(inner, -0) ? 'double -0' : `double ${inner}`;
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    const members = new Map<string, unknown>(Object.entries(inner));
    return [...members.keys()].toSorted().map((key) => [key, members.get(key)]);
  });

/** A refusal stands within the text, and its line and column are those of its offset. */
export const isReadOrRefusedWithItsPlace = () =>
  fc.property(fc.oneof(nearlyExpression, expressionText, fc.string()), (text) => {
    for (const made of [compileExpression(text, NAMES), compileTemplate(text, NAMES)]) {
      if (made._tag === 'Right') continue;
      const { offset, line, column, message } = made.left;
      const lines = text.slice(0, offset).split('\n');
      if (offset > text.length || line !== lines.length || message === '') return false;
      if (column !== Array.from(lines.at(-1) ?? '').length + 1) return false;
    }
    return true;
  });

/** The same data, with the members of every object in another order. */
const ordered = (value: Json, order: (keys: readonly string[]) => readonly string[]): Json => {
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => ordered(item, order));
  if (!isObject(value)) return value;
  const member = (key: string): Json => ordered(value[key] ?? null, order);
  return Object.fromEntries(order(Object.keys(value)).map((key) => [key, member(key)]));
};

const reversed = (keys: readonly string[]): readonly string[] => keys.toReversed();
const sorted = (keys: readonly string[]): readonly string[] => keys.toSorted();

export const followsFromItsTextAndItsData = () =>
  fc.property(expressionText, anyContext, (text, data) => {
    const turned = ordered(data, reversed) as Record<string, Json>;
    const first = shown(give(text, data));
    return first === shown(give(text, data)) && first === shown(give(text, turned));
  });

/** Data that counts how often it is asked for anything. */
const counted = (value: unknown, count: { asked: number }): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  const asked = <A>(answer: A): A => {
    count.asked += 1;
    return answer;
  };
  return new Proxy(value, {
    get: (target, key) => counted(asked(Reflect.get(target, key)), count),
    has: (target, key) => asked(Reflect.has(target, key)),
    ownKeys: (target) => asked(Reflect.ownKeys(target)),
    getOwnPropertyDescriptor: (target, key) => asked(Reflect.getOwnPropertyDescriptor(target, key)),
  });
};

const large = fc
  .array(expressionData, { minLength: 30, maxLength: 60 })
  .chain((list) => fc.constantFrom<Json>(list, Object.fromEntries(Object.entries(list))));

/** One operation may look at all of an object, or lay a list out, before it is stopped. */
export const looksAtNoMoreThanItPaidFor = () =>
  fc.property(
    expressionText,
    fc.record({ a: large, b: large, x: large }),
    fc.integer({ min: 1, max: 400 }),
    (text, data, budget) => {
      const count = { asked: 0 };
      const made = compileExpression(text, NAMES);
      if (E.isLeft(made)) return true;
      const context = { ...data };
      for (const key of ['a', 'b', 'x'] as const) context[key] = counted(data[key], count) as Json;
      made.right.evaluate(context, budget);
      return count.asked <= 6 * budget + 400;
    },
  );

/** A larger budget changes nothing but that there may be an answer where there was none. */
export const aLargerBudgetChangesNoAnswer = () =>
  fc.property(expressionText, anyContext, fc.nat({ max: 200 }), (text, data, budget) => {
    const small = give(text, data, budget);
    const isStopped = E.isLeft(small) && small.left.reason === 'budget_exceeded';
    return isStopped || shown(small) === shown(give(text, data));
  });

const library = new Environment({ homogeneousAggregateLiterals: false })
  .registerVariable('a', 'dyn')
  .registerVariable('b', 'dyn')
  .registerVariable('x', 'dyn');

const ofLibrary = (text: string, data: Context): unknown => {
  try {
    return { value: library.evaluate(text, { ...data }) as unknown };
  } catch {
    return undefined;
  }
};

/** Where both have an answer it is the same. The library takes the keys of a map as they come. */
export const agreesWithTheLibrary = () =>
  fc.property(expressionText, anyContext, (text, data) => {
    const ours = give(text, data);
    const theirs = ofLibrary(text, ordered(data, sorted) as Record<string, Json>);
    if (E.isLeft(ours) || theirs === undefined) return true;
    return shown({ value: ours.right }) === shown(theirs);
  });
