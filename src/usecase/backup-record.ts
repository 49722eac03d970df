/**
 * What a backup says of itself: how far the copy is known to be on its disk, and what it came to.
 *
 *     backup.json   {"head":"…","offset":…,"origin":"…","root":"…","segment":"…","size":…}
 *
 * One that is begun has neither size nor root yet. A file that is no such record tells nothing.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { write } from '../../ledger/json/format.ts';
import { parse } from '../../ledger/json/parse.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Origin } from '../../ledger/name.ts';
import { parseSeq } from '../../ledger/name.ts';
import type { Disk, Done } from '../storage/disk.ts';
import type { Layout } from '../storage/layout.ts';
import type { StorageError } from '../storage/outcome.ts';
import { putWhole, readWhole } from '../storage/whole-file.ts';
import type { CopyEnd, CopyRefused } from './copy-journal.ts';
import type { Sound } from './sound-journal.ts';

/** How far a ledger was, and the root that it had there. */
export interface Reached {
  readonly size: number;
  readonly root: string;
}

export interface BackupRecord {
  readonly path: string;
  readonly end: CopyEnd;
  /** Undefined where the copy was never proved to be whole. */
  readonly reached: Reached | undefined;
}

/** A backup that does not hold what it says that it held. */
export interface BackupRefused {
  readonly _tag: 'BackupRefused';
  readonly reason: 'cut' | 'other_root';
  readonly path: string;
  /** How many events it says that it held, and how many there are. */
  readonly said: number;
  readonly held: number;
}

const MAX_RECORD_BYTES = 1 << 16;

/** recordAt tells where it lies. */
export const recordAt = ({ folder }: Layout): string => join(folder, 'backup.json');

/** readRecord reads it, undefined where nothing tells. */
export const readRecord = (
  disk: Disk,
  layout: Layout,
  origin: Origin,
): E.Either<StorageError | CopyRefused, BackupRecord | undefined> => {
  const path = recordAt(layout);
  const bytes = readWhole(disk, path, MAX_RECORD_BYTES);
  if (E.isLeft(bytes) || bytes.right === undefined) return E.map(() => undefined)(bytes);
  const read = parse(bytes.right);
  if (E.isLeft(read) || !isObject(read.right)) return E.right(undefined);
  const { origin: named, segment, offset, size, root } = read.right;
  if (typeof named !== 'string') return E.right(undefined);
  if (named !== origin)
    return E.left({ _tag: 'CopyRefused', reason: 'another_ledger', path, origin: named });
  const [at, many] = [parseSeq(offset), parseSeq(size)];
  if (typeof segment !== 'string' || E.isLeft(at)) return E.right(undefined);
  const reached =
    E.isRight(many) && typeof root === 'string' ? { size: many.right, root } : undefined;
  return E.right({ path, end: { segment, offset: at.right }, reached });
};

/** putRecord says it anew. */
export const putRecord = (
  disk: Disk,
  layout: Layout,
  origin: Origin,
  { end, ...sound }: Partial<Omit<Sound, 'leftOut'>> & Pick<Sound, 'end'>,
): Done<void> =>
  putWhole(
    disk,
    recordAt(layout),
    encodeUtf8(`${write({ origin, ...sound, segment: end.segment, offset: end.offset })}\n`),
  );

/** refuseCut refuses a backup that holds fewer events than it says that it held. */
export const refuseCut = (
  record: BackupRecord | undefined,
  held: number,
): E.Either<BackupRefused, void> => {
  const said = record?.reached?.size;
  return record === undefined || said === undefined || said <= held
    ? E.right(undefined)
    : E.left({ _tag: 'BackupRefused', reason: 'cut', path: record.path, said, held });
};
