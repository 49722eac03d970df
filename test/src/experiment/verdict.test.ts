/**
 * What is said of numbers that lie exactly on a limit: of the criterion, of a guardrail, of the
 * sessions that it takes.
 */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../ledger/json/value.ts';
import { compare, sorted } from '../../../src/experiment/analysis.ts';
import { guard, judge } from '../../../src/experiment/verdict.ts';
import { WRITTEN, planOf } from './given.ts';

const same = (value: number, count = 3) => sorted(Array.from({ length: count }, () => value));

/** The verdict on two arms whose sessions are all alike. */
const verdictOf = (more: JsonObject, control: number, treatment: number, count = 3) => {
  const plan = planOf({ minimum_sessions: 3, analysis: { resamples: 100 }, ...more });
  const arms = { control: same(control, count), treatment: same(treatment, count) };
  return judge(plan, arms, compare(arms, plan.analysis), []).verdict;
};

const higher = { metric: { ...(WRITTEN['metric'] as JsonObject), better: 'higher' } };

describe('a criterion', () => {
  it.each<readonly [string, JsonObject, number, number, number]>([
    ['relative_pct', { criterion: { relative_pct: 10 } }, 0.3, 0.27, 0.270001],
    ['relative_pct', { criterion: { relative_pct: 10 }, ...higher }, 0.3, 0.33, 0.329999],
    ['absolute', { criterion: { absolute: 0.1 } }, 0.3, 0.2, 0.200001],
    ['absolute', { criterion: { absolute: 0.1 }, ...higher }, 0.2, 0.3, 0.299999],
    ['non_inferiority_pct', { criterion: { non_inferiority_pct: 2 } }, 100, 102, 102.0001],
    ['non_inferiority_pct', { criterion: { non_inferiority_pct: 2 }, ...higher }, 50, 49, 48.9999],
  ])('of %s is met on its target, and not short of it (%j)', (_, plan, control, on, short) => {
    expect(verdictOf(plan, control, on)).toBe('met');
    expect(verdictOf(plan, control, short)).toBe('not_met');
  });

  it('is undecided where the interval ends on the target and lies short of it else', () => {
    const plan = planOf({ minimum_sessions: 3 });
    const arms = { control: same(10), treatment: same(9) };
    const of = (low: number, high: number) =>
      judge(plan, arms, { ...compare(arms, plan.analysis), relative_interval_pct: [low, high] }, [])
        .verdict;
    expect([of(-10, -5), of(-9.9, -5), of(-20, -10)]).toEqual(['undecided', 'not_met', 'met']);
  });

  it('takes as many sessions as the plan asks for, and no more', () => {
    expect([3, 2].map((count) => verdictOf({}, 10, 5, count))).toEqual(['met', 'undecided']);
  });
});

const held = (limit: JsonObject, better: string, control: number, treatment: number) => {
  const { guardrails } = planOf({
    guardrails: [{ name: 'g', type: 'a.b', aggregate: 'count', better, ...limit }],
  });
  return guardrails.map(
    (each) => !guard(each, { control: same(control), treatment: same(treatment) }).broken,
  );
};

describe('a guardrail', () => {
  it('of which an arm has no number holds nothing, and what would be met is undecided', () => {
    const guardrail = { name: 'g', type: 'a.b', aggregate: 'count', better: 'lower', limit: 1 };
    const plan = planOf({ minimum_sessions: 3, guardrails: [guardrail] });
    const judgedBy = (treatment: number, guarded: number) => {
      const arms = { control: same(10), treatment: same(treatment) };
      const of = plan.guardrails.map((each) =>
        guard(each, { control: same(1), treatment: same(1, guarded) }),
      );
      const { verdict, reason } = judge(plan, arms, compare(arms, plan.analysis), of);
      return [of.map(({ broken }) => broken), verdict, reason];
    };
    expect(judgedBy(5, 0)).toEqual([[null], 'undecided', 'guardrail_without_numbers']);
    expect(judgedBy(5, 1)).toEqual([[false], 'met', 'interval_clears_target']);
    expect(judgedBy(10, 0)).toEqual([[null], 'not_met', 'interval_misses_target']);
  });

  it.each<readonly [JsonObject, string, number, number, number]>([
    [{ limit_pct: 5 }, 'lower', 0.3, 0.315, 0.315001],
    [{ limit_pct: 5 }, 'higher', 20, 19, 18.9999],
    [{ limit_pct: 0 }, 'lower', 0, 0, 0.000001],
    [{ limit: 0.2 }, 'lower', 0.1, 0.3, 0.300001],
    [{ limit: 0.2 }, 'higher', 0.3, 0.1, 0.099999],
  ])(
    'of %j, better %s, holds on its limit and breaks beyond it',
    (limit, better, from, on, off) => {
      expect([held(limit, better, from, on), held(limit, better, from, off)]).toEqual([
        [true],
        [false],
      ]);
    },
  );
});
