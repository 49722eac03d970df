/**
 * What is drawn of samples: how many values fall where, and how the difference came about.
 */
import type { Pair } from './analysis.ts';
import { statisticOf, sorted } from './analysis.ts';
import type { Sorted } from './bootstrap.ts';
import type { Statistic } from './plan.ts';
import type { Point } from './sample.ts';

/** rangeOf gives the least and the most of some samples. */
export const rangeOf = (samples: readonly Sorted[]): readonly [number, number] => {
  const there = samples.filter(({ length }) => length > 0);
  if (there.length === 0) return [0, 0];
  const least = Math.min(...there.map((values) => values[0] ?? 0));
  return [least, Math.max(...there.map((values) => values.at(-1) ?? 0))];
};

/** binned counts values in so many parts of a range. */
export const binned = (
  values: Sorted,
  [least, most]: readonly [number, number],
  bins: number,
): readonly number[] => {
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of values) {
    const share = most > least ? (value - least) / (most - least) : 0;
    const at = Math.min(bins - 1, Math.floor(share * bins));
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
};

/** The difference as it was when so many sessions had begun. */
export interface Step {
  readonly sessions: number;
  readonly difference: number;
}

/** So many steps are shown; each of them sorts what there is by then. */
const STEPS = 60;

/** cumulative tells how the difference came about, session by session in the order they began. */
export const cumulative = (
  points: Pair<readonly Point[]>,
  statistic: Statistic,
): readonly Step[] => {
  const all = [
    ...points.control.map((point) => ({ ...point, arm: 'control' as const })),
    ...points.treatment.map((point) => ({ ...point, arm: 'treatment' as const })),
  ].toSorted((a, b) => a.began - b.began);
  const every = Math.max(1, Math.ceil(all.length / STEPS));
  const steps: Step[] = [];
  const seen = { control: [] as number[], treatment: [] as number[] };
  for (const [at, { arm, value }] of all.entries()) {
    seen[arm].push(value);
    const sessions = at + 1;
    if (sessions % every !== 0 && sessions !== all.length) continue;
    if (seen.control.length === 0 || seen.treatment.length === 0) continue;
    const difference =
      statisticOf(sorted(seen.treatment), statistic) - statisticOf(sorted(seen.control), statistic);
    steps.push({ sessions, difference });
  }
  return steps;
};
