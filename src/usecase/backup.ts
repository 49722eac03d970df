/**
 * Backing up: the journal and what lies beside it, into a folder that holds an earlier part of it.
 * The source is verified first and the copy afterwards; both must come to the same.
 *
 * `backup.json` says how far the copy is known to be on its disk. What lies behind that may be what
 * a crash left of a copy, and is then written again; if it is anything else, somebody has gone on
 * there.
 */
import * as E from 'fp-ts/lib/Either.js';
import { resolve } from 'node:path';
import { readNote } from '../storage/checkpoint-file.ts';
import type { DatabaseFailed, Locked } from '../storage/database.ts';
import { LOCK_WAIT_MS } from '../storage/database.ts';
import { givingWay } from '../storage/giving-way.ts';
import type { Layout } from '../storage/layout.ts';
import { isWithin, layoutOf } from '../storage/layout.ts';
import type { StorageError } from '../storage/outcome.ts';
import type { SegmentMoved } from '../verify/crew.ts';
import { refuseOccupied } from './backup-place.ts';
import { putRecord, readRecord } from './backup-record.ts';
import { copyBeside } from './copy-beside.ts';
import type { CopiedJournal, CopyRefused } from './copy-journal.ts';
import { copyJournal } from './copy-journal.ts';
import { makeFolders, putSettings } from './create.ts';
import type { Kept, NotSound, Reading, Sound } from './sound-journal.ts';
import { soundJournal } from './sound-journal.ts';

export type BackupError =
  StorageError | SegmentMoved | NotSound | CopyRefused | Locked | DatabaseFailed;

export type BackedUp = Omit<Sound, 'end'> & CopiedJournal;

export interface BackupOptions extends Reading {
  /** Whether the private keys are copied, too. */
  readonly withKeys?: boolean | undefined;
  readonly lockWaitMs?: number | undefined;
}

type Copied = Promise<E.Either<BackupError, CopiedJournal>>;

const copy = async (
  { ports, layout, settings }: Kept,
  to: Layout,
  sound: Sound,
  withKeys: boolean,
): Copied => {
  const { disk } = ports;
  const { origin } = settings;
  const record = readRecord(disk, to, origin);
  if (E.isLeft(record)) return record;
  const there = disk.list(to.journal);
  if (E.isLeft(there)) return there;
  // From here on whatever is in the folder is known to be of this backup, or to be anything.
  const begun =
    there.right.length > 0
      ? E.right(undefined)
      : putRecord(disk, to, origin, { end: { segment: '', offset: 0 } });
  if (E.isLeft(begun)) return begun;
  const copied = await givingWay(copyJournal(disk, layout, to, sound.end, record.right?.end));
  if (E.isLeft(copied)) return copied;
  const beside = copyBeside(ports, layout, to, sound.size, withKeys);
  if (E.isLeft(beside)) return beside;
  const put = putSettings(disk, to, settings);
  return E.isLeft(put) ? put : copied;
};

/** backup brings a folder up to what the ledger holds now, and verifies what it holds then. */
export const backup = async (
  kept: Kept,
  folder: string,
  options: BackupOptions = {},
): Promise<E.Either<BackupError, BackedUp>> => {
  const { ports, layout, settings } = kept;
  const { disk } = ports;
  const to = layoutOf(resolve(folder));
  if (isWithin(layout.folder, to.folder) || isWithin(to.folder, layout.folder))
    return E.left({ _tag: 'CopyRefused', reason: 'within', path: to.folder });
  const note = readNote(disk, layout.checkpoint);
  if (E.isLeft(note)) return note;
  const notes = note.right === undefined ? [] : [note.right];
  const sound = await soundJournal(kept, notes, options);
  if (E.isLeft(sound)) return sound;
  const free = refuseOccupied(disk, to, settings.origin);
  if (E.isLeft(free)) return free;
  const made = makeFolders(disk, to);
  if (E.isLeft(made)) return made;
  const held = await ports.lock.take(to.folder, options.lockWaitMs ?? LOCK_WAIT_MS);
  if (E.isLeft(held)) return held;
  try {
    const copied = await copy(kept, to, sound.right, options.withKeys === true);
    if (E.isLeft(copied)) return copied;
    const again = await soundJournal({ ...kept, layout: to }, notes, options);
    if (E.isLeft(again)) return again;
    const { size, head, root, end } = again.right;
    const isSame = size === sound.right.size && root === sound.right.root;
    if (!isSame) return E.left({ _tag: 'CopyRefused', reason: 'differs', path: to.journal });
    const put = putRecord(disk, to, settings.origin, { size, head, root, end });
    const { leftOut } = sound.right;
    return E.isLeft(put) ? put : E.right({ size, head, root, leftOut, ...copied.right });
  } finally {
    held.right.release();
  }
};
