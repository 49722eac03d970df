/**
 * A plan names the checkpoint that the replay puts back beside the journal, and none where it puts
 * none back.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Repair } from '../../src/storage/outcome.ts';
import type { ReplayOptions } from '../../src/usecase/replay-request.ts';
import type { SimulatedDisk } from '../simulation/disk.ts';
import { right } from './disk-law.ts';
import type { Alter } from './replay-world.ts';
import {
  LAYOUT,
  at,
  bytesOf,
  flip,
  heard,
  ledgerAt,
  newLogKey,
  operator,
  placeOn,
  planOn,
  segmentsOf,
  sql,
} from './replay-world.ts';
import { all, cutTo, mirrorOf, none, older, signed, torn, unmirrored, unread } from './told.ts';

/** The size of the checkpoint that a plan says is put back. */
const planned = async (disk: SimulatedDisk, options: ReplayOptions) => {
  const { plan, refused } = await planOn(disk, options);
  expect(refused).toBeUndefined();
  return plan.flatMap((each) => (each.step === 'restore_checkpoint' ? [each.size] : []));
};

/** Those that the replay put back; the last of them lies there. */
const restored = async (disk: SimulatedDisk, options: ReplayOptions) => {
  const repairs: Repair[] = [];
  const ledger = ledgerAt(placeOn(disk), { ...heard(repairs), logKey: undefined });
  right(await ledger.replay(options));
  await ledger.close();
  const sizes = repairs.flatMap((each) => (each._tag === 'CheckpointRestored' ? [each.size] : []));
  return sizes.slice(-1);
};

const unbeside: Alter = (disk) => right(disk.remove(LAYOUT.checkpoint));
const unkept: Alter = (disk) =>
  right(disk.list(LAYOUT.checkpoints)).forEach((name) =>
    right(disk.remove(join(LAYOUT.checkpoints, name))),
  );
const unwritten: Alter = (disk) =>
  segmentsOf(disk, LAYOUT).forEach((path) => right(disk.remove(path)));
const bad: Alter = (disk) => flip(disk, at(disk, -1), 40);
/** The mirror remembers what lies there. */
const forgetful: Alter = (disk) => {
  const note = Buffer.from(bytesOf(disk, LAYOUT.checkpoint)).toString();
  sql(`UPDATE ended SET note = '${note}'`)(disk);
};
/** The mirror is one of an earlier version. */
const dated: Alter = sql('PRAGMA user_version = 1');
const lagging = async (disk: SimulatedDisk): Promise<void> => {
  await mirrorOf(disk, 8);
  unbeside(disk);
};

const spoilt: Alter = (disk) => flip(disk, at(disk, 0), 40);
/** The journal holds more than the mirror, and only the mirror its beginning. */
const spoiltAndLagging = async (disk: SimulatedDisk): Promise<void> => {
  await lagging(disk);
  spoilt(disk);
};

const BACK = { toLastGood: true, operator, newLogKey };
const FOLDS = { projectionsOnly: true };

type Case = readonly [Alter | typeof lagging, ReplayOptions, readonly number[]];

describe.concurrent('a plan and the checkpoint beside the journal', () => {
  it.each<readonly [string, ...Case]>([
    ['there', none, {}, []],
    ['there, without a mirror', unmirrored, {}, []],
    ['there, and folds alone', none, FOLDS, []],
    ['there, from the mirror', unwritten, { from: 'mirror' }, []],
    ['lost', unbeside, {}, [12]],
    ['lost, and a torn tail', all(unbeside, torn), {}, [12]],
    ['lost, and a mirror that cannot be read', all(unbeside, unread), {}, [12]],
    ['lost, and those that were kept', all(unbeside, unkept), {}, [12]],
    ['lost, and all that tells of one', all(unbeside, unkept, unmirrored), {}, []],
    ['lost, and those that were kept, by an older mirror', all(unbeside, unkept, dated), {}, []],
    ['lost, and folds alone', unbeside, FOLDS, [12]],
    ['lost, from the mirror', all(unwritten, unbeside), { from: 'mirror' }, [12]],
    ['older', older, {}, [12]],
    ['older, without a mirror', all(older, unmirrored), {}, [12]],
    ['older, and folds alone', older, FOLDS, [12]],
    ['older, and in the mirror, too', all(older, forgetful), {}, [12]],
    ['older, and in the mirror, too, and folds alone', all(older, forgetful), FOLDS, []],
    ['lost, and a mirror that lags', lagging, {}, [12]],
    ['lost, from a mirror that lags', spoiltAndLagging, { from: 'mirror' }, [12]],
    ['undone', all(bad, unmirrored), BACK, [6]],
    ['undone, with the mirror', cutTo(10), BACK, [6]],
    ['undone, and lost', all(cutTo(10), unbeside), BACK, [6]],
    ['older, and one that is undone', all(cutTo(10), older), BACK, []],
  ])('%s', async (_, alter, options, sizes) => {
    const disk = await signed();
    await alter(disk);
    disk.machine.syncEverything();
    expect([await planned(disk, options), await restored(disk, options)]).toEqual([sizes, sizes]);
    const last = Math.max(0, ...right(disk.list(LAYOUT.checkpoints)).map(Number));
    expect(last).toBeGreaterThanOrEqual(sizes[0] ?? 0);
  });
});
