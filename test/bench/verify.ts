/**
 * What verifying a journal costs, against its floor in the same round; see `floor.ts`. Every figure
 * is taken in a process of its own, started cold.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Origin } from '../../ledger/name.ts';
import { LIMITS, layoutOf } from '../../src/storage/layout.ts';
import { audit } from '../../src/verify/verify.ts';
import { realPorts } from '../../src/wiring.ts';
import { right } from '../build/ledger.ts';
import { bundle } from './bundle.ts';
import type { Made, Wish } from './make.ts';
import { ORIGIN, makeJournal, unmake } from './make.ts';
import type { Row } from './measure.ts';
import type { Took } from './floor.ts';
import { median } from './measure.ts';

const ROUNDS = 5;

interface Once extends Took {
  readonly rss: number;
}

type Run = (what: string, made: Made, more: number | string) => Once;

const runOf =
  (script: string): Run =>
  (what, { journal }, more) => {
    const out = execFileSync(process.execPath, [script, what, journal, String(more)], {
      encoding: 'utf8',
    });
    return JSON.parse(out) as Once;
  };

const rowsOf = (once: Run, wish: Wish, target: number): readonly Row[] => {
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
const sinceRow = async (once: Run, events: number): Promise<Row> => {
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
      whole: once('verify', made, 1),
      since: once('since', made, path),
    }));
    const cpu = median(rounds.map(({ whole, since }) => since.cpu / whole.cpu)).toFixed(3);
    return {
      name: `verify ${NEW_EVENTS} events behind a mark of ${events - NEW_EVENTS}, CPU x ${cpu}`,
      against: 'verifying all of it',
      nanoseconds: median(rounds.map(({ since }) => since.ms)) * 1e6,
      baselineNanoseconds: median(rounds.map(({ whole }) => whole.ms)) * 1e6,
      ratio: median(rounds.map(({ whole, since }) => since.ms / whole.ms)),
      // Both begin cold; that takes as long whatever the ledger's length.
      target: events < 1_000_000 ? 0.1 : 0.01,
    };
  } finally {
    unmake(made);
  }
};

/** verify measures it, also for a million events where that is asked for. */
export const verify = async (isLarge: boolean): Promise<readonly Row[]> => {
  const { once, remove } = await bundle();
  const run = runOf(once);
  try {
    return [
      ...rowsOf(run, { events: 100_000, isSigned: false }, 1.5),
      ...(isLarge ? rowsOf(run, { events: 1_000_000, isSigned: false }, 1.5) : []),
      ...rowsOf(run, { events: 20_000, isSigned: true }, 1.1),
      await sinceRow(run, isLarge ? 1_000_000 : 100_000),
    ];
  } finally {
    remove();
  }
};
