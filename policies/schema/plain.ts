/**
 * Keywords that ask what a value is: `type`, `enum`, `const`, and the bounds of numbers.
 */
import { write } from '../../ledger/json/format.ts';
import type { Json } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import { isMultiple } from './multiple.ts';
import type { Check, Run } from './run.ts';
import { fail, weigh } from './run.ts';
import type { Family, Site } from './site.ts';
import { listAt, numberAt } from './site.ts';

type Is = (value: Json) => boolean;

const TYPES: ReadonlyMap<string, Is> = new Map<string, Is>([
  ['null', (value) => value === null],
  ['boolean', (value) => typeof value === 'boolean'],
  ['integer', (value) => Number.isInteger(value)],
  ['number', (value) => typeof value === 'number'],
  ['string', (value) => typeof value === 'string'],
  ['array', (value) => Array.isArray(value)],
  ['object', isObject],
]);
const TYPE_NAMES = `one of ${[...TYPES.keys()].join(', ')}`;

const compileType = (site: Site): readonly Check[] => {
  const found = site.schema['type'] ?? null;
  const isList = Array.isArray(found);
  const names = isList ? listAt(site, 'type') : [found];
  const kinds = names.flatMap((name, i): readonly Is[] => {
    const steps = isList ? ['type', i] : ['type'];
    const is = typeof name === 'string' ? TYPES.get(name) : undefined;
    if (is === undefined) site.refuse('unknown_value', TYPE_NAMES, ...steps);
    else if (names.indexOf(name) < i) site.refuse('repeated', 'a type only once', ...steps);
    else return [is];
    return [];
  });
  const fault = site.fault('type', found);
  const [only] = kinds;
  if (only !== undefined && kinds.length === 1)
    return [(value, run) => only(value) || fail(run, fault)];
  return [(value, run) => kinds.some((is) => is(value)) || fail(run, fault)];
};

const isLeaf: Is = (value) => typeof value !== 'object' || value === null;

/** Containers are compared by their canonical text, and only where one is asked for. */
const among = (constants: readonly Json[]): ((value: Json, run: Run) => boolean) => {
  const leaves = new Set(constants.filter(isLeaf));
  const texts = new Set(constants.filter((constant) => !isLeaf(constant)).map(write));
  return (value, run) => {
    if (isLeaf(value)) return leaves.has(value);
    return texts.size > 0 && weigh(value, run) && texts.has(write(value));
  };
};

const compileEnum = (site: Site): readonly Check[] => {
  const constants = listAt(site, 'enum');
  const texts = new Set<string>();
  for (const [i, text] of constants.map(write).entries()) {
    if (texts.has(text)) site.refuse('repeated', 'a value only once', 'enum', i);
    texts.add(text);
  }
  const isAmong = among(constants);
  const fault = site.fault('enum', constants);
  return [(value, run) => isAmong(value, run) || fail(run, fault)];
};

const compileConst = (site: Site): readonly Check[] => {
  const constant = site.schema['const'] ?? null;
  const isAmong = among([constant]);
  const fault = site.fault('const', constant);
  return [(value, run) => isAmong(value, run) || fail(run, fault)];
};

const bound = (keyword: string, isWithin: (value: number, limit: number) => boolean): Family => ({
  keywords: [keyword],
  compile: (site) => {
    const limit = numberAt(site, keyword);
    if (limit === undefined) return [];
    const fault = site.fault(keyword, limit);
    return [
      (value, run) => typeof value !== 'number' || isWithin(value, limit) || fail(run, fault),
    ];
  },
});

const compileMultiple = (site: Site): readonly Check[] => {
  const unit = numberAt(site, 'multipleOf', (value) => value > 0, 'a number above 0');
  if (unit === undefined) return [];
  const isWhole = isMultiple(unit);
  const fault = site.fault('multipleOf', unit);
  return [(value, run) => typeof value !== 'number' || isWhole(value) || fail(run, fault)];
};

export const PLAIN: readonly Family[] = [
  { keywords: ['type'], compile: compileType },
  { keywords: ['enum'], compile: compileEnum },
  { keywords: ['const'], compile: compileConst },
  bound('minimum', (value, limit) => value >= limit),
  bound('maximum', (value, limit) => value <= limit),
  bound('exclusiveMinimum', (value, limit) => value > limit),
  bound('exclusiveMaximum', (value, limit) => value < limit),
  { keywords: ['multipleOf'], compile: compileMultiple },
];
