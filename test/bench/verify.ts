/**
 * What verifying a journal costs, against its floor in the same round; see `floor.ts`. Every figure
 * is taken in a process of its own, started cold.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Made, Wish } from './make.ts';
import { makeJournal, unmake } from './make.ts';
import type { Row } from './measure.ts';
import type { Took } from './floor.ts';
import { median } from './measure.ts';

const ROUNDS = 5;
const ONCE = fileURLToPath(new URL('./verify-once.ts', import.meta.url));

interface Once extends Took {
  readonly rss: number;
}

const once = (what: string, { journal }: Made, workers: number): Once => {
  const out = execFileSync(process.execPath, [ONCE, what, journal, String(workers)], {
    encoding: 'utf8',
  });
  return JSON.parse(out) as Once;
};

const rowsOf = (wish: Wish, target: number): readonly Row[] => {
  const made = makeJournal(wish);
  const floor = wish.isSigned ? 'signatures' : 'floor';
  try {
    return [1, 2].map((workers) => {
      const rounds = Array.from({ length: ROUNDS }, () => ({
        floor: once(floor, made, workers),
        verify: once('verify', made, workers),
      }));
      const each = (ms: number): number => (ms * 1e6) / wish.events;
      const rss = Math.round(Math.max(...rounds.map(({ verify }) => verify.rss)));
      // On a machine that others use as well this one says more than the clock does.
      const cpu = median(rounds.map((round) => round.verify.cpu / round.floor.cpu)).toFixed(2);
      const kind = wish.isSigned ? 'signed events' : 'events';
      return {
        name: `verify ${wish.events} ${kind}, ${workers} at work, RSS ${rss} MB, CPU x ${cpu}`,
        against: wish.isSigned ? 'bare signature checks' : 'reading and hashing',
        nanoseconds: each(median(rounds.map(({ verify }) => verify.ms))),
        baselineNanoseconds: each(median(rounds.map((round) => round.floor.ms))),
        ratio: median(rounds.map((round) => round.verify.ms / round.floor.ms)),
        target,
      };
    });
  } finally {
    unmake(made);
  }
};

/** verify measures it, also for a million events where that is asked for. */
export const verify = (isLarge: boolean): readonly Row[] => [
  ...rowsOf({ events: 100_000, isSigned: false }, 1.5),
  ...(isLarge ? rowsOf({ events: 1_000_000, isSigned: false }, 1.5) : []),
  ...rowsOf({ events: 20_000, isSigned: true }, 1.1),
];
