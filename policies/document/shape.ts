/**
 * Describing what a document holds, and finding all that is wrong with one. A shape reads a value
 * that stands at a pointer: it gives what the value means, or every independent problem.
 *
 *     const tiers = object({ tiers: map(typePattern, oneOf('observed', 'verified'), 100) }, {});
 *
 * The kernel's shapes judge what machines wrote and name a path; these tell a person what was
 * expected, what was found, and whether it is the key that is wrong.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Json } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import { within } from './place.ts';
import type { DocumentProblem } from './problem.ts';
import { MAX_PROBLEMS } from './problem.ts';
import type { Document } from './read.ts';
import { kindOf, shown } from './shown.ts';

export interface ShapeProblem extends Pick<DocumentProblem, 'reason' | 'expected' | 'found'> {
  readonly pointer: string;
  /** Set where the key is wrong that the pointer ends in, not what stands under it. */
  readonly isKey?: true;
}

export type Judged<A> = E.Either<readonly ShapeProblem[], A>;
export type Shape<A> = (value: Json, pointer: string) => Judged<A>;

/** What a shape gives. */
export type Shaped<S> = S extends Shape<infer A> ? A : never;
type Shapes = Readonly<Record<string, Shape<unknown>>>;

export const wrong = (problem: ShapeProblem): Judged<never> => E.left([problem]);

/** wrongType says that a value is of another kind than the one expected. */
export const wrongType = (value: Json, pointer: string, expected: string): Judged<never> =>
  wrong({ pointer, reason: 'wrong_type', expected, found: kindOf(value) });

export const boolean: Shape<boolean> = (value, pointer) =>
  typeof value === 'boolean' ? E.right(value) : wrongType(value, pointer, 'true or false');

/** integer takes a whole number from `min` to `max`. */
export const integer =
  (min: number, max: number): Shape<number> =>
  (value, pointer) => {
    const expected = `a whole number from ${min} to ${max}`;
    if (typeof value !== 'number') return wrongType(value, pointer, expected);
    if (Number.isInteger(value) && value >= min && value <= max) return E.right(value);
    const reason = Number.isInteger(value) ? 'out_of_range' : 'bad_form';
    return wrong({ pointer, reason, expected, found: String(value) });
  };

/** oneOf takes one of a few words. */
export const oneOf =
  <const A extends string>(...words: readonly A[]): Shape<A> =>
  (value, pointer) => {
    const expected = `one of ${words.join(', ')}`;
    if (typeof value !== 'string') return wrongType(value, pointer, expected);
    const word = words.find((each) => each === value);
    return word === undefined
      ? wrong({ pointer, reason: 'unknown_value', expected, found: shown(value) })
      : E.right(word);
  };

/** Gathers what is right, or all that is wrong, of the parts of a value. */
const gather = <A>(parts: readonly Judged<A>[]): Judged<readonly A[]> => {
  const problems = parts.flatMap((part) => (E.isLeft(part) ? part.left : []));
  if (problems.length > 0) return E.left(problems);
  return E.right(parts.flatMap((part) => (E.isRight(part) ? [part.right] : [])));
};

const tooMany = (pointer: string, max: number, count: number): Judged<never> =>
  wrong({ pointer, reason: 'too_many', expected: `at most ${max}`, found: String(count) });

/** list takes at most `max` items. */
export const list =
  <A>(item: Shape<A>, max: number): Shape<readonly A[]> =>
  (value, pointer) => {
    if (!Array.isArray(value)) return wrongType(value, pointer, 'a list');
    const items = value as readonly Json[];
    if (items.length > max) return tooMany(pointer, max, items.length);
    return gather(items.map((each, i) => item(each, within(pointer, i))));
  };

/** map takes members under free names of a form, at most `max`. */
export const map =
  <A>(name: Shape<string>, item: Shape<A>, max: number): Shape<ReadonlyMap<string, A>> =>
  (value, pointer) => {
    if (!isObject(value)) return wrongType(value, pointer, 'a map');
    const members = Object.entries(value);
    if (members.length > max) return tooMany(pointer, max, members.length);
    const parts = members.map(([key, member]): Judged<readonly [string, A]> => {
      const at = within(pointer, key);
      const named = name(key, at);
      if (E.isLeft(named)) return E.left(named.left.map((each) => ({ ...each, isKey: true })));
      return E.map((read: A): readonly [string, A] => [key, read])(item(member, at));
    });
    return E.map((entries: readonly (readonly [string, A])[]) => new Map(entries))(gather(parts));
  };

type Read<R extends Shapes, O extends Shapes> = {
  readonly [K in keyof R]: Shaped<R[K]>;
} & { readonly [K in keyof O]?: Shaped<O[K]> };

/** object takes the members that are listed: none of the required ones missing, no other one. */
export const object =
  <R extends Shapes, O extends Shapes>(required: R, optional: O): Shape<Read<R, O>> =>
  (value, pointer) => {
    if (!isObject(value)) return wrongType(value, pointer, 'a map');
    const shapes = new Map(Object.entries({ ...required, ...optional }));
    const missing = Object.keys(required)
      .filter((key) => !Object.hasOwn(value, key))
      .map((key) =>
        wrong({ pointer: within(pointer, key), reason: 'missing', expected: `the member ${key}` }),
      );
    const present = Object.entries(value).map(([key, member]): Judged<[string, unknown]> => {
      const at = within(pointer, key);
      const shape = shapes.get(key);
      if (shape !== undefined)
        return E.map((read: unknown): [string, unknown] => [key, read])(shape(member, at));
      const expected = shapes.size > 0 ? `one of ${[...shapes.keys()].join(', ')}` : 'no member';
      const found = shown(key);
      return wrong({ pointer: at, reason: 'unknown_member', expected, found, isKey: true });
    });
    return E.map((members: readonly [string, unknown][]) => Object.fromEntries(members))(
      gather<[string, unknown]>([...missing, ...present]),
    ) as Judged<Read<R, O>>;
  };

/** judge reads a whole document by its shape; its problems have the places they have there. */
export const judge = <A>(
  { file, value, placeOf, keyPlaceOf }: Document,
  shape: Shape<A>,
): E.Either<readonly DocumentProblem[], A> =>
  E.mapLeft((problems: readonly ShapeProblem[]) =>
    problems.slice(0, MAX_PROBLEMS).map(({ isKey, ...problem }): DocumentProblem => {
      const place = isKey === true ? keyPlaceOf(problem.pointer) : placeOf(problem.pointer);
      return { file, ...place, ...problem };
    }),
  )(shape(value, ''));
