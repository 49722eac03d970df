/**
 * Schemas that are refused before they judge anything: where, why and what was expected.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { FAMILIES } from '../../policies/schema/keyword.ts';
import { compileSchema } from '../../policies/schema/schema.ts';
import type { SchemaProblem } from '../../policies/schema/site.ts';

const problems = (schema: Json): readonly SchemaProblem[] => {
  const compiled = compileSchema(schema);
  return E.isLeft(compiled) ? compiled.left : [];
};

const told = (schema: Json): readonly string[] =>
  problems(schema).map(({ pointer, reason }) => `${pointer} ${reason}`);

/** Written as text: in an object literal a member `then` looks like a promise to the linter. */
const parsed = (text: string): JsonObject => JSON.parse(text) as JsonObject;
const nested = (depth: number): Json => (depth === 0 ? true : { not: nested(depth - 1) });
const names = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `name${i}`);

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

describe('a schema is refused at the place that is wrong', () => {
  const cases: readonly (readonly [Json, readonly string[]])[] = [
    [1, [' wrong_type']],
    [null, [' wrong_type']],
    [[], [' wrong_type']],
    [{ type: 'text' }, ['/type unknown_value']],
    [{ type: 1 }, ['/type unknown_value']],
    [{ type: [] }, ['/type empty']],
    [{ type: ['string', 'text', 'string'] }, ['/type/1 unknown_value', '/type/2 repeated']],
    [{ type: 'constructor' }, ['/type unknown_value']],
    [{ enum: 'a' }, ['/enum wrong_type']],
    [{ enum: [] }, ['/enum empty']],
    [{ enum: [{ a: 1, b: 2 }, 1, { b: 2, a: 1 }] }, ['/enum/2 repeated']],
    [{ minimum: '1', maximum: null }, ['/minimum wrong_type', '/maximum wrong_type']],
    [{ exclusiveMinimum: true }, ['/exclusiveMinimum wrong_type']],
    [{ exclusiveMaximum: true }, ['/exclusiveMaximum wrong_type']],
    [{ multipleOf: 0 }, ['/multipleOf out_of_range']],
    [{ multipleOf: -1 }, ['/multipleOf out_of_range']],
    [{ minLength: -1 }, ['/minLength out_of_range']],
    [{ maxLength: 1.5 }, ['/maxLength out_of_range']],
    [{ minItems: '1' }, ['/minItems wrong_type']],
    [{ maxItems: -1 }, ['/maxItems out_of_range']],
    [{ minProperties: -1 }, ['/minProperties out_of_range']],
    [{ maxProperties: -1 }, ['/maxProperties out_of_range']],
    [{ contains: true, minContains: -1 }, ['/minContains out_of_range']],
    [{ contains: true, maxContains: 0.5 }, ['/maxContains out_of_range']],
    [{ uniqueItems: 1 }, ['/uniqueItems wrong_type']],
    [{ pattern: 1 }, ['/pattern wrong_type']],
    [{ pattern: '(?=a)' }, ['/pattern bad_form']],
    [{ patternProperties: { '(': true } }, ['/patternProperties/( bad_form']],
    [{ patternProperties: [] }, ['/patternProperties wrong_type']],
    [{ format: 'hostname' }, ['/format unknown_value']],
    [{ format: 'constructor' }, ['/format unknown_value']],
    [{ format: ['date'] }, ['/format wrong_type']],
    [{ items: [true] }, ['/items wrong_type']],
    [{ prefixItems: [] }, ['/prefixItems empty']],
    [{ prefixItems: [true, 1] }, ['/prefixItems/1 wrong_type']],
    [{ properties: ['a'] }, ['/properties wrong_type']],
    [{ properties: { 'a/b': { '~': 1 } } }, ['/properties/a~1b/~0 unknown_keyword']],
    [{ properties: { a: { type: 'text' }, b: 1 } }, ['/properties/a/type', '/properties/b']],
    [{ additionalProperties: 'no' }, ['/additionalProperties wrong_type']],
    [{ propertyNames: 'a' }, ['/propertyNames wrong_type']],
    [{ required: 'a' }, ['/required wrong_type']],
    [{ required: ['a', 1, 'a'] }, ['/required/1 wrong_type', '/required/2 repeated']],
    [{ dependentRequired: { a: ['b', 'b'] } }, ['/dependentRequired/a/1 repeated']],
    [{ dependentRequired: { a: 'b' } }, ['/dependentRequired/a wrong_type']],
    [{ dependentSchemas: { a: ['b'] } }, ['/dependentSchemas/a wrong_type']],
    [{ allOf: {} }, ['/allOf wrong_type']],
    [{ anyOf: [] }, ['/anyOf empty']],
    [{ oneOf: [1] }, ['/oneOf/0 wrong_type']],
    [{ not: [] }, ['/not wrong_type']],
    [{ $defs: { a: { minimum: 'x' } } }, ['/$defs/a/minimum wrong_type']],
    [{ if: true }, ['/if no_effect']],
    [parsed('{"then":true,"else":true}'), ['/then no_effect', '/else no_effect']],
    [{ minContains: 1, maxContains: 2 }, ['/minContains no_effect', '/maxContains no_effect']],
    [{ title: 1, description: [] }, ['/title wrong_type', '/description wrong_type']],
    [{ $comment: 1, $id: 1 }, ['/$id wrong_type', '/$comment wrong_type']],
    [{ deprecated: 1, readOnly: 'yes' }, ['/deprecated wrong_type', '/readOnly wrong_type']],
    [{ examples: 1, writeOnly: null }, ['/examples wrong_type', '/writeOnly wrong_type']],
    [{ $schema: 'http://json-schema.org/draft-07/schema#' }, ['/$schema unknown_value']],
    [{ not: { $schema: DIALECT, $id: 'x' } }, ['/not/$schema unknown', '/not/$id unknown']],
    [{ minLenght: 1 }, ['/minLenght unknown_keyword']],
    [{ constructor: 1, toString: 2 }, ['/constructor unknown', '/toString unknown']],
    [{ definitions: {}, $anchor: 'a' }, ['/definitions unknown', '/$anchor unknown']],
    [{ unevaluatedProperties: false }, ['/unevaluatedProperties unknown_keyword']],
    [{ $ref: 1 }, ['/$ref wrong_type']],
    [{ $ref: 'https://example.com/schema' }, ['/$ref unknown_reference']],
    [{ $ref: 'other.json#/$defs/a' }, ['/$ref unknown_reference']],
    [{ $ref: '#name' }, ['/$ref unknown_reference']],
    [{ $ref: '#/$defs/a' }, ['/$ref unknown_reference']],
    [{ $ref: '#/$defs/%' }, ['/$ref unknown_reference']],
    [{ $ref: '#/$defs/%FF' }, ['/$ref unknown_reference']],
    [{ $ref: '#/constructor' }, ['/$ref unknown_reference']],
    [{ not: { $ref: '#/enum/0' }, enum: [{}] }, ['/not/$ref unknown_reference']],
    [{ $ref: '#/$defs', $defs: { a: true } }, ['/$ref unknown_reference']],
    [{ $ref: '#' }, ['/$ref endless']],
    [{ items: { $ref: '#/items' } }, ['/items/$ref endless']],
    [{ allOf: [{ $ref: '#' }] }, ['/allOf/0/$ref endless']],
    [parsed('{"if":true,"then":{"not":{"$ref":"#"}}}'), ['/then/not/$ref endless']],
    [{ dependentSchemas: { a: { $ref: '#' } } }, ['/dependentSchemas/a/$ref endless']],
    [
      { $ref: '#/$defs/a/anyOf/0', $defs: { a: { anyOf: [{ $ref: '#/$defs/a' }] } } },
      ['/$defs/a/anyOf/0/$ref endless'],
    ],
    [
      { $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' }, c: { $ref: '#/$defs/a' } } },
      ['/$defs/b/$ref endless'],
    ],
    [{ default: NaN }, ['/default not_json']],
    [{ const: 2 ** 53 }, ['/const not_json']],
    [parsed('{"properties":{"__proto__":true}}'), ['/properties not_json']],
    [nested(64), []],
    [nested(65), [`${'/not'.repeat(64)} too_deep`]],
  ];
  it.each(cases)('%j is refused for %j', (schema, expected) => {
    const found = told(schema);
    expect(found).toHaveLength(expected.length);
    for (const [i, each] of expected.entries()) expect(found[i]).toContain(each);
  });
});

describe('a refusal', () => {
  it.each<readonly [JsonObject, string, string]>([
    [{ minLength: 'x' }, 'a whole number from 0 on', '"x"'],
    [{ type: 'text' }, 'one of null, boolean, integer, number, string, array, object', '"text"'],
    [{ items: [1] }, 'a schema: an object, true or false', 'a list'],
    [{ format: 'ip' }, 'one of date, date-time, email, time, uri, uuid', '"ip"'],
    [{ definitions: {} }, '$defs', 'definitions'],
    [parsed('{"then":true}'), 'if beside it', 'then'],
    [{ required: {} }, 'a list of texts', 'an object'],
    [{ pattern: '(' }, 'a pattern in the syntax of RE2', '(: missing closing ): `(`'],
    [{ $ref: 'x.json' }, 'a subschema of this document, such as #/$defs/name', 'x.json'],
  ])('of %j says what was expected and found', (schema, expected, found) => {
    expect(problems(schema)[0]).toMatchObject({ found });
    expect(problems(schema)[0]?.expected).toContain(expected);
  });

  it('tells all that is wrong at once', () => {
    expect(
      told({ type: 'x', properties: { a: { minimum: 'x' }, b: { $ref: '#/c' } }, more: 1 }),
    ).toEqual([
      '/more unknown_keyword',
      '/type unknown_value',
      '/properties/a/minimum wrong_type',
      '/properties/b/$ref unknown_reference',
    ]);
  });

  it('is told a hundred times at most', () => {
    const unknown = Object.fromEntries(names(500).map((name) => [name, 1]));
    expect(
      told({ properties: Object.fromEntries(names(9).map((name) => [name, unknown])) }),
    ).toEqual(names(100).map((name) => `/properties/name0/${name} unknown_keyword`));
  });
});

describe('annotations', () => {
  it('are read and change nothing', () => {
    const compiled = compileSchema({
      $schema: DIALECT,
      $id: 'https://example.com/invoice',
      $comment: 'x',
      title: 'x',
      description: 'x',
      default: { $ref: 'not a reference' },
      examples: [{ type: 'not a type' }],
      deprecated: true,
      readOnly: true,
      writeOnly: false,
    });
    expect(E.isRight(compiled) && compiled.right.check({ colour: 1 })).toEqual([]);
  });

  it('are keywords as others are, each in one place', () => {
    const keywords = FAMILIES.flatMap((family) => family.keywords);
    expect(keywords).toContain('title');
    expect(new Set(keywords).size).toBe(keywords.length);
  });
});

describe('a schema that is another one when it is read again', () => {
  it('is no data, and nothing of it is compiled', () => {
    const read = new Set<string | symbol>();
    const list = new Proxy(['a', 'b'], {
      get: (from, name): unknown => {
        const isFirst = !read.has(name);
        read.add(name);
        return isFirst ? Reflect.get(from, name) : Number.NaN;
      },
    });
    const compiled = compileSchema({ enum: list });
    expect(E.isLeft(compiled) && compiled.left.map(({ reason }) => reason)).toEqual(['not_json']);
  });
});
