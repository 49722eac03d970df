/**
 * Setting bytes aside: a copy under `torn/` that is on the disk, name and all, before anything is
 * taken from where the bytes were. Its name follows from the bytes, so that doing it again after a
 * crash leaves one copy.
 */
import * as E from 'fp-ts/lib/Either.js';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Disk, Done, File } from './disk.ts';
import type { Layout } from './layout.ts';
import { readFully } from './line-reader.ts';
import type { StorageError } from './outcome.ts';
import type { Segment } from './segment.ts';
import { openSegment } from './segment.ts';
import { clearFile, closing, writeAll } from './whole-file.ts';

/** Bytes of a segment, and where their copy is. */
export interface Aside {
  readonly segment: string;
  readonly offset: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly path: string;
}

const CHUNK = 1 << 20;

/** Gives what a file holds from an offset on to somebody, a piece at a time. */
const pieces = (
  file: File,
  from: number,
  take: (piece: Uint8Array) => Done<void>,
): Done<number> => {
  const buffer = new Uint8Array(CHUNK);
  let at = from;
  for (;;) {
    const read = readFully(file, buffer, at);
    if (E.isLeft(read)) return read;
    if (read.right === 0) return E.right(at - from);
    const taken = take(buffer.subarray(0, read.right));
    if (E.isLeft(taken)) return taken;
    at += read.right;
  }
};

const copy = (disk: Disk, from: File, offset: number, path: string): Done<void> => {
  const part = `${path}.part`;
  const cleared = clearFile(disk, part);
  if (E.isLeft(cleared)) return cleared;
  const to = disk.open(part, 'create');
  if (E.isLeft(to)) return to;
  let at = 0;
  const copied = pieces(from, offset, (piece) => {
    const written = writeAll(to.right, piece, at);
    at += piece.length;
    return written;
  });
  const synced = closing(to.right, E.isLeft(copied) ? copied : to.right.sync());
  return E.isLeft(synced) ? synced : disk.rename(part, path);
};

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
  const hash = createHash('sha256');
  const bytes = pieces(file.right, offset, (piece) => {
    hash.update(piece);
    return E.right(undefined);
  });
  if (E.isLeft(bytes)) return closing(file.right, bytes);
  const sha256 = hash.digest('hex');
  const path = join(torn, `${segment.name}.${offset}.${sha256.slice(0, 16)}`);
  const copied = closing(file.right, copy(disk, file.right, offset, path));
  if (E.isLeft(copied)) return copied;
  return E.right({ segment: segment.name, offset, bytes: bytes.right, sha256, path });
};
