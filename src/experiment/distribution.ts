/**
 * The normal distribution and the summaries of samples, as jStat computes them. What is told is
 * rounded to ten digits, so that the last bits of an exponential, in which machines may differ, are
 * no part of it.
 */
import { createRequire } from 'node:module';

interface Statistics {
  readonly erfc: (x: number) => number;
  readonly mean: (values: ArrayLike<number>) => number;
  readonly median: (values: ArrayLike<number>) => number;
  readonly stdev: (values: ArrayLike<number>, isSample: boolean) => number;
  readonly normal: { readonly inv: (p: number, mean: number, deviation: number) => number };
}

const require = createRequire(import.meta.url);
const { jStat } = require('jstat') as { readonly jStat: Statistics };

/** upperTail is the probability that a standard normal variable is above a value. */
export const upperTail = (z: number): number => jStat.erfc(z / Math.SQRT2) / 2;

/** twoSided is that it is as far from 0, on either side. */
export const twoSided = (z: number): number => Math.min(1, jStat.erfc(Math.abs(z) / Math.SQRT2));

/** quantile is the value below which a standard normal variable is with a probability. */
export const quantile = (p: number): number => jStat.normal.inv(p, 0, 1);

export const { mean, median } = jStat;

/** deviation is that of a sample, by n − 1; of a single value there is none. */
export const deviation = (values: ArrayLike<number>): number | undefined =>
  values.length < 2 ? undefined : jStat.stdev(values, true);

/**
 * percentile interpolates between the two sorted values that it lies between. That of jStat does
 * not before the last one (1.9.6: of 0 and 1 the middle is 0), which narrows intervals of 99.9 %.
 */
export const percentile = (sorted: ArrayLike<number>, share: number): number => {
  const place = share * (sorted.length - 1);
  const at = Math.floor(place);
  const low = sorted[at] ?? NaN;
  return place === at ? low : low + (place - at) * ((sorted[at + 1] ?? NaN) - low);
};

/** rounded gives ten digits, and no negative zero. */
export const rounded = (value: number): number => {
  const short = Number(value.toPrecision(10));
  return short === 0 ? 0 : short;
};
