/**
 * What the events of a session come to in a metric, and what of them cannot be read.
 */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../ledger/json/value.ts';
import type { Recorded } from '../../../policies/state/past.ts';
import { READY_METRICS } from '../../../src/experiment/metric.ts';
import { Tally } from '../../../src/experiment/tally.ts';
import { planOf } from './given.ts';
import { event } from './house.ts';

/** What the events of one session come to in a metric: its number, and what was not read. */
const valueOf = (written: JsonObject, drafts: readonly JsonObject[]) => {
  const { metric } = planOf({ metric: { name: 'm', better: 'lower', ...written } });
  const tally = new Tally(metric);
  for (const [seq, { payload, ...rest }] of drafts.entries())
    tally.take({ header: { ...rest, seq }, payload } as unknown as Recorded);
  return [tally.value('s'), tally.unreadable.length];
};

const at = (pointer: string, payload: JsonObject) =>
  valueOf({ type: 'a.b', pointer, aggregate: 'sum' }, [event('a.b', 's', payload)]);

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
    expect(valueOf({ ...metric, missing: 'exclude' }, [])).toEqual([undefined, 0]);
    expect(valueOf({ ...metric, missing: 'exclude' }, some)).toEqual([value, 0]);
  });

  it('of a ratio divides by what is named, and by nothing not at all', () => {
    const ratio = { type: 'a.b', pointer: '/n', aggregate: 'ratio' };
    const over = { type: 'a.c', pointer: '/of' };
    const by = event('a.c', 's', { of: 13 });
    expect(valueOf({ ...ratio, over }, [...some, by])).toEqual([0.5, 0]);
    expect(valueOf({ ...ratio, over: { type: 'a.c' } }, [...some, by])).toEqual([6.5, 0]);
    expect(valueOf({ ...ratio, over }, some)).toEqual([undefined, 0]);
    expect(valueOf({ ...ratio, over }, [by])).toEqual([0, 0]);
    const unread = event('a.b', 's', { n: 'many' });
    expect(valueOf({ ...ratio, over }, [unread, by])).toEqual([undefined, 1]);
    expect(valueOf({ ...ratio, over }, [unread, ...some, by])).toEqual([0.5, 1]);
    expect(valueOf({ ...ratio, over, missing: 'zero' }, [unread, by])).toEqual([0, 1]);
  });

  it('reads what the pointer leads to, and counts what is no number', () => {
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
