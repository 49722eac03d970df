/**
 * What a report is made of: metrics, bindings, and that nothing else goes into it.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../../ledger/crypto/native.ts';
import { noble } from '../../../ledger/crypto/noble.ts';
import type { JsonObject } from '../../../ledger/json/value.ts';
import { drawn } from '../../../src/experiment/bind.ts';
import type { Exclusion } from '../../../src/experiment/bind.ts';
import { READY_METRICS } from '../../../src/experiment/metric.ts';
import { pageOf } from '../../../src/experiment/page.ts';
import { Tally } from '../../../src/experiment/tally.ts';
import type { Recorded } from '../../../policies/state/past.ts';
import { right } from '../../build/ledger.ts';
import { archived, concluded, planOf, tagged, untagged } from './given.ts';
import { House, cost, event } from './house.ts';

const where = { type: 'session.started', pointer: '/is' };
const began = (session: string, is: unknown): JsonObject =>
  event('session.started', session, { is: is as string });

/** The arms that sessions come to, or why to none. */
const armsOf = async (binding: JsonObject, drafts: readonly JsonObject[]) => {
  const house = await House.running({ binding });
  await house.append(drafts);
  return Object.fromEntries(
    house.report().sample.assigned.map(({ session, arm, reason }) => [session, arm ?? reason]),
  ) as Readonly<Record<string, string | Exclusion>>;
};

describe('a binding', () => {
  it('by value takes any of the values, and excludes who has others, or both', async () => {
    const value = { ...where, control: ['a', '1'], treatment: ['b', 'true'] };
    const said = ['a', 1, 'b', true, 'c', null].map((is, n) => began(`s-${n}`, is));
    const both = [began('s-6', 'a'), began('s-6', 'b'), began('s-7', 'a'), began('s-7', 'c')];
    const plain = [began('s-8', 'a'), event('session.started', 's-8', {})];
    expect(await armsOf({ value }, [...said, ...both, ...plain])).toEqual({
      's-0': 'control',
      's-1': 'control',
      's-2': 'treatment',
      's-3': 'treatment',
      's-4': 'matches_neither_arm',
      's-5': 'nothing_to_bind_by',
      's-6': 'moves_between_arms',
      's-7': 'matches_neither_arm',
      's-8': 'control',
    });
  });

  it('by branch takes the one name', async () => {
    const branch = { ...where, control: 'main', treatment: 'try' };
    const said = ['main', 'try', 'tries'].map((is, n) => began(`s-${n}`, is));
    expect(await armsOf({ branch }, said)).toEqual({
      's-0': 'control',
      's-1': 'treatment',
      's-2': 'matches_neither_arm',
    });
  });

  it('by time takes the moment of recording, and excludes who is in both spans', async () => {
    const [past, future] = ['2020-01-01T00:00:00.000Z', '9000-01-01T00:00:00.000Z'];
    const { type } = where;
    const spans = (control: JsonObject, treatment: JsonObject) => ({
      window: { control, treatment, type },
    });
    const one = [began('s', 1)];
    expect(await armsOf(spans({ until: past }, { from: past }), one)).toEqual({ s: 'treatment' });
    expect(await armsOf(spans({ until: future }, { from: future }), one)).toEqual({ s: 'control' });
    expect(await armsOf(spans({ from: past }, { until: future }), one)).toEqual({
      s: 'matches_both_arms',
    });
    expect(await armsOf(spans({ until: past }, { from: future }), one)).toEqual({
      s: 'matches_neither_arm',
    });
  });

  it('by hash draws the shares that are asked for, the same for ever', async () => {
    const split = { type: where.type, shares: { control: 0.25, treatment: 0.75 } };
    const names = Array.from({ length: 400 }, (_, n) => `s-${n}`);
    const arms = await armsOf(
      { split },
      names.map((name) => began(name, 1)),
    );
    const count = Object.values(arms).filter((arm) => arm === 'control').length;
    expect(Math.abs(count - 100)).toBeLessThan(40);
    expect(arms['s-1']).toBe(drawn(native, 'cheaper-cache', 's-1', 0.25));
    expect(drawn(noble, 'salt', 's-1', 0.25)).toBe(drawn(native, 'salt', 's-1', 0.25));
    const others = names.filter(
      (name) => drawn(native, 'salt', name, 0.5) !== drawn(native, 'pepper', name, 0.5),
    );
    expect(Math.abs(others.length - 200)).toBeLessThan(60);
  });

  it('gives way to a tag, and comes back when the tag is taken back', async () => {
    const value = { ...where, control: ['a'], treatment: ['b'] };
    const house = await House.running({ binding: { value } });
    await house.append([began('s', 'a'), cost('s', 1)]);
    const arm = () => house.report().sample.assigned[0]?.arm;
    expect(arm()).toBe('control');
    await house.happen(tagged('s', 'treatment'));
    expect(arm()).toBe('treatment');
    await house.happen(untagged('s'));
    expect(arm()).toBe('control');
  });

  it('counts who began before the start where the plan says so', async () => {
    for (const [include_earlier, n] of [
      [false, 0],
      [true, 1],
    ] as const) {
      const house = await House.found();
      await house.append([cost('s', 1)]);
      await house.begin(planOf({ include_earlier }));
      await house.happen(tagged('s', 'control'));
      expect(house.report().report.arms.control.n).toBe(n);
    }
  });
});

/** What the events of one session come to in a metric: its number, and what was not read. */
const valueOf = (written: JsonObject, drafts: readonly JsonObject[]) => {
  const { metric } = planOf({ metric: { name: 'm', better: 'lower', ...written } });
  const tally = new Tally(metric);
  for (const [seq, { payload, ...rest }] of drafts.entries())
    tally.take({ header: { ...rest, seq }, payload } as unknown as Recorded);
  return [tally.value('s'), tally.unreadable.length];
};

describe('a metric', () => {
  const some = [3, 1, '2.50'].map((n) => event('a.b', 's', { n }));
  it.each([
    ['sum', 6.5],
    ['mean', 2.166666667],
    ['count', 3],
    ['last', 2.5],
    ['max', 3],
    ['min', 1],
    ['any', 1],
    ['ratio', 2.166666667],
  ])('of aggregate %s is the number that it should be', (aggregate, expected) => {
    const metric = { type: 'a.*', pointer: '/n', aggregate };
    const [value, unread] = valueOf(metric, some);
    expect([value?.toFixed(9), unread]).toEqual([expected.toFixed(9), 0]);
    const isZero = aggregate === 'count' || aggregate === 'any';
    expect(valueOf(metric, [])).toEqual([isZero ? 0 : undefined, 0]);
    expect(valueOf({ ...metric, missing: 'zero' }, [])).toEqual([0, 0]);
  });

  it('of a ratio divides by what is named, and by nothing not at all', () => {
    const ratio = { type: 'a.b', pointer: '/n', aggregate: 'ratio' };
    const over = { type: 'a.c', pointer: '/of' };
    const by = event('a.c', 's', { of: 13 });
    expect(valueOf({ ...ratio, over }, [...some, by])).toEqual([0.5, 0]);
    expect(valueOf({ ...ratio, over: { type: 'a.c' } }, [...some, by])).toEqual([6.5, 0]);
    expect(valueOf({ ...ratio, over }, some)).toEqual([undefined, 0]);
  });

  it('reads what the pointer leads to, and counts what is no number', () => {
    const at = (pointer: string, payload: JsonObject) =>
      valueOf({ type: 'a.b', pointer, aggregate: 'sum' }, [event('a.b', 's', payload)]);
    expect(at('/a~1b/~0/1', { 'a/b': { '~': [1, true] } })).toEqual([1, 0]);
    for (const n of ['1e3', '0x10', '', ' 1', {}, [], null, '1'.repeat(40), '01'])
      expect([n, at('/n', { n })]).toEqual([n, [undefined, 1]]);
    expect(at('/toString', {})).toEqual([undefined, 1]);
    expect(at('/n/length', { n: [1] })).toEqual([undefined, 1]);
  });

  it('that is ready-made is a declaration like any other', () => {
    for (const [name, metric] of Object.entries(READY_METRICS))
      expect(planOf({ metric: name }).metric).toEqual(planOf({ metric: { ...metric } }).metric);
    expect(planOf({ guardrails: [{ metric: 'tool_loops', limit: 1 }] }).guardrails).toMatchObject([
      { type: 'tool.looped', aggregate: 'count', missing: 'zero', limit: 1 },
    ]);
  });
});

const many = async (): Promise<House> => {
  const house = await House.running({
    binding: { value: { ...where, control: ['a'], treatment: ['b'] } },
    criterion: { absolute: 0.1 },
  });
  const names = Array.from({ length: 60 }, (_, n) => `s-${(n * 37) % 60}`);
  await house.append(
    names.flatMap((name, n) => [
      began(name, n % 2 === 0 ? 'a' : 'b'),
      cost(name, (n % 2 === 0 ? 1 : 0.8) + (n % 7) / 50),
    ]),
  );
  return house;
};

describe('a report', () => {
  it('is the same on either cryptography, and after a replay', async () => {
    const house = await many();
    const { report } = house.report();
    expect(report.criterion).toMatchObject({ absolute: 0.1, verdict: 'met' });
    expect(house.report(noble).report).toEqual(report);
    right(await house.ledger.replay());
    expect(JSON.stringify(house.report().report)).toBe(JSON.stringify(report));
    expect(report.difference).toMatchInlineSnapshot(`
      {
        "confidence": 0.95,
        "effect": {
          "name": "cliffs_delta",
          "value": -1,
        },
        "estimate": -0.1986666667,
        "interval": [
          -0.2186666667,
          -0.1786666667,
        ],
        "p": 2.696110002e-11,
        "relative_interval_pct": [
          -20.52401747,
          -17.06066525,
        ],
        "relative_pct": -18.78940731,
        "statistic": "mean",
        "test": "mann_whitney",
      }
    `);
  });

  it('reads each event once', async () => {
    const house = await many();
    expect(house.report().sample.events).toBe(120);
  });

  it('is changed by no event that nobody could have decided, and by no look of a stranger', async () => {
    const house = await many();
    const { report } = house.report();
    const at = report.at;
    await house.record(archived, 'experiment_transition');
    await house.record(tagged('s-1', 'excluded'), 'experiment_transition');
    await house.happen(concluded);
    await house.record(tagged('s-2', 'excluded'), 'experiment_transition');
    await house.record(
      { kind: 'looked', experiment: 'cheaper-cache', at, report_digest: report.digest },
      'record',
    );
    const after = house.report();
    expect([after.report.status, after.report.looks]).toEqual(['concluded', 0]);
    expect(after.report.excluded).toEqual([{ session: 's-1', reason: 'tagged_excluded' }]);
    expect(after.story.moments.map(({ hasCounted }) => hasCounted)).toEqual([
      true,
      true,
      false,
      true,
      true,
      false,
      false,
    ]);
    const rows = right(house.ledger.projection('experiment', 'tag'));
    expect(rows.map(({ session }) => session)).toEqual(['s-1']);
  });

  it('of rates takes ones and zeros, and says which sessions have others', async () => {
    const house = await House.running({
      metric: 'success_rate',
      analysis: { statistic: 'rate' },
      criterion: { non_inferiority_pct: 5 },
      minimum_sessions: 2,
    });
    const ended = (session: string, success: number | boolean) =>
      event('session.ended', session, { success });
    await house.append(
      Array.from({ length: 40 }, (_, n) => ended(`s-${n}`, n === 39 ? 0.5 : n % 4 !== 0)),
    );
    await house.tag(40, 20);
    expect(house.report().report).toMatchObject({
      arms: { control: { n: 20, mean: 0.75 }, treatment: { n: 19 } },
      difference: { test: 'score', effect: { name: 'cohens_h' } },
      criterion: { verdict: 'undecided', reason: 'interval_holds_target' },
      excluded: [{ session: 's-39', reason: 'not_a_rate' }],
    });
  });

  it('warns loudly of arms that have not the sizes they should', async () => {
    const house = await House.running();
    await house.tag(40, 34);
    expect(house.report().report).toMatchObject({
      srm: { mismatch: true },
      warnings: ['sample_ratio_mismatch'],
    });
  });
});

describe('the page of a report', () => {
  it('loads and runs nothing, and shows markup in a plan as text', async () => {
    const house = await House.found();
    const evil = '<script>alert(1)</script><img src=x onerror="alert(2)">\u202e';
    await house.begin(planOf({ name: evil, hypothesis: evil, change: evil }));
    await house.happen(tagged(`s-"'><b>`, 'excluded'));
    const page = pageOf(house.report());
    expect(page).not.toMatch(/<script|<img|<b>|https?:|url\(|@import|\son\w+="|\u202e/);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).toContain("default-src 'none'");
    expect(page).toContain('prefers-color-scheme:dark');
    expect(pageOf(house.report())).toBe(page);
  });
});
