/**
 * What was erased stays so where the journal is damaged before the mirror has forgotten it, too.
 */
import { expect, it } from 'vitest';
import { right } from './disk-law.ts';
import { ALL, SECRET, erasedAt, holding, withholdOn } from './erase-world.ts';
import type { Alter } from './replay-world.ts';
import {
  LAYOUT,
  at,
  bytesOf,
  change,
  flip,
  linesOf,
  placeOn,
  planOn,
  replayOn,
  segmentsOf,
} from './replay-world.ts';
import { auditOf, mirrorOf } from './told.ts';

const lost: Alter = (disk) => {
  for (const path of segmentsOf(disk, LAYOUT)) right(disk.remove(path));
};
const first: Alter = (disk) => flip(disk, at(disk, 0), 1500);

it.each<[string, number, Alter]>([
  ['which was lost', 18, lost],
  ['whose first file was damaged', 18, first],
  ['whose first file was damaged, the mirror older than the erasures', 15, first],
])('no payload that is erased comes back into a journal %s', async (_, size, damage) => {
  const whole = await erasedAt(ALL);
  const disk = await erasedAt(ALL);
  right(await withholdOn(whole));
  right(await withholdOn(disk));
  const older = await erasedAt(ALL);
  if (size < 18) await mirrorOf(older, size);
  change(disk, LAYOUT.mirror, () => bytesOf(older, LAYOUT.mirror));
  expect(holding(disk)).toEqual([LAYOUT.mirror]);
  damage(disk);
  disk.machine.syncEverything();
  expect((await planOn(disk, { from: 'mirror' })).refused).toBeUndefined();
  right(await replayOn(disk, { from: 'mirror' }));
  expect(linesOf(disk, LAYOUT)).toEqual(linesOf(whole, LAYOUT));
  expect(holding(disk)).toEqual([]);
  expect((await auditOf(disk)).verdict).toBe('verified');
});

it('a file that holds one still, and is as it was sealed, stays where it is', async () => {
  const disk = await erasedAt(ALL);
  const before = linesOf(disk, LAYOUT);
  const held = segmentsOf(disk, LAYOUT).filter((path) =>
    Buffer.from(bytesOf(disk, path)).includes(SECRET),
  );
  first(disk);
  disk.machine.syncEverything();
  expect(held).not.toContain(at(disk, 0));
  right(await replayOn(disk, { from: 'mirror' }));
  expect(linesOf(disk, LAYOUT)).toEqual(before);
  expect(right(disk.list(LAYOUT.torn)).filter((name) => /[1-9]\.jsonl/.test(name))).toEqual([]);
  right(await withholdOn(disk));
  expect(holding(disk)).toEqual([]);
  expect(right(placeOn(disk).disk.stat(LAYOUT.mirror))).toBeDefined();
});
