/**
 * The JSON Schemas by which editors complete policy documents and their test tables. They are made
 * of the shapes that read such documents, so that both take the same. To write the files anew:
 *
 *     npx vitest run --config test/vitest.config.ts test/policies/editor-schema.test.ts --update
 */
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { readDocument } from '../../policies/document/read.ts';
import type { Shape } from '../../policies/document/shape.ts';
import { tableShape } from '../../policies/explain/table-shape.ts';
import { compileSchema } from '../../policies/schema/schema.ts';
import { documentShape } from '../../policies/set/document.ts';
import { loadSet } from '../../policies/set/load.ts';
import { READY_MADE } from '../../policies/set/ready-made.ts';
import { sound } from '../../properties/arbitrary/key.ts';
import { check, share } from '../../properties/check.ts';
import { mutationsOf } from './guide/mutation.ts';
import { block } from './guide/page.ts';

const valueOf = (name: string): Json =>
  sound(readDocument(name, Buffer.from(block(`yaml ${name}`)))).value;

/** With every member that there is. */
const WHOLE: Json = {
  $schema: 'https://example.com/policy-document.schema.json',
  version: 1,
  name: 'whole',
  clocks: { ahead: '5m', behind: '3650d' },
  corrections: { four_eyes: 'verified' },
  exceptions: { review_within: '2h', separate: true },
  operators: 2,
  quarantine: { release_tier: 'operator' },
  references: { causes_exist: true, corrections_exist: false },
  refusals: { record: 'all', per_source: 10_000, window: 10_000 },
  rules: [
    {
      id: 'never',
      match: ['*'],
      outcome: 'warn',
      reason: 'so',
      when: 'false',
      overridable: false,
    },
  ],
  schemas: { invoice: { type: 'object' } },
  secrets: { find: true, patterns: [{ name: 'card', pattern: '^x' }] },
  types: [
    {
      match: 'invoice.*',
      attested: true,
      four_eyes: 'operator',
      max_bytes: 1_048_576,
      max_depth: 0,
      rate: { events: 1, window: 1_000_000 },
      schema: 'invoice',
      sources: ['user'],
      tier: 'observed',
    },
    { match: '*', attested: ['agent', 'tool'] },
  ],
};
const TABLE: Json = {
  $schema: './policy-table.schema.json',
  version: 1,
  now: '2024-02-29T12:00:00.000Z',
  keys: { alice: 'operator' },
  cases: [
    {
      name: 'it enters',
      event: { type: 'a.b', by: 'alice', meaning: 'authored', members: {}, payload: null },
      expect: 'break_glass',
      given: [{ type: 'a.b' }],
      rules: ['a-rule'],
      surface: 'append',
    },
  ],
};

interface Subject {
  readonly file: string;
  readonly title: string;
  readonly shape: Shape<unknown>;
  readonly documents: readonly Json[];
}

const SUBJECTS: readonly Subject[] = [
  {
    file: 'policy-document.schema.json',
    title: 'A policy document of a ledger',
    shape: documentShape,
    documents: [...Object.values(READY_MADE), valueOf('billing.yaml'), WHOLE],
  },
  {
    file: 'policy-table.schema.json',
    title: 'A test table of a policy set',
    shape: tableShape,
    documents: [valueOf('billing.test.yaml'), TABLE],
  },
];

const pick = (values: readonly Json[], n: number): Json => values[n % values.length] ?? null;

describe.each(SUBJECTS)('the schema in $file', ({ file, title, shape, documents }) => {
  const schema: JsonObject = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title,
    ...shape.schema,
  };
  const own = sound(compileSchema(schema));
  const other = new Ajv2020({ allErrors: true, strictTypes: true }).compile(schema);

  /** What the shape and the two validators say. */
  const told = (value: Json) => {
    const found = own.check(value);
    return {
      byShape: E.isRight(shape(value, '')),
      byOwn: found !== 'budget_exceeded' && found.length === 0,
      byOther: other(value),
    };
  };
  const isAgreed = (value: Json): boolean => {
    const { byShape, byOwn, byOther } = told(value);
    return byShape === byOwn && byShape === byOther;
  };
  const altered = documents.flatMap(mutationsOf);

  it('is the one that the shape has', async () => {
    const path = fileURLToPath(new URL(`../../policies/document/${file}`, import.meta.url));
    const text = await format(JSON.stringify(schema), { parser: 'json', printWidth: 100 });
    await expect(text).toMatchFileSnapshot(path);
  });

  it('accepts the documents that there are', () => {
    for (const document of documents)
      expect(told(document)).toEqual({ byShape: true, byOwn: true, byOther: true });
  });

  it('accepts of documents with one thing altered those that are read, and no other', () => {
    expect(altered.filter((value) => !isAgreed(value))).toEqual([]);
    const read = altered.filter((value) => told(value).byShape).length;
    expect(read).toBeGreaterThan(10);
    expect(altered.length - read).toBeGreaterThan(500);
  });

  it('accepts of documents with two things altered those that are read, and no other', () => {
    const twice = fc
      .tuple(fc.nat(), fc.nat())
      .map(([a, b]) => pick(mutationsOf(pick(altered, a)), b));
    check(fc.property(twice, isAgreed), { runs: share(1, 2000) });
  });

  it('says what every member is for', () => {
    const bare = Object.values(schema['properties'] as JsonObject).filter(
      (member) => typeof (member as JsonObject)['description'] !== 'string',
    );
    expect(bare).toEqual([]);
  });
});

const RULE = { id: 'r', match: ['*'], outcome: 'warn', reason: 'x', when: 'true' } as const;
const ASTRAL = '\u{1f600}';

describe('what is near to a bound', () => {
  const editor = sound(compileSchema(documentShape.schema));
  it.each<readonly [boolean, JsonObject]>([
    ...['1s', '315360000s', '5256000m', '87600h', '3650d', '3649d', '3599d', '2999d'].map(
      (ahead) => [true, { clocks: { ahead } }] as const,
    ),
    ...['0s', '01s', '315360001s', '5256001m', '87601h', '3651d', '3660d', '4000d', '10000d'].map(
      (ahead) => [false, { clocks: { ahead } }] as const,
    ),
    [true, { name: ASTRAL.repeat(200) }],
    [false, { name: ASTRAL.repeat(201) }],
    [true, { rules: [{ ...RULE, reason: ASTRAL.repeat(200) }] }],
    [false, { rules: [{ ...RULE, reason: ASTRAL.repeat(201) }] }],
    [true, { rules: [RULE] }],
    [false, { rules: [{ ...RULE, id: 'the-tier-is-enough' }] }],
    [false, { rules: [{ ...RULE, id: 'it-was-proposed' }] }],
    ...[true, false, ['agent'], ['agent', 'tool', 'agent']].map(
      (attested) => [true, { types: [{ match: '*', attested }] }] as const,
    ),
    ...['agent', [], [true], ['robot'], null, Array(7).fill('agent')].map(
      (attested) => [false, { types: [{ match: '*', attested }] }] as const,
    ),
    [true, { schemas: { a: true, b: {} } }],
    [false, { schemas: { a: 5 } }],
    [false, { schemas: { a: [] } }],
    [true, { $schema: 'https://example.com/policy-document.schema.json' }],
    [false, { $schema: 5 }],
  ])('is taken: %s, by editors and readers alike: %j', (isTaken, stated) => {
    const document = { version: 1, ...stated };
    expect(sound(E.right(editor.check(document))).length === 0).toBe(isTaken);
    expect(E.isRight(loadSet(native, { document }))).toBe(isTaken);
  });
});
