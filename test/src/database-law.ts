/**
 * What all databases do, whether they are this machine's or simulated.
 */
import * as E from 'fp-ts/lib/Either.js';
import { expect, it } from 'vitest';
import type { Answer, Database, Databases } from '../../src/storage/database.ts';
import type { Ground } from './disk-law.ts';
import { put, right } from './disk-law.ts';

export interface DatabaseGround extends Ground {
  readonly databases: Databases;
  /** As another process has them. */
  readonly elsewhere: Databases;
}

/** code gives how it failed, undefined where it did not. */
export const code = (answer: Answer<unknown>): string | undefined =>
  E.isLeft(answer) ? answer.left.code : undefined;

/** add commits a row. */
export const add = (database: Database, row: number): Answer<void> => {
  const begun = database.begin();
  if (E.isLeft(begun)) return begun;
  database.sqlite.prepare('INSERT INTO t VALUES (?)').run(row);
  return database.commit();
};

/** rowsOf gives them all. */
export const rowsOf = (database: Database): readonly unknown[] =>
  database.sqlite.prepare('SELECT x FROM t ORDER BY x').pluck().all();

/** created makes a database that has one row. */
export const created = (databases: Databases, path: string): Database => {
  const database = right(databases.create(path));
  right(database.begin());
  database.sqlite.exec('CREATE TABLE t (x INTEGER) STRICT; INSERT INTO t VALUES (1)');
  right(database.commit());
  return database;
};

/** databaseLaws states them. */
export const databaseLaws = (ground: () => DatabaseGround): void => {
  it('keeps what was committed, and not what was rolled back', () => {
    const { databases, elsewhere, root } = ground();
    const database = created(databases, `${root}/a.db`);
    right(database.begin());
    database.sqlite.exec('INSERT INTO t VALUES (3)');
    expect(database.sqlite.inTransaction).toBe(true);
    database.rollback();
    database.rollback();
    right(add(database, 2));
    expect(rowsOf(database)).toEqual([1, 2]);
    right(database.begin());
    database.sqlite.exec('INSERT INTO t VALUES (4)');
    database.close();
    const again = right(elsewhere.open(`${root}/a.db`, 'write'));
    expect(rowsOf(again)).toEqual([1, 2]);
    again.close();
  });

  it('creates only where nothing is, and opens only what is', () => {
    const { disk, databases, root } = ground();
    created(databases, `${root}/a.db`).close();
    expect(code(databases.create(`${root}/a.db`))).toBe('EEXIST');
    expect(code(databases.create(`${root}/none/a.db`))).toBe('ENOENT');
    for (const mode of ['read', 'write'] as const) {
      expect(code(databases.open(`${root}/b.db`, mode))).toBe('SQLITE_CANTOPEN');
      expect(code(databases.open(`${root}/none/a.db`, mode))).toBe('SQLITE_CANTOPEN');
    }
    expect(right(disk.stat(`${root}/b.db`))).toBe(undefined);
  });

  it('refuses what is no database', () => {
    const { disk, databases, root, link, pipe } = ground();
    created(databases, `${root}/a.db`).close();
    put(disk, `${root}/text`, 'no database '.repeat(1000)).close();
    link(`${root}/link`, `${root}/a.db`);
    pipe(`${root}/pipe`);
    right(disk.makeFolder(`${root}/folder`));
    for (const mode of ['read', 'write'] as const) {
      expect(code(databases.open(`${root}/text`, mode))).toBe('SQLITE_NOTADB');
      for (const name of ['link', 'pipe', 'folder'])
        expect(code(databases.open(`${root}/${name}`, mode))).toBe('NOT_A_FILE');
    }
    for (const name of ['link', 'pipe', 'folder'])
      expect(code(databases.create(`${root}/${name}`))).toBe('EEXIST');
  });

  it('is written by one at a time', () => {
    const { databases, elsewhere, root } = ground();
    const database = created(databases, `${root}/a.db`);
    const other = right(elsewhere.open(`${root}/a.db`, 'write'));
    right(database.begin());
    expect(code(other.begin())).toBe('SQLITE_BUSY');
    database.rollback();
    right(add(other, 2));
    other.close();
    database.close();
  });

  it('tells its writer that another file bears the name', () => {
    const { disk, databases, elsewhere, root } = ground();
    const database = created(databases, `${root}/a.db`);
    right(add(database, 2));
    right(disk.rename(`${root}/a.db`, `${root}/away.db`));
    expect(database.isCurrent()).toBe(false);
    expect(code(database.begin())).toBe('REPLACED');
    expect(database.sqlite.inTransaction).toBe(false);
    const other = created(elsewhere, `${root}/a.db`);
    expect(code(add(database, 3))).toBe('REPLACED');
    expect([database.isCurrent(), other.isCurrent()]).toEqual([false, true]);
    expect(rowsOf(other)).toEqual([1]);
    database.close();
    other.close();
  });

  it('lets a reader look on, at one state while it asks for that, and never write', () => {
    const { databases, elsewhere, root } = ground();
    const database = created(databases, `${root}/a.db`);
    right(database.begin());
    database.sqlite.exec('INSERT INTO t VALUES (2)');
    const reader = right(elsewhere.open(`${root}/a.db`, 'read'));
    expect(rowsOf(reader)).toEqual([1]);
    right(reader.begin());
    right(database.commit());
    expect(rowsOf(reader)).toEqual([1]);
    expect(() => reader.sqlite.exec('INSERT INTO t VALUES (3)')).toThrow('readonly');
    reader.rollback();
    reader.close();
    const later = right(elsewhere.open(`${root}/a.db`, 'read'));
    expect(rowsOf(later)).toEqual([1, 2]);
    expect(later.isCurrent()).toBe(true);
    later.close();
    database.close();
  });

  it('leaves no transaction open where a commit fails', () => {
    const { databases, root } = ground();
    const database = created(databases, `${root}/a.db`);
    expect(code(database.commit())).toBe('SQLITE_ERROR');
    right(database.begin());
    database.sqlite.exec(`
      CREATE TABLE parent (id INTEGER PRIMARY KEY);
      CREATE TABLE child (id INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED);
      INSERT INTO child VALUES (1);
    `);
    expect(code(database.commit())).toBe('SQLITE_CONSTRAINT_FOREIGNKEY');
    expect(database.sqlite.inTransaction).toBe(false);
    right(add(database, 2));
    expect(rowsOf(database)).toEqual([1, 2]);
    database.close();
  });
};
