/**
 * What is noted while a schema is compiled: its problems, every subschema by its pointer, and which
 * of them lead to which.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Pattern, Purse } from '../pattern/pattern.ts';
import { compilePattern } from '../pattern/pattern.ts';
import type { Edge } from './endless.ts';
import { endlessReferences } from './endless.ts';
import type { Check } from './run.ts';
import { shorten } from './run.ts';
import type { SchemaProblem, SchemaReason } from './site.ts';

export const MAX_SUBSCHEMAS = 2000;

/** More problems than these help nobody, and end the compilation. */
export const MAX_PROBLEMS = 100;

/** How much of a pointer a problem is given. */
const MAX_POINTER = 1000;

/** A `$ref`, and what to do once the subschema that it means is known. */
interface Reference {
  readonly to: string | undefined;
  readonly pointer: string;
  readonly target: string;
  readonly bind: (check: Check) => void;
}

export interface Book {
  readonly problems: SchemaProblem[];
  readonly checks: Map<string, Check>;
  readonly edges: Map<string, Edge[]>;
  readonly references: Reference[];
  /** What is left for patterns. */
  readonly purse: Purse;
  /** How many subschemas were begun. */
  subschemas: number;
}

export const newBook = (purse: Purse): Book => ({
  problems: [],
  checks: new Map(),
  edges: new Map(),
  references: [],
  purse,
  subschemas: 0,
});

export const isFull = (book: Book): boolean => book.problems.length >= MAX_PROBLEMS;

/** isCrowded tells that there are more subschemas than are compiled. */
export const isCrowded = (book: Book): boolean => book.subschemas > MAX_SUBSCHEMAS;

export const refuse = (
  book: Book,
  pointer: string,
  reason: SchemaReason,
  expected: string,
  found: string,
): void => {
  if (isFull(book)) return;
  book.problems.push({ pointer: shorten(pointer, MAX_POINTER), reason, expected, found });
};

/** patternOf compiles a pattern. */
export const patternOf = (book: Book, source: string, pointer: string): Pattern | undefined => {
  if (isFull(book)) return undefined;
  const pattern = compilePattern(source, book.purse);
  if (E.isRight(pattern)) return pattern.right;
  const { reason, expected, found } = pattern.left;
  const told = shorten(`${shorten(source)}: ${found}`);
  refuse(book, pointer, reason === 'bad_form' ? reason : 'too_large', expected, told);
  return undefined;
};

/** connect leads every reference to what it means, and refuses those that lead nowhere. */
export const connect = (book: Book): void => {
  if (isCrowded(book)) return;
  for (const { to, pointer, target, bind } of book.references) {
    const check = to === undefined ? undefined : book.checks.get(to);
    const expected = 'a subschema of this document, such as #/$defs/name';
    if (check === undefined) refuse(book, pointer, 'unknown_reference', expected, shorten(target));
    else bind(check);
  }
  for (const pointer of endlessReferences(book.edges))
    refuse(book, pointer, 'endless', 'a way into the value before the schema comes round', '$ref');
};
