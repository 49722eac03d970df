/**
 * Compiling a schema, and the schemas inside it, each into one function.
 */
import { write } from '../../ledger/json/format.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Book } from './book.ts';
import { MAX_SUBSCHEMAS, isCrowded, isFull, patternOf, refuse } from './book.ts';
import { BESIDE, FAMILIES, INSTEAD, KEYWORDS, ROOT_ONLY } from './keyword.ts';
import type { Check } from './run.ts';
import { all, escape, fail, shorten } from './run.ts';
import type { Site, Step } from './site.ts';
import { tell } from './site.ts';

/** The longest pointer to a subschema: names, too, must leave room for what is told. */
export const MAX_PLACE = 500;

const pointerOf = (steps: readonly Step[]): string => steps.map(escape).join('');

const partAt = (schema: Json, steps: readonly Step[]): Json =>
  steps.reduce<Json>((at, step) => (at as Readonly<Record<Step, Json>>)[step] ?? null, schema);

/** The pointer in a fragment of a URI; undefined where it is none, or leads to another document. */
const targetOf = (reference: string): string | undefined => {
  if (!/^#(?:\/|$)/.test(reference)) return undefined;
  try {
    return decodeURIComponent(reference.slice(1));
  } catch {
    return undefined; // a percent sign without two digits, or bytes that are not UTF-8
  }
};

const siteOf = (book: Book, schema: JsonObject, pointer: string): Site => {
  const edges: { to: string; reference?: string }[] = [];
  book.edges.set(pointer, edges);
  const compile = (steps: readonly Step[]): Check =>
    compileNode(book, partAt(schema, steps), pointer + pointerOf(steps), String(steps[0]));
  return {
    schema,
    refuse: (reason, expected, ...steps) => {
      const found = tell(partAt(schema, steps));
      refuse(book, pointer + pointerOf(steps), reason, expected, found);
    },
    fault: (keyword, expected) => ({
      schema: `${pointer}/${keyword}`,
      keyword,
      ...(expected === undefined ? {} : { expected: shorten(write(expected)) }),
    }),
    part: (...steps) => compile(steps),
    same: (...steps) => {
      edges.push({ to: pointer + pointerOf(steps) });
      return compile(steps);
    },
    reference: (target) => {
      const at = `${pointer}/$ref`;
      const to = targetOf(target);
      let meant: Check = all([]);
      const bind = (check: Check): void => void (meant = check);
      book.references.push({ to, pointer: at, target, bind });
      if (to !== undefined) edges.push({ to, reference: at });
      return (value, run) => meant(value, run);
    },
    pattern: (source, ...steps) => patternOf(book, source, pointer + pointerOf(steps)),
  };
};

const refuseKeywords = (book: Book, schema: JsonObject, pointer: string): void => {
  for (const keyword of Object.keys(schema)) {
    const isKnown = KEYWORDS.has(keyword) && (pointer === '' || !ROOT_ONLY.has(keyword));
    const instead =
      INSTEAD.get(keyword) ?? 'a keyword of draft 2020-12 that a value is held against';
    const beside = BESIDE.get(keyword);
    const at = pointer + escape(keyword);
    if (!isKnown) refuse(book, at, 'unknown_keyword', instead, shorten(keyword));
    else if (beside?.every((name) => schema[name] === undefined) === true)
      refuse(book, at, 'no_effect', `${beside.join(' or ')} beside it`, shorten(keyword));
  }
};

const compileObject = (book: Book, schema: JsonObject, pointer: string): Check => {
  refuseKeywords(book, schema, pointer);
  const site = siteOf(book, schema, pointer);
  const families = FAMILIES.filter(({ keywords }) =>
    keywords.some((keyword) => schema[keyword] !== undefined),
  );
  return all(families.flatMap(({ compile }) => compile(site)));
};

const compileAny = (book: Book, schema: Json, pointer: string, keyword: string): Check => {
  if (isObject(schema)) return compileObject(book, schema, pointer);
  if (typeof schema !== 'boolean')
    refuse(book, pointer, 'wrong_type', 'a schema: an object, true or false', tell(schema));
  const fault = { schema: pointer, keyword };
  return all(schema === false ? [(_, run) => fail(run, fault)] : []);
};

/** compileNode compiles one schema; a plain `false` fails in the name of the keyword it serves. */
export const compileNode = (book: Book, schema: Json, pointer: string, keyword: string): Check => {
  if (isFull(book) || isCrowded(book)) return all([]);
  book.subschemas += 1;
  if (isCrowded(book)) {
    refuse(book, pointer, 'too_large', `at most ${MAX_SUBSCHEMAS} subschemas`, 'more');
    return all([]);
  }
  if (pointer.length > MAX_PLACE) {
    const expected = `a pointer of at most ${MAX_PLACE} characters to each subschema`;
    refuse(book, pointer, 'too_large', expected, `${pointer.length} characters`);
    return all([]);
  }
  const check = compileAny(book, schema, pointer, keyword);
  book.checks.set(pointer, check);
  return check;
};
