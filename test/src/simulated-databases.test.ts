/**
 * Simulated databases and the simulated lock: what is committed stays, whoever is not current is
 * told, and death releases.
 */
import { describe, expect, it } from 'vitest';
import type { Database } from '../../src/storage/database.ts';
import { newest, oldest } from '../simulation/chance.ts';
import { simulatedDatabases } from '../simulation/databases.ts';
import type { SimulatedDisk } from '../simulation/disk.ts';
import { simulatedDisk } from '../simulation/disk.ts';
import { simulatedLock } from '../simulation/lock.ts';
import { Stopped, calls, failing, stoppingAt } from '../simulation/plan.ts';
import { add, code, created, databaseLaws, rowsOf } from './database-law.ts';
import { right } from './disk-law.ts';

const PATH = '/mirror.db';
const openOn = (disk: SimulatedDisk): Database =>
  right(simulatedDatabases(disk).open(PATH, 'write'));

/** A database with one row, whose name is durable. */
const started = (): { readonly disk: SimulatedDisk; readonly database: Database } => {
  const disk = simulatedDisk();
  const database = created(simulatedDatabases(disk), PATH);
  right(disk.syncFolder('/'));
  return { disk, database };
};

describe('a simulated database', () => {
  databaseLaws(() => {
    const disk = simulatedDisk();
    right(disk.makeFolder('/root'));
    return {
      disk,
      root: '/root',
      link: (path, target) => disk.plant(path, { kind: 'link', target }),
      pipe: (path) => disk.plant(path, { kind: 'pipe' }),
      same: (path, as) => disk.plant(path, { kind: 'same', as }),
      databases: simulatedDatabases(disk),
      elsewhere: simulatedDatabases(disk.another()),
    };
  });

  it('keeps what was committed and nothing else, whatever ends the process', () => {
    const { disk, database } = started();
    right(add(database, 2));
    right(database.begin());
    database.sqlite.exec('INSERT INTO t VALUES (3)');
    expect(rowsOf(openOn(disk.foresee(oldest)))).toEqual([1, 2]);
    expect(rowsOf(openOn(disk.foresee(newest)))).toEqual([1, 2]);
    expect(rowsOf(openOn(disk.crash()))).toEqual([1, 2]);
    expect(database.sqlite.open).toBe(false);
  });

  it('may fail to commit before it has taken effect or after', () => {
    for (const when of ['before', 'after'] as const) {
      const { disk, database } = started();
      disk.follow(failing({ kind: 'fail', errno: 'SQLITE_IOERR', when }, calls('commit')));
      expect(code(add(database, 2))).toBe('SQLITE_IOERR');
      expect(database.sqlite.inTransaction).toBe(false);
      disk.follow(undefined);
      expect(rowsOf(database)).toEqual(when === 'after' ? [1, 2] : [1]);
      expect(rowsOf(openOn(disk.another()))).toEqual(rowsOf(database));
      right(add(database, 3));
      expect(rowsOf(openOn(disk.foresee(oldest))).at(-1)).toBe(3);
    }
  });

  it('is written by one at a time, and whoever missed a commit opens anew', () => {
    const { disk, database } = started();
    const elsewhere = disk.another();
    const other = openOn(elsewhere);
    right(database.begin());
    expect(code(other.begin())).toBe('SQLITE_BUSY');
    right(database.commit());
    expect([database.isCurrent(), other.isCurrent()]).toEqual([true, false]);
    expect(code(other.begin())).toBe('REPLACED');
    other.close();
    right(add(openOn(elsewhere), 2));
    expect(code(database.begin())).toBe('REPLACED');
  });

  it('is free again when its writer dies or closes it', () => {
    const { disk, database } = started();
    const other = openOn(disk.another());
    right(database.begin());
    disk.crash();
    right(other.begin());
    other.close();
    right(openOn(disk.another()).begin());
  });

  it('shows a reader what was committed when it opened', () => {
    const { disk, database } = started();
    const reader = right(simulatedDatabases(disk).open(PATH, 'read'));
    right(add(database, 2));
    expect(rowsOf(reader)).toEqual([1]);
    expect(reader.isCurrent()).toBe(false);
  });

  it('is as it was committed where somebody writes into its file unsynced', () => {
    const { disk } = started();
    const file = right(disk.open(PATH, 'write'));
    right(file.write(new Uint8Array(4096), 0));
    expect(rowsOf(openOn(disk.foresee(oldest)))).toEqual([1]);
    expect(code(simulatedDatabases(disk).open(PATH, 'read'))).toBe('SQLITE_NOTADB');
  });

  it('can lose its name where the folder was not synced', () => {
    const disk = simulatedDisk();
    right(simulatedDatabases(disk).create(PATH));
    expect(right(disk.foresee(oldest).list('/'))).toEqual([]);
    expect(right(disk.foresee(newest).list('/'))).toEqual(['mirror.db']);
  });

  it('stops with its process, and has no effect on the way out', () => {
    const { disk, database } = started();
    disk.follow(stoppingAt(0, calls('commit')));
    expect(() => add(database, 2)).toThrow(Stopped);
    expect(() => database.rollback()).toThrow(Stopped);
    const next = disk.crash();
    expect(rowsOf(openOn(next))).toEqual([1]);
    expect(() => database.begin()).toThrow('which is over');
  });
});

describe('the simulated lock', () => {
  it('has one holder at a time, in one process or in two', async () => {
    const disk = simulatedDisk();
    const other = disk.another();
    const hold = right(await simulatedLock(disk).take('/', 0));
    for (const lock of [simulatedLock(disk), simulatedLock(other)])
      expect(await lock.take('/', 3)).toMatchObject({
        left: { _tag: 'Locked', waitedMs: 3, holder: { pid: disk.process.number } },
      });
    const waiting = simulatedLock(other).take('/', 100);
    hold.release();
    expect(right(await waiting).isGood()).toBe(true);
    expect(hold.isGood()).toBe(false);
  });

  it('is released by death alone, where nobody releases it', async () => {
    const disk = simulatedDisk();
    const next = disk.another();
    const hold = right(await simulatedLock(disk).take('/', 0));
    disk.follow(stoppingAt(0));
    expect(() => disk.list('/')).toThrow(Stopped);
    expect(() => hold.release()).toThrow(Stopped);
    right(await simulatedLock(next).take('/', 0));
    right(await simulatedLock(next.losePower(oldest)).take('/', 0));
  });

  it('is no longer good where its file was replaced', async () => {
    const disk = simulatedDisk();
    const hold = right(await simulatedLock(disk).take('/', 0));
    right(disk.rename('/writer.lock.db', '/away'));
    expect(hold.isGood()).toBe(false);
    disk.plant('/writer.lock.db', { kind: 'pipe' });
    expect(await simulatedLock(disk).take('/', 0)).toMatchObject({ left: { code: 'NOT_A_FILE' } });
    expect(await simulatedLock(disk).take('/none', 0)).toMatchObject({ left: { code: 'ENOENT' } });
  });
});
