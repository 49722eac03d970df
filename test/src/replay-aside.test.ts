/**
 * A plan names the mirror that the replay sets aside, and none where it sets none aside: where
 * there is none, or it says nothing which the journal does not say.
 */
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ReplayOptions } from '../../src/usecase/replay-request.ts';
import { segmentName } from '../../src/storage/segment.ts';
import type { SimulatedDisk } from '../simulation/disk.ts';
import { right } from './disk-law.ts';
import type { Alter } from './replay-world.ts';
import {
  LAYOUT,
  append,
  at,
  bytesOf,
  flip,
  ledgerAt,
  logKey,
  newLogKey,
  operator,
  placeOn,
  planOn,
  replayOn,
  sql,
} from './replay-world.ts';
import { all, cutTo, mirrorOf, none, signed, torn, unmirrored, unread } from './told.ts';

/** How many mirrors a plan sets aside. */
const planned = async (disk: SimulatedDisk, options: ReplayOptions): Promise<number> => {
  const { plan, refused } = await planOn(disk, options);
  expect(refused).toBeUndefined();
  return plan.filter(({ step }) => step === 'set_mirror_aside').length;
};

const mirrorsAside = (disk: SimulatedDisk): number =>
  right(disk.list(LAYOUT.torn)).filter((name) => name.startsWith('mirror.db')).length;

/** A copy of the first segment, where none belongs. */
const doubled: Alter = (disk) => {
  const file = right(disk.open(join(LAYOUT.journal, segmentName(99)), 'create'));
  right(file.write(bytesOf(disk, at(disk, 0)), 0));
  right(file.sync());
  file.close();
};
const bad: Alter = (disk) => flip(disk, at(disk, -1), 40);
const elsewhere = sql('UPDATE ended SET offset = offset + 1');
const patchy = sql('DROP TRIGGER event_stays');

const BACK = { toLastGood: true, operator, newLogKey };
const FOLDS = { projectionsOnly: true };

describe.concurrent('a plan and the mirror that is set aside', () => {
  it.each<readonly [string, Alter, ReplayOptions, number]>([
    ['sound', none, {}, 0],
    ['sound, and a torn tail', torn, {}, 0],
    ['gone', unmirrored, {}, 0],
    ['none', unread, {}, 1],
    ['of an end that is elsewhere', elsewhere, {}, 1],
    ['of an end that is elsewhere, whatever lies there', elsewhere, { from: 'journal' }, 1],
    ['of an end that is elsewhere, and folds alone', elsewhere, FOLDS, 1],
    ['without a trigger', patchy, {}, 1],
    ['without a trigger, and folds alone', patchy, FOLDS, 0],
    ['sound, and more than a journal', doubled, BACK, 0],
    ['gone, and more than a journal', all(doubled, unmirrored), BACK, 0],
    ['of more than is good', bad, BACK, 1],
    ['of more than is left', cutTo(10), BACK, 1],
    ['gone, and a bad line', all(bad, unmirrored), BACK, 0],
  ])('%s', async (_, alter, options, count) => {
    const disk = await signed();
    alter(disk);
    disk.machine.syncEverything();
    expect(await planned(disk, options)).toBe(count);
    right(await replayOn(disk, options));
    expect(mirrorsAside(disk)).toBe(count);
  });
});

it('a plan waits for what a writer has in hand', async () => {
  const disk = await signed();
  await mirrorOf(disk, 8);
  // What is there to be mended while nobody writes.
  const { plan } = await planOn(disk);
  expect(plan.map(({ step }) => step)).toContain('adopt_lines');
  const looking = replayOn(disk, { dryRun: true });
  await setTimeout(40);
  const writer = ledgerAt(placeOn(disk), { logKey });
  await append(writer, ['next']);
  await writer.close();
  expect(right(await looking).plan).toMatchObject({ plan: [], mirror: 'there' });
});
