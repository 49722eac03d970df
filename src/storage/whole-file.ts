/**
 * Files that are read and written as a whole. One that is put somewhere is on the disk, name and
 * all, when it is said to be; before that its place holds what it held.
 */
import * as E from 'fp-ts/lib/Either.js';
import { dirname } from 'node:path';
import type { Disk, DiskFailed, Done, File } from './disk.ts';
import { readFully } from './line-reader.ts';

/** writeAll writes until every byte is out. */
export const writeAll = (file: File, bytes: Uint8Array, position: number): Done<void> => {
  for (let at = 0; at < bytes.length;) {
    const taken = file.write(bytes.subarray(at), position + at);
    if (E.isLeft(taken)) return taken;
    // A disk that takes nothing and reports no error would be asked for ever.
    if (taken.right === 0)
      return E.left({ _tag: 'DiskFailed', call: 'write', path: file.path, errno: 'ENOSPC' });
    at += taken.right;
  }
  return E.right(undefined);
};

/** closing gives what was made of a file, and closes it whatever that is. */
export const closing = <T>(file: File, made: T): T => {
  file.close();
  return made;
};

export interface TooLarge {
  readonly _tag: 'TooLarge';
  readonly path: string;
  readonly most: number;
}

/** readWhole reads a file of at most so many bytes, undefined where there is none. */
export const readWhole = (
  disk: Disk,
  path: string,
  most: number,
): E.Either<DiskFailed | TooLarge, Uint8Array | undefined> => {
  const file = disk.open(path, 'read');
  if (E.isLeft(file)) return file.left.errno === 'ENOENT' ? E.right(undefined) : file;
  const buffer = new Uint8Array(most + 1);
  const read = closing(file.right, readFully(file.right, buffer, 0));
  if (E.isLeft(read)) return read;
  return read.right > most
    ? E.left({ _tag: 'TooLarge', path, most })
    : E.right(buffer.slice(0, read.right));
};

/** clearFile removes a file, where there is one. The folder is the caller's to sync. */
export const clearFile = (disk: Disk, path: string): Done<void> => {
  const there = disk.stat(path);
  if (E.isLeft(there)) return there;
  return there.right === undefined ? E.right(undefined) : disk.remove(path);
};

/** makeMissing makes a folder where there is none, and tells whether; its name is yours to sync. */
export const makeMissing = (disk: Disk, path: string, permission?: number): Done<boolean> => {
  const there = disk.stat(path);
  if (E.isLeft(there)) return there;
  if (there.right !== undefined) return E.right(false);
  return E.map(() => true)(disk.makeFolder(path, permission));
};

/** keepFolder makes one where there is none, to stay: a copy of a ledger may lack empty folders. */
export const keepFolder = (disk: Disk, path: string): Done<void> => {
  const made = makeMissing(disk, path, 0o700);
  if (E.isLeft(made)) return made;
  return made.right ? disk.syncFolder(dirname(path)) : E.right(undefined);
};

/** namesIn lists what is in a folder: nothing where there is none. */
export const namesIn = (disk: Disk, folder: string): Done<readonly string[]> => {
  const there = disk.stat(folder);
  if (E.isLeft(there)) return there;
  return there.right === undefined ? E.right([]) : disk.list(folder);
};

const writeSynced = (file: File, bytes: Uint8Array): Done<void> => {
  const written = writeAll(file, bytes, 0);
  return E.isLeft(written) ? written : file.sync();
};

/** renameSynced gives what is on the disk another name, which is on the disk, too. */
export const renameSynced = (disk: Disk, from: string, to: string): Done<void> => {
  const renamed = disk.rename(from, to);
  if (E.isLeft(renamed)) return renamed;
  for (const folder of new Set([dirname(from), dirname(to)])) {
    const synced = disk.syncFolder(folder);
    if (E.isLeft(synced)) return synced;
  }
  return renamed;
};

/** putUnder puts a file in a place, over what is there; until it is whole it has another name. */
export const putUnder = (
  disk: Disk,
  part: string,
  path: string,
  bytes: Uint8Array,
  permission?: number,
): Done<void> => {
  const file = disk.open(part, 'create', permission);
  if (E.isLeft(file)) return file;
  const written = closing(file.right, writeSynced(file.right, bytes));
  return E.isLeft(written) ? written : renameSynced(disk, part, path);
};

/** putWhole does it in a folder of ours, where nothing else has that other name. */
export const putWhole = (
  disk: Disk,
  path: string,
  bytes: Uint8Array,
  permission?: number,
): Done<void> => {
  const part = `${path}.part`;
  // What a crash left of an earlier attempt is of no use to anybody.
  const cleared = clearFile(disk, part);
  return E.isLeft(cleared) ? cleared : putUnder(disk, part, path, bytes, permission);
};
