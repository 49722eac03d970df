/**
 * `ledger experiment plan`: how many sessions it takes, before one is made. Needs no ledger.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Aim } from '../../experiment/power.ts';
import { sessionsFor, sessionsForRates, smallestFor } from '../../experiment/power.ts';
import { READY_METRICS } from '../../experiment/metric.ts';
import { columns } from '../columns.ts';
import type { Command } from '../command.ts';
import { shownNumber } from '../experiment/report-text.ts';
import type { Given } from '../given.ts';
import { jsonLine } from '../terminal.ts';

const FRACTION = /^(?:\d{1,12}(?:\.\d{1,9})?|0?\.\d{1,9})$/;

const numberOf = (given: Given, name: string): E.Either<string, number | undefined> => {
  const text = given.text(name);
  if (text === undefined) return E.right(undefined);
  return FRACTION.test(text) ? E.right(Number(text)) : E.left(name);
};

interface Asked {
  readonly baseline: number;
  readonly deviation: number | undefined;
  readonly effect: number;
  readonly sessions: number | undefined;
  readonly aim: Aim;
}

const planned = ({ baseline, deviation, effect, sessions, aim }: Asked): object => {
  const difference = (baseline * effect) / 100;
  const needed =
    deviation === undefined
      ? sessionsForRates(baseline, Math.max(0, baseline - difference), aim)
      : sessionsFor(difference, deviation, aim);
  const spread = deviation ?? Math.sqrt(baseline * (1 - baseline));
  const smallest = sessions === undefined ? undefined : smallestFor(sessions, spread, aim);
  return {
    baseline,
    effect_pct: effect,
    ...aim,
    sessions_per_arm: needed,
    ...(smallest === undefined
      ? {}
      : {
          smallest_difference: Number(smallest.toPrecision(6)),
          smallest_pct: Number(((smallest / baseline) * 100).toPrecision(6)),
        }),
  };
};

const isShare = (value: number): boolean => value > 0 && value < 1;

/** What is asked is a mean with its deviation, or a rate. */
const soundly = (asked: Asked): boolean =>
  asked.baseline > 0 &&
  asked.effect > 0 &&
  (asked.deviation === undefined
    ? asked.baseline < 1 && asked.effect <= 100
    : asked.deviation > 0) &&
  (asked.sessions === undefined || asked.sessions > 0) &&
  isShare(asked.aim.confidence) &&
  isShare(asked.aim.power);

const NAMES = ['baseline', 'deviation', 'effect', 'sessions', 'confidence', 'power'] as const;

export const command: Command = {
  options: {
    baseline: { type: 'text', describe: 'what the control is expected to have: a mean or a rate' },
    deviation: { type: 'text', describe: 'the standard deviation; without it, a rate is meant' },
    effect: { type: 'text', describe: 'the change to be found, in percent (10)' },
    sessions: { type: 'text', describe: 'so many sessions an arm: which effect can they show?' },
    confidence: { type: 'text', describe: 'of the interval (0.95)' },
    power: { type: 'text', describe: 'how probably the change is to be found (0.8)' },
    metrics: { type: 'flag', describe: 'print the ready-made metrics, to be copied and edited' },
  },
  examples: [
    ['experiment plan --baseline 0.42 --deviation 0.2 --effect 10', 'sessions for a mean'],
    ['experiment plan --baseline 0.8 --effect 5 --sessions 500', 'for a rate, and what 500 show'],
    ['experiment plan --metrics --json', 'what each ready-made metric reads'],
  ],
  run: async (given, terminal) => {
    if (given.flag('metrics')) {
      const all = Object.values(READY_METRICS);
      await terminal.out(
        terminal.isJson
          ? all.map((each) => jsonLine(each)).join('')
          : all.map((each) => `${JSON.stringify(each, undefined, 2)}\n`).join(''),
      );
      return E.right(undefined);
    }
    const numbers = new Map<string, number | undefined>();
    for (const name of NAMES) {
      const read = numberOf(given, name);
      if (E.isLeft(read)) return given.usage(`--${name} takes a number such as 0.42`);
      numbers.set(name, read.right);
    }
    const asked = {
      baseline: numbers.get('baseline') ?? 0,
      deviation: numbers.get('deviation'),
      effect: numbers.get('effect') ?? 10,
      sessions: numbers.get('sessions'),
      aim: { confidence: numbers.get('confidence') ?? 0.95, power: numbers.get('power') ?? 0.8 },
    };
    if (!soundly(asked))
      return given.usage('it takes --baseline MEAN with --deviation, or a rate between 0 and 1');
    const told = planned(asked);
    await terminal.out(
      terminal.isJson
        ? jsonLine(told)
        : columns(
            Object.entries(told).map(([name, value]) => [
              name.replaceAll('_', ' '),
              shownNumber(Number(value)),
            ]),
          ),
    );
    return E.right(undefined);
  },
};
