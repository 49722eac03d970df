/**
 * What a schema asks of a value: every keyword with values that pass and twins that fail, and what
 * is told of a failure.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import type { Checked } from '../../policies/schema/run.ts';
import { compileSchema } from '../../policies/schema/schema.ts';

const checked = (schema: Json, value: Json): Checked => {
  const compiled = compileSchema(schema);
  if (E.isLeft(compiled)) throw new Error(JSON.stringify(compiled.left));
  return compiled.right.check(value);
};

/** Where in the value and where in the schema, one line for each violation. */
const told = (schema: Json, value: Json): readonly string[] | string => {
  const found = checked(schema, value);
  if (found === 'budget_exceeded') return found;
  return found.map(({ pointer, schema: at, expected = '' }) => `${pointer} ${at} ${expected}`);
};

/** Written as text: in an object literal a member `then` looks like a promise to the linter. */
const parsed = (text: string): JsonObject => JSON.parse(text) as JsonObject;

const object = { type: 'object' };
const text = { type: 'string' };
const number = { type: 'number' };
const conditional = parsed('{"if":{"type":"string"},"then":{"minLength":1},"else":{"minimum":1}}');
const tree = { $defs: { tree: { type: 'array', items: { $ref: '#/$defs/tree' } } } };

describe('a value passes, and its twin fails', () => {
  const cases: readonly (readonly [JsonObject, Json, Json])[] = [
    [{ type: 'null' }, null, 0],
    [{ type: 'boolean' }, false, null],
    [{ type: 'integer' }, 2, 2.5],
    [{ type: 'number' }, 2.5, '2.5'],
    [{ type: 'string' }, '', null],
    [{ type: 'array' }, [], {}],
    [{ type: 'object' }, {}, []],
    [{ type: ['string', 'null'] }, null, 1],
    [{ enum: ['a', 1, null, [1, { b: 2, a: 1 }]] }, [1, { a: 1, b: 2 }], [1, { a: 1, b: 3 }]],
    [{ enum: ['a', 1, null] }, null, false],
    [{ enum: [1] }, 1, '1'],
    [{ enum: [[]] }, [], {}],
    [{ const: { a: [1] } }, { a: [1] }, { a: [1], b: 1 }],
    [{ const: 0 }, 0, false],
    [{ const: null }, null, 0],
    [{ minimum: 1 }, 1, 0.9],
    [{ maximum: 1 }, 1, 1.1],
    [{ exclusiveMinimum: 1 }, 1.1, 1],
    [{ exclusiveMaximum: 1 }, 0.9, 1],
    [{ minimum: 5 }, 'text is no number', 4],
    [{ multipleOf: 3 }, -9, 10],
    [{ multipleOf: 0.1 }, 0.3, 0.35],
    [{ multipleOf: 0.01 }, 19.99, 19.999],
    [{ multipleOf: 0.01 }, 4.35, 4.351],
    [{ multipleOf: 1e-7 }, 3e-7, 3.5e-7],
    [{ multipleOf: 0.5 }, 9007199254740991, 0.25],
    [{ multipleOf: 3e-323 }, 6e-323, 2e-323],
    [{ multipleOf: 2.5 }, 0, 1],
    [{ minLength: 2 }, '😀é', '😀'],
    [{ maxLength: 2 }, '😀é', 'abc'],
    [{ maxLength: 1 }, '😀', '😀😀'],
    [{ maxLength: 0 }, '', 'a'],
    [{ pattern: 'b+' }, 'abc', 'ac'],
    [{ pattern: '^a$' }, 'a', 'a\n'],
    [{ minItems: 1 }, [1], []],
    [{ maxItems: 1 }, [1], [1, 1]],
    [{ uniqueItems: true }, [1, '1', [1], { a: 1 }], [{ a: 1, b: 2 }, 3, { b: 2, a: 1 }]],
    [{ items: text }, ['a'], ['a', 1]],
    [{ prefixItems: [text, number] }, ['a'], ['a', 'b']],
    [{ prefixItems: [text], items: number }, ['a', 1], ['a', 'b']],
    [{ prefixItems: [text], items: false }, ['a'], ['a', 1]],
    [{ contains: number }, ['a', 1], ['a']],
    [{ contains: number, minContains: 2 }, [1, 'a', 2], [1, 'a']],
    [{ contains: number, maxContains: 1 }, [1, 'a'], [1, 2]],
    [{ contains: number, minContains: 0, maxContains: 1 }, [], [1, 2]],
    [{ minProperties: 1 }, { a: 1 }, {}],
    [{ maxProperties: 1 }, { a: 1 }, { a: 1, b: 1 }],
    [{ required: ['a', 'b'] }, { a: 1, b: null }, { a: 1 }],
    [{ required: ['constructor'] }, { constructor: 1 }, {}],
    [{ required: ['toString'] }, { toString: 1 }, {}],
    [{ properties: { a: text } }, { b: 1 }, { a: 1 }],
    [{ properties: { constructor: text } }, {}, { constructor: 1 }],
    [{ properties: { a: false } }, {}, { a: 1 }],
    [{ patternProperties: { '^x-': text } }, { 'x-a': '', y: 1 }, { 'x-a': 1 }],
    [{ patternProperties: { a: text, b: number } }, { a: '', b: 1 }, { ab: '' }],
    [{ properties: { a: true }, additionalProperties: false }, { a: 1 }, { b: 1 }],
    [{ additionalProperties: false }, {}, { hasOwnProperty: 1 }],
    [{ patternProperties: { a: {} }, additionalProperties: text }, { a: 1, b: '' }, { b: 1 }],
    [{ propertyNames: { maxLength: 1 } }, { a: 1 }, { ab: 1 }],
    [{ dependentRequired: { a: ['b'] } }, { a: 1, b: 1 }, { a: 1 }],
    [{ dependentRequired: { toString: ['b'] } }, {}, { toString: 1 }],
    [{ dependentSchemas: { a: { required: ['b'] } } }, { c: 1 }, { a: 1 }],
    [{ allOf: [text, { minLength: 1 }] }, 'a', ''],
    [{ anyOf: [text, number] }, 1, null],
    [{ oneOf: [{ minimum: 1 }, { maximum: 1 }] }, 0, 1],
    [{ oneOf: [text, number] }, 'a', null],
    [{ not: text }, 1, 'a'],
    [conditional, 'a', ''],
    [conditional, 1, 0],
    [{ if: text, else: false }, 'a', 1],
    [{ $ref: '#/$defs/a', $defs: { a: text } }, 'a', 1],
    [{ $ref: '#/$defs/a~1b%20c', $defs: { 'a/b c': text } }, 'a', 1],
    [{ $ref: '#/$defs/%C3%A9', $defs: { é: text } }, 'a', 1],
    [{ properties: { a: text, b: { $ref: '#/properties/a' } } }, { b: '' }, { b: 1 }],
    [{ items: { $ref: '#' }, type: 'array' }, [[], [[]]], [[], [1]]],
    [{ ...tree, $ref: '#/$defs/tree' }, [[[]]], [[[{}]]]],
  ];
  it.each(cases)('%j is matched by %j and not by %j', (schema, good, bad) => {
    expect(checked(schema, good)).toEqual([]);
    expect(checked(schema, bad)).not.toEqual([]);
  });
});

describe('a format', () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    [
      'date',
      ['2026-11-20', '2024-02-29', '2000-02-29', '0000-12-31'],
      ['2026-02-29', '1900-02-29', '2026-13-01', '2026-00-10', '2026-04-31', '2026-01-00'].concat([
        '2026-1-1',
        '20261120',
        '2026-11-20Z',
        '٢٠٢٦-11-20',
        '',
      ]),
    ],
    [
      'time',
      ['15:04:05Z', '15:04:05.678+01:00', '23:59:60Z', '15:59:60-08:00', '00:29:60+00:30'],
      ['24:00:00Z', '15:60:00Z', '15:04:61Z', '22:59:60Z', '23:59:60+01:00', '15:04:05'].concat([
        '15:04Z',
        '15:04:05.Z',
        '15:04:05+24:00',
        '15:04:05+01:60',
        '15:04:05+0100',
      ]),
    ],
    [
      'date-time',
      ['2026-11-20T15:04:05.678Z', '2026-11-20t15:04:05z', '1998-12-31T15:59:60.1-08:00'],
      ['2026-11-20 15:04:05Z', '2026-02-30T15:04:05Z', '2026-11-20T25:04:05Z', '2026-11-20T'],
    ],
    [
      'uuid',
      ['0192f0c1-8f1e-7c3a-9b1d-2f6f1c0a4e55', '0192F0C1-8F1E-7C3A-9B1D-2F6F1C0A4E55'],
      ['0192f0c18f1e7c3a9b1d2f6f1c0a4e55', '0192f0c1-8f1e-7c3a-9b1d-2f6f1c0a4e5g'],
    ],
    [
      'email',
      ['ada@example.com', "o'hara+x@mail.example", `${'a'.repeat(64)}@b.c`, 'a@localhost'],
      ['ada', 'a@', '@b.c', 'a..b@c.d', '.a@c.d', 'a@-b.c', 'a@b..c', 'a b@c.d', 'a@b@c.d'].concat([
        `${'a'.repeat(65)}@b.c`,
        `a@${'b'.repeat(64)}.c`,
        `a@${'b.'.repeat(126)}c`,
      ]),
    ],
    [
      'uri',
      ['https://example.com/a?b=c#d', 'urn:isbn:0451450523', 'http://[::1]/', 'a:%41'],
      ['//example.com', 'example.com', 'http://a b', 'http://é', 'a:%4', '1a:b', 'a:<b>', ''],
    ],
  ];
  it.each(cases)('%s tells good from bad', (format, good, bad) => {
    expect(good.filter((each) => checked({ format }, each).length > 0)).toEqual([]);
    expect(bad.filter((each) => checked({ format }, each).length === 0)).toEqual([]);
    expect(checked({ format }, 1)).toEqual([]);
  });
});

describe('what is told of a failure', () => {
  it('names the part of the value, the keyword and what it asks for', () => {
    const schema = { properties: { 'a/b~c': { items: { minimum: 1 } } } };
    expect(checked(schema, { 'a/b~c': [1, 0] })).toEqual([
      {
        pointer: '/a~1b~0c/1',
        schema: '/properties/a~1b~0c/items/minimum',
        keyword: 'minimum',
        expected: '1',
      },
    ]);
  });

  it.each<readonly [JsonObject, Json, readonly string[]]>([
    [{ required: ['b', 'a'] }, {}, [' /required "b"', ' /required "a"']],
    [{ type: ['null', 'array'] }, 1, [' /type ["null","array"]']],
    [{ enum: ['a', 1] }, 'b', [' /enum ["a",1]']],
    [{ pattern: '^a' }, 'b', [' /pattern "^a"']],
    [{ format: 'date' }, 'b', [' /format "date"']],
    [{ contains: { const: 1 } }, [2], [' /contains ']],
    [{ contains: true, minContains: 2 }, [2], [' /minContains 2']],
    [{ contains: true, maxContains: 1 }, [2, 2], [' /maxContains 1']],
    [{ uniqueItems: true }, [2, 2], [' /uniqueItems true']],
    [{ propertyNames: { maxLength: 1 } }, { ab: 1 }, ['/ab /propertyNames/maxLength 1']],
    [{ additionalProperties: false }, { a: 1 }, ['/a /additionalProperties ']],
    [{ dependentRequired: { a: ['b'] } }, { a: 1 }, [' /dependentRequired "b"']],
    [{ anyOf: [text, object] }, 1, [' /anyOf ']],
    [{ oneOf: [true, true] }, 1, [' /oneOf ']],
    [{ not: {} }, 1, [' /not ']],
    [parsed('{"if":true,"then":{"minimum":2}}'), 1, [' /then/minimum 2']],
    [{ $ref: '#/$defs/a', $defs: { a: text } }, 1, [' /$defs/a/type "string"']],
    [{ allOf: [text, { minimum: 2 }] }, 1, [' /allOf/0/type "string"', ' /allOf/1/minimum 2']],
    [
      { required: ['z'], properties: { b: text, a: text }, additionalProperties: false },
      { c: 1, b: 1, a: 1, 10: 1, 9: 1 },
      [' /required "z"', '/10 /additionalProperties ', '/9 /additionalProperties '].concat(
        ['/a /properties/a/type "string"', '/b /properties/b/type "string"'],
        ['/c /additionalProperties '],
      ),
    ],
  ])('of %j for %j it is %j', (schema, value, expected) => {
    expect(told(schema, value)).toEqual(expected);
  });

  it('says that a schema that is plain false failed as a whole', () => {
    expect(checked(true, 1)).toEqual([]);
    expect(checked(false, 1)).toEqual([{ pointer: '', schema: '', keyword: 'false' }]);
  });

  it('ends with the twentieth failure', () => {
    const failures = told(
      { items: text },
      Array.from({ length: 50 }, () => 1),
    );
    expect(failures).toHaveLength(20);
    expect(failures[19]).toBe('/19 /items/type "string"');
  });

  it('holds names of members, cut short, and none of their values', () => {
    const secret = 'hunter2';
    const value = { [`${'a'.repeat(254)}😀b`]: { token: secret }, b: [secret], c: secret };
    const schema = {
      additionalProperties: { type: 'number', not: {}, const: 1, enum: ['x'.repeat(500)] },
    };
    const whole = JSON.stringify(checked(schema, value));
    expect(whole).not.toContain(secret);
    expect(whole).toContain(`"/${'a'.repeat(254)}\ufffd…"`);
    expect(whole).toContain(`"[\\"${'x'.repeat(254)}…"`);
  });
});
