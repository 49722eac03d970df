/**
 * What is asked of `experiment plan`, and what is told of it: how many sessions an arm takes, and
 * which change so many can show. What the control has is said, or read from what is recorded.
 */
import * as E from 'fp-ts/lib/Either.js';
import { deviation, mean, rounded } from '../../experiment/distribution.ts';
import type { History } from '../../experiment/history.ts';
import type { Plan } from '../../experiment/plan.ts';
import type { Aim } from '../../experiment/power.ts';
import { sessionsFor, sessionsForRates, smallestFor } from '../../experiment/power.ts';
import type { Options } from '../command.ts';
import type { Usage } from '../error.ts';
import type { Given } from '../given.ts';

export const POWER: Options = {
  baseline: { type: 'text', describe: 'what the control is expected to have: a mean or a rate' },
  deviation: { type: 'text', describe: 'the standard deviation; without it, a rate is meant' },
  effect: { type: 'text', describe: 'the change to be found, in percent (of the plan, else 10)' },
  sessions: {
    type: 'text',
    describe: 'so many sessions an arm: which change can they show? (of the plan)',
  },
  confidence: { type: 'text', describe: 'of the interval (of the plan, else 0.95)' },
  power: { type: 'text', describe: 'how probably the change is to be found (0.8)' },
};

/** Which way a rate is to go. */
type Way = Plan['metric']['better'];

export interface Asked {
  readonly baseline: number;
  /** Without one, the baseline is a rate. */
  readonly deviation: number | undefined;
  readonly effect: number;
  readonly sessions: number | undefined;
  readonly aim: Aim;
  /** Where it is not known, the way that takes more sessions counts. */
  readonly way: Way | undefined;
}

const isShare = (value: number): boolean => value > 0 && value < 1;

const rateAfter = ({ baseline, effect }: Asked, way: Way): number =>
  baseline * (1 + (way === 'lower' ? 0 - effect : effect) / 100);

const waysOf = (asked: Asked): readonly Way[] =>
  (asked.way === undefined ? (['lower', 'higher'] as const) : [asked.way]).filter((way) => {
    const after = rateAfter(asked, way);
    return after >= 0 && after <= 1;
  });

/** What is asked is a mean with its deviation, or a rate that can change so much. */
const isSound = (asked: Asked): boolean =>
  asked.baseline > 0 &&
  asked.effect > 0 &&
  (asked.deviation === undefined
    ? asked.baseline < 1 && waysOf(asked).length > 0
    : asked.deviation > 0) &&
  isShare(asked.aim.confidence) &&
  isShare(asked.aim.power);

const neededFor = (asked: Asked): number => {
  const { baseline, deviation: spread, effect, aim } = asked;
  if (spread !== undefined) return sessionsFor((baseline * effect) / 100, spread, aim);
  const ways = waysOf(asked).map((way) => rateAfter(asked, way));
  return Math.max(...ways.map((after) => sessionsForRates(baseline, after, aim)));
};

/** planned tells it; undefined where what is asked is none that can be answered. */
export const planned = (asked: Asked): Readonly<Record<string, number>> | undefined => {
  if (!isSound(asked)) return undefined;
  const { baseline, effect, sessions, aim } = asked;
  const spread = asked.deviation ?? Math.sqrt(baseline * (1 - baseline));
  const smallest = sessions === undefined ? undefined : smallestFor(sessions, spread, aim);
  return {
    baseline,
    ...(asked.deviation === undefined ? {} : { deviation: asked.deviation }),
    effect_pct: effect,
    ...aim,
    sessions_per_arm: neededFor(asked),
    ...(smallest === undefined
      ? {}
      : {
          smallest_difference: Number(smallest.toPrecision(6)),
          smallest_pct: Number(((smallest / baseline) * 100).toPrecision(6)),
        }),
  };
};

/** A plan, and what is recorded of its metric. */
export interface Known {
  readonly plan: Plan;
  readonly history: History;
}

const recordedIn = ({ plan, history: { values } }: Known) => ({
  baseline: values.length === 0 ? 0 : rounded(mean(values)),
  // Of a single number there is no deviation, and nothing is planned with none.
  deviation: plan.analysis.statistic === 'rate' ? undefined : rounded(deviation(values) ?? 0),
});

/** The change that a criterion is about, in percent of the baseline. */
const effectOf = (plan: Plan | undefined, baseline: number): number | undefined => {
  const { absolute, relative_pct: relative, non_inferiority_pct: margin } = plan?.criterion ?? {};
  const effect = absolute === undefined ? (relative ?? margin) : (absolute / baseline) * 100;
  return effect === undefined || effect === 0 ? undefined : rounded(effect);
};

/** askedOf reads what is asked; what is not said follows from a plan and from its history. */
export const askedOf = (given: Given, known?: Known): E.Either<Usage, Asked> => {
  const numbers = new Map<string, number | undefined>();
  for (const name of Object.keys(POWER)) {
    const read = name === 'sessions' ? given.whole(name) : given.decimal(name);
    if (E.isLeft(read)) return read;
    numbers.set(name, read.right);
  }
  const sessions = numbers.get('sessions');
  if (sessions !== undefined && sessions < 2) return given.usage('--sessions takes two at least');
  for (const name of ['confidence', 'power'])
    if (!isShare(numbers.get(name) ?? 0.5)) return given.usage(`--${name} lies between 0 and 1`);
  for (const name of ['baseline', 'deviation', 'effect'])
    if ((numbers.get(name) ?? 1) <= 0) return given.usage(`--${name} takes a number above 0`);
  const { plan } = known ?? {};
  const aim = {
    confidence: numbers.get('confidence') ?? plan?.analysis.confidence ?? 0.95,
    power: numbers.get('power') ?? 0.8,
  };
  // So often chance alone finds it.
  const least = rounded((1 - aim.confidence) / 2);
  if (aim.power <= least) return given.usage(`--power takes a number above ${least}`);
  const { baseline, deviation: spread } =
    known === undefined
      ? { baseline: numbers.get('baseline') ?? 0, deviation: numbers.get('deviation') }
      : recordedIn(known);
  return E.right({
    baseline,
    deviation: spread,
    effect: numbers.get('effect') ?? effectOf(plan, baseline) ?? 10,
    sessions: sessions ?? plan?.minimum_sessions,
    aim,
    way: plan?.criterion.non_inferiority_pct === undefined ? plan?.metric.better : undefined,
  });
};
