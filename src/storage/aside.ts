/**
 * Setting bytes aside: a copy under `torn/` that is on the disk, name and all, before anything is
 * taken from where the bytes were. Its name follows from the bytes, so that doing it again after a
 * crash leaves one copy.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import { copyFrom, digestFrom } from './copy-file.ts';
import type { Disk, Done } from './disk.ts';
import type { Layout } from './layout.ts';
import type { StorageError } from './outcome.ts';
import type { Segment } from './segment.ts';
import { openSegment } from './segment.ts';
import { closing } from './whole-file.ts';

/** Bytes of a segment, and where their copy is. */
export interface Aside {
  readonly segment: string;
  readonly offset: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly path: string;
}

/** makeTorn makes the folder for what is set aside; its name is on the disk behind it. */
export const makeTorn = (disk: Disk, { torn, folder }: Layout): Done<void> => {
  const made = disk.makeFolder(torn);
  return E.isLeft(made) ? made : disk.syncFolder(folder);
};

/** setAside copies what a segment holds from an offset on; the folder is the caller's to sync. */
export const setAside = (
  disk: Disk,
  { torn }: Layout,
  segment: Segment,
  offset: number,
): E.Either<StorageError, Aside> => {
  const file = openSegment(disk, segment, 'read');
  if (E.isLeft(file)) return file;
  const digest = digestFrom(file.right, offset);
  if (E.isLeft(digest)) return closing(file.right, digest);
  const { bytes, sha256 } = digest.right;
  const path = join(torn, `${segment.name}.${offset}.${sha256.slice(0, 16)}`);
  const copied = closing(file.right, copyFrom(disk, file.right, offset, path));
  if (E.isLeft(copied)) return copied;
  return E.right({ segment: segment.name, offset, bytes, sha256, path });
};
