/**
 * The statistics against what others have published, and against what must be so whatever the
 * numbers are. SciPy is asked in `npm run test:deep -- statistic`.
 */
import { describe, expect, it } from 'vitest';
import { compare, sorted } from '../../../src/experiment/analysis.ts';
import { bootstrap, intervalOf } from '../../../src/experiment/bootstrap.ts';
import { drawFrom } from '../../../src/experiment/chance.ts';
import { quantile, rounded, twoSided, upperTail } from '../../../src/experiment/distribution.ts';
import {
  falseAlarm,
  sessionsFor,
  sessionsForRates,
  smallestFor,
} from '../../../src/experiment/power.ts';
import { rankTest } from '../../../src/experiment/rank.ts';
import {
  cohenH,
  newcombe,
  newcombeRatio,
  rateTest,
  shareTest,
  wilson,
} from '../../../src/experiment/rate.ts';
import { planOf } from './given.ts';

const near = (values: readonly number[], digits: number): readonly string[] =>
  values.map((value) => value.toFixed(digits).replace(/^-(0\.?0*)$/, '$1'));

describe('published examples', () => {
  // Newcombe, Statistics in Medicine 17 (1998) 857–872, table I, method 3.
  it.each([
    [81, 263, ['0.2553', '0.3662']],
    [15, 148, ['0.0624', '0.1605']],
    [0, 20, ['0.0000', '0.1611']],
    [1, 29, ['0.0061', '0.1718']],
  ])('of a rate, %i of %i, are had again', (hits, n, expected) => {
    expect(near(wilson(hits, n, 0.95), 4)).toEqual(expected);
  });

  // Newcombe, Statistics in Medicine 17 (1998) 873–890, table II, method 10.
  it.each([
    [
      [56, 70],
      [48, 80],
      ['0.0524', '0.3339'],
    ],
    [
      [9, 10],
      [3, 10],
      ['0.1705', '0.8090'],
    ],
    [
      [6, 7],
      [2, 7],
      ['0.0582', '0.8062'],
    ],
    [
      [5, 56],
      [0, 29],
      ['-0.0381', '0.1926'],
    ],
    [
      [0, 10],
      [0, 20],
      ['-0.1611', '0.2775'],
    ],
    [
      [0, 10],
      [0, 10],
      ['-0.2775', '0.2775'],
    ],
    [
      [10, 10],
      [0, 20],
      ['0.6791', '1.0000'],
    ],
    [
      [10, 10],
      [0, 10],
      ['0.6075', '1.0000'],
    ],
  ] as const)('of two rates, %j and %j, are had again', (one, other, expected) => {
    expect(near(newcombe(one, other, 0.95), 4)).toEqual(expected);
  });

  // Fagerland, Lydersen and Laake, Statistical Analysis of Contingency Tables (2017), chapter 4:
  // the trial of Perondi (2004).
  it('of the ratio of two rates are had again', () => {
    expect(near(newcombeRatio([7, 34], [1, 34], 0.95), 4)).toEqual(['1.1537', '41.9763']);
    expect(near(newcombe([7, 34], [1, 34], 0.95), 4)).toEqual(['0.0189', '0.3404']);
    expect(newcombeRatio([0, 20], [20, 20], 0.95)[0]).toBe(0);
  });

  // Cohen, Statistical Power Analysis (1988), table 6.2.2: φ of 0.3 is 1.159, of 0.5 is 1.571.
  it('of the effect size of rates are had again', () => {
    expect(near([cohenH(0.5, 0.3), cohenH(0.3, 0.5)], 3)).toEqual(['0.412', '-0.412']);
  });

  // The example of scipy.stats.mannwhitneyu, method asymptotic: ages at a diagnosis of diabetes.
  it('of ranks are had again', () => {
    const males = sorted([19, 22, 16, 29, 24]);
    const females = sorted([20, 11, 17, 12]);
    const { u, p, delta } = rankTest(females, males);
    expect([u, p.toFixed(14), delta.toFixed(12)]).toEqual([
      17,
      '0.11134688653314',
      '0.700000000000',
    ]);
  });

  // Kohavi, Tang and Xu, Trustworthy Online Controlled Experiments (2020), chapter 21.
  it('of a sample that has not the ratio it should have are had again', () => {
    expect(shareTest(821_588, 815_482, 0.5).toPrecision(2)).toBe('0.0000018');
    expect(rounded(shareTest(821_588, 821_588, 0.5))).toBe(1);
  });

  // Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions (2003), without
  // correction; Cohen's table for d = 0.5 has 64 where t is used for z.
  it('of the sessions that it takes are had again', () => {
    const aim = { confidence: 0.95, power: 0.8 };
    expect(sessionsFor(0.5, 1, aim)).toBe(63);
    expect(sessionsForRates(0.6, 0.7, aim)).toBe(356);
    expect(smallestFor(63, 1, aim)).toBeCloseTo(0.4992, 4);
    expect(sessionsFor(smallestFor(100, 2, aim), 2, aim)).toBe(100);
  });

  // Abramowitz and Stegun (1964), tables 26.1 and 26.2; Armitage, McPherson and Rowe (1969).
  it('of the normal distribution and of many looks are had again', () => {
    expect(near([upperTail(1), twoSided(1.959963984540054), quantile(0.975)], 10)).toEqual([
      '0.1586552539',
      '0.0500000000',
      '1.9599639845',
    ]);
    expect(upperTail(5).toPrecision(6)).toBe('2.86652e-7');
    expect([1, 2, 7, 1000].map(falseAlarm)).toEqual([5, 8.3, 14.2, 32]);
  });

  // Efron and Tibshirani, An Introduction to the Bootstrap (1993), table 2.1: mice that survived.
  it('of mice are had again, with the spread that many draws have', () => {
    const control = sorted([52, 104, 146, 10, 51, 30, 40, 27, 46]);
    const treatment = sorted([94, 197, 16, 38, 99, 141, 23]);
    const mean = compare(
      { control, treatment },
      planOf({ analysis: { statistic: 'mean', seed: 1 } }).analysis,
    );
    const median = compare(
      { control, treatment },
      planOf({ analysis: { statistic: 'median', seed: 1 } }).analysis,
    );
    expect([mean.estimate?.toFixed(2), median.estimate]).toEqual(['30.63', 48]);
    // Table 2.1 has 23.36 and 13.33 for the standard error of each mean.
    const { differences } = bootstrap(control, treatment, 'mean', 20_000, drawFrom(3));
    const middle = differences.reduce((sum, each) => sum + each, 0) / differences.length;
    const spread = Math.sqrt(
      differences.reduce((sum, each) => sum + (each - middle) ** 2, 0) / differences.length,
    );
    expect(Math.abs(spread - Math.hypot(23.36, 13.33))).toBeLessThan(0.5);
  });
});

const plain = (sample: readonly number[]): number => {
  const values = sample.toSorted((a, b) => a - b);
  const half = (values.length - 1) / 2;
  return ((values[Math.floor(half)] ?? 0) + (values[Math.ceil(half)] ?? 0)) / 2;
};

describe('the bootstrap', () => {
  it.each([1, 2, 7, 10])('counts medians of %i as sorting finds them', (n) => {
    const values = Array.from({ length: n }, (_, i) => (i * 37) % 11);
    const draw = drawFrom(5);
    const sample = sorted(values);
    const some = (): number[] => Array.from({ length: n }, () => sample[draw(n)] ?? 0);
    const expected = Array.from({ length: 50 }, () => {
      const [control, treatment] = [some(), some()];
      return plain(treatment) - plain(control);
    }).toSorted((a, b) => a - b);
    const { differences } = bootstrap(sample, sample, 'median', 50, drawFrom(5));
    expect([...differences]).toEqual(expected);
  });

  it('draws the same from the same seed, and each place equally often', () => {
    const values = sorted([1, 2, 3, 5, 8]);
    const drawn = (seed: number) => bootstrap(values, values, 'mean', 100, drawFrom(seed));
    expect(drawn(7)).toEqual(drawn(7));
    expect(drawn(7)).not.toEqual(drawn(8));
    const counts = [0, 0, 0, 0, 0];
    const draw = drawFrom(11);
    for (let i = 0; i < 50_000; i++) counts[draw(5)] = (counts[draw(5)] ?? 0) + 1;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(450);
  });

  it('says nothing of an empty arm, and gives no interval for a single session', () => {
    const { analysis } = planOf();
    const [none, one, two] = [sorted([]), sorted([1]), sorted([1, 2])];
    expect(compare({ control: none, treatment: two }, analysis)).toMatchObject({ estimate: null });
    expect(compare({ control: one, treatment: two }, analysis)).toMatchObject({
      estimate: 0.5,
      interval: null,
    });
    const zeros = sorted([0, 0, 0]);
    expect(compare({ control: zeros, treatment: zeros }, analysis)).toMatchObject({
      relative_pct: 0,
      interval: [0, 0],
      relative_interval_pct: [0, 0],
      p: 1,
    });
    expect(compare({ control: zeros, treatment: two }, analysis)).toMatchObject({
      relative_pct: null,
      relative_interval_pct: [null, null],
    });
  });
});

/** Draws a number from about the normal distribution with deviation 1: twelve draws, added. */
const normal = (draw: (bound: number) => number): number => {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += draw(1_000_000) / 1_000_000;
  return sum;
};

/** Of so many experiments, in how many the interval holds what is so, and the test objects. */
const simulate = (experiments: number, effect: number, statistic: 'mean' | 'median') => {
  const draw = drawFrom(2026);
  const { analysis } = planOf({ analysis: { statistic, resamples: 400, seed: 9 } });
  let [held, objected] = [0, 0];
  for (let i = 0; i < experiments; i++) {
    const sample = (shift: number) =>
      sorted(Array.from({ length: 60 }, () => 10 + shift + normal(draw)));
    const arms = { control: sample(0), treatment: sample(effect) };
    const { interval, p } = compare(arms, { ...analysis, seed: i });
    if (interval !== null && interval[0] <= effect && effect <= interval[1]) held++;
    if ((p ?? 1) < 0.05) objected++;
  }
  return { held: held / experiments, objected: objected / experiments };
};

const holds = (ends: readonly (number | null)[] | null, value: number): boolean =>
  (ends?.[0] ?? -Infinity) <= value && value <= (ends?.[1] ?? Infinity);

describe('over many experiments', () => {
  // Four standard errors of 300 are 5 %; a percentile interval of 60 holds a little less than 95 %.
  it.each(['mean', 'median'] as const)('the interval of a %s holds what is so', (statistic) => {
    const { held } = simulate(300, 0.5, statistic);
    expect(held).toBeGreaterThan(0.89);
    expect(held).toBeLessThanOrEqual(0.99);
  });

  // Four standard errors of 1000 are 2.8 %.
  it.each([
    [0.1, 0.4],
    [0.5, 0.25],
    [0.8, 0.9],
  ])('the intervals of rates, %d to %d, hold what is so', (before, after) => {
    const draw = drawFrom(31);
    const { analysis } = planOf({ analysis: { statistic: 'rate' } });
    const arm = (rate: number) =>
      sorted(Array.from({ length: 150 }, () => (draw(1000) < rate * 1000 ? 1 : 0)));
    const held = { difference: 0, relative: 0 };
    for (let i = 0; i < 1000; i++) {
      const told = compare({ control: arm(before), treatment: arm(after) }, analysis);
      if (holds(told.interval, after - before)) held.difference++;
      if (holds(told.relative_interval_pct, (after / before - 1) * 100)) held.relative++;
    }
    expect(Math.abs(held.difference - 950)).toBeLessThan(28);
    expect(Math.abs(held.relative - 950)).toBeLessThan(28);
  });

  it('the test objects as rarely as it should where nothing is different', () => {
    const { objected } = simulate(400, 0, 'mean');
    expect(objected).toBeGreaterThan(0.01);
    expect(objected).toBeLessThan(0.1);
    expect(rounded(rateTest([50, 100], [50, 100]))).toBe(1);
  });

  it('arms of the wrong sizes are found, and those of the right sizes let be', () => {
    const draw = drawFrom(99);
    const found = (share: number): number => {
      let mismatches = 0;
      for (let i = 0; i < 400; i++) {
        let control = 0;
        for (let k = 0; k < 1000; k++) if (draw(1000) < share * 1000) control++;
        if (shareTest(control, 1000 - control, 0.5) < 0.001) mismatches++;
      }
      return mismatches / 400;
    };
    expect(found(0.5)).toBeLessThan(0.01);
    expect(found(0.42)).toBeGreaterThan(0.9);
  });
});

describe('an interval', () => {
  it('is the middle of what was drawn, between two draws where it lies there', () => {
    const drawn = Float64Array.from({ length: 101 }, (_, i) => i);
    expect(near(intervalOf(drawn, 0.9), 3)).toEqual(['5.000', '95.000']);
    expect(near(intervalOf(drawn, 0.955), 3)).toEqual(['2.250', '97.750']);
    expect(near(intervalOf(drawn, 0.999), 3)).toEqual(['0.050', '99.950']);
    expect(near(intervalOf(Float64Array.of(0, 1), 0.5), 3)).toEqual(['0.250', '0.750']);
  });
});
