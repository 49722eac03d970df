/**
 * The place where a keyword is compiled: its neighbours, the subschemas below it, and what there is
 * to complain of. A keyword's value that is not what it must be is a problem; reading goes on.
 */
import { write } from '../../ledger/json/format.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Pattern } from '../pattern/pattern.ts';
import type { Check, Fault } from './run.ts';
import { shorten } from './run.ts';

export type SchemaReason =
  | 'not_json'
  | 'too_deep'
  | 'too_large'
  | 'unknown_keyword'
  | 'no_effect'
  | 'wrong_type'
  | 'unknown_value'
  | 'out_of_range'
  | 'bad_form'
  | 'empty'
  | 'repeated'
  | 'unknown_reference'
  | 'endless';

/** Why a schema cannot be used, and where: `pointer` is a JSON pointer (RFC 6901) into it. */
export interface SchemaProblem {
  readonly pointer: string;
  readonly reason: SchemaReason;
  readonly expected?: string;
  readonly found?: string;
}

export type Step = string | number;

export interface Site {
  readonly schema: JsonObject;
  /** Says what is wrong with the part of this schema to which the steps lead. */
  readonly refuse: (reason: SchemaReason, expected: string, ...steps: readonly Step[]) => void;
  /** What a keyword notes when it fails, with what it asks for where that can be told. */
  readonly fault: (keyword: string, expected?: Json) => Fault;
  /** Compiles a subschema for a part of the value. */
  readonly part: (...steps: readonly Step[]) => Check;
  /** Compiles a subschema for the same value. */
  readonly same: (...steps: readonly Step[]) => Check;
  /** The subschema to which a `$ref` leads: for the same value, too. */
  readonly reference: (target: string) => Check;
  readonly pattern: (source: string, ...steps: readonly Step[]) => Pattern | undefined;
}

/** What a group of keywords that are understood together is compiled to. */
export interface Family {
  readonly keywords: readonly string[];
  readonly compile: (site: Site) => readonly Check[];
}

/** tell shows a value in a few words. */
export const tell = (value: Json): string => {
  if (Array.isArray(value)) return 'a list';
  return isObject(value) ? 'an object' : shorten(write(value));
};

/** numberAt reads a number within bounds. */
export const numberAt = (
  site: Site,
  keyword: string,
  isGood: (value: number) => boolean = () => true,
  expected = 'a number',
): number | undefined => {
  const found = site.schema[keyword];
  if (found === undefined) return undefined;
  if (typeof found !== 'number') site.refuse('wrong_type', expected, keyword);
  else if (!isGood(found)) site.refuse('out_of_range', expected, keyword);
  else return found;
  return undefined;
};

const isCount = (value: number): boolean => Number.isInteger(value) && value >= 0;

/** countAt reads a whole number from 0 on. */
export const countAt = (site: Site, keyword: string): number | undefined =>
  numberAt(site, keyword, isCount, 'a whole number from 0 on');

/** textAt reads text. */
export const textAt = (site: Site, keyword: string): string | undefined => {
  const found = site.schema[keyword];
  if (found === undefined || typeof found === 'string') return found;
  site.refuse('wrong_type', 'text', keyword);
  return undefined;
};

/** listAt reads a list of at least one item. */
export const listAt = (site: Site, keyword: string): readonly Json[] => {
  const found = site.schema[keyword];
  if (found === undefined) return [];
  if (!Array.isArray(found)) site.refuse('wrong_type', 'a list', keyword);
  else if (found.length === 0) site.refuse('empty', 'a list of at least one item', keyword);
  else return found as readonly Json[];
  return [];
};

/** namesIn reads a list of texts, none of them twice. */
export const namesIn = (site: Site, found: Json, ...steps: readonly Step[]): readonly string[] => {
  if (!Array.isArray(found)) {
    site.refuse('wrong_type', 'a list of texts', ...steps);
    return [];
  }
  const names = new Set<string>();
  for (const [i, name] of (found as readonly Json[]).entries()) {
    if (typeof name !== 'string') site.refuse('wrong_type', 'text', ...steps, i);
    else if (names.has(name)) site.refuse('repeated', 'a name only once', ...steps, i);
    else names.add(name);
  }
  return [...names];
};

/** membersAt reads the names and values of an object, in the order of their names. */
export const membersAt = (site: Site, keyword: string): readonly (readonly [string, Json])[] => {
  const found = site.schema[keyword];
  if (found === undefined) return [];
  if (isObject(found)) return Object.entries(found).toSorted(([a], [b]) => (a < b ? -1 : 1));
  site.refuse('wrong_type', 'an object', keyword);
  return [];
};

/** schemasAt compiles a list of schemas for the same value. */
export const schemasAt = (site: Site, keyword: string): readonly Check[] =>
  listAt(site, keyword).map((_, i) => site.same(keyword, i));
