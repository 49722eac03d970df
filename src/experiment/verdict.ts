/**
 * Whether the experiment has succeeded, by the criterion that its plan sealed.
 *
 * The whole interval must clear the target for `met`, and the whole of it must miss the target for
 * `not_met`; else the data do not say, and it is `undecided`. So it is, too, with fewer sessions in
 * an arm than the plan asks for. A broken guardrail is never outweighed: then it is not met.
 *
 * A guardrail is broken where the mean of the treatment is worse than that of the control by more
 * than its limit. It takes no interval: what harms is stopped before the harm is certain.
 * Where an arm has no number of it nothing is known, and what would be met is undecided.
 *
 * By a control below zero, percentages change their sign: a relative criterion is undecided then,
 * and a guardrail takes the control for as much as it is, whatever its sign.
 */
import type { Difference, Pair } from './analysis.ts';
import { orNull, relativePct, statisticOf } from './analysis.ts';
import type { Sorted } from './bootstrap.ts';
import type { Verdict } from './event.ts';
import type { Guardrail } from './metric.ts';
import type { Criterion, Plan } from './plan.ts';

export interface Judged {
  readonly verdict: Verdict;
  readonly reason:
    | 'interval_clears_target'
    | 'interval_misses_target'
    | 'interval_holds_target'
    | 'too_few_sessions'
    | 'control_not_above_zero'
    | 'numbers_too_large'
    | 'guardrail_broken'
    | 'guardrail_without_numbers';
}

export interface Guarded {
  readonly name: string;
  /** The change of the mean, in percent or in its own unit, as the limit is stated. */
  readonly estimate: number | null;
  readonly limit: number;
  readonly unit: 'pct' | 'absolute';
  /** Null where an arm has no number of it. */
  readonly broken: boolean | null;
}

/** guardedWord tells how it stands. */
export const guardedWord = ({ broken }: Guarded): string => {
  if (broken === null) return 'no numbers';
  return broken ? 'broken' : 'held';
};

/** The change in percent of what the control is without its sign: more is always above 0. */
const percentOf = (control: number, treatment: number): number | null => {
  const percent = relativePct(control, treatment);
  return percent === null || control > 0 ? percent : 0 - percent;
};

/** guard holds one guardrail against both arms. */
export const guard = (guardrail: Guardrail, { control, treatment }: Pair<Sorted>): Guarded => {
  const { name, better, limit_pct: pct, limit: absolute = 0 } = guardrail;
  const limit = pct ?? absolute;
  const unit = pct === undefined ? 'absolute' : 'pct';
  if (control.length === 0 || treatment.length === 0)
    return { name, estimate: null, limit, unit, broken: null };
  const [before, after] = [statisticOf(control, 'mean'), statisticOf(treatment, 'mean')];
  const estimate = unit === 'pct' ? percentOf(before, after) : orNull(after - before);
  // From nothing to something there is no percentage: such a change is beyond any limit.
  const change = estimate ?? Math.sign(after - before) * Infinity;
  const worse = better === 'lower' ? change : 0 - change;
  return { name, estimate, limit, unit, broken: worse > limit };
};

/** How much better each end of the interval is, in the unit of the criterion, and the target. */
const reachOf = (
  criterion: Criterion,
  better: Plan['metric']['better'],
  { interval, relative_interval_pct: relative }: Difference,
): readonly [least: number, most: number, target: number] | undefined => {
  const { absolute, relative_pct: pct, non_inferiority_pct: margin = 0 } = criterion;
  const ends = absolute === undefined ? relative : interval;
  if (ends === null) return undefined;
  const [low, high] = [ends[0] ?? -Infinity, ends[1] ?? Infinity];
  const target = absolute ?? pct ?? 0 - margin;
  return better === 'lower' ? [0 - high, 0 - low, target] : [low, high, target];
};

/** judge says whether it is met. */
export const judge = (
  { criterion, metric, minimum_sessions: least, analysis: { statistic } }: Plan,
  arms: Pair<Sorted>,
  difference: Difference,
  guardrails: readonly Guarded[],
): Judged => {
  if (guardrails.some(({ broken }) => broken === true))
    return { verdict: 'not_met', reason: 'guardrail_broken' };
  if (Math.min(arms.control.length, arms.treatment.length) < least)
    return { verdict: 'undecided', reason: 'too_few_sessions' };
  const isRelative = criterion.absolute === undefined;
  const isBelow = statisticOf(arms.control, statistic) < 0;
  if (isRelative && (isBelow || difference.relative_pct === null))
    return { verdict: 'undecided', reason: 'control_not_above_zero' };
  const reach = reachOf(criterion, metric.better, difference);
  if (reach === undefined) return { verdict: 'undecided', reason: 'numbers_too_large' };
  const [low, high, target] = reach;
  if (high < target) return { verdict: 'not_met', reason: 'interval_misses_target' };
  if (low < target) return { verdict: 'undecided', reason: 'interval_holds_target' };
  return guardrails.some(({ broken }) => broken === null)
    ? { verdict: 'undecided', reason: 'guardrail_without_numbers' }
    : { verdict: 'met', reason: 'interval_clears_target' };
};
