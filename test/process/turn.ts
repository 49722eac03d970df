/**
 * A turn at something that only one may be at: whoever finds another one there fails.
 */
import * as E from 'fp-ts/lib/Either.js';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { WriterLock } from '../../src/storage/database.ts';

const WAIT_MS = 50_000;

/** takeTurns takes the lock so many times, and counts in a file while it has it. */
export const takeTurns = async (lock: WriterLock, folder: string, turns: number): Promise<void> => {
  for (let turn = 0; turn < turns; turn++) {
    const hold = await lock.take(folder, WAIT_MS);
    if (E.isLeft(hold)) throw new Error(JSON.stringify(hold.left));
    writeFileSync(`${folder}/inside`, '', { flag: 'wx' });
    const count = Number(readFileSync(`${folder}/count`, 'utf8'));
    await setTimeout(turn % 2);
    if (!hold.right.isGood()) throw new Error('what is held is not good');
    writeFileSync(`${folder}/count`, String(count + 1));
    rmSync(`${folder}/inside`);
    hold.right.release();
  }
};
