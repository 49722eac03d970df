/**
 * Schemas of the keywords that every implementation reads alike, and values small enough to match
 * one of them often: few names, few letters, few numbers.
 */
import fc from 'fast-check';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { KEYWORDS } from '../../policies/schema/keyword.ts';
import { hostileValue } from './hostile.ts';
import { json } from './json.ts';

const name = fc.constantFrom('a', 'b', 'ab', 'constructor');
const text = fc.constantFrom('', 'a', 'b', 'ab', 'aab', '😀', 'é', '7');
const number = fc.constantFrom(-1, 0, 0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 9007199254740991);
const count = fc.nat(3);
const pattern = fc.constantFrom('^a', 'b$', '^[ab]+$', '^.$', 'a.b', '^[^a]*$', '\\d', '(?:ab)+');
const type = fc.constantFrom('null', 'boolean', 'integer', 'number', 'string', 'array', 'object');

/** Objects of the ordinary kind: the oracle thinks that one without a prototype equals no other. */
const members = <T extends Json>(
  key: fc.Arbitrary<string>,
  member: fc.Arbitrary<T>,
): fc.Arbitrary<Readonly<Record<string, T>>> =>
  fc.dictionary(key, member, { maxKeys: 3, noNullPrototype: true });

const only = (keyword: string, found: fc.Arbitrary<Json>): fc.Arbitrary<JsonObject> =>
  found.map((each) => ({ [keyword]: each }));

/** Some of the keywords, and always those that are named. */
const some = (
  keywords: Readonly<Record<string, fc.Arbitrary<Json>>>,
  ...always: string[]
): fc.Arbitrary<JsonObject> =>
  fc.record<Record<string, Json>, string>(keywords, {
    requiredKeys: always,
    noNullPrototype: true,
  });

const tied = fc.letrec<{ value: Json; schema: Json; part: JsonObject; object: JsonObject }>(
  (tie) => {
    const { value, schema } = { value: tie('value'), schema: tie('schema') };
    const schemas = fc.array(schema, { minLength: 1, maxLength: 3 });
    const named = members(name, schema);
    const names = fc.uniqueArray(name, { maxLength: 3 });
    /** Given by name: an object literal with a member `then` looks like a promise. */
    const branches = (keywords: string[]) =>
      some(Object.fromEntries(keywords.map((each) => [each, schema])), ...keywords);
    return {
      value: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.oneof(fc.constantFrom(null, true, false), number, text),
        fc.array(value, { maxLength: 4 }),
        members(name, value),
      ),
      part: fc.oneof(
        only('type', fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 5 }))),
        only('const', value),
        only('enum', fc.uniqueArray(fc.oneof(number, text), { minLength: 1, maxLength: 8 })),
        some({ minimum: number, exclusiveMaximum: number, multipleOf: fc.constantFrom(0.5, 1, 3) }),
        some({ maximum: number, exclusiveMinimum: number }),
        some({ minLength: count, maxLength: count, pattern }),
        some({ minItems: count, maxItems: count, uniqueItems: fc.boolean() }),
        some({ prefixItems: schemas, items: schema }),
        some({ contains: schema, minContains: count, maxContains: count }, 'contains'),
        some({ minProperties: count, maxProperties: count, required: names }),
        some({
          properties: named,
          patternProperties: members(pattern, schema),
          additionalProperties: schema,
        }),
        some({ propertyNames: schema }),
        some({
          dependentRequired: members(name, names),
          dependentSchemas: named,
        }),
        fc.constantFrom('allOf', 'anyOf', 'oneOf').chain((keyword) => only(keyword, schemas)),
        only('not', schema),
        fc.oneof(
          ...[
            ['if', 'then'],
            ['if', 'else'],
            ['if', 'then', 'else'],
          ].map(branches),
        ),
        only('$ref', fc.constantFrom('#', '#/$defs/one', '#/$defs/two')),
      ),
      object: fc
        .array(tie('part'), { minLength: 1, maxLength: 3 })
        .map((parts) => Object.assign({}, ...parts) as JsonObject),
      schema: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        { weight: 1, arbitrary: fc.boolean() },
        { weight: 3, arbitrary: tie('object') },
      ),
    };
  },
);

export const schemaValue = tied.value;

/** Schemas with definitions that they may refer to, round and round too. */
export const schema: fc.Arbitrary<JsonObject> = fc
  .tuple(tied.object, tied.schema, tied.schema)
  .map(([root, one, two]) => ({ ...root, $defs: { one, two } }));

/** A schema without definitions of its own, to be put into one that has them. */
export const subschema = tied.schema;

/** Whatever a user might write in place of a schema. */
export const nearlySchema: fc.Arbitrary<unknown> = fc.oneof(
  fc.dictionary(fc.constantFrom(...KEYWORDS), fc.oneof(json, tied.schema, hostileValue)),
  fc.tuple(schema, fc.constantFrom(...KEYWORDS), hostileValue).map(([root, keyword, odd]) => ({
    ...root,
    [keyword]: odd,
  })),
  hostileValue,
);
