/**
 * The databases of this machine, held to the laws of all databases, and to what durability rests
 * on: how they are set.
 */
import Sqlite from 'better-sqlite3';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import type { Disk } from '../../src/storage/disk.ts';
import { nodeDisk } from '../../src/storage/node-disk.ts';
import { sqliteDatabases } from '../../src/storage/sqlite.ts';
import { add, code, created, databaseLaws, rowsOf } from './database-law.ts';
import { right } from './disk-law.ts';
import { startChild } from '../process/child.ts';
import { nodeGround } from './node-ground.ts';

const databases = sqliteDatabases(nodeDisk);

databaseLaws(() => ({ ...nodeGround(), databases, elsewhere: sqliteDatabases(nodeDisk) }));

/** This disk, where something happens to the name between two looks at it. */
const meddled = (path: string, meddle: (look: number) => void): Disk => {
  let looks = 0;
  return {
    ...nodeDisk,
    stat: (asked) => {
      if (asked === path) meddle(looks++);
      return nodeDisk.stat(asked);
    },
  };
};

const setOf = (sqlite: Sqlite.Database, pragma: string): unknown =>
  sqlite.pragma(pragma, { simple: true });

/** Shuts everybody out, as the last one to close a database does, and lets go of it. */
const CLOSING = `
  const sqlite = new (require('better-sqlite3'))(process.argv[1]);
  sqlite.pragma('locking_mode = EXCLUSIVE');
  sqlite.exec('BEGIN EXCLUSIVE; COMMIT');
  console.log(JSON.stringify('held'));
  setTimeout(() => sqlite.close(), 200);
`;

describe('a database of this machine', () => {
  it('has a write-ahead log and syncs it at each commit, created, opened or changed', () => {
    const { root } = nodeGround();
    const path = `${root}/a.db`;
    for (const open of [() => databases.create(path), () => databases.open(path, 'write')]) {
      const { sqlite, close } = right(open());
      expect(setOf(sqlite, 'journal_mode')).toBe('wal');
      expect(setOf(sqlite, 'synchronous')).toBe(2);
      expect(setOf(sqlite, 'trusted_schema')).toBe(0);
      expect(setOf(sqlite, 'busy_timeout')).toBe(0);
      expect(setOf(sqlite, 'page_size')).toBe(4096);
      expect(setOf(sqlite, 'wal_autocheckpoint')).toBe(4000);
      expect(setOf(sqlite, 'foreign_keys')).toBe(1);
      expect(setOf(sqlite, 'recursive_triggers')).toBe(1);
      close();
    }
    const other = new Sqlite(path);
    expect(setOf(other, 'journal_mode = DELETE')).toBe('delete');
    other.close();
    const { sqlite, close } = right(databases.open(path, 'write'));
    expect(setOf(sqlite, 'journal_mode')).toBe('wal');
    close();
  });

  it('is not opened for writing where another journal cannot be left', () => {
    const { root } = nodeGround();
    const path = `${root}/a.db`;
    created(databases, path).close();
    const other = new Sqlite(path);
    other.pragma('journal_mode = DELETE');
    other.exec('BEGIN');
    other.prepare('SELECT * FROM t').all();
    expect(code(databases.open(path, 'write'))).toBe('SQLITE_BUSY');
    other.close();
  });

  it('is waited for where whoever closes it last still holds it', async () => {
    const { root } = nodeGround();
    created(databases, `${root}/a.db`).close();
    const closing = startChild(process.execPath, ['-e', CLOSING, `${root}/a.db`]);
    expect(await closing.says()).toBe('held');
    const database = right(databases.open(`${root}/a.db`, 'write'));
    right(database.begin());
    database.close();
    expect(await closing.end()).toBe(0);
  });

  it('answers a writer that waits for nobody', () => {
    const { root } = nodeGround();
    const database = created(databases, `${root}/a.db`);
    const other = new Sqlite(`${root}/a.db`);
    other.exec('BEGIN IMMEDIATE');
    expect(code(database.begin())).toBe('SQLITE_BUSY');
    other.exec('ROLLBACK');
    right(database.begin());
    database.rollback();
    other.close();
    database.close();
  });

  it('shows a reader that stays each commit', () => {
    const { root } = nodeGround();
    const database = created(databases, `${root}/a.db`);
    const reader = right(databases.open(`${root}/a.db`, 'read'));
    right(add(database, 2));
    expect([rowsOf(reader), reader.isCurrent()]).toEqual([[1, 2], true]);
    reader.close();
    database.close();
  });

  it('is opened again where it was replaced in the meantime, but not for ever', () => {
    const { root } = nodeGround();
    const path = `${root}/a.db`;
    const next = `${root}/next.db`;
    const replace = (): void => {
      created(databases, next).close();
      right(nodeDisk.rename(next, path));
    };
    replace();
    const { identity } = right(nodeDisk.stat(path)) ?? {};
    // The second look is the one after opening.
    const once = meddled(path, (look) => {
      if (look === 1) replace();
    });
    const database = right(sqliteDatabases(once).open(path, 'read'));
    expect(right(nodeDisk.stat(path))?.identity).not.toBe(identity);
    expect(database.isCurrent()).toBe(true);
    database.close();
    expect(code(sqliteDatabases(meddled(path, replace)).open(path, 'read'))).toBe('REPLACED');
  });

  it('is not made where it goes while it is being opened', () => {
    const { root } = nodeGround();
    const path = `${root}/a.db`;
    for (const mode of ['read', 'write'] as const) {
      created(databases, path).close();
      const going: Disk = {
        ...nodeDisk,
        stat: (asked) => {
          const stat = nodeDisk.stat(asked);
          if (asked === path) nodeDisk.remove(path);
          return stat;
        },
      };
      expect(code(sqliteDatabases(going).open(path, mode))).toBe('SQLITE_CANTOPEN');
      expect(right(nodeDisk.list(root))).toEqual([]);
    }
  });

  it('tells how the disk failed', () => {
    const disk: Disk = {
      ...nodeDisk,
      stat: (path) => E.left({ _tag: 'DiskFailed', call: 'stat', path, errno: 'EACCES' }),
    };
    const { root } = nodeGround();
    created(databases, `${root}/a.db`).close();
    expect(code(sqliteDatabases(disk).open(`${root}/a.db`, 'read'))).toBe('EACCES');
  });

  it('takes no name for anything but a path', () => {
    for (const name of [':memory:', 'file:none.db?mode=memory'])
      expect(code(databases.open(name, 'write'))).toBe('SQLITE_CANTOPEN');
  });

  it('throws what is a bug', () => {
    const { root } = nodeGround();
    const database = created(databases, `${root}/a.db`);
    database.close();
    expect(() => database.begin()).toThrow(TypeError);
  });
});
