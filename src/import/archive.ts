/**
 * Putting a source aside once the ledger holds it: each of its files gets another name beside the
 * old one, so that the other tool finds it no more and nothing is lost.
 */
import * as E from 'fp-ts/lib/Either.js';
import { dirname } from 'node:path';
import type { Disk, DiskFailed, Done } from '../storage/disk.ts';
import type { Plan, SourceBusy } from './plan.ts';
import type { Seen } from './source-file.ts';
import { isUnchanged, sourceFile } from './source-file.ts';

const END = '.imported';
/** What SQLite keeps beside a database belongs to it. */
const BESIDE = ['', '-wal', '-shm', '-journal'];

const renamed = (disk: Disk, from: string, to: string): Done<boolean> => {
  const there = disk.stat(from);
  if (E.isLeft(there)) return there;
  if (there.right === undefined) return E.right(false);
  return E.map(() => true)(disk.rename(from, to));
};

/** One that has grown since holds what the ledger does not have. */
const isWhole = (disk: Disk, seen: Seen): boolean => {
  const there = sourceFile(disk, seen.path);
  return E.isRight(there) && there.right?.bytes === seen.bytes && isUnchanged(disk, seen);
};

/** archive gives the files of a plan other names, and the names that they have now. */
export const archive = (
  disk: Disk,
  plan: Plan,
): E.Either<DiskFailed | SourceBusy, readonly string[]> => {
  const changed = plan.files.find((seen) => !isWhole(disk, seen));
  if (changed !== undefined) return E.left({ _tag: 'SourceBusy', path: changed.path });
  const names: string[] = [];
  for (const { path, sha256 } of plan.files) {
    const to = `${path}${END}-${sha256.slice(0, 12)}`;
    for (const end of BESIDE) {
      const moved = renamed(disk, `${path}${end}`, `${to}${end}`);
      if (E.isLeft(moved)) return moved;
      if (moved.right) names.push(`${to}${end}`);
    }
    const synced = disk.syncFolder(dirname(path));
    if (E.isLeft(synced)) return synced;
  }
  return E.right(names);
};
