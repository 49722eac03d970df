/**
 * What verifying a journal costs, against its floor in the same round; see `floor.ts`. Every figure
 * is taken in a process of its own, started cold.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Origin } from '../../ledger/name.ts';
import { LIMITS, layoutOf } from '../../src/storage/layout.ts';
import { audit } from '../../src/verify/verify.ts';
import { realPorts } from '../../src/wiring.ts';
import { right } from '../build/ledger.ts';
import type { Made, Wish } from './make.ts';
import { ORIGIN, makeJournal, unmake } from './make.ts';
import type { Row } from './measure.ts';
import type { Took } from './floor.ts';
import { median } from './measure.ts';

const ROUNDS = 5;
const ONCE = fileURLToPath(new URL('./verify-once.ts', import.meta.url));

interface Once extends Took {
  readonly rss: number;
}

const once = (what: string, { journal }: Made, more: number | string): Once => {
  const out = execFileSync(process.execPath, [ONCE, what, journal, String(more)], {
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

const NEW_EVENTS = 1000;

/** Cuts a journal before its last events. */
const cut = ({ journal }: Made): (() => void) => {
  const last = join(journal, readdirSync(journal).toSorted().at(-1) ?? '');
  const bytes = readFileSync(last);
  let at = bytes.length;
  for (let i = 0; i <= NEW_EVENTS; i++) at = bytes.lastIndexOf(0x0a, at - 1);
  truncateSync(last, at + 1);
  return () => writeFileSync(last, bytes);
};

/** What a verification costs that goes on from a mark, against one of the whole journal. */
const sinceRow = async (events: number): Promise<Row> => {
  const made = makeJournal({ events, isSigned: false });
  try {
    const restore = cut(made);
    const layout = { ...layoutOf(dirname(made.journal)), journal: made.journal };
    const by = { ports: realPorts, layout, projections: [] };
    const settings = { origin: ORIGIN as Origin, limits: LIMITS };
    const { mark } = right(await audit({ ...by, settings }, { journalOnly: true }));
    const path = join(dirname(made.journal), 'audit.mark');
    writeFileSync(path, mark ?? '');
    restore();
    const rounds = Array.from({ length: ROUNDS }, () => ({
      whole: once('verify', made, 1).ms,
      since: once('since', made, path).ms,
    }));
    return {
      name: `verify ${NEW_EVENTS} events behind a mark of ${events - NEW_EVENTS}`,
      against: 'verifying all of it',
      nanoseconds: median(rounds.map(({ since }) => since)) * 1e6,
      baselineNanoseconds: median(rounds.map(({ whole }) => whole)) * 1e6,
      ratio: median(rounds.map(({ whole, since }) => since / whole)),
      // Both begin cold; that takes as long whatever the ledger's length.
      target: events < 1_000_000 ? 0.1 : 0.01,
    };
  } finally {
    unmake(made);
  }
};

/** verify measures it, also for a million events where that is asked for. */
export const verify = async (isLarge: boolean): Promise<readonly Row[]> => [
  ...rowsOf({ events: 100_000, isSigned: false }, 1.5),
  ...(isLarge ? rowsOf({ events: 1_000_000, isSigned: false }, 1.5) : []),
  ...rowsOf({ events: 20_000, isSigned: true }, 1.1),
  await sinceRow(isLarge ? 1_000_000 : 100_000),
];
