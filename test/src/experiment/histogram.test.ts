/**
 * What is drawn of samples, as numbers: how many fall where, and how a difference came about.
 */
import { describe, expect, it } from 'vitest';
import { sorted } from '../../../src/experiment/analysis.ts';
import { binned, cumulative, rangeOf } from '../../../src/experiment/histogram.ts';

const points = (...all: readonly (readonly [value: number, began: number])[]) =>
  all.map(([value, began]) => ({ value, began }));

describe('a distribution', () => {
  it('counts each value once, and the largest in the last part', () => {
    const values = sorted([0, 1, 2.4, 2.5, 5, 9.9, 10]);
    expect(binned(values, [0, 10], 4)).toEqual([3, 1, 1, 2]);
    expect(binned(sorted([3, 3]), [3, 3], 4)).toEqual([2, 0, 0, 0]);
    expect(rangeOf([sorted([]), sorted([-2, 7]), sorted([3])])).toEqual([-2, 7]);
    expect(rangeOf([sorted([])])).toEqual([0, 0]);
  });
});

describe('a difference over time', () => {
  it('goes by where sessions began, treatment less control, by the statistic of the plan', () => {
    const arms = {
      control: points([1, 40], [2, 10]),
      treatment: points([9, 50], [5, 30], [4, 20]),
    };
    expect(cumulative(arms, 'mean')).toEqual([
      { sessions: 2, difference: 2 },
      { sessions: 3, difference: 2.5 },
      { sessions: 4, difference: 3 },
      { sessions: 5, difference: 4.5 },
    ]);
    const [last] = cumulative(arms, 'median').toReversed();
    expect(last).toEqual({ sessions: 5, difference: 3.5 });
    expect(cumulative({ ...arms, control: [] }, 'mean')).toEqual([]);
  });

  it('is told in sixty steps at most, the last of them with all sessions', () => {
    const all = Array.from({ length: 1001 }, (_, n) => [n, n] as const);
    const steps = cumulative({ control: points([0, -1]), treatment: points(...all) }, 'mean');
    expect([steps.length <= 60, steps.at(-1)]).toEqual([true, { sessions: 1002, difference: 500 }]);
  });
});
