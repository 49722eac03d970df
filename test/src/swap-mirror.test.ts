/**
 * The new mirror takes the old one's place: whenever power is lost, no log of the old one lies
 * beside the new one, into which SQLite would play it; and once it is answered it is so for good.
 */
import * as E from 'fp-ts/lib/Either.js';
import { expect, it } from 'vitest';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { newMirror, swapMirror } from '../../src/storage/rebuild.ts';
import { putWhole } from '../../src/storage/whole-file.ts';
import { right } from '../build/ledger.ts';
import { everyOutcome } from '../simulation/chance.ts';
import type { SimulatedDisk } from '../simulation/disk.ts';
import { simulatedDisk } from '../simulation/disk.ts';
import { Stopped, stoppingAt } from '../simulation/plan.ts';
import { LAYOUT } from '../simulation/world.ts';

const [OLD, NEW] = ['old', 'brand new'].map((text) => encodeUtf8(text)) as [Uint8Array, Uint8Array];

const ground = (): SimulatedDisk => {
  const disk = simulatedDisk();
  right(disk.makeFolder(LAYOUT.folder));
  for (const path of [LAYOUT.mirror, `${LAYOUT.mirror}-wal`]) right(putWhole(disk, path, OLD));
  right(putWhole(disk, newMirror(LAYOUT), NEW));
  disk.machine.syncEverything();
  return disk;
};

/** Swaps, stopped before an operation where one is named; gives whether it came to its end. */
const swapped = (disk: SimulatedDisk, stop?: number): boolean => {
  disk.follow(stop === undefined ? undefined : stoppingAt(stop));
  try {
    return E.isRight(swapMirror(disk, LAYOUT, false));
  } catch (thrown) {
    if (!(thrown instanceof Stopped)) throw thrown;
    return false;
  }
};

const sizeOf = (disk: SimulatedDisk, path: string): number | undefined =>
  right(disk.stat(path))?.size;

it('is never there with the log of the old one, whenever power is lost', () => {
  let [stop, seen, isOver] = [0, 0, false];
  for (; !isOver; stop++) {
    const disk = ground();
    isOver = swapped(disk, stop);
    everyOutcome((chance) => {
      const after = disk.losePower(chance);
      const isNew = sizeOf(after, LAYOUT.mirror) === NEW.length;
      if (isNew) expect(sizeOf(after, `${LAYOUT.mirror}-wal`)).toBe(undefined);
      if (isOver) expect(isNew).toBe(true);
      seen++;
    }, 1000);
  }
  expect([stop > 4, seen > stop]).toEqual([true, true]);
});

it('leaves no log of its making beside it', () => {
  const disk = ground();
  const besides = ['-wal', '-shm'].map((end) => `${newMirror(LAYOUT)}${end}`);
  for (const path of besides) right(putWhole(disk, path, OLD));
  expect(swapped(disk)).toBe(true);
  expect(besides.map((path) => sizeOf(disk, path))).toEqual([undefined, undefined]);
  expect(sizeOf(disk, LAYOUT.mirror)).toBe(NEW.length);
});
