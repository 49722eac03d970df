/**
 * A backup and a restoration, stopped before every call that changes the disk, with what was not
 * synced kept, lost and torn: begun again they come to the same as if nothing had happened.
 */
import { describe, expect, it } from 'vitest';
import { restoreLedger } from '../../src/restore.ts';
import { layoutOf } from '../../src/storage/layout.ts';
import { backup } from '../../src/usecase/backup.ts';
import { newest, oldest, seeded } from '../simulation/chance.ts';
import type { SimulatedDisk } from '../simulation/disk.ts';
import type { Which } from '../simulation/plan.ts';
import { Stopped, stoppingAt } from '../simulation/plan.ts';
import { right } from './disk-law.ts';
import {
  LAYOUT,
  SETTINGS,
  append,
  foundOn,
  ledgerAt,
  linesOf,
  placeOn,
  portsOn,
} from './replay-world.ts';

const COPY = layoutOf('/copy');
const ELSEWHERE = layoutOf('/elsewhere');

/** What only looks leaves a crash nothing else to do than the call before it. */
const changes: Which = ({ call }) => !['open', 'read', 'stat', 'list'].includes(call);

type Act = (disk: SimulatedDisk) => Promise<unknown>;

const backingUp: Act = async (disk) => {
  const kept = { ports: portsOn(disk), layout: LAYOUT, settings: SETTINGS };
  return right(await backup(kept, COPY.folder));
};

const restoring: Act = async (disk) => right(await restoreLedger(portsOn(disk), COPY, ELSEWHERE));

const isDone = async (act: Act, disk: SimulatedDisk): Promise<boolean> => {
  try {
    await act(disk);
    return true;
  } catch (thrown) {
    if (thrown instanceof Stopped) return false;
    throw thrown;
  }
};

/** Does it with the power going before each call, and again on what is found then. */
const everyCrash = async (
  origin: SimulatedDisk,
  act: Act,
  check: (disk: SimulatedDisk) => Promise<void>,
): Promise<number> => {
  for (let n = 0, crashes = 0; ; n++) {
    const disk = origin.foresee(oldest).another();
    disk.follow(stoppingAt(n, changes));
    const done = await isDone(act, disk);
    for (const chance of [n % 2 === 0 ? newest : oldest, seeded(n)]) {
      const found = disk.foresee(chance);
      await act(found);
      await check(found);
      crashes++;
    }
    if (done) return crashes;
  }
};

/** A ledger, an earlier backup of it, and what came in since. */
const withBackup = async (): Promise<SimulatedDisk> => {
  const disk = await foundOn(undefined, 5);
  await backingUp(disk);
  const ledger = ledgerAt(placeOn(disk));
  await append(
    ledger,
    Array.from({ length: 6 }, (_, i) => `later-${i}`),
  );
  await ledger.close();
  disk.machine.syncEverything();
  return disk.another();
};

describe('what is interrupted and begun again', { timeout: 120_000 }, () => {
  it.each<[string, () => Promise<SimulatedDisk>]>([
    ['the first backup', () => foundOn(undefined, 5)],
    ['a later one', withBackup],
  ])('is %s, and the copy holds the journal to the byte', async (_, make) => {
    const origin = await make();
    const lines = linesOf(origin, LAYOUT);
    const crashes = await everyCrash(origin, backingUp, async (disk) => {
      expect(linesOf(disk, COPY)).toEqual(lines);
      expect(linesOf(disk, LAYOUT)).toEqual(lines);
    });
    expect(crashes).toBeGreaterThan(50);
  });

  it('is a restoration, and there is no ledger before all of it is there', async () => {
    const origin = await foundOn(undefined, 4);
    await backingUp(origin);
    origin.machine.syncEverything();
    const lines = linesOf(origin, LAYOUT);
    const crashes = await everyCrash(
      origin.another(),
      async (disk) => {
        // Where settings stand the ledger is whole, and is not restored once more.
        const stat = right(disk.stat(ELSEWHERE.settings));
        if (stat === undefined) await restoring(disk);
      },
      async (disk) => {
        const ledger = ledgerAt({ ...placeOn(disk), layout: ELSEWHERE }, { projections: [] });
        const report = right(await ledger.verify());
        expect([report.verdict, report.size]).toEqual(['verified', lines.length]);
        await ledger.close();
        expect(linesOf(disk, ELSEWHERE)).toEqual(lines);
      },
    );
    expect(crashes).toBeGreaterThan(50);
  });
});
