/**
 * Schemas and values made to take for ever: refused when the schema is read, or stopped by the
 * count of steps, never with a verdict.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { compileSchema } from '../../policies/schema/schema.ts';

const told = (schema: Json): readonly string[] => {
  const compiled = compileSchema(schema);
  return E.isLeft(compiled)
    ? compiled.left.map(({ pointer, reason }) => `${pointer} ${reason}`)
    : [];
};

const verdict = (schema: Json, value: Json): string => {
  const compiled = compileSchema(schema);
  if (E.isLeft(compiled)) throw new Error(JSON.stringify(compiled.left.slice(0, 3)));
  const found = compiled.right.check(value);
  if (found === 'budget_exceeded') return found;
  return found.length === 0 ? 'valid' : `${found.length} violations`;
};

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);
const members = (count: number, member: (i: number) => Json): JsonObject =>
  Object.fromEntries(range(count).map((i) => [`d${i}`, member(i)]));
const nested = (depth: number, inner: Json = 1): Json =>
  depth === 0 ? inner : [nested(depth - 1, inner)];
const reference = (name: string | number): Json => ({ $ref: `#/$defs/d${name}` });

/** Each definition asks the next one twice: 2^links questions, one answer. */
const doubling = (keyword: string, links: number, last: Json): Json => ({
  ...(reference(0) as JsonObject),
  $defs: members(links + 1, (i) =>
    i === links ? last : { [keyword]: [reference(i + 1), reference(i + 1)] },
  ),
});

/** A definition that leads to the next one, and so on. */
const chain = (links: number): Json => ({
  ...(reference(0) as JsonObject),
  $defs: members(links + 1, (i) => (i === links ? true : reference(i + 1))),
});

const manyPatterns = (count: number): Json => ({
  allOf: range(count).map(() => ({ pattern: '(?:\\pL){900}' })),
});

const again = (times: number): Json => ({ allOf: range(times).map(() => ({ properties: {} })) });

describe('a schema that is too large is refused', () => {
  it('at the first of too many subschemas', () => {
    expect(told({ properties: members(1999, () => ({})) })).toEqual([]);
    expect(told({ properties: members(5000, () => ({})), $ref: '#/properties/d9' })).toEqual([
      expect.stringMatching(/^\/properties\/d\d+ too_large$/),
    ]);
  });

  it('where pointers grow without end', () => {
    const name = 'x'.repeat(600);
    expect(told({ properties: { [name]: true } })).toEqual([`/properties/${name} too_large`]);
    const long = told({ properties: { ['x'.repeat(500_000)]: members(500, () => 1) } });
    expect(long).toHaveLength(1);
    expect(long[0]?.length).toBeLessThan(1100);
  });

  it('where its text is longer than any line', () => {
    expect(told({ $comment: 'x'.repeat(1_048_577) })).toEqual(['/$comment too_large']);
    expect(told({ required: range(1_048_577).map(String) })).toEqual(
      expect.arrayContaining([expect.stringContaining('too_large')]),
    );
  });

  it('where its patterns come to too much, each or all', () => {
    expect(told({ pattern: 'a'.repeat(1001) })).toEqual(['/pattern too_large']);
    expect(told({ pattern: '(?:abcd){900}' })).toEqual(['/pattern too_large']);
    expect(told(manyPatterns(20))).toEqual([]);
    expect(told(manyPatterns(80))).toEqual([]);
    expect(told(manyPatterns(100))).toContain('/allOf/99/pattern too_large');
  });

  it('where references run in a ring of a thousand', () => {
    const ring = members(1000, (i) => reference((i + 1) % 1000));
    expect(told({ $defs: ring })).toEqual(['/$defs/d999/$ref endless']);
  });

  it('where it is no data, at any depth', () => {
    const cycle: Record<string, Json> = {};
    cycle['not'] = cycle;
    expect(told(cycle)).toEqual([`${'/not'.repeat(64)} too_deep`]);
  });
});

describe('a check that would take for ever', () => {
  it.each(['allOf', 'anyOf', 'oneOf'])('stops in a doubling chain of %s', (keyword) => {
    expect(verdict(doubling(keyword, 40, { type: 'null' }), 1)).toBe(
      keyword === 'allOf' ? '20 violations' : 'budget_exceeded',
    );
    expect(verdict(doubling(keyword, 40, { type: 'null' }), null)).toBe(
      keyword === 'anyOf' ? 'valid' : 'budget_exceeded',
    );
    expect(verdict(doubling(keyword, 4, { type: 'null' }), 1)).toMatch('violations');
  });

  it('stops where a tree asks twice at each level of a deep value', () => {
    const both = { items: { $ref: '#' } };
    const schema = { anyOf: [both, { ...both, minItems: 1 }], type: 'array' };
    expect(verdict(schema, nested(64, 'x'))).toBe('budget_exceeded');
    expect(verdict(schema, nested(8, 'x'))).toBe('1 violations');
    expect(verdict({ items: { $ref: '#' }, type: 'array' }, nested(64, []))).toBe('valid');
  });

  it('stops where subschemas nest deeper than a stack should', () => {
    expect(verdict(chain(500), 1)).toBe('valid');
    expect(verdict(chain(600), 1)).toBe('budget_exceeded');
  });

  it('stops in a value that contains itself', () => {
    const cycle: Json[] = [];
    cycle.push(cycle, cycle);
    const other: Record<string, Json> = {};
    other['a'] = other;
    expect(verdict({ items: { $ref: '#' } }, cycle)).toBe('budget_exceeded');
    expect(verdict({ additionalProperties: { $ref: '#' } }, other)).toBe('budget_exceeded');
    expect(verdict({ uniqueItems: true }, cycle)).toBe('budget_exceeded');
    expect(verdict({ const: [[]] }, cycle)).toBe('budget_exceeded');
  });

  it('stops under a pattern that is held against long text', () => {
    const value = 'a'.repeat(1_000_000);
    expect(verdict({ pattern: '^(?:a?){100}a{100}$' }, value)).toBe('budget_exceeded');
    expect(verdict({ pattern: '^(a+)+$' }, 'a'.repeat(100_000) + '!')).toBe('1 violations');
    expect(verdict({ pattern: '^[a-z]+$' }, value)).toBe('valid');
    expect(verdict({ patternProperties: { '(a?){99}b': true } }, { [value]: 1 })).toBe(
      'budget_exceeded',
    );
  });

  it('stops where every member meets every pattern', () => {
    const patterns = Object.fromEntries(range(100).map((i) => [`^x${i}$`, true]));
    expect(
      verdict(
        { patternProperties: patterns },
        members(100_000, () => 1),
      ),
    ).toBe('budget_exceeded');
    expect(
      verdict(
        { patternProperties: patterns },
        members(1000, () => 1),
      ),
    ).toBe('valid');
  });

  it('stops where many members are looked at over and over', () => {
    const value = members(50_000, () => 1);
    expect(verdict(again(19), value)).toBe('valid');
    expect(verdict(again(20), value)).toBe('budget_exceeded');
  });

  it('stops after a million steps and not before', () => {
    expect(verdict({ items: true }, range(999_999))).toBe('valid');
    expect(verdict({ items: true }, range(1_000_000))).toBe('budget_exceeded');
  });

  it('stops where many names are asked for over and over', () => {
    const required = range(10_000).map(String);
    const schema = { items: { required } };
    expect(
      verdict(
        schema,
        range(1000).map(() => ({})),
      ),
    ).toBe('20 violations');
    expect(
      verdict(
        { items: { not: { required } } },
        range(1000).map(() => ({})),
      ),
    ).toBe('budget_exceeded');
    const whole = Object.fromEntries(required.map((name) => [name, 1]));
    expect(
      verdict(
        schema,
        range(50).map(() => whole),
      ),
    ).toBe('valid');
    expect(
      verdict(
        schema,
        range(150).map(() => whole),
      ),
    ).toBe('budget_exceeded');
  });

  it('stops where a combination would turn the failure into a success', () => {
    const endless = { allOf: [doubling('anyOf', 40, false)] };
    const defs = (endless.allOf[0] as JsonObject)['$defs'] ?? {};
    const asked = { ...(reference(0) as JsonObject) };
    expect(verdict({ not: asked, $defs: defs }, 1)).toBe('budget_exceeded');
    expect(verdict({ anyOf: [asked, true], $defs: defs }, 1)).toBe('budget_exceeded');
    expect(verdict({ if: asked, else: true, $defs: defs }, 1)).toBe('budget_exceeded');
    expect(verdict({ contains: asked, minContains: 0, maxContains: 3, $defs: defs }, [1])).toBe(
      'budget_exceeded',
    );
  });
});

describe('a check of much is no harder than it must be', () => {
  it('of fifty thousand items that are all different', () => {
    expect(verdict({ uniqueItems: true }, range(50_000))).toBe('valid');
    expect(verdict({ uniqueItems: true }, [...range(50_000), 7])).toBe('1 violations');
    const objects = range(20_000).map((i) => ({ id: `id-${i}`, n: [i] }));
    expect(verdict({ uniqueItems: true }, objects)).toBe('valid');
    expect(verdict({ uniqueItems: true }, [...objects, { n: [7], id: 'id-7' }])).toBe(
      '1 violations',
    );
  });

  it('of a hundred thousand constants', () => {
    const constants = range(100_000).map((i) => (i % 2 === 0 ? i : [i]));
    expect(verdict({ items: { enum: constants } }, constants.slice(0, 50_000))).toBe('valid');
    expect(verdict({ enum: constants }, [2])).toBe('1 violations');
  });

  it('of names that every object inherits', () => {
    const names = ['constructor', 'toString', 'hasOwnProperty', 'valueOf'];
    expect(verdict({ required: names }, {})).toBe('4 violations');
    expect(verdict({ additionalProperties: false }, { constructor: 1 })).toBe('1 violations');
    const value = JSON.parse('{"__proto__":{"a":1}}') as Json;
    expect(verdict({ additionalProperties: false }, value)).toBe('1 violations');
    expect(verdict({ required: ['a'] }, value)).toBe('1 violations');
    expect(verdict({ properties: { constructor: { type: 'null' } } }, {})).toBe('valid');
  });
});
