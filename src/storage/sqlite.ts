/**
 * Databases over better-sqlite3.
 */
import Sqlite from 'better-sqlite3';
import * as E from 'fp-ts/lib/Either.js';
import { attempt } from './attempt.ts';
import type { Answer, Database, Databases } from './database.ts';
import type { Disk } from './disk.ts';

const identityOf = (disk: Disk, path: string): string | undefined => {
  const stat = disk.stat(path);
  return E.isRight(stat) ? stat.right?.identity : undefined;
};

const databaseOf = (disk: Disk, path: string, sqlite: Sqlite.Database): Database => {
  const opened = identityOf(disk, path);
  const begin = sqlite.prepare('BEGIN IMMEDIATE');
  const commit = sqlite.prepare('COMMIT');
  const isCurrent = (): boolean => identityOf(disk, path) === opened;
  const rollback = (): void => {
    if (sqlite.inTransaction) sqlite.exec('ROLLBACK');
  };
  return {
    path,
    sqlite,
    isCurrent,
    rollback,
    begin: () => {
      const begun = attempt(path, () => void begin.run());
      if (E.isLeft(begun) || isCurrent()) return begun;
      rollback();
      return E.left({ _tag: 'DatabaseFailed', path, code: 'REPLACED' });
    },
    commit: () => {
      const done = attempt(path, () => void commit.run());
      if (E.isLeft(done)) attempt(path, rollback);
      return done;
    },
    close: () => void sqlite.close(),
  };
};

const open = (disk: Disk, path: string, mode: 'read' | 'write' | 'create'): Answer<Database> =>
  attempt(path, () => {
    const sqlite = new Sqlite(path, {
      readonly: mode === 'read',
      fileMustExist: mode !== 'create',
      timeout: 0,
    });
    if (mode !== 'read') {
      sqlite.pragma('journal_mode = WAL');
      sqlite.pragma('synchronous = FULL');
    }
    return databaseOf(disk, path, sqlite);
  });

export const sqliteDatabases = (disk: Disk): Databases => ({
  open: (path, mode) => open(disk, path, mode),
  create: (path) => open(disk, path, 'create'),
});
