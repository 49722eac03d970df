/**
 * Plans as people write them, and the JSON Schema by which editors complete them. It is made of the
 * shape that reads them; to write it anew:
 *
 *     npx vitest run --config test/vitest.config.ts test/src/experiment/plan.test.ts --update
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as E from 'fp-ts/lib/Either.js';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { native } from '../../../ledger/crypto/native.ts';
import type { Json, JsonObject } from '../../../ledger/json/value.ts';
import { READY_METRICS, READY_NAMES } from '../../../src/experiment/metric.ts';
import { planDigest, planJson, planShape, readPlan } from '../../../src/experiment/plan.ts';
import { right } from '../../build/ledger.ts';
import { mutationsOf } from '../../policies/guide/mutation.ts';
import { PLAN, WRITTEN, planOf } from './given.ts';

const where = { type: 'session.started', pointer: '/is' };
const BINDINGS: readonly JsonObject[] = [
  { manual: true },
  { commit: { repository: '.', control: 'a'.repeat(40), treatment: 'b'.repeat(7), ...where } },
  { branch: { control: 'main', treatment: 'try', ...where } },
  { value: { control: ['a'], treatment: ['b', 'c'], ...where } },
  { window: { control: {}, treatment: { from: '2026-01-01T12:00:00.000Z' }, type: 'a.*' } },
  { window: { control: {}, treatment: { until: '2026-01-01T12:00:00.000Z' }, type: 'a.*' } },
  { split: { shares: { control: 0.5, treatment: 0.5 }, salt: 'x', type: 'a.b' } },
];
const [EARLIER, LATER] = ['2026-01-01T12:00:00.000Z', '2026-01-01T12:00:00.001Z'];
const windows = { control: { until: LATER }, treatment: {}, type: 'a.b' };
const COST = WRITTEN['metric'] as JsonObject;
const SUCCESS = READY_METRICS.success_rate;
const CRITERIA: readonly JsonObject[] = [{ absolute: 0.2 }, { non_inferiority_pct: 2 }];
const GUARDRAILS: readonly JsonObject[] = [
  { name: 'failures', type: 'tool.failed', aggregate: 'count', better: 'lower', limit_pct: 5 },
  { metric: 'success_rate', limit: 0.1 },
];

const DOCUMENTS: readonly JsonObject[] = [
  ...BINDINGS.map((binding) => ({ ...WRITTEN, binding })),
  ...CRITERIA.map((criterion) => ({ ...WRITTEN, criterion, guardrails: [...GUARDRAILS] })),
  ...READY_NAMES.map((metric) => ({ ...WRITTEN, metric })),
  { ...WRITTEN, supersedes: 'an-earlier-one', analysis: { statistic: 'rate', seed: 1 } },
  { $schema: './experiment-plan.schema.json', ...WRITTEN, unit: 'session', name: 'x' },
];

const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'The plan of an experiment',
  ...planShape.schema,
};
const isPlan = new Ajv2020({ allErrors: true, strict: false }).compile(schema);
const isRead = (value: Json): boolean => E.isRight(planShape(value, ''));

describe('the schema of plans', () => {
  it('is the one that the shape has', async () => {
    const path = '../../../src/experiment/experiment-plan.schema.json';
    const text = await format(JSON.stringify(schema), { parser: 'json', printWidth: 100 });
    await expect(text).toMatchFileSnapshot(fileURLToPath(new URL(path, import.meta.url)));
  });

  it('takes whatever is read, and refuses most of what is not', () => {
    for (const document of DOCUMENTS)
      expect([document, isRead(document), isPlan(document)]).toEqual([document, true, true]);
    const altered = DOCUMENTS.flatMap(mutationsOf);
    const read = altered.filter(isRead);
    expect(read.filter((value) => !isPlan(value))).toEqual([]);
    const refused = altered.filter((value) => !isRead(value));
    // What two members say together, a schema does not tell.
    expect(refused.filter((value) => isPlan(value)).length).toBeLessThan(refused.length / 50);
    expect(refused.length).toBeGreaterThan(1000);
  });
});

const read = (text: string) => right(readPlan('plan.yaml', Buffer.from(text)));

describe('a plan', () => {
  it('states all that it leaves to be understood, and is read again as it stands', () => {
    for (const document of DOCUMENTS) {
      const plan = right(planShape(document, ''));
      expect(planShape(planJson(plan), '')).toEqual(E.right(plan));
    }
    expect(PLAN).toMatchObject({
      binding: { manual: true },
      minimum_sessions: 20,
      analysis: { method: 'bootstrap', resamples: 10_000, confidence: 0.95, seed: 0 },
    });
  });

  it.each<readonly [string, string, JsonObject]>([
    ['rate', 'newcombe', { metric: 'success_rate' }],
    ['rate', 'newcombe', { metric: { ...COST, aggregate: 'any' } }],
    ['mean', 'bootstrap', { metric: { ...COST, aggregate: 'last' } }],
    ['mean', 'bootstrap', { metric: 'success_rate_by_prompt' }],
    ['mean', 'bootstrap', { metric: { ...SUCCESS, type: 'session.judged' } }],
    ['mean', 'bootstrap', { metric: { ...SUCCESS, pointer: '/score' } }],
    ['mean', 'bootstrap', { metric: { ...SUCCESS, aggregate: 'sum' } }],
    ['rate', 'newcombe', { metric: { ...SUCCESS, name: 'solved' } }],
    ['median', 'bootstrap', { metric: 'success_rate', analysis: { statistic: 'median' } }],
  ])('compares by the %s, with %s, what is not said otherwise (%j)', (statistic, method, more) => {
    expect(planOf(more).analysis).toMatchObject({ statistic, method });
  });

  it('has the digest of what it says, in YAML or JSON and in whatever order', () => {
    const yaml = `criterion: { relative_pct: 10 }
change: Cache of tool results, 10 minutes.
hypothesis: The cache lowers the cost of a session by a tenth.
id: cheaper-cache
metric: { aggregate: sum, better: lower, name: cost, pointer: /usd, type: session.cost }
`;
    expect(planDigest(native, read(yaml))).toBe(planDigest(native, PLAN));
    expect(planDigest(native, read(JSON.stringify(WRITTEN)))).toBe(planDigest(native, PLAN));
    expect(planDigest(native, planOf({ duration_days: 15 }))).not.toBe(planDigest(native, PLAN));
  });

  it.each<readonly [string, JsonObject]>([
    ['/binding', { binding: {} }],
    ['/binding', { binding: { manual: true, ...BINDINGS[2] } }],
    [
      '/binding/split/shares',
      { binding: { split: { type: 'a.b', shares: { control: 0.5, treatment: 0.4 } } } },
    ],
    [
      '/binding/value/treatment',
      { binding: { value: { control: ['a'], treatment: ['a'], ...where } } },
    ],
    [
      '/binding/window/control/until',
      { binding: { window: { ...windows, control: { from: LATER, until: EARLIER } } } },
    ],
    [
      '/binding/window/treatment/until',
      { binding: { window: { ...windows, treatment: { from: LATER, until: LATER } } } },
    ],
    ['/binding/window/treatment', { binding: { window: { ...windows, control: {} } } }],
    ['/criterion', { criterion: { absolute: 1, relative_pct: 1 } }],
    ['/guardrails/0', { guardrails: [{ metric: 'success_rate', limit: 1, limit_pct: 1 }] }],
    ['/metric/over', { metric: { ...COST, over: { type: 'a.b' } } }],
    ['/analysis/method', { analysis: { method: 'newcombe' } }],
    ['/shares', { shares: { control: 0.2, treatment: 0.2 } }],
    ['/shares', { shares: { control: 0.4, treatment: 0.6 }, binding: BINDINGS[6] ?? {} }],
    [
      '/binding/commit/treatment',
      { binding: { commit: { control: 'a'.repeat(40), treatment: 'a'.repeat(7), ...where } } },
    ],
    [
      '/binding/commit/treatment',
      { binding: { commit: { control: 'a'.repeat(7), treatment: 'a'.repeat(40), ...where } } },
    ],
    ['/supersedes', { supersedes: 'cheaper-cache' }],
  ])('is refused at %s where its parts do not belong together', (pointer, more) => {
    const refused = planShape({ ...WRITTEN, ...more }, '');
    expect(E.isLeft(refused) ? refused.left.map((each) => each.pointer) : []).toEqual([pointer]);
  });
});
