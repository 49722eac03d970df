/**
 * The file of the writer lock, as this process has it open: once, whoever in it asks, and however
 * many copies of this library it has loaded. To close it a second time would drop the lock, and so
 * would opening it by any other means than SQLite's; its name alone is looked at.
 *
 * The file holds one committed page, is made where it is missing and never replaced: two processes
 * that make it at once end on one file.
 */
import type Sqlite from 'better-sqlite3';
import * as E from 'fp-ts/lib/Either.js';
import { dirname } from 'node:path';
import type { Answer } from './database.ts';
import type { Disk } from './disk.ts';
import { attempt } from './attempt.ts';
import { failed, identityOf, isBusy, isNamed, openFile, refuseReadOnly } from './sqlite.ts';

/** LockFile is shared by copies of this library; one of another shape needs another key below. */
export interface LockFile {
  readonly identity: string;
  readonly begin: () => Answer<void>;
  readonly end: () => void;
  readonly close: () => void;
  /** The first has the lock or tries to get it; each is called when it comes to be the first. */
  readonly queue: (() => void)[];
  users: number;
  /** When what is told of the holder was changed, where it surely tells of this process. */
  told: bigint | undefined;
}

const KEY = Symbol.for('sealed-ledger/writer-lock/1');
const TRIES = 5;

const filesOfProcess = (): Map<string, LockFile> => {
  const known = Reflect.get(globalThis, KEY) as Map<string, LockFile> | undefined;
  const files = known ?? new Map<string, LockFile>();
  if (known === undefined) Reflect.set(globalThis, KEY, files);
  return files;
};

/** An empty file would make every BEGIN write its first page. */
const setUp = (sqlite: Sqlite.Database, path: string): Answer<void> => {
  const mode = attempt(path, () => sqlite.pragma('journal_mode = DELETE', { simple: true }));
  if (E.isLeft(mode)) return mode;
  if (mode.right !== 'delete') return failed(path, 'JOURNAL_MODE');
  const page = attempt(path, () => {
    if (sqlite.pragma('user_version', { simple: true }) === 0) sqlite.pragma('user_version = 1');
  });
  return E.isLeft(page) ? page : refuseReadOnly(sqlite, path);
};

const connect = (path: string): Answer<Sqlite.Database> => {
  const opened = openFile(path, { timeout: 0 });
  if (E.isLeft(opened)) return opened;
  const ready = setUp(opened.right, path);
  if (E.isRight(ready)) return opened;
  opened.right.close();
  return ready;
};

const share = (path: string, identity: string, sqlite: Sqlite.Database): LockFile => {
  const [begin, rollback] = [sqlite.prepare('BEGIN IMMEDIATE'), sqlite.prepare('ROLLBACK')];
  const file: LockFile = {
    identity,
    begin: () => E.map(() => undefined)(attempt(path, () => begin.run())),
    end: () => {
      if (sqlite.inTransaction) rollback.run();
    },
    close: () => {
      sqlite.close();
    },
    queue: [],
    users: 0,
    told: undefined,
  };
  filesOfProcess().set(identity, file);
  return file;
};

/** openLockFile gives the one that a path names, for one more user. */
export const openLockFile = (disk: Disk, path: string): Answer<LockFile> => {
  for (let tries = 0; tries < TRIES; tries++) {
    const before = identityOf(disk, path);
    const isMissing = E.isLeft(before) && before.left.code === 'SQLITE_CANTOPEN';
    if (E.isLeft(before) && !isMissing) return before;
    const known = E.isRight(before) ? filesOfProcess().get(before.right) : undefined;
    if (known !== undefined) {
      known.users++;
      return E.right(known);
    }
    const folder = disk.stat(dirname(path));
    if (E.isLeft(folder)) return failed(path, folder.left.errno);
    if (folder.right === undefined) return failed(path, 'ENOENT');
    const connected = connect(path);
    if (E.isLeft(connected)) return connected;
    if (E.isRight(before) && isNamed(disk, path, before.right)) {
      const file = share(path, before.right, connected.right);
      file.users++;
      return E.right(file);
    }
    // It was made just now, or replaced: which one is open is known only to the next round.
    connected.right.close();
  }
  return failed(path, 'REPLACED');
};

/** leaveLockFile closes it when nobody uses it any more. */
export const leaveLockFile = (file: LockFile): void => {
  file.users--;
  if (file.users > 0) return;
  filesOfProcess().delete(file.identity);
  file.close();
};

/**
 * isTaken tells whether somebody writes just now, and leaves everything as it is; undefined where
 * nobody ever wrote. Of a file that may only be read it cannot be known.
 */
export const isTaken = (disk: Disk, path: string): Answer<boolean | undefined> => {
  const identity = identityOf(disk, path);
  if (E.isLeft(identity))
    return identity.left.code === 'SQLITE_CANTOPEN' ? E.right(undefined) : identity;
  const ours = filesOfProcess().get(identity.right);
  if (ours !== undefined) return E.right(ours.queue.length > 0);
  const opened = openFile(path, { timeout: 0, fileMustExist: true });
  if (E.isLeft(opened)) return opened;
  const begun = attempt(path, () => opened.right.exec('BEGIN IMMEDIATE; ROLLBACK'));
  opened.right.close();
  if (E.isRight(begun)) return E.right(false);
  return isBusy(begun.left) ? E.right(true) : begun;
};
