/**
 * The place of a backup, before anything is put there: whoever names a folder that is none does not
 * lose what is in it, and that bears a name of what a backup holds.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import type { Disk, Done } from '../storage/disk.ts';
import type { Layout } from '../storage/layout.ts';
import type { Origin } from '../../ledger/name.ts';
import type { StorageError } from '../storage/outcome.ts';
import { namesIn } from '../storage/whole-file.ts';
import { readRecord, recordAt } from './backup-record.ts';
import type { CopyRefused } from './copy-journal.ts';

/** What stands there: a file, and of a folder the first that it holds. */
const firstAt = (disk: Disk, path: string): Done<string | undefined> => {
  const there = disk.stat(path);
  if (E.isLeft(there) || there.right === undefined) return E.map(() => undefined)(there);
  if (there.right.kind !== 'folder') return E.right(path);
  return E.map(([name]: readonly string[]) => (name === undefined ? name : join(path, name)))(
    namesIn(disk, path),
  );
};

/**
 * refuseOccupied refuses a folder that is no backup and holds what one would write over or remove.
 * Where there is a journal, that is compared with ours.
 */
export const refuseOccupied = (
  disk: Disk,
  to: Layout,
  origin: Origin,
): E.Either<StorageError | CopyRefused, void> => {
  const { settings, checkpoint, checkpoints, policies, quarantine, torn } = to;
  const folder = disk.stat(to.folder);
  if (E.isLeft(folder)) return folder;
  // What is no folder is told by whoever makes one there.
  const { kind = 'folder' } = folder.right ?? {};
  if (kind === 'file' || kind === 'other') return E.right(undefined);
  let found: string | undefined;
  for (const path of [
    settings,
    checkpoint,
    recordAt(to),
    checkpoints,
    policies,
    quarantine,
    torn,
  ]) {
    const there = firstAt(disk, path);
    if (E.isLeft(there)) return there;
    found ??= there.right;
  }
  const lines = firstAt(disk, to.journal);
  if (E.isLeft(lines)) return lines;
  if (found === undefined || lines.right !== undefined) return E.right(undefined);
  // Looked for last: whoever backs up there meanwhile puts it before anything else.
  const record = readRecord(disk, to, origin);
  if (E.isLeft(record)) return record;
  return record.right === undefined
    ? E.left({ _tag: 'CopyRefused', reason: 'stands', path: found })
    : E.right(undefined);
};
