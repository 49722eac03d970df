/**
 * Restoring a ledger from a backup, in a place where none stands: the journal is verified, copied
 * and verified again with the mirror that is made of it. What the backup says that it held must be
 * there. The settings come last, as in founding: what a crash left is no ledger yet, and restoring
 * it again goes on where it stopped.
 */
import * as E from 'fp-ts/lib/Either.js';
import { formatHex } from '../ledger/encoding/hex.ts';
import { standings } from './delivery/standing.ts';
import { Ledger } from './ledger.ts';
import type { OpenError } from './storage/settings-file.ts';
import { readSettings } from './storage/settings-file.ts';
import { LOCK_WAIT_MS } from './storage/database.ts';
import { readNote } from './storage/checkpoint-file.ts';
import { givingWay } from './storage/giving-way.ts';
import type { Layout } from './storage/layout.ts';
import { isWithin } from './storage/layout.ts';
import type { BackupError } from './usecase/backup.ts';
import type { BackupRecord, BackupRefused } from './usecase/backup-record.ts';
import { readRecord, refuseCut } from './usecase/backup-record.ts';
import { copyBeside } from './usecase/copy-beside.ts';
import type { CopyEnd, CopyRefused } from './usecase/copy-journal.ts';
import { copyJournal } from './usecase/copy-journal.ts';
import type { LedgerExists } from './usecase/create.ts';
import { makeFolders, putSettings, refuseExisting } from './usecase/create.ts';
import type { Ports } from './usecase/ports.ts';
import type { ReadError } from './usecase/reader.ts';
import type { ReplayError } from './usecase/replay-request.ts';
import type { Kept, LeftOut, Reading, Sound } from './usecase/sound-journal.ts';
import { soundJournal } from './usecase/sound-journal.ts';
import { alienAt } from './usecase/vacant-place.ts';
import type { SinceRefused } from './verify/since.ts';
import type { Report } from './verify/verify.ts';

export type RestoreError =
  BackupError | BackupRefused | OpenError | LedgerExists | ReadError | ReplayError | SinceRefused;

export interface RestoreOptions extends Reading {
  /** Checkpoints kept elsewhere: a backup that is older than one of them is refused. */
  readonly checkpoints?: readonly string[] | undefined;
  readonly lockWaitMs?: number | undefined;
  /** Whether the private keys of the backup are restored, too: they are, unless it says no. */
  readonly withKeys?: boolean | undefined;
  /** Told how many events are in the mirror that is made, of how many. */
  readonly onEvents?: ((events: number, total: number) => void) | undefined;
}

/** How long each part took, in milliseconds. */
export interface Took {
  readonly copy: number;
  readonly replay: number;
  readonly verify: number;
}

export interface Restored {
  readonly report: Report;
  readonly took: Took;
  /** Destinations that are not retired: they go on from where the backup ends. */
  readonly delivering: readonly string[];
  /** What stands behind the last whole line of the backup. */
  readonly leftOut: LeftOut | undefined;
}

/** Nothing of a copy is known to be on the disk before it is a ledger: zeros may stand for it. */
const BEGUN: CopyEnd = { segment: '', offset: 0 };

/** Whatever lies there that is no part of the backup, it is to be restored elsewhere. */
const asAlien = <L extends RestoreError>(error: L): L | CopyRefused =>
  error._tag === 'CopyRefused' ? { ...error, reason: 'not_empty' } : error;

const copy = async (
  { ports, layout: from }: Kept,
  to: Layout,
  sound: Sound,
  { lockWaitMs = LOCK_WAIT_MS, withKeys = true }: RestoreOptions,
): Promise<E.Either<RestoreError, void>> => {
  const { disk } = ports;
  const made = makeFolders(disk, to);
  if (E.isLeft(made)) return made;
  const held = await ports.lock.take(to.folder, lockWaitMs);
  if (E.isLeft(held)) return held;
  try {
    const copied = await givingWay(copyJournal(disk, from, to, sound.end, BEGUN));
    if (E.isLeft(copied)) return E.left(asAlien(copied.left));
    return copyBeside(ports, from, to, sound.size, withKeys);
  } finally {
    held.right.release();
  }
};

/** Refuses what did not come by the root that the backup says it had. */
const refuseOther = (
  { reader }: Ledger,
  record: BackupRecord | undefined,
  held: number,
): E.Either<BackupRefused | ReadError, void> => {
  if (record?.reached === undefined) return E.right(undefined);
  const { size: said, root } = record.reached;
  const there = reader.look((mirror) => mirror.tree().rootAt(said));
  if (E.isLeft(there)) return there;
  if (there.right !== undefined && formatHex(there.right) === root) return E.right(undefined);
  return E.left({ _tag: 'BackupRefused', reason: 'other_root', path: record.path, said, held });
};

/** Makes the mirror of what was copied, and proves that both say the same. */
const prove = async (
  { ports, settings }: Kept,
  to: Layout,
  { size, leftOut }: Sound,
  record: BackupRecord | undefined,
  { checkpoints, workers, lockWaitMs, onProgress, onEvents }: RestoreOptions,
  started: number,
): Promise<E.Either<RestoreError, Restored>> => {
  const ledger = new Ledger(ports, to, settings, { lockWaitMs });
  try {
    const copied = performance.now();
    const replayed = await ledger.replay({
      onProgress: ({ events }) => onEvents?.(events, size),
    });
    if (E.isLeft(replayed)) return replayed;
    const made = performance.now();
    const audited = await ledger.verify({ checkpoints, workers, onProgress });
    if (E.isLeft(audited)) return audited;
    const report = audited.right;
    const finding = report.findings.find(({ severity }) => severity !== 'warning');
    if (finding !== undefined) return E.left({ _tag: 'NotSound', folder: to.folder, finding });
    const same = refuseOther(ledger, record, size);
    if (E.isLeft(same)) return same;
    const all = standings(ledger.reader);
    if (E.isLeft(all)) return all;
    // One that is paused or stopped may have delivered since, and goes on once it is resumed.
    const there = all.right.filter(({ state }) => state !== 'retired');
    const delivering = there.map(({ destination: { name } }) => name);
    const took = {
      copy: copied - started,
      replay: made - copied,
      verify: performance.now() - made,
    };
    return E.right({ report, took, delivering, leftOut });
  } finally {
    await ledger.close();
  }
};

/** restoreLedger makes of a backup the ledger that it was. */
export const restoreLedger = async (
  ports: Ports,
  from: Layout,
  to: Layout,
  options: RestoreOptions = {},
): Promise<E.Either<RestoreError, Restored>> => {
  const started = performance.now();
  if (isWithin(from.folder, to.folder) || isWithin(to.folder, from.folder))
    return E.left({ _tag: 'CopyRefused', reason: 'within', path: to.folder });
  const settings = readSettings(ports, from);
  if (E.isLeft(settings)) return settings;
  const free = refuseExisting(ports.disk, to);
  if (E.isLeft(free)) return free;
  const path = alienAt(ports.disk, from, to);
  if (E.isLeft(path)) return path;
  if (path.right !== undefined)
    return E.left({ _tag: 'CopyRefused', reason: 'not_empty', path: path.right });
  const kept = { ports, layout: from, settings: settings.right };
  const record = readRecord(ports.disk, from, kept.settings.origin);
  if (E.isLeft(record)) return record;
  const note = readNote(ports.disk, from.checkpoint);
  if (E.isLeft(note)) return note;
  const notes = [...(note.right === undefined ? [] : [note.right]), ...(options.checkpoints ?? [])];
  const sound = await soundJournal(kept, notes, options);
  if (E.isLeft(sound)) return sound;
  const whole = refuseCut(record.right, sound.right.size);
  if (E.isLeft(whole)) return whole;
  const copied = await copy(kept, to, sound.right, options);
  if (E.isLeft(copied)) return copied;
  const proved = await prove(kept, to, sound.right, record.right, options, started);
  if (E.isLeft(proved)) return proved;
  const put = putSettings(ports.disk, to, kept.settings);
  return E.isLeft(put) ? put : proved;
};
