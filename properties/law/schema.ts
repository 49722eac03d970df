/**
 * Laws of schemas: the verdict is that of another implementation, it depends on nothing but what
 * is asked, more is never less, and whatever is handed in has an answer.
 */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Checked } from '../../policies/schema/run.ts';
import { MAX_VIOLATIONS } from '../../policies/schema/run.ts';
import type { compileSchema } from '../../policies/schema/schema.ts';
import { hostileValue } from '../arbitrary/hostile.ts';
import { json } from '../arbitrary/json.ts';
import { nearlySchema, schema, schemaValue, subschema } from '../arbitrary/schema.ts';

type Compile = typeof compileSchema;
type Oracle = (schema: JsonObject, value: Json) => boolean;

/** What a schema says of a value; undefined where it goes in circles, which chance does produce. */
const checked = (compile: Compile, asked: JsonObject, value: Json): Checked | undefined => {
  const compiled = compile(asked);
  if (E.isRight(compiled)) return compiled.right.check(value);
  const others = compiled.left.filter(({ reason }) => reason !== 'endless');
  if (others.length > 0) throw new Error(JSON.stringify(others));
  return undefined;
};

const isValid = (found: Checked | undefined): boolean => found?.length === 0;

export const agreesWith = (compile: Compile, isValidByOracle: Oracle) =>
  fc.property(schema, schemaValue, (asked, value) => {
    const found = checked(compile, asked, value);
    return found === undefined || isValid(found) === isValidByOracle(asked, value);
  });

/** Agreement would mean little if nearly all were valid, or nearly nothing. */
export const hasBothVerdicts = (compile: Compile) =>
  fc.property(
    fc.array(fc.tuple(schema, schemaValue), { minLength: 200, maxLength: 200 }),
    (cases) => {
      const verdicts = cases
        .map(([asked, value]) => checked(compile, asked, value))
        .filter((found) => found !== undefined);
      const valid = verdicts.filter(isValid).length;
      return valid >= 30 && verdicts.length - valid >= 30;
    },
  );

/** The same JSON with the members of every object in the opposite order. */
const turned = (value: Json): Json => {
  if (Array.isArray(value)) return (value as readonly Json[]).map(turned);
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([key, member]) => [key, turned(member)] as const);
  return Object.fromEntries(members.toReversed());
};

export const knowsNothingButItsArguments = (compile: Compile) =>
  fc.property(schema, schemaValue, (asked, value) => {
    const found = checked(compile, asked, value);
    return isDeepStrictEqual(found, checked(compile, turned(asked) as JsonObject, turned(value)));
  });

export const neverWeakensByAddition = (compile: Compile) =>
  fc.property(schema, subschema, schemaValue, (asked, added, value) => {
    const more = { ...asked, allOf: [added, ...((asked['allOf'] ?? []) as readonly Json[])] };
    return isValid(checked(compile, asked, value)) || !isValid(checked(compile, more, value));
  });

/** Decimals are written by hand, so that no binary fraction is computed with. */
const decimal = (digits: number, places: number): number =>
  Number(`${digits < 0 ? '-' : ''}${Math.abs(digits)}e${-places}`);

export const countsInDecimals = (isMultiple: (unit: number) => (value: number) => boolean) =>
  fc.property(
    fc.integer({ min: 2, max: 10_000 }),
    fc.integer({ min: -100_000, max: 100_000 }),
    fc.nat(300),
    fc.nat(4),
    (unit, times, places, further) => {
      const isWhole = isMultiple(decimal(unit, places));
      const beside = decimal((unit * times + 1) * 10 ** further, places + further);
      return isWhole(decimal(unit * times, places)) && !isWhole(beside);
    },
  );

const isTold = (found: Checked): boolean =>
  found === 'budget_exceeded' || found.length <= MAX_VIOLATIONS;

/** Whatever is handed in, as a schema or as a value, has an answer. */
export const answersToAnything = (compile: Compile) =>
  fc.property(
    fc.oneof(schema, nearlySchema),
    fc.oneof(schemaValue, json, hostileValue),
    (asked, value) => {
      const compiled = compile(asked as Json);
      return E.isLeft(compiled)
        ? compiled.left.length > 0
        : isTold(compiled.right.check(value as Json));
    },
  );
