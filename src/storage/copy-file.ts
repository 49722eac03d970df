/**
 * Copying files, a piece at a time: what is written is on the disk before it bears its name.
 */
import * as E from 'fp-ts/lib/Either.js';
import { createHash } from 'node:crypto';
import type { Disk, Done, File } from './disk.ts';
import { readFully } from './line-reader.ts';
import { clearFile, closing, writeAll } from './whole-file.ts';

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

/** copyFrom makes a file of what another holds from an offset on; the folder is to be synced. */
export const copyFrom = (
  disk: Disk,
  from: File,
  offset: number,
  path: string,
  permission?: number,
): Done<void> => {
  const part = `${path}.part`;
  const cleared = clearFile(disk, part);
  if (E.isLeft(cleared)) return cleared;
  const to = disk.open(part, 'create', permission);
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

interface FileDigest {
  readonly bytes: number;
  readonly sha256: string;
}

/** digestFrom tells how much a file holds from an offset on, and what. */
export const digestFrom = (file: File, offset: number): Done<FileDigest> => {
  const hash = createHash('sha256');
  const bytes = pieces(file, offset, (piece) => {
    hash.update(piece);
    return E.right(undefined);
  });
  return E.map((count: number) => ({ bytes: count, sha256: hash.digest('hex') }))(bytes);
};

/** digestAt tells so of a file by its path, undefined where there is none. */
export const digestAt = (disk: Disk, path: string): Done<FileDigest | undefined> => {
  const there = disk.stat(path);
  if (E.isLeft(there) || there.right === undefined) return E.map(() => undefined)(there);
  const file = disk.open(path, 'read');
  return E.isLeft(file) ? file : closing(file.right, digestFrom(file.right, 0));
};

/** copyFile makes one file equal to another; gives whether there was anything to do. */
export const copyFile = (
  disk: Disk,
  from: string,
  to: string,
  permission?: number,
): Done<boolean> => {
  const file = disk.open(from, 'read');
  if (E.isLeft(file)) return file;
  const [ours, theirs] = [digestFrom(file.right, 0), digestAt(disk, to)];
  if (E.isLeft(ours)) return closing(file.right, ours);
  if (E.isLeft(theirs)) return closing(file.right, theirs);
  if (ours.right.sha256 === theirs.right?.sha256) return closing(file.right, E.right(false));
  const copied = closing(file.right, copyFrom(disk, file.right, 0, to, permission));
  return E.map(() => true)(copied);
};
