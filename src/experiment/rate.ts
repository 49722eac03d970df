/**
 * Rates: Wilson's interval of one, Newcombe's intervals of the difference between two (his method
 * 10) and of their ratio (MOVER-R), both of Wilson's; the score test of two, and χ² for whether two
 * arms have the shares that they should have.
 */
import { quantile, twoSided } from './distribution.ts';

export type Interval = readonly [number, number];

const zOf = (confidence: number): number => quantile(1 - (1 - confidence) / 2);

/** wilson is the interval of a rate of so many out of n. */
export const wilson = (hits: number, n: number, confidence: number): Interval => {
  const z = zOf(confidence);
  const rate = hits / n;
  const middle = rate + z ** 2 / (2 * n);
  const half = z * Math.sqrt((rate * (1 - rate) + z ** 2 / (4 * n)) / n);
  const whole = 1 + z ** 2 / n;
  return [
    hits === 0 ? 0 : Math.max(0, (middle - half) / whole),
    hits === n ? 1 : Math.min(1, (middle + half) / whole),
  ];
};

/** A rate with its interval. */
const estimate = ([hits, n]: Interval, confidence: number): readonly [number, ...Interval] => [
  hits / n,
  ...wilson(hits, n, confidence),
];

/** newcombe is the interval of the first rate less the second. */
export const newcombe = (first: Interval, second: Interval, confidence: number): Interval => {
  const [rate, low, high] = estimate(first, confidence);
  const [other, otherLow, otherHigh] = estimate(second, confidence);
  const difference = rate - other;
  return [
    difference - Math.hypot(rate - low, otherHigh - other),
    difference + Math.hypot(high - rate, other - otherLow),
  ];
};

const rootOf = (square: number): number => Math.sqrt(Math.max(0, square));

/**
 * newcombeRatio is the interval of the first rate by the second, which is not 0 (Newcombe 2016).
 * The lower end is written so that nothing is divided by what may be 0.
 */
export const newcombeRatio = (first: Interval, second: Interval, confidence: number): Interval => {
  const [rate, low, high] = estimate(first, confidence);
  const [other, otherLow, otherHigh] = estimate(second, confidence);
  const both = rate * other;
  const [under, over] = [low * (2 * rate - low), otherLow * (2 * other - otherLow)];
  const beyond = otherHigh * (2 * other - otherHigh);
  const above = high * (2 * rate - high);
  return [
    rate === 0 ? 0 : under / (both + rootOf(both ** 2 - under * beyond)),
    (both + rootOf(both ** 2 - above * over)) / over,
  ];
};

/** rateTest is the two-sided p of the score test of two rates. */
export const rateTest = ([hits, n]: Interval, [otherHits, otherN]: Interval): number => {
  const pooled = (hits + otherHits) / (n + otherN);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / otherN));
  return error > 0 ? twoSided((hits / n - otherHits / otherN) / error) : 1;
};

/** cohenH is the difference of two rates on the scale on which all of them are equally certain. */
export const cohenH = (rate: number, other: number): number =>
  2 * Math.asin(Math.sqrt(rate)) - 2 * Math.asin(Math.sqrt(other));

/** shareTest is the p of χ² with one degree of freedom: whether counts have the expected shares. */
export const shareTest = (control: number, treatment: number, share: number): number => {
  const n = control + treatment;
  if (n === 0) return 1;
  const expected = n * share;
  const chi2 = (control - expected) ** 2 / expected + (control - expected) ** 2 / (n - expected);
  return twoSided(Math.sqrt(chi2));
};
