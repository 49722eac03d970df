/**
 * Whoever is told of a repair may throw: what they were told of is done, nobody else is shut out,
 * and the same ledger goes on.
 */
import { describe, expect, it } from 'vitest';
import type { Ledger } from '../../src/ledger.ts';
import { draftOf } from '../simulation/world.ts';
import { right } from './disk-law.ts';
import { LAYOUT, foundOn, ledgerAt, linesOf, logKey, placeOn } from './replay-world.ts';
import { auditOf, torn } from './told.ts';

const ENOUGH = new Error('enough');

describe.each<[string, (ledger: Ledger) => Promise<unknown>]>([
  ['an append', (ledger) => ledger.append([draftOf('first')])],
  ['a checkpoint', (ledger) => ledger.checkpoint()],
  ['a replay', (ledger) => ledger.replay()],
  ['a replay of projections', (ledger) => ledger.replay({ projectionsOnly: true })],
  ['a replay from the journal', (ledger) => ledger.replay({ from: 'journal' })],
])('%s whose listener throws at a torn tail', (_, work) => {
  it('keeps nobody else from appending, nor itself', async () => {
    const disk = await foundOn();
    torn(disk);
    const before = linesOf(disk, LAYOUT).length - 1;
    let isHeard = false;
    const onRepair = (): void => {
      if (isHeard) return;
      isHeard = true;
      throw ENOUGH;
    };
    const ledger = ledgerAt(placeOn(disk), { logKey, onRepair });
    await expect(work(ledger)).rejects.toBe(ENOUGH);
    const other = ledgerAt(placeOn(disk));
    right(await other.append([draftOf('second')]));
    await other.close();
    right(await ledger.append([draftOf('third')]));
    await ledger.close();
    expect(linesOf(disk, LAYOUT)).toHaveLength(before + 2);
    expect((await auditOf(disk)).verdict).toBe('verified');
  });
});
