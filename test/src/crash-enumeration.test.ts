/**
 * Every way in which a crash can leave the disk: the power is lost before each operation of an
 * append, a rotation, a recovery and a replay, and whatever was not synced by then is kept and lost
 * in every combination, within a bound. What comes next must find what was acknowledged, and go on.
 */
import { describe, expect, it } from 'vitest';
import type { Ledger } from '../../src/ledger.ts';
import { everyOutcome, oldest } from '../simulation/chance.ts';
import type { SimulatedDisk } from '../simulation/disk.ts';
import { Stopped, calls, stoppingAt } from '../simulation/plan.ts';
import { draftOf } from '../simulation/world.ts';
import { native } from '../../ledger/crypto/native.ts';
import { right } from './disk-law.ts';
import {
  LAYOUT,
  append,
  bytesOf,
  change,
  foundOn,
  ledgerAt,
  linesOf,
  logKey,
  placeOn,
  segmentsOf,
} from './replay-world.ts';

type Act = (ledger: Ledger) => Promise<unknown>;

/** All that is on a disk, but for whose turn it was. */
const shownOf = (disk: SimulatedDisk, folder = LAYOUT.folder): string =>
  right(disk.list(folder))
    .filter((name) => !name.startsWith('writer.'))
    .map((name) => {
      const path = `${folder}/${name}`;
      const isFolder = right(disk.stat(path))?.kind === 'folder';
      return `${path} ${isFolder ? shownOf(disk, path) : native.digest(bytesOf(disk, path))}`;
    })
    .join('\n');

/** Outcomes of a crash before one operation; more of them are bounded. */
const MOST = 64;

/** Whether the act ended before it was stopped. */
const isDone = async (act: Act, ledger: Ledger): Promise<boolean> => {
  try {
    await act(ledger);
    return true;
  } catch (thrown) {
    if (thrown instanceof Stopped) return false;
    throw thrown;
  }
};

/** Every disk that is found when the power is lost before the n-th operation. */
const outcomesOf = async (
  origin: SimulatedDisk,
  act: Act,
  n: number,
): Promise<{ readonly done: boolean; readonly disks: readonly SimulatedDisk[] }> => {
  const place = placeOn(origin.foresee(oldest));
  place.disk.follow(stoppingAt(n));
  const done = await isDone(act, ledgerAt(place, { logKey }));
  const disks: SimulatedDisk[] = [];
  everyOutcome((chance) => void disks.push(place.disk.foresee(chance)), MOST);
  return { done, disks };
};

/** Goes on, and finds the lines that there were and those that were acknowledged. */
const goOn = async (disk: SimulatedDisk, lines: readonly string[], id: string | undefined) => {
  const ledger = ledgerAt(placeOn(disk), { logKey });
  await append(ledger, ['goes-on']);
  const now = linesOf(disk, LAYOUT);
  expect(now.slice(0, lines.length)).toEqual(lines);
  if (id !== undefined) expect(now.some((line) => line.includes(`"id":"${id}"`))).toBe(true);
  expect(now.length).toBeLessThanOrEqual(lines.length + 2);
  expect([...ledger.read()].map((each) => `${right(each).line}\n`)).toEqual(now);
  const { report } = right(await ledger.replay());
  expect(report).toMatchObject({ replayed: 0, parity: { consistent: true } });
  await ledger.close();
};

const everyCrash = async (
  origin: SimulatedDisk,
  act: Act,
  id: string | undefined,
  lines: readonly string[],
): Promise<number> => {
  const known = new Set<string>();
  for (let n = 0; ; n++) {
    const { done, disks } = await outcomesOf(origin, act, n);
    for (const disk of disks) {
      // What is alike on the disk goes on alike.
      const text = `${done} ${shownOf(disk)}`;
      if (known.has(text)) continue;
      known.add(text);
      await goOn(disk, lines, done ? id : undefined);
    }
    if (done) return known.size;
  }
};

const appending =
  (id: string): Act =>
  async (ledger) => {
    right(await ledger.append([draftOf(id)]));
  };

/** A copy to which so many events more were added. */
const grown = async (origin: SimulatedDisk, events: number): Promise<SimulatedDisk> => {
  const disk = origin.foresee(oldest);
  const ledger = ledgerAt(placeOn(disk), { logKey });
  await append(
    ledger,
    Array.from({ length: events }, (_, i) => `more-${i}`),
  );
  await ledger.close();
  disk.machine.syncEverything();
  return disk;
};

/** The last one before a segment is full. */
const nearlyFull = async (): Promise<SimulatedDisk> => {
  const origin = await foundOn({ logKey }, 4);
  for (let events = 0; ; events++) {
    const next = await grown(origin, events + 1);
    if (segmentsOf(next, LAYOUT).length > segmentsOf(origin, LAYOUT).length)
      return grown(origin, events);
  }
};

/** One whose last event the mirror has not, with a line behind it that was never finished. */
const unfinished = async (): Promise<SimulatedDisk> => {
  const origin = await foundOn({ logKey }, 4);
  const place = placeOn(origin);
  place.disk.follow(stoppingAt(1, calls('commit', 'mirror.db')));
  await isDone(appending('acknowledged'), ledgerAt(place, { logKey }));
  const disk = place.disk.crash();
  change(disk, segmentsOf(disk, LAYOUT).at(-1) ?? '', (bytes) =>
    Buffer.concat([bytes, Buffer.from('{"event_hash":"')]),
  );
  disk.machine.syncEverything();
  // Behind the recorded end there is one to adopt and one to set aside.
  expect(linesOf(disk, LAYOUT)).toHaveLength(6);
  return disk;
};

const soundLines = (disk: SimulatedDisk): readonly string[] =>
  linesOf(disk, LAYOUT).filter((line) => line.endsWith('\n'));

describe('a crash at any moment, whatever it leaves of what was not synced,', () => {
  it.each<[string, () => Promise<SimulatedDisk>, Act, string | undefined, number]>([
    ['an append', () => foundOn({ logKey }, 4), appending('act'), 'act', 6],
    ['an append that begins a segment', nearlyFull, appending('act'), 'act', 6],
    ['a recovery', unfinished, appending('act'), 'act', 6],
    [
      'a replay',
      async () => {
        const disk = await foundOn({ logKey }, 4);
        right(disk.remove(LAYOUT.mirror));
        disk.machine.syncEverything();
        return disk;
      },
      async (ledger) => right(await ledger.replay()),
      undefined,
      6,
    ],
  ])(
    'during %s loses nothing that was acknowledged',
    { timeout: 60_000 },
    async (_, make, act, id, least) => {
      const origin = await make();
      const crashes = await everyCrash(origin, act, id, soundLines(origin));
      expect(crashes).toBeGreaterThanOrEqual(least);
    },
  );
});
