/**
 * Describing the members of an object and finding all that is wrong with one. A check takes a value
 * and the path it stands at, and gives every independent problem.
 */
import type { Either } from 'fp-ts/lib/Either.js';
import type { Json } from '../json/value.ts';
import { isObject } from '../json/value.ts';
import type { NameReason, NameRefused } from '../name.ts';

export type ShapeReason =
  | NameReason
  | 'missing'
  | 'unknown_member'
  | 'not_object'
  | 'not_list'
  | 'empty_list'
  | 'too_many'
  | 'not_a_set'
  | 'unknown_value'
  | 'not_base64'
  | 'not_permitted';

export interface Problem {
  readonly path: string;
  readonly reason: ShapeReason;
}

export type Check = (value: Json, path: string) => readonly Problem[];

const NONE: readonly Problem[] = [];
const problem = (path: string, reason: ShapeReason): readonly Problem[] => [{ path, reason }];

/** name checks what a parser of `name.ts` reads. */
export const name =
  (parse: (value: unknown) => Either<NameRefused, unknown>): Check =>
  (value, path) => {
    const parsed = parse(value);
    return parsed._tag === 'Left' ? problem(path, parsed.left.reason) : NONE;
  };

/** oneOf checks for one of a few values. */
export const oneOf =
  (...values: readonly Json[]): Check =>
  (value, path) =>
    values.includes(value) ? NONE : problem(path, 'unknown_value');

const isBefore = (a: Json | undefined, b: Json): boolean =>
  typeof a === 'string' && typeof b === 'string' && a < b;

/** setOf checks a sorted list without repeats, 1 to `max` items. */
export const setOf =
  (item: Check, max: number): Check =>
  (value, path) => {
    if (!Array.isArray(value)) return problem(path, 'not_list');
    const items = value as readonly Json[];
    if (items.length === 0) return problem(path, 'empty_list');
    const judged = items.slice(0, max).map((each, i) => item(each, `${path}[${i}]`));
    // Items that are none of their kind have no place in the order; the others keep theirs.
    const sound = items.filter((_, i) => judged[i]?.length === 0);
    const isSorted = sound.every((each, i) => i === 0 || isBefore(sound[i - 1], each));
    return [
      ...(items.length > max ? problem(path, 'too_many') : NONE),
      ...judged.flat(),
      ...(isSorted ? NONE : problem(path, 'not_a_set')),
    ];
  };

/** listOf checks a list in whatever order, of at most so many. */
export const listOf =
  (item: Check, most: number, least = 1): Check =>
  (value, path) => {
    if (!Array.isArray(value)) return problem(path, 'not_list');
    if (value.length < least) return problem(path, 'empty_list');
    if (value.length > most) return problem(path, 'too_many');
    const problems: Problem[] = [];
    for (const [at, each] of (value as readonly Json[]).entries())
      // A place is written out only where something is wrong there.
      if (item(each, '').length > 0) problems.push(...item(each, `${path}[${at}]`));
    return problems;
  };

const within = (path: string, member: string): string =>
  path === '' ? member : `${path}.${member}`;

/** object checks the members of an object: no required one missing, none that is not listed. */
export const object = (
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>>,
): Check => {
  const checks = new Map(Object.entries({ ...required, ...optional }));
  const needed = Object.keys(required);
  return (value, path) => {
    if (!isObject(value)) return problem(path, 'not_object');
    const problems: Problem[] = [];
    for (const member of needed)
      if (!Object.hasOwn(value, member)) problems.push(...problem(within(path, member), 'missing'));
    for (const [member, inner] of Object.entries(value)) {
      const check = checks.get(member);
      const at = within(path, member);
      problems.push(...(check?.(inner, at) ?? problem(at, 'unknown_member')));
    }
    return problems;
  };
};

/**
 * also adds a check of the whole to one of the parts. It is made whatever the parts are like, and
 * asks nothing of those that are not of their form.
 */
export const also =
  (parts: Check, whole: Check): Check =>
  (value, path) => [...parts(value, path), ...whole(value, path)];
