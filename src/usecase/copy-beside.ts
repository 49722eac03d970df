/**
 * Copying what lies beside a journal: checkpoints, documents, what was set aside and what is held.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { readNote, sizeOfNote } from '../storage/checkpoint-file.ts';
import { copyFile } from '../storage/copy-file.ts';
import type { Disk, Done } from '../storage/disk.ts';
import type { Layout } from '../storage/layout.ts';
import type { StorageError } from '../storage/outcome.ts';
import { clearFile, namesIn, putWhole } from '../storage/whole-file.ts';
import type { Ports } from './ports.ts';

/** The folders whose files are copied as they are, and how their copies may be read. */
const beside = (withKeys: boolean) =>
  [
    ['checkpoints', undefined],
    ['policies', undefined],
    ['torn', undefined],
    ['quarantine', 0o600],
    ...(withKeys ? ([['keys', 0o600]] as const) : []),
  ] as const;

const wholeIn = (disk: Disk, folder: string): Done<readonly string[]> =>
  E.map((names: readonly string[]) => names.filter((name) => !name.endsWith('.part')))(
    namesIn(disk, folder),
  );

const copyFolder = (
  disk: Disk,
  from: string,
  to: string,
  permission: number | undefined,
  isWanted: (name: string) => boolean,
): Done<void> => {
  const [ours, theirs] = [wholeIn(disk, from), wholeIn(disk, to)];
  if (E.isLeft(ours)) return ours;
  if (E.isLeft(theirs)) return theirs;
  for (const name of ours.right.filter(isWanted)) {
    const copied = copyFile(disk, join(from, name), join(to, name), permission);
    if (E.isLeft(copied)) return copied;
  }
  return disk.syncFolder(to);
};

/** What was released or discarded since is held here no longer either. */
const dropReleased = (disk: Disk, from: Layout, to: Layout): Done<void> => {
  const [ours, theirs] = [wholeIn(disk, from.quarantine), wholeIn(disk, to.quarantine)];
  if (E.isLeft(ours)) return ours;
  if (E.isLeft(theirs)) return theirs;
  for (const name of theirs.right.filter((each) => !ours.right.includes(each))) {
    const cleared = clearFile(disk, join(to.quarantine, name));
    if (E.isLeft(cleared)) return cleared;
  }
  return disk.syncFolder(to.quarantine);
};

/** copyBeside copies what lies beside the journal and is about no more of it than was copied. */
export const copyBeside = (
  { disk, crypto }: Ports,
  from: Layout,
  to: Layout,
  size: number,
  withKeys: boolean,
): E.Either<StorageError, void> => {
  const fits = (name: string): boolean => !/^\d+$/.test(name) || Number(name) <= size;
  for (const [member, permission] of beside(withKeys)) {
    const isWanted = member === 'checkpoints' ? fits : () => true;
    const copied = copyFolder(disk, from[member], to[member], permission, isWanted);
    if (E.isLeft(copied)) return copied;
  }
  const dropped = dropReleased(disk, from, to);
  if (E.isLeft(dropped)) return dropped;
  const note = readNote(disk, from.checkpoint);
  if (E.isLeft(note)) return note;
  const isOurs = note.right !== undefined && sizeOfNote(crypto, note.right) <= size;
  return isOurs ? putWhole(disk, to.checkpoint, encodeUtf8(note.right)) : E.right(undefined);
};
