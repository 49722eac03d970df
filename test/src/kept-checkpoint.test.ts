/**
 * Checkpoints that are kept count where the one beside the journal is an older one: whoever goes on
 * from a journal that was cut would fork below a signature.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorText } from '../../src/cli/error-text.ts';
import type { Disk } from '../../src/storage/disk.ts';
import { oldest } from '../simulation/chance.ts';
import { draftOf } from '../simulation/world.ts';
import { right } from './disk-law.ts';
import type { Alter } from './replay-world.ts';
import {
  LAYOUT,
  append,
  bytesOf,
  change,
  leftOf,
  ledgerAt,
  linesOf,
  newLogKey,
  operator,
  placeOn,
  planOn,
  replayOn,
  segmentsOf,
  sql,
} from './replay-world.ts';
import {
  REFUSED,
  all,
  auditOf,
  cutTo,
  mirrorOf,
  older,
  signed,
  toldOf,
  unmirrored,
  unread,
} from './told.ts';

describe.concurrent('a checkpoint that is kept, behind an older one beside the journal', () => {
  it.each<[string, Alter]>([
    ['is missing', unmirrored],
    ['cannot be read', unread],
  ])('speaks against a journal that was cut where the mirror %s', async (_, alter) => {
    const disk = await signed();
    all(cutTo(10), alter, older)(disk);
    const { exits, replay, answer } = await toldOf(disk);
    expect(exits).toEqual(REFUSED);
    const beyond = { reason: 'checkpoint_beyond_end', expected: '12', actual: '10' };
    expect(leftOf(replay)).toMatchObject(beyond);
    expect(leftOf(answer)).toMatchObject({ cause: beyond });
    expect(errorText(leftOf(answer)).next).toContain('--to-last-good');
  });

  it.each<[string, number]>([
    ['lags', 8],
    ['ends there and remembers none', 10],
  ])('speaks against a journal that was cut where the mirror %s', async (_, size) => {
    const disk = await signed();
    await mirrorOf(disk, size);
    all(cutTo(10), older)(disk);
    expect((await toldOf(disk)).exits).toEqual(REFUSED);
  });

  it('is gone back behind only where that is asked for, and the ledger says so', async () => {
    const disk = await signed();
    all(cutTo(10), unmirrored, older)(disk);
    const wanted = { reason: 'log_key_needed' };
    expect(leftOf(await replayOn(disk, { toLastGood: true, operator }))).toMatchObject(wanted);
    right(await replayOn(disk, { toLastGood: true, operator, newLogKey }));
    expect(linesOf(disk, LAYOUT).join('')).toContain('"undone_checkpoints":[12]');
    expect((await auditOf(disk)).verdict).toBe('verified');
  });

  it('is none that a journal made of a shorter mirror meets', async () => {
    const disk = await signed();
    await mirrorOf(disk, 10);
    all(older, (each) => segmentsOf(each, LAYOUT).forEach((path) => right(each.remove(path))))(
      disk,
    );
    const { refused } = await planOn(disk, { from: 'mirror' });
    expect(refused).toMatchObject({ reason: 'mirror_not_proved' });
    const left = leftOf(await replayOn(disk, { from: 'mirror' }));
    expect(left).toMatchObject({ reason: 'mirror_not_proved' });
    expect(right(disk.list(LAYOUT.journal))).toEqual([]);
  });

  it.each<[string, Alter]>([
    ['is missing', unmirrored],
    ['remembers a word that is none', sql("UPDATE ended SET note = 'x'")],
  ])('is put back beside it where the journal is whole and the mirror %s', async (_, alter) => {
    const disk = await signed();
    all(older, alter)(disk);
    const { exits, mended, replayed, appended } = await toldOf(disk);
    expect(exits).toEqual([22, 0, 0, 0]);
    expect(mended).toContain('CheckpointRestored');
    for (const each of [replayed, appended]) {
      expect(bytesOf(each, LAYOUT.checkpoint)).toEqual(bytesOf(each, `${LAYOUT.checkpoints}/12`));
      expect((await auditOf(each)).verdict).toBe('verified');
    }
  });

  it('is put back by a replay of a mirror that remembers the older one', async () => {
    const disk = await signed();
    older(disk);
    sql(`UPDATE ended SET note = '${Buffer.from(bytesOf(disk, LAYOUT.checkpoint)).toString()}'`)(
      disk,
    );
    right(await replayOn(disk));
    expect(bytesOf(disk, LAYOUT.checkpoint)).toEqual(bytesOf(disk, `${LAYOUT.checkpoints}/12`));
    expect((await auditOf(disk)).verdict).toBe('verified');
  });

  it('is refused where it is about another size than its name says', async () => {
    const disk = await signed();
    all(older, unmirrored)(disk);
    change(disk, join(LAYOUT.checkpoints, '12'), () => bytesOf(disk, LAYOUT.checkpoint));
    disk.machine.syncEverything();
    expect((await auditOf(disk.foresee(oldest))).verdict).toBe('tampered');
    const refused = { reason: 'checkpoint_refused', expected: '12' };
    expect(leftOf(await replayOn(disk.foresee(oldest)))).toMatchObject(refused);
    const ledger = ledgerAt(placeOn(disk));
    expect(leftOf(await ledger.append([draftOf('next')]))).toMatchObject({ cause: refused });
    await ledger.close();
  });

  it('is looked for only where there is something to mend', async () => {
    const disk = await signed();
    let listed = 0;
    const place = placeOn(disk);
    const counting: Disk = Object.create(place.disk, {
      list: {
        value: (path: string) => {
          if (path === LAYOUT.checkpoints) listed++;
          return place.disk.list(path);
        },
      },
    }) as Disk;
    const ledger = ledgerAt({
      ...place,
      disk: counting,
      ports: { ...place.ports, disk: counting },
    });
    await append(ledger, ['a', 'b']);
    expect(listed).toBe(0);
    await ledger.close();
    unmirrored(disk);
    await append(ledgerAt({ ...place, ports: { ...place.ports, disk: counting } }), ['c']);
    expect(listed).toBeGreaterThan(0);
  });
});
