/**
 * Describing what a document holds, and finding all that is wrong with one. A shape reads a value
 * that stands at a pointer: it gives what the value means, or every independent problem. It also
 * tells what it takes as a JSON Schema, so that an editor can complete a document.
 *
 *     const tiers = object({ tiers: map(typePattern, oneOf('observed', 'verified'), 100) }, {});
 *
 * The kernel's shapes judge what machines wrote and name a path; these tell a person what was
 * expected, what was found, and whether it is the key that is wrong.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
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
type Read<A> = (value: Json, pointer: string) => Judged<A>;

export interface Shape<A> extends Read<A> {
  /** What the shape takes, as far as a JSON Schema can tell it. */
  readonly schema: JsonObject;
}

/** What a shape gives. */
export type Shaped<S> = S extends Shape<infer A> ? A : never;
type Shapes = Readonly<Record<string, Shape<unknown>>>;

export const wrong = (problem: ShapeProblem): Judged<never> => E.left([problem]);

/** shape makes a shape of a schema and of what reads the values that it means. */
export const shape = <A>(schema: JsonObject, read: Read<A>): Shape<A> =>
  Object.assign((value: Json, pointer: string) => read(value, pointer), { schema });

/** described says what a value is for, and what counts where it is left out. */
export const described = <A>(description: string, of: Shape<A>, fallback?: Json): Shape<A> =>
  shape(
    { ...of.schema, description, ...(fallback === undefined ? {} : { default: fallback }) },
    of,
  );

/** wrongType says that a value is of another kind than the one expected. */
export const wrongType = (value: Json, pointer: string, expected: string): Judged<never> =>
  wrong({ pointer, reason: 'wrong_type', expected, found: kindOf(value) });

/** anything takes what is there: somebody else reads it. */
export const anything: Shape<Json> = shape({}, (value) => E.right(value));

export const boolean: Shape<boolean> = shape({ type: 'boolean' }, (value, pointer) =>
  typeof value === 'boolean' ? E.right(value) : wrongType(value, pointer, 'true or false'),
);

/** integer takes a whole number from `min` to `max`. */
export const integer = (min: number, max: number): Shape<number> =>
  shape({ type: 'integer', minimum: min, maximum: max }, (value, pointer) => {
    const expected = `a whole number from ${min} to ${max}`;
    if (typeof value !== 'number') return wrongType(value, pointer, expected);
    if (Number.isInteger(value) && value >= min && value <= max) return E.right(value);
    const reason = Number.isInteger(value) ? 'out_of_range' : 'bad_form';
    return wrong({ pointer, reason, expected, found: String(value) });
  });

/** oneOf takes one of a few words. */
export const oneOf = <const A extends string>(...words: readonly A[]): Shape<A> =>
  shape({ enum: [...words] }, (value, pointer) => {
    const expected = `one of ${words.join(', ')}`;
    if (typeof value !== 'string') return wrongType(value, pointer, expected);
    const word = words.find((each) => each === value);
    return word === undefined
      ? wrong({ pointer, reason: 'unknown_value', expected, found: shown(value) })
      : E.right(word);
  });

/** Gathers what is right, or all that is wrong, of the parts of a value. */
const gather = <A>(parts: readonly Judged<A>[]): Judged<readonly A[]> => {
  const problems = parts.flatMap((part) => (E.isLeft(part) ? part.left : []));
  if (problems.length > 0) return E.left(problems);
  return E.right(parts.flatMap((part) => (E.isRight(part) ? [part.right] : [])));
};

const tooMany = (pointer: string, max: number, count: number): Judged<never> =>
  wrong({ pointer, reason: 'too_many', expected: `at most ${max}`, found: String(count) });

/** list takes `min` to `max` items. */
export const list = <A>(item: Shape<A>, max: number, min: 0 | 1 = 0): Shape<readonly A[]> => {
  const least = min === 0 ? {} : { minItems: min };
  const schema = { type: 'array', items: item.schema, ...least, maxItems: max };
  return shape(schema, (value, pointer) => {
    if (!Array.isArray(value)) return wrongType(value, pointer, 'a list');
    const items = value as readonly Json[];
    if (items.length < min) return wrong({ pointer, reason: 'empty', expected: 'at least one' });
    if (items.length > max) return tooMany(pointer, max, items.length);
    return gather(items.map((each, i) => item(each, within(pointer, i))));
  });
};

/** map takes members under free names of a form, at most `max`. */
export const map = <A>(
  name: Shape<string>,
  item: Shape<A>,
  max: number,
): Shape<ReadonlyMap<string, A>> => {
  const schema = {
    type: 'object',
    propertyNames: name.schema,
    additionalProperties: item.schema,
    maxProperties: max,
  };
  return shape(schema, (value, pointer) => {
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
  });
};

type Members<R extends Shapes, O extends Shapes> = {
  readonly [K in keyof R]: Shaped<R[K]>;
} & { readonly [K in keyof O]?: Shaped<O[K]> };

/** object takes the members that are listed: none of the required ones missing, no other one. */
export const object = <R extends Shapes, O extends Shapes>(
  required: R,
  optional: O,
): Shape<Members<R, O>> => {
  const shapes = new Map<string, Shape<unknown>>(Object.entries({ ...required, ...optional }));
  const schema = {
    type: 'object',
    properties: Object.fromEntries([...shapes].map(([key, { schema: inner }]) => [key, inner])),
    additionalProperties: false,
    ...(Object.keys(required).length === 0 ? {} : { required: Object.keys(required) }),
  };
  return shape(schema, (value, pointer) => {
    if (!isObject(value)) return wrongType(value, pointer, 'a map');
    const missing = Object.keys(required)
      .filter((key) => !Object.hasOwn(value, key))
      .map((key) =>
        wrong({ pointer: within(pointer, key), reason: 'missing', expected: `the member ${key}` }),
      );
    const present = Object.entries(value).map(([key, member]): Judged<[string, unknown]> => {
      const at = within(pointer, key);
      const inner = shapes.get(key);
      if (inner !== undefined)
        return E.map((read: unknown): [string, unknown] => [key, read])(inner(member, at));
      const expected = shapes.size > 0 ? `one of ${[...shapes.keys()].join(', ')}` : 'no member';
      const found = shown(key);
      return wrong({ pointer: at, reason: 'unknown_member', expected, found, isKey: true });
    });
    return E.map((members: readonly [string, unknown][]) => Object.fromEntries(members))(
      gather<[string, unknown]>([...missing, ...present]),
    ) as Judged<Members<R, O>>;
  });
};

/** judge reads a whole document by its shape; its problems have the places they have there. */
export const judge = <A>(
  { file, value, placeOf, keyPlaceOf }: Document,
  whole: Shape<A>,
): E.Either<readonly DocumentProblem[], A> =>
  E.mapLeft((problems: readonly ShapeProblem[]) =>
    problems.slice(0, MAX_PROBLEMS).map(({ isKey, ...problem }): DocumentProblem => {
      const place = isKey === true ? keyPlaceOf(problem.pointer) : placeOf(problem.pointer);
      return { file, ...place, ...problem };
    }),
  )(whole(value, ''));
