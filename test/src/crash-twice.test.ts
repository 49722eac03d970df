/**
 * A recovery that is cut short, and the recovery after it cut short again, at every pair of steps:
 * the one that is let through ends where one that nothing had happened to would have.
 */
import { describe, expect, it } from 'vitest';
import { newest, oldest } from '../simulation/chance.ts';
import type { Chance } from '../simulation/chance.ts';
import type { SimulatedDisk } from '../simulation/disk.ts';
import type { Operation } from '../simulation/plan.ts';
import { Stopped, calls, stoppingAt } from '../simulation/plan.ts';
import { draftOf } from '../simulation/world.ts';
import { right } from './disk-law.ts';
import {
  LAYOUT,
  append,
  at,
  change,
  foundOn,
  ledgerAt,
  linesOf,
  logKey,
  placeOn,
} from './replay-world.ts';

/** One with a line to adopt and a torn one to set aside behind it. */
const unfinished = async (): Promise<SimulatedDisk> => {
  const disk = await foundOn({ logKey }, 4);
  const place = placeOn(disk);
  place.disk.follow(stoppingAt(1, calls('commit', 'mirror.db')));
  await expect(ledgerAt(place).append([draftOf('late')])).rejects.toThrow(Stopped);
  change(disk, at(disk, -1), (bytes) => Buffer.concat([bytes, Buffer.from('{"event_hash":"')]));
  disk.machine.syncEverything();
  return disk;
};

/** To be stopped before an operation that only looks is to be stopped before the next that does. */
const LOOKING = new Set(['open', 'read', 'stat', 'list', 'open_database', 'begin', 'lock']);
const isChange = ({ call }: Operation): boolean => !LOOKING.has(call);

/** What is left when a recovery is stopped before its n-th change, undefined where it ended. */
const stopped = async (
  disk: SimulatedDisk,
  n: number,
  left: Chance,
): Promise<SimulatedDisk | undefined> => {
  const place = placeOn(disk.foresee(oldest));
  place.disk.follow(stoppingAt(n, isChange));
  try {
    right(await ledgerAt(place).append([]));
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof Stopped)) throw thrown;
    return place.disk.foresee(left);
  }
};

/** Goes on from what two crashes left; gives how many there were. */
const everyPair = async (origin: SimulatedDisk, left: Chance): Promise<number> => {
  const lines = linesOf(origin, LAYOUT).slice(0, 5);
  for (let n = 0, pairs = 0; ; n++) {
    const once = await stopped(origin, n, left);
    if (once === undefined) return pairs;
    for (let m = 0; ; m++) {
      const twice = await stopped(once, m, left);
      if (twice === undefined) break;
      pairs++;
      const ledger = ledgerAt(placeOn(twice));
      await append(ledger, ['next']);
      await ledger.close();
      expect(linesOf(twice, LAYOUT).slice(0, 5)).toEqual(lines);
      expect(linesOf(twice, LAYOUT)).toHaveLength(6);
      expect(right(twice.list(LAYOUT.torn)).filter((name) => !name.endsWith('.part'))).toHaveLength(
        1,
      );
    }
  }
};

describe('a recovery that is cut short, and the next one too,', () => {
  it.each([
    ['kept', newest],
    ['lost', oldest],
  ] as const)('ends alike at every pair of steps (%s)', async (_, left) => {
    expect(await everyPair(await unfinished(), left)).toBeGreaterThan(50);
  });
});
