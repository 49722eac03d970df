/**
 * Checkpoints that lie no longer where they lay, and segments that are none of the order: what is
 * kept elsewhere speaks for them, and nothing that they speak against is gone on from.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { Repair } from '../../src/storage/outcome.ts';
import type { SimulatedDisk } from '../simulation/disk.ts';
import { simulatedDisk } from '../simulation/disk.ts';
import type { Which } from '../simulation/plan.ts';
import { calls, failing } from '../simulation/plan.ts';
import { draftOf } from '../simulation/world.ts';
import { right } from './disk-law.ts';
import { BACK, FORK, saidOn } from './replay-stopped.ts';
import type { Alter } from './replay-world.ts';
import {
  LAYOUT,
  SETTINGS,
  append,
  at,
  bytesOf,
  change,
  damaged,
  flip,
  foundOn,
  heard,
  ledgerAt,
  leftOf,
  linesOf,
  logKey,
  newLogKey,
  operator,
  placeOn,
  planOn,
  refusedFor,
  replayOn,
  segmentsOf,
  sql,
} from './replay-world.ts';
import { makeFolders, putSettings } from '../../src/usecase/create.ts';

const verdictOn = async (disk: SimulatedDisk): Promise<readonly string[]> => {
  const ledger = ledgerAt(placeOn(disk));
  const { verdict, findings } = right(await ledger.verify());
  await ledger.close();
  return [verdict, ...findings.map(({ code }) => code)];
};

const removeAll = (disk: SimulatedDisk, folder: string): void => {
  for (const name of right(disk.list(folder))) right(disk.remove(join(folder, name)));
};

const removeCheckpoint = (disk: SimulatedDisk): void => right(disk.remove(LAYOUT.checkpoint));

describe('a checkpoint that lies no longer beside the journal', () => {
  it('is put back as the last that was kept, where the mirror is lost too', async () => {
    const disk = await foundOn();
    removeCheckpoint(disk);
    right(disk.remove(LAYOUT.mirror));
    const repairs: Repair[] = [];
    const ledger = ledgerAt(placeOn(disk), heard(repairs));
    await append(ledger, ['more']);
    await ledger.close();
    const sizes = right(disk.list(LAYOUT.checkpoints)).map(Number);
    expect(repairs).toContainEqual({ _tag: 'CheckpointRestored', size: Math.max(...sizes) });
    expect(await verdictOn(disk)).toEqual(['verified']);
  });

  it('is put back where the folder of those that were kept is lost with it', async () => {
    const disk = await foundOn();
    const ledger = ledgerAt(placeOn(disk), { logKey });
    removeCheckpoint(disk);
    removeAll(disk, LAYOUT.checkpoints);
    right(disk.rename(LAYOUT.checkpoints, `${LAYOUT.folder}/away`));
    await append(ledger, ['more']);
    right(await ledger.checkpoint());
    await ledger.close();
    expect(right(disk.list(LAYOUT.checkpoints)).length).toBeGreaterThan(0);
    expect(await verdictOn(disk)).toEqual(['verified']);
  });

  it('speaks against a journal that ends before it, by those that were kept', async () => {
    const disk = await damaged((its) => {
      for (const path of segmentsOf(its, LAYOUT).slice(1)) right(its.remove(path));
      removeCheckpoint(its);
      right(its.remove(LAYOUT.mirror));
    });
    const beyond = { _tag: 'Corrupt', reason: 'checkpoint_beyond_end' };
    expect((await planOn(disk)).refused).toMatchObject(beyond);
    expect(await refusedFor(disk)).toMatchObject(beyond);
    const ledger = ledgerAt(placeOn(disk));
    const refused = leftOf(await ledger.append([draftOf('more')]));
    expect(refused).toMatchObject({ cause: beyond });
    await ledger.close();
    expect((await verdictOn(disk))[0]).toBe('tampered');
  });
});

describe('a way back to the last good event', () => {
  it.each<[string, (disk: SimulatedDisk) => void]>([
    ['is lost', (disk) => right(disk.remove(at(disk, 1)))],
    [
      'is named by another event',
      (disk) =>
        right(disk.rename(at(disk, 1), join(LAYOUT.journal, `${'1'.padStart(20, '0')}.jsonl`))),
    ],
  ])('is found where a segment in the middle %s', async (_, damage) => {
    const disk = await foundOn({});
    damage(disk);
    expect(segmentsOf(disk, LAYOUT).length).toBeGreaterThan(1);
    expect((await replayOn(disk))._tag).toBe('Left');
    const { report } = right(await replayOn(disk, { toLastGood: true }));
    expect(report?.parity.consistent).toBe(true);
    expect(await verdictOn(disk)).toEqual(['verified']);
    expect(right(await replayOn(disk, { dryRun: true })).plan.plan).toEqual([]);
  });

  it.each<[string, Alter]>([
    ['is sound', () => undefined],
    ['is of an earlier version', sql('PRAGMA user_version = 1')],
    ['is none that anybody made', sql('DROP TRIGGER event_stays')],
  ])('is a fork below a checkpoint that only the mirror has, which %s', async (_, alter) => {
    const disk = await damaged((its) => {
      flip(its, at(its, 1), 200);
      removeCheckpoint(its);
      removeAll(its, LAYOUT.checkpoints);
      alter(its);
    });
    const back = { toLastGood: true, operator } as const;
    const needed = { _tag: 'ReplayRefused', reason: 'log_key_needed' };
    expect((await planOn(disk, back)).refused).toMatchObject(needed);
    expect(await refusedFor(disk, back)).toMatchObject(needed);
    const { plan } = await planOn(disk, { ...back, newLogKey });
    expect(plan).toContainEqual(expect.objectContaining({ step: 'move_checkpoints', size: 18 }));
    right(await replayOn(disk, { ...back, newLogKey }));
    expect(saidOn(disk)).toEqual(['ledger.recovered', ...FORK.slice(1)]);
    expect(linesOf(disk, LAYOUT).join('')).toContain('"undone_checkpoints":[18]');
    const aside = right(disk.list(LAYOUT.torn)).filter((name) => name.startsWith('checkpoint.18.'));
    expect(aside).toHaveLength(1);
    expect(await verdictOn(disk)).toEqual(['verified']);
  });

  it('moves a checkpoint that others signed since as it lies there', async () => {
    const signature = `\u2014 witness.example/w ${Buffer.alloc(68).toString('base64')}\n`;
    const files = [LAYOUT.checkpoint, join(LAYOUT.checkpoints, '18')];
    const disk = await damaged((its) => {
      flip(its, at(its, 1), 200);
      for (const path of files)
        change(its, path, (bytes) => encodeUtf8(`${decodeUtf8(bytes)}${signature}`));
    });
    right(await replayOn(disk, BACK));
    const aside = right(disk.list(LAYOUT.torn)).filter((name) => name.startsWith('checkpoint.18.'));
    expect(aside).toHaveLength(1);
    const [name = ''] = aside;
    expect(decodeUtf8(bytesOf(disk, join(LAYOUT.torn, name)))).toContain(signature);
    expect(await verdictOn(disk)).toEqual(['verified']);
  });

  it('is foreseen to be none where no event is good', async () => {
    const disk = await damaged((its) => right(its.remove(at(its, 0))));
    const none = { _tag: 'ReplayRefused', reason: 'nothing_good' };
    expect((await planOn(disk, { toLastGood: true })).refused).toMatchObject(none);
    expect(await refusedFor(disk, { toLastGood: true })).toMatchObject(none);
  });
});

describe('an audit of checkpoints that cannot be listed', () => {
  it.each<[string, Which]>([
    ['of those that are kept', calls('list', 'checkpoints')],
    ['of the one beside the journal', calls('open', '/checkpoint')],
  ])('says nothing %s where the disk fails, and says so', async (_, which) => {
    const place = placeOn(await foundOn());
    const fault = { kind: 'fail', errno: 'EIO', when: 'before' } as const;
    place.disk.follow(failing(fault, which));
    const ledger = ledgerAt(place);
    expect(leftOf(await ledger.verify())).toMatchObject({ _tag: 'DiskFailed', errno: 'EIO' });
    await ledger.close();
  });

  it('finds fault with what is no folder', async () => {
    const disk = await foundOn();
    removeAll(disk, LAYOUT.checkpoints);
    right(disk.rename(LAYOUT.checkpoints, `${LAYOUT.folder}/away`));
    right(disk.open(LAYOUT.checkpoints, 'create')).close();
    expect(await verdictOn(disk)).toEqual(['tampered', 'checkpoint_refused']);
  });
});

it('a mirror of a ledger without an event is what a replay makes of it', async () => {
  const disk = simulatedDisk();
  right(makeFolders(disk, LAYOUT));
  right(putSettings(disk, LAYOUT, SETTINGS));
  expect(E.isRight(await replayOn(disk))).toBe(true);
  expect(await verdictOn(disk)).toEqual(['incomplete']);
});
