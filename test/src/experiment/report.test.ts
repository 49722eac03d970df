/**
 * What a report says, and that nothing but the events goes into it.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../../ledger/crypto/native.ts';
import { noble } from '../../../ledger/crypto/noble.ts';
import type { Command } from '../../../src/experiment/decider.ts';
import type { Json, JsonObject } from '../../../ledger/json/value.ts';
import { numbersOf } from '../../../src/experiment/report.ts';
import { right } from '../../build/ledger.ts';
import { archived, concluded, tagged } from './given.ts';
import { House, began, cost, event } from './house.ts';

const where = { type: 'session.started', pointer: '/is' };

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

const ended = (session: string, success: number | boolean) =>
  event('session.ended', session, { success });

const paid = (n: number, by: Json, usd: Json = 1) => event('session.cost', `s-${n}`, { usd, by });

const mismatchOf = async (control: number): Promise<boolean> => {
  const house = await House.running();
  await house.tag(40, control);
  return house.report().report.srm.mismatch;
};

/** The warnings where so many of 40 sessions have a cost. */
const warningsBy = async (more: JsonObject, count: number, usd: (n: number) => number) => {
  const house = await House.running({ minimum_sessions: 2, ...more });
  await house.append(Array.from({ length: count }, (_, n) => cost(`s-${n}`, usd(n))));
  await house.tag(40, 20);
  return house.report().report.warnings;
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
          -17.04980843,
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

  it('reads all events of a type, however many there are', async () => {
    const house = await House.running();
    await house.append(Array.from({ length: 2001 }, () => cost('s-0', 1)));
    await house.tag(1, 1);
    const { report, sample } = house.report();
    expect([sample.events, report.arms.control.mean]).toEqual([2001, 2001]);
  });

  it('is changed by no event that nobody could have decided, nor by a late look', async () => {
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

  it('is not sure of successes without an exception, whatever is not said of them', async () => {
    const house = await House.running({
      metric: 'success_rate',
      criterion: { non_inferiority_pct: 5 },
    });
    await house.append(Array.from({ length: 40 }, (_, n) => ended(`s-${n}`, true)));
    await house.tag(40, 20);
    const { criterion, difference, warnings } = house.report().report;
    expect([criterion.verdict, difference.statistic]).toEqual(['undecided', 'rate']);
    expect(difference.interval?.[0]).toBeLessThan(-0.1);
    expect(warnings).toEqual([]);
  });

  it('warns of an interval that has no width, not of one that has some', async () => {
    expect(await warningsBy({}, 40, () => 1)).toEqual(['interval_without_width']);
    expect(await warningsBy({}, 40, (n) => n)).toEqual([]);
  });

  it('warns of sessions that count as 0 without an event, not of others', async () => {
    const payments = { name: 'p', type: 'session.cost', aggregate: 'count', better: 'lower' };
    const unseen = 'sessions_without_event';
    expect(await warningsBy({ metric: payments }, 39, (n) => n)).toEqual([unseen]);
    expect(await warningsBy({ metric: payments }, 40, (n) => n)).not.toContain(unseen);
    // Where it is missing, and told as such, it does not count.
    expect(await warningsBy({}, 39, (n) => n)).toEqual([]);
    const guardrails = [{ ...payments, limit: 1 }];
    expect(await warningsBy({ guardrails }, 39, (n) => n)).toEqual([unseen]);
    expect(await warningsBy({ guardrails }, 40, (n) => n)).toEqual([]);
    const house = await House.running({ metric: payments, minimum_sessions: 2 });
    await house.happen(tagged('s', 'excluded'));
    expect(house.report().report.warnings).toEqual([]);
  });

  it('of one size is the same after a session that had no event has some', async () => {
    const metric = { name: 'p', type: 'session.cost', aggregate: 'count', better: 'lower' };
    const house = await House.running({ metric });
    await house.happen(tagged('s', 'control'));
    const before = house.report().report;
    expect(before.warnings).toEqual(['sessions_without_event']);
    await house.append([cost('s', 1)]);
    expect(house.report().report.warnings).toEqual([]);
    expect(house.report(native, before.at.size).report).toEqual(before);
  });

  it('breaks a guardrail below zero, and decides nothing by percentages there', async () => {
    const value = { type: 'session.ended', pointer: '/arm', control: ['a'], treatment: ['b'] };
    const gain = { type: 'session.ended', pointer: '/gain', aggregate: 'sum' };
    const profit = { name: 'profit', ...gain, better: 'higher' };
    const verdictBy = async (treatment: number, criterion: JsonObject) => {
      const house = await House.running({
        binding: { value },
        metric: profit,
        guardrails: [{ ...profit, limit_pct: 5 }],
        criterion,
        minimum_sessions: 2,
      });
      await house.append(
        ['a', 'b', 'a', 'b', 'a', 'b'].map((arm, n) =>
          event('session.ended', `s-${n}`, { arm, gain: arm === 'a' ? -10 : treatment }),
        ),
      );
      const { criterion: judged, guardrails, difference } = house.report().report;
      const [guarded] = guardrails;
      return [judged.reason, guarded?.estimate, guarded?.broken, difference.relative_pct];
    };
    expect(await verdictBy(-20, { absolute: 1 })).toEqual(['guardrail_broken', -100, true, 100]);
    // As much as the limit is not more.
    expect((await verdictBy(-10.5, { absolute: 1 })).slice(1)).toEqual([-5, false, 5]);
    expect(await verdictBy(-5, { absolute: 1 })).toEqual([
      'interval_clears_target',
      50,
      false,
      -50,
    ]);
    expect(await verdictBy(-5, { relative_pct: 10 })).toEqual([
      'control_not_above_zero',
      50,
      false,
      -50,
    ]);
  });

  it('counts with no number by which one event could undo it, and lists it', async () => {
    const over = { type: 'session.cost', pointer: '/by' };
    const ratio = { name: 'r', type: 'session.cost', pointer: '/usd', aggregate: 'ratio', over };
    const house = await House.running({
      metric: { ...ratio, better: 'lower' },
      guardrails: [{ ...ratio, better: 'lower', limit: 1 }],
      minimum_sessions: 2,
    });
    await house.append([
      ...[0, 1, 2, 3, 4, 5].map((n) => paid(n, 2 + n)),
      paid(0, 1e-310),
      paid(1, 1, '999999999999999999'),
      paid(2, 1, -1e-31),
    ]);
    await house.tag(6, 3);
    const { report } = house.report();
    expect(report.unreadable.listed).toEqual(
      [9, 11].flatMap((seq) => [
        { seq, metric: 'r', reason: 'out_of_range' },
        { seq, metric: 'r', reason: 'out_of_range' },
      ]),
    );
    expect(report.arms).toMatchObject({ control: { n: 3, mean: null }, treatment: { n: 3 } });
    const { at, digest, method } = report;
    const told = { at, digest, method, numbers: numbersOf(report) };
    expect(await house.happen({ ...concluded, report: told } as Command)).toBe('appended');
  });

  it('tells how often looks alarm falsely for intervals of 95 % alone', async () => {
    for (const [confidence, percent] of [
      [0.95, 5],
      [0.9, null],
    ] as const) {
      const house = await House.running({ analysis: { confidence } });
      expect(house.report().report.false_alarm_pct).toBe(percent);
    }
  });

  it('warns of sizes that chance gives once in a thousand times, not of likelier', async () => {
    // Of 40 sessions, p is 0.0016 and 0.0005.
    expect([await mismatchOf(30), await mismatchOf(31)]).toEqual([false, true]);
  });

  it('warns by the shares of the plan, where they are not halves', async () => {
    const house = await House.running({ shares: { control: 0.25, treatment: 0.75 } });
    await house.tag(40, 10);
    expect(house.report().report.srm).toEqual({ p: 1, mismatch: false });
    const other = await House.running({ shares: { control: 0.75, treatment: 0.25 } });
    await other.tag(40, 10);
    expect(other.report().report.srm.mismatch).toBe(true);
  });

  it('counts all values that could not be read, and lists a hundred of them', async () => {
    const house = await House.running();
    await house.append(Array.from({ length: 101 }, () => cost('s', 'much')));
    const { count, listed } = house.report().report.unreadable;
    expect([count, listed.length]).toEqual([101, 100]);
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
