/**
 * The databases of this machine: SQLite, over better-sqlite3. Which file bears a name is asked of
 * the disk, so that whoever has an old one open notices; its content is SQLite's alone to open.
 */
import Sqlite from 'better-sqlite3';
import * as E from 'fp-ts/lib/Either.js';
import { resolve } from 'node:path';
import { attempt } from './attempt.ts';
import type { Answer, Database, DatabaseFailed, Databases } from './database.ts';
import { NO_COPY } from './database.ts';
import type { Disk } from './disk.ts';
import type { PrivateCopy } from './private-copy.ts';

const PAGE_BYTES = 4096;
const WRITER_CACHE_KIB = 65_536;
/**
 * Pages in the log before it is brought home: 16 MB. A batch of a thousand events fills half of
 * what is SQLite's own measure, and changes pages that the next one changes as well.
 */
const LOG_PAGES = 4000;
/**
 * Whoever opens a database waits where another connection puts right what a dead writer left, or is
 * the last to close it and brings its log home.
 */
const OPEN_WAIT_MS = 1000;
/** How often a file may be replaced while it is being opened. */
const TRIES = 5;
const FULL = 2;

/** failed makes an answer of what went wrong. */
export const failed = (path: string, code: string): E.Either<DatabaseFailed, never> =>
  E.left({ _tag: 'DatabaseFailed', path, code });

/** isBusy tells that somebody else holds what was asked for. */
export const isBusy = ({ code }: DatabaseFailed): boolean => code.startsWith('SQLITE_BUSY');

/** identityOf tells which file bears a name; a link, a pipe or a folder is none. */
export const identityOf = (disk: Disk, path: string): Answer<string> => {
  const stat = disk.stat(path);
  if (E.isLeft(stat)) return failed(path, stat.left.errno);
  if (stat.right === undefined) return failed(path, 'SQLITE_CANTOPEN');
  return stat.right.kind === 'file' ? E.right(stat.right.identity) : failed(path, 'NOT_A_FILE');
};

/** isNamed tells whether a path still names a file. */
export const isNamed = (disk: Disk, path: string, identity: string): boolean => {
  const now = identityOf(disk, path);
  return E.isRight(now) && now.right === identity;
};

/**
 * refuseReadOnly refuses a file that may only be read: SQLite opens it all the same, and its BEGIN
 * IMMEDIATE then shuts nobody out. Somebody else's lock is no refusal.
 */
export const refuseReadOnly = (sqlite: Sqlite.Database, path: string): Answer<void> => {
  const version = attempt(path, () => sqlite.pragma('user_version', { simple: true }));
  if (E.isLeft(version)) return version;
  sqlite.exec('BEGIN');
  const written = attempt(path, () => sqlite.pragma(`user_version = ${String(version.right)}`));
  // On a disk that is full or fails, SQLite has rolled back by itself.
  if (sqlite.inTransaction) sqlite.exec('ROLLBACK');
  return E.isRight(written) || isBusy(written.left) ? E.right(undefined) : written;
};

/** Set and read back: the defaults of a build are not what durability may rest on. */
const configure = (sqlite: Sqlite.Database, path: string): Answer<void> => {
  const ask = (pragma: string): Answer<unknown> =>
    attempt(path, () => sqlite.pragma(pragma, { simple: true }));
  for (const pragma of [
    `page_size = ${PAGE_BYTES}`,
    `cache_size = -${WRITER_CACHE_KIB}`,
    'foreign_keys = ON',
    // So that what replaces a row is refused as what deletes it is.
    'recursive_triggers = ON',
    'synchronous = FULL',
    `wal_autocheckpoint = ${LOG_PAGES}`,
    // Where a sync alone does not empty the drive's own cache; elsewhere it is without effect.
    'fullfsync = ON',
    'checkpoint_fullfsync = ON',
  ]) {
    const set = ask(pragma);
    if (E.isLeft(set)) return set;
  }
  const mode = ask('journal_mode = WAL');
  if (E.isLeft(mode)) return mode;
  if (mode.right !== 'wal') return failed(path, 'JOURNAL_MODE');
  const writable = refuseReadOnly(sqlite, path);
  if (E.isLeft(writable)) return writable;
  // Open, it shuts out whoever would hold it for longer than a transaction: it waits for nobody.
  const impatient = ask('busy_timeout = 0');
  if (E.isLeft(impatient)) return impatient;
  const synchronous = ask('synchronous');
  if (E.isLeft(synchronous)) return synchronous;
  if (synchronous.right !== FULL) return failed(path, 'SYNCHRONOUS');
  const foreign = ask('foreign_keys');
  if (E.isLeft(foreign)) return foreign;
  return foreign.right === 1 ? E.right(undefined) : failed(path, 'FOREIGN_KEYS');
};

/** Before SQLite is asked at all, a folder that does not answer is told by a TypeError. */
const construct = (path: string, options: Sqlite.Options): Sqlite.Database => {
  try {
    return new Sqlite(path, options);
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown;
    throw new Sqlite.SqliteError(thrown.message, 'SQLITE_CANTOPEN');
  }
};

/** openFile opens what a path names; of one that is not absolute spaces would be cut off. */
export const openFile = (path: string, options: Sqlite.Options): Answer<Sqlite.Database> =>
  attempt(path, () => construct(resolve(path), options));

const connect = (path: string, mode: 'read' | 'write'): Answer<Sqlite.Database> => {
  const readonly = mode === 'read';
  const opened = openFile(path, { readonly, fileMustExist: true, timeout: OPEN_WAIT_MS });
  if (E.isLeft(opened)) return opened;
  const sqlite = opened.right;
  // The first read also opens what lies beside the file.
  const looked = attempt(path, () => {
    sqlite.pragma('trusted_schema = OFF');
    sqlite.pragma('schema_version');
  });
  const ready = E.isLeft(looked) || readonly ? looked : configure(sqlite, path);
  if (E.isRight(ready)) return opened;
  sqlite.close();
  return ready;
};

const databaseOf = (
  disk: Disk,
  path: string,
  identity: string,
  sqlite: Sqlite.Database,
  isSame = (): boolean => true,
): Database => {
  const begin = sqlite.prepare('BEGIN IMMEDIATE');
  const commit = sqlite.prepare('COMMIT');
  const isCurrent = (): boolean => isNamed(disk, path, identity) && isSame();
  // SQLite may have rolled back by itself; if it cannot, the transaction is over all the same.
  const rollback = (): void => {
    if (sqlite.inTransaction) attempt(path, () => sqlite.exec('ROLLBACK'));
  };
  return {
    path,
    sqlite,
    begin: () => {
      const begun = attempt(path, () => begin.run());
      if (E.isLeft(begun)) return begun;
      if (isCurrent()) return E.right(undefined);
      rollback();
      return failed(path, 'REPLACED');
    },
    commit: () => {
      const committed = attempt(path, () => commit.run());
      if (E.isRight(committed)) return E.right(undefined);
      rollback();
      return committed;
    },
    rollback,
    isCurrent,
    close: () => {
      sqlite.close();
    },
  };
};

/** What makes a copy to be read where a database cannot be read in its place. */
type Copying = (path: string) => PrivateCopy | 'none' | undefined;

const openCopy = (
  disk: Disk,
  path: string,
  identity: string,
  { path: copy, isCurrent, forget }: PrivateCopy,
): Answer<Database> => {
  const connected = connect(copy, 'read');
  forget();
  return E.map((sqlite: Sqlite.Database) => databaseOf(disk, path, identity, sqlite, isCurrent))(
    connected,
  );
};

const open = (
  disk: Disk,
  path: string,
  mode: 'read' | 'write',
  copying: Copying,
): Answer<Database> => {
  for (let tries = 0; tries < TRIES; tries++) {
    const identity = identityOf(disk, path);
    if (E.isLeft(identity)) return identity;
    const connected = connect(path, mode);
    const copy = mode === 'read' && E.isLeft(connected) ? copying(path) : undefined;
    if (copy === 'none') return failed(path, NO_COPY);
    if (copy !== undefined) return openCopy(disk, path, identity.right, copy);
    if (isNamed(disk, path, identity.right))
      return E.map((sqlite: Sqlite.Database) => databaseOf(disk, path, identity.right, sqlite))(
        connected,
      );
    if (E.isRight(connected)) connected.right.close();
  }
  return failed(path, 'REPLACED');
};

const create = (disk: Disk, path: string, copying: Copying): Answer<Database> => {
  const file = disk.open(path, 'create');
  if (E.isLeft(file)) return failed(path, file.left.errno);
  file.right.close();
  return open(disk, path, 'write', copying);
};

/** sqliteDatabases gives the databases of this machine, whose files a disk knows by name. */
export const sqliteDatabases = (disk: Disk, copying: Copying = () => undefined): Databases => ({
  open: (path, mode) => open(disk, path, mode, copying),
  create: (path) => create(disk, path, copying),
});
