/**
 * A private copy of a database: of one that lies where nothing may be written, or is not ours.
 * SQLite makes files beside one that it reads, and cannot where it may not; so it reads the copy. A
 * mirror elsewhere is not copied: to open a database by other means than SQLite would drop the
 * locks that this process has on it.
 */
import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdtempSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface PrivateCopy {
  readonly path: string;
  /** Whether the original is still what was copied. */
  readonly isCurrent: () => boolean;
  /** Takes its name away; whoever has it open goes on reading it. */
  readonly forget: () => void;
}

/** How often somebody may write to the original while it is copied. */
const TRIES = 5;
const ENDS = ['', '-wal', '-journal'];

const mayBeWritten = (folder: string): boolean => {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

/** Undefined where something is no plain file: a pipe would be waited for without end. */
const stampOf = (path: string): string | undefined => {
  const stats = ENDS.map((end) =>
    statSync(`${path}${end}`, { bigint: true, throwIfNoEntry: false }),
  );
  if (stats.some((stat) => stat?.isFile() === false)) return undefined;
  return stats
    .map((stat) => (stat === undefined ? '' : `${stat.ino}:${stat.size}:${stat.mtimeNs}`))
    .join();
};

const copied = (path: string, folder: string): PrivateCopy | undefined => {
  const copy = join(folder, 'copy.db');
  for (let tries = 0; tries < TRIES; tries++) {
    const stamp = stampOf(path);
    if (stamp === undefined) return undefined;
    for (const end of ENDS) {
      rmSync(`${copy}${end}`, { force: true });
      if (existsSync(`${path}${end}`)) copyFileSync(`${path}${end}`, `${copy}${end}`);
    }
    if (stampOf(path) === stamp)
      return {
        path: copy,
        isCurrent: () => stampOf(path) === stamp,
        forget: () => rmSync(folder, { recursive: true }),
      };
  }
  return undefined;
};

/** takeCopy makes one of any database; undefined where none can be had. */
export const takeCopy = (path: string): PrivateCopy | undefined => {
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), 'ledger-'));
    const copy = copied(path, folder);
    if (copy !== undefined) return copy;
  } catch {
    // No room, or no right to read it.
  }
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  return undefined;
};

/** privateCopy makes one; undefined where the folder may be written, `none` if none can be had. */
export const privateCopy = (path: string): PrivateCopy | 'none' | undefined =>
  mayBeWritten(dirname(path)) ? undefined : (takeCopy(path) ?? 'none');
