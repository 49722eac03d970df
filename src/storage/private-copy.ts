/**
 * A private copy of a database: of one that lies where nothing may be written, or is not ours.
 * SQLite makes files beside one that it reads, and cannot where it may not; so it reads the copy. A
 * mirror elsewhere is not copied: to open a database by other means than SQLite would drop the
 * locks that this process has on it.
 */
import * as E from 'fp-ts/lib/Either.js';
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { DiskFailed } from './disk.ts';

export interface PrivateCopy {
  readonly path: string;
  /** Whether the original is still what was copied. */
  readonly isCurrent: () => boolean;
  /** Takes its name away; whoever has it open goes on reading it. */
  readonly forget: () => void;
}

/** Why there is none: a pipe or a folder has its name, somebody writes to it, or a disk failed. */
export type NoCopy =
  | { readonly _tag: 'NotAFile'; readonly path: string }
  | { readonly _tag: 'Changing'; readonly path: string }
  | DiskFailed;

export type TakeCopy = (path: string) => E.Either<NoCopy, PrivateCopy>;

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

/** What is at fault where it is no plain file: a pipe would be waited for without end. */
const strangerAt = (path: string): string | undefined =>
  ENDS.map((end) => `${path}${end}`).find(
    (each) => statSync(each, { throwIfNoEntry: false })?.isFile() === false,
  );

const stampOf = (path: string): string =>
  ENDS.map((end) => {
    const stat = statSync(`${path}${end}`, { bigint: true, throwIfNoEntry: false });
    return stat === undefined ? '' : `${stat.ino}:${stat.size}:${stat.mtimeNs}`;
  }).join();

/** A copy has the mode of what was copied, and SQLite writes to what lies in a log. */
const copyAs = (path: string, copy: string): void => {
  copyFileSync(path, copy);
  chmodSync(copy, 0o600);
};

const copied = (path: string, folder: string): E.Either<NoCopy, PrivateCopy> => {
  const copy = join(folder, 'copy.db');
  for (let tries = 0; tries < TRIES; tries++) {
    const stamp = stampOf(path);
    const stranger = strangerAt(path);
    if (stranger !== undefined) return E.left({ _tag: 'NotAFile', path: stranger });
    for (const end of ENDS) {
      rmSync(`${copy}${end}`, { force: true });
      if (existsSync(`${path}${end}`)) copyAs(`${path}${end}`, `${copy}${end}`);
    }
    if (stampOf(path) === stamp)
      return E.right({
        path: copy,
        isCurrent: () => stampOf(path) === stamp,
        forget: () => rmSync(folder, { recursive: true, force: true }),
      });
  }
  return E.left({ _tag: 'Changing', path });
};

/** What a disk says where it is the copy that has no room. */
const NO_ROOM = /^(?:ENOSPC|EDQUOT|EFBIG)$/;

const failure = (thrown: unknown, path: string, folder: string): DiskFailed => {
  const errno = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (typeof errno !== 'string') throw thrown;
  return NO_ROOM.test(errno)
    ? { _tag: 'DiskFailed', call: 'write', path: folder, errno }
    : { _tag: 'DiskFailed', call: 'open', path, errno };
};

/** Copies bear the name of who made them, so that those of a process that was killed are known. */
const PREFIX = `ledger-copy-${hostname().replaceAll(/[^\w.]/g, '_')}-`;
const OWN = /^([1-9]\d*)-\w+$/;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return !(thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH');
  }
};

/** Removes what was left by processes of ours on this machine that are no more. */
const sweep = (folder: string): void => {
  for (const name of readdirSync(folder)) {
    const [, pid] = (name.startsWith(PREFIX) && OWN.exec(name.slice(PREFIX.length))) || [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const path = join(folder, name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory() === true && stat.uid === process.getuid?.())
      rmSync(path, { recursive: true, force: true });
  }
};

/** takeCopy makes one of any database; what a killed process left of its own goes first. */
export const takeCopy: TakeCopy = (path) => {
  const temporary = tmpdir();
  let folder: string;
  try {
    sweep(temporary);
    folder = mkdtempSync(join(temporary, `${PREFIX}${process.pid}-`));
  } catch (thrown) {
    return E.left(failure(thrown, temporary, temporary));
  }
  let copy: E.Either<NoCopy, PrivateCopy>;
  try {
    copy = copied(path, folder);
  } catch (thrown) {
    copy = E.left(failure(thrown, path, folder));
  }
  if (E.isLeft(copy)) rmSync(folder, { recursive: true, force: true });
  return copy;
};

/** privateCopy makes one; undefined where the folder may be written, `none` if none can be had. */
export const privateCopy = (path: string): PrivateCopy | 'none' | undefined => {
  if (mayBeWritten(dirname(path))) return undefined;
  const copy = takeCopy(path);
  return E.isRight(copy) ? copy.right : 'none';
};
