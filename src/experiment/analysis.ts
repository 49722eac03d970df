/**
 * From the numbers of two arms to what is said of them. Samples are sorted first, so that nothing
 * rests on the order in which sessions were read.
 */
import type { Sorted } from './bootstrap.ts';
import { bootstrap, intervalOf } from './bootstrap.ts';
import type { Arm } from './binding-shape.ts';
import { drawFrom } from './chance.ts';
import { deviation, mean, median, rounded } from './distribution.ts';
import type { Plan, Statistic } from './plan.ts';
import { rankTest } from './rank.ts';
import { cohenH, newcombe, newcombeRatio, rateTest } from './rate.ts';

export type Pair<A> = Readonly<Record<Arm, A>>;

export interface ArmSummary {
  readonly n: number;
  readonly mean: number | null;
  readonly median: number | null;
  readonly sd: number | null;
  readonly missing: number;
}

export interface Difference {
  readonly statistic: Statistic;
  /** Treatment less control; null where an arm is empty. */
  readonly estimate: number | null;
  readonly relative_pct: number | null;
  readonly interval: readonly [number, number] | null;
  readonly relative_interval_pct: readonly [number | null, number | null] | null;
  readonly confidence: number;
  readonly p: number | null;
  readonly test: 'mann_whitney' | 'score';
  readonly effect: { readonly name: 'cliffs_delta' | 'cohens_h'; readonly value: number } | null;
}

/** sorted gives a sample from its least value on. */
export const sorted = (values: readonly number[]): Sorted => Float64Array.from(values).toSorted();

/** orNull gives what can be told of a number: a ledger takes none beyond 2^53. */
export const orNull = (value: number | undefined): number | null =>
  value === undefined || !(Math.abs(value) <= Number.MAX_SAFE_INTEGER) ? null : rounded(value);

/** summaryOf describes an arm. */
export const summaryOf = (values: Sorted, missing: number): ArmSummary => {
  const isEmpty = values.length === 0;
  return {
    n: values.length,
    mean: isEmpty ? null : orNull(mean(values)),
    median: isEmpty ? null : orNull(median(values)),
    sd: orNull(deviation(values)),
    missing,
  };
};

/** statisticOf is that of an arm that is not empty; a rate is the mean of ones and zeros. */
export const statisticOf = (values: Sorted, statistic: Statistic): number =>
  statistic === 'median' ? median(values) : mean(values);

/** relativePct is null where the control is 0 and the treatment is not, or nearly so. */
export const relativePct = (control: number, treatment: number): number | null => {
  if (treatment === control) return 0;
  return control === 0 ? null : orNull(((treatment - control) / control) * 100);
};

const pair = (ends: readonly [number, number]): readonly [number, number] | null => {
  const [low, high] = ends.map(orNull);
  return typeof low === 'number' && typeof high === 'number' ? [low, high] : null;
};

const nothing = ({ statistic, confidence }: Plan['analysis']): Difference => ({
  statistic,
  estimate: null,
  relative_pct: null,
  interval: null,
  relative_interval_pct: null,
  confidence,
  p: null,
  test: statistic === 'rate' ? 'score' : 'mann_whitney',
  effect: null,
});

const hits = (values: Sorted): readonly [number, number] => [
  values.reduce((sum, value) => sum + value, 0),
  values.length,
];

const ratesOf = ({ control, treatment }: Pair<Sorted>, confidence: number) => {
  const [before, after] = [hits(control), hits(treatment)];
  const interval = newcombe(after, before, confidence);
  const [rate, other] = [mean(treatment), mean(control)];
  const [low, high] = other === 0 ? [Infinity, Infinity] : newcombeRatio(after, before, confidence);
  return {
    interval: pair(interval),
    relative_interval_pct: [orNull((low - 1) * 100), orNull((high - 1) * 100)] as const,
    p: rounded(rateTest(after, before)),
    effect: { name: 'cohens_h', value: rounded(cohenH(rate, other)) } as const,
  };
};

const drawnOf = ({ control, treatment }: Pair<Sorted>, analysis: Plan['analysis']) => {
  const { statistic, resamples, seed, confidence } = analysis;
  const by = statistic === 'median' ? 'median' : 'mean';
  const drawn = bootstrap(control, treatment, by, resamples, drawFrom(seed));
  const { p, delta } = rankTest(control, treatment);
  const [low, high] = intervalOf(drawn.ratios, confidence);
  return {
    interval: pair(intervalOf(drawn.differences, confidence)),
    relative_interval_pct: [orNull(low * 100), orNull(high * 100)] as const,
    p: rounded(p),
    effect: { name: 'cliffs_delta', value: rounded(delta) } as const,
  };
};

/** compare compares the treatment with the control. An interval takes two sessions of each. */
export const compare = (arms: Pair<Sorted>, analysis: Plan['analysis']): Difference => {
  const { control, treatment } = arms;
  const { statistic, confidence } = analysis;
  const none = nothing(analysis);
  if (control.length === 0 || treatment.length === 0) return none;
  const [before, after] = [statisticOf(control, statistic), statisticOf(treatment, statistic)];
  const told = {
    ...none,
    estimate: orNull(after - before),
    relative_pct: relativePct(before, after),
  };
  if (control.length < 2 || treatment.length < 2) return told;
  const rest = statistic === 'rate' ? ratesOf(arms, confidence) : drawnOf(arms, analysis);
  return { ...told, ...rest };
};
