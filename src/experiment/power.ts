/**
 * Planning: how many sessions an arm takes to show an effect, and which effect so many can show, by
 * the normal approximation for two arms of one size.
 */
import { quantile, rounded } from './distribution.ts';

export interface Aim {
  readonly confidence: number;
  /** How probable it is to be that an effect of that size is found. */
  readonly power: number;
}

const reachOf = ({ confidence, power }: Aim): number =>
  quantile(1 - (1 - confidence) / 2) + quantile(power);

/** sessionsFor is how many sessions each arm takes to show a difference of means. */
export const sessionsFor = (difference: number, deviation: number, aim: Aim): number =>
  Math.ceil(rounded(2 * (reachOf(aim) * (deviation / difference)) ** 2));

/** smallestFor is the smallest difference of means that so many sessions an arm can show. */
export const smallestFor = (sessions: number, deviation: number, aim: Aim): number =>
  reachOf(aim) * deviation * Math.sqrt(2 / sessions);

/** sessionsForRates is how many sessions each arm takes to show that one rate became another. */
export const sessionsForRates = (from: number, to: number, aim: Aim): number => {
  const middle = (from + to) / 2;
  const under = quantile(1 - (1 - aim.confidence) / 2) * Math.sqrt(2 * middle * (1 - middle));
  const beside = quantile(aim.power) * Math.sqrt(from * (1 - from) + to * (1 - to));
  return Math.ceil(rounded(((under + beside) / (to - from)) ** 2));
};

/** How probable it is that one of so many looks finds what is not there, if each is at 5 %. */
const FALSE_ALARM: readonly (readonly [looks: number, percent: number])[] = [
  [1, 5],
  [2, 8.3],
  [3, 10.7],
  [4, 12.6],
  [5, 14.2],
  [10, 19.3],
  [20, 24.8],
  [50, 32],
];

/**
 * falseAlarm is, for an interval of 95 %, how often at least one of so many looks finds an effect
 * where there is none, in percent (Armitage, McPherson and Rowe 1969, table 2); the next lower
 * number of looks in the table counts.
 */
export const falseAlarm = (looks: number): number =>
  FALSE_ALARM.findLast(([least]) => least <= looks)?.[1] ?? 5;
