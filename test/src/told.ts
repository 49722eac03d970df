/**
 * A damaged ledger, and what each of those who look at it says: an audit, a plan, a replay and an
 * append.
 */
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { expect } from 'vitest';
import { exitOf, VERDICT_EXITS } from '../../src/cli/exit-code.ts';
import type { Repair } from '../../src/storage/outcome.ts';
import { oldest } from '../simulation/chance.ts';
import type { SimulatedDisk } from '../simulation/disk.ts';
import { draftOf } from '../simulation/world.ts';
import { right } from './disk-law.ts';
import type { Alter } from './replay-world.ts';
import {
  LAYOUT,
  at,
  bytesOf,
  change,
  foundOn,
  heard,
  ledgerAt,
  linesOf,
  logKey,
  placeOn,
  planOn,
  replayOn,
  segmentsOf,
} from './replay-world.ts';

export const SIZE = 14;

/** all does one thing after the other. */
export const all =
  (...alters: readonly Alter[]): Alter =>
  (disk) => {
    for (const alter of alters) alter(disk);
  };

export const none: Alter = () => undefined;
export const unmirrored: Alter = (disk) => right(disk.remove(LAYOUT.mirror));
export const unread: Alter = (disk) => change(disk, LAYOUT.mirror, (bytes) => bytes.fill(7));
const unnoted: Alter = (disk) => {
  const kept = right(disk.list(LAYOUT.checkpoints)).map((name) => join(LAYOUT.checkpoints, name));
  for (const path of [LAYOUT.checkpoint, ...kept]) right(disk.remove(path));
};
/** older puts the first checkpoint that was kept beside the journal. */
export const older: Alter = (disk) =>
  change(disk, LAYOUT.checkpoint, () => bytesOf(disk, join(LAYOUT.checkpoints, '6')));

/** cutTo leaves so many events in the journal. */
export const cutTo =
  (size: number): Alter =>
  (disk) => {
    for (const path of segmentsOf(disk, LAYOUT)) {
      const first = Number(path.slice(-26, -6));
      if (first >= size && first > 0) right(disk.remove(path));
      else
        change(disk, path, (bytes) => {
          const lines = Buffer.from(bytes)
            .toString()
            .split(/(?<=\n)/);
          return Buffer.from(lines.slice(0, size - first).join(''));
        });
    }
  };

/** behind puts a text behind the last line. */
export const behind =
  (text: string): Alter =>
  (disk) =>
    change(disk, at(disk, -1), (bytes) => Buffer.concat([bytes, Buffer.from(text)]));
export const torn = behind('{"event_hash":"00');

/** mirrorOf puts back the mirror of the first so many events, which remembers no checkpoint. */
export const mirrorOf = async (disk: SimulatedDisk, size: number): Promise<void> => {
  const copy = disk.foresee(oldest);
  all(cutTo(size), unmirrored)(copy);
  if (right(copy.stat(LAYOUT.checkpoint)) !== undefined) unnoted(copy);
  right(await replayOn(copy));
  change(disk, LAYOUT.mirror, () => bytesOf(copy, LAYOUT.mirror));
};

/** signed has checkpoints of 6 and of 12. */
export const signed = () => foundOn({ logKey }, SIZE);
/** unsigned has no checkpoint. */
export const unsigned = () => foundOn({ logKey: undefined }, SIZE);

/** auditOf audits as another process. */
export const auditOf = async (disk: SimulatedDisk) => {
  const ledger = ledgerAt(placeOn(disk));
  const report = right(await ledger.verify({ workers: 1 }));
  await ledger.close();
  return report;
};

/** toldOf gives the codes of an audit, a plan, a replay and an append; 0 where it can be done. */
export const toldOf = async (disk: SimulatedDisk) => {
  disk.machine.syncEverything();
  const copy = (): SimulatedDisk => disk.foresee(oldest);
  const before = linesOf(disk, LAYOUT);
  const { verdict } = await auditOf(copy());
  const { refused } = await planOn(copy());
  const [replayed, appended] = [copy(), copy()];
  const replay = await replayOn(replayed);
  const repairs: Repair[] = [];
  const writer = ledgerAt(placeOn(appended), heard(repairs));
  const answer = await writer.append([draftOf('next')]);
  await writer.close();
  const isDone = [E.isRight(replay), E.isRight(answer)];
  [replayed, appended].forEach((each, i) => {
    const lines = linesOf(each, LAYOUT);
    // What was refused changed nothing, and what was mended lost no line.
    if (isDone[i] === false) expect(lines).toEqual(before);
    else expect(lines.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
  });
  return {
    exits: [
      VERDICT_EXITS[verdict],
      refused === undefined ? 0 : exitOf(refused),
      E.isLeft(replay) ? exitOf(replay.left) : 0,
      E.isLeft(answer) ? exitOf(answer.left) : 0,
    ],
    mended: repairs.map(({ _tag }) => _tag),
    replayed,
    appended,
    replay,
    answer,
  };
};

export const REFUSED = [20, 20, 20, 20];
