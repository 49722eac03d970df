/**
 * The writer lock within one process: instances take turns, wait no longer than they were told,
 * and notice what stands in the place of its file.
 */
import Sqlite from 'better-sqlite3';
import * as E from 'fp-ts/lib/Either.js';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Hold } from '../../src/storage/database.ts';
import type { Disk } from '../../src/storage/disk.ts';
import { nodeDisk } from '../../src/storage/node-disk.ts';
import type { LockSetting, SqliteLock } from '../../src/storage/writer-lock.ts';
import { sqliteLock } from '../../src/storage/writer-lock.ts';
import { setting } from '../process/setting.ts';
import { openLedger } from '../../src/front-door.ts';
import { append, found as makeLedger } from '../crash/ground.ts';
import { takeTurns } from '../process/turn.ts';
import { right } from './disk-law.ts';
import { nodeGround } from './node-ground.ts';

const KEY = Symbol.for('sealed-ledger/writer-lock/1');
const openFiles = (): number =>
  (Reflect.get(globalThis, KEY) as ReadonlyMap<string, unknown> | undefined)?.size ?? 0;

const instance = (other: Partial<LockSetting> = {}): SqliteLock => {
  const lock = sqliteLock({ ...setting, ...other });
  onTestFinished(() => lock.close());
  return lock;
};

const forEver = (): Promise<void> => new Promise(() => undefined);

const taken = async (lock: SqliteLock, folder: string): Promise<Hold> =>
  right(await lock.take(folder, 0));

describe('writers of one process', () => {
  it('take turns and never meet', async () => {
    const { root } = nodeGround();
    writeFileSync(`${root}/count`, '0');
    const locks = [instance(), instance(), instance()];
    await Promise.all([...locks, ...locks].map((lock) => takeTurns(lock, root, 15)));
    expect(readFileSync(`${root}/count`, 'utf8')).toBe('90');
  });

  it('come in the order in which they asked', async () => {
    const { root } = nodeGround();
    const hold = await taken(instance(), root);
    const order: number[] = [];
    const waiting = [0, 1, 2, 3].map(async (number) => {
      // Called when it is their turn: none of them looks again by itself.
      const next = right(await instance({ sleep: forEver }).take(root, 50_000));
      order.push(number);
      next.release();
    });
    hold.release();
    await Promise.all(waiting);
    expect(order).toEqual([0, 1, 2, 3]);
  });

  it('share one connection, which goes with the last of them', async () => {
    const { root } = nodeGround();
    const before = openFiles();
    const [one, two] = [instance(), instance()];
    const hold = await taken(one, root);
    expect(await two.take(root, 0)).toMatchObject({ left: { _tag: 'Locked' } });
    expect(openFiles()).toBe(before + 1);
    two.close();
    one.close();
    expect(hold.isGood()).toBe(true);
    expect(openFiles()).toBe(before + 1);
    hold.release();
    hold.release();
    expect([hold.isGood(), openFiles()]).toEqual([false, before]);
    (await taken(one, root)).release();
  });

  it('leave one folder alone, and what is held there until it is released', async () => {
    const [here, there] = [nodeGround().root, nodeGround().root];
    const before = openFiles();
    const [one, two] = [instance(), instance()];
    (await taken(one, there)).release();
    const hold = await taken(one, here);
    one.leave(here);
    expect([hold.isGood(), openFiles()]).toEqual([true, before + 2]);
    expect(await two.take(here, 0)).toMatchObject({ left: { _tag: 'Locked' } });
    two.leave(here);
    hold.release();
    expect(openFiles()).toBe(before + 1);
    (await taken(one, here)).release();
    one.leave(there);
    expect(openFiles()).toBe(before + 1);
  });

  it('have no file of it open when their ledgers are closed', async () => {
    const { root } = nodeGround();
    await makeLedger(root, ['a']);
    const before = openFiles();
    const [one, two] = [right(openLedger(root)), right(openLedger(root))];
    await append(one, ['b']);
    await append(two, ['c']);
    expect(openFiles()).toBe(before + 1);
    await one.close();
    await append(two, ['d']);
    expect(openFiles()).toBe(before + 1);
    await two.close();
    expect(openFiles()).toBe(before);
  });

  it('wait as long as they were told, longer and longer each time, and never alike', async () => {
    const { root } = nodeGround();
    const hold = await taken(instance(), root);
    const waits = async (random: number): Promise<readonly number[]> => {
      const slept: number[] = [];
      let time = 0;
      const lock = instance({
        elapsedMs: () => time,
        random: () => random,
        sleep: async (ms) => {
          slept.push(ms);
          time += ms;
        },
      });
      const answer = await lock.take(root, 100);
      expect(answer).toMatchObject({ left: { _tag: 'Locked', waitedMs: 100 } });
      return slept;
    };
    const slept = await waits(0.5);
    expect(slept.slice(0, 3)).toEqual([0.75, 1.125, 1.6875]);
    expect(Math.max(...slept)).toBe(7.5);
    expect((await waits(0)).slice(0, 2)).toEqual([0.5, 0.75]);
    expect(hold.isGood()).toBe(true);
  });

  it('leave the queue when they have waited enough', async () => {
    const { root } = nodeGround();
    const hold = await taken(instance(), root);
    const late = instance().take(root, 50_000);
    expect(await instance().take(root, 5)).toMatchObject({ left: { _tag: 'Locked' } });
    hold.release();
    right(await late).release();
    (await taken(instance(), root)).release();
  });
});

describe('the file of the lock', () => {
  it('is told from the one that was taken when it is replaced', async () => {
    const { root } = nodeGround();
    const lock = instance();
    const hold = await taken(lock, root);
    right(nodeDisk.rename(`${root}/writer.lock.db`, `${root}/away`));
    expect(hold.isGood()).toBe(false);
    const waiting = lock.take(root, 50_000);
    hold.release();
    const next = right(await waiting);
    expect([hold.isGood(), next.isGood()]).toEqual([false, true]);
    expect(right(nodeDisk.list(root))).toContain('writer.lock.db');
    next.release();
  });

  it('is refused where it is none', async () => {
    const { root, disk, link, pipe } = nodeGround();
    const path = `${root}/writer.lock.db`;
    const stands = [() => link(path, `${root}/elsewhere`), () => pipe(path)];
    for (const stand of stands) {
      stand();
      expect(await instance().take(root, 0)).toMatchObject({ left: { code: 'NOT_A_FILE' } });
      right(disk.remove(path));
    }
    writeFileSync(path, 'no database '.repeat(1000));
    expect(await instance().take(root, 0)).toMatchObject({ left: { code: 'SQLITE_NOTADB' } });
    expect(await instance().take(`${root}/none`, 0)).toMatchObject({ left: { code: 'ENOENT' } });
    expect(right(disk.list(root))).toEqual(['writer.lock.db']);
  });

  it('is filled where it was left empty, and given back its journal mode', async () => {
    const { root } = nodeGround();
    const path = `${root}/writer.lock.db`;
    writeFileSync(path, '');
    const lock = instance();
    (await taken(lock, root)).release();
    lock.close();
    const other = new Sqlite(path);
    expect(other.pragma('page_count', { simple: true })).toBe(1);
    other.pragma('journal_mode = WAL');
    other.close();
    (await taken(lock, root)).release();
    lock.close();
    const again = new Sqlite(path);
    expect(again.pragma('journal_mode', { simple: true })).toBe('delete');
    again.close();
  });

  it('is waited for while somebody else makes it', async () => {
    const { root } = nodeGround();
    const path = `${root}/writer.lock.db`;
    const other = new Sqlite(path);
    other.exec('BEGIN EXCLUSIVE');
    expect(await instance().take(root, 5)).toMatchObject({ left: { _tag: 'Locked' } });
    const waiting = instance().take(root, 50_000);
    other.exec('ROLLBACK');
    other.close();
    right(await waiting).release();
  });
});

const holder = async (root: string): Promise<unknown> => {
  const answer = await instance().take(root, 0);
  return E.isLeft(answer) && answer.left._tag === 'Locked' ? answer.left.holder : answer;
};
const infoOf = (root: string): string => readFileSync(`${root}/writer.info`, 'utf8');

describe('what is told of the holder', () => {
  it('is written once, and again when somebody else was there', async () => {
    const { root, disk } = nodeGround();
    const { pid, host } = setting;
    // An hour on, so that whatever was written is old.
    for (const aheadMs of [0, 3_600_000]) {
      const lock = instance({ now: () => new Date(Date.now() + aheadMs) });
      (await taken(lock, root)).release();
      expect(JSON.parse(infoOf(root))).toMatchObject({ pid, host });
      const before = right(disk.stat(`${root}/writer.info`));
      for (let turn = 0; turn < 3; turn++) (await taken(lock, root)).release();
      expect(right(disk.stat(`${root}/writer.info`))).toEqual(before);
      // As another process does, later by the file system's clock, and longer than ours.
      const other = `{"pid":1,"host":"${'other'.repeat(20)}"}`;
      do writeFileSync(`${root}/writer.info`, other);
      while (right(disk.stat(`${root}/writer.info`))?.changed === before?.changed);
      const hold = await taken(lock, root);
      expect(await holder(root)).toEqual({ pid, host });
      hold.release();
      lock.close();
    }
    expect(right(disk.list(root))).toEqual(['writer.info', 'writer.lock.db']);
  });

  it('is not looked at again once it is old enough to be known by its time', async () => {
    const { root, disk } = nodeGround();
    const reads: string[] = [];
    const watched: Disk = {
      ...disk,
      open: (path, mode, permission) => {
        reads.push(mode);
        return disk.open(path, mode, permission);
      },
    };
    let aheadMs = 0;
    const lock = instance({ disk: watched, now: () => new Date(Date.now() + aheadMs) });
    const turn = async (): Promise<readonly string[]> => {
      (await taken(lock, root)).release();
      return reads.splice(0);
    };
    expect(await turn()).toEqual(['read', 'write', 'create']);
    expect(await turn()).toEqual(['read']);
    aheadMs = 3_600_000;
    expect(await turn()).toEqual(['read']);
    expect(await turn()).toEqual([]);
  });

  it('is nothing where it is not well-formed', async () => {
    const { root, disk, pipe } = nodeGround();
    const hold = await taken(instance(), root);
    const path = `${root}/writer.info`;
    const texts = ['', '{', '[]', 'null', '{"pid":1}', '{"host":"a"}', '{"pid":0,"host":"a"}']
      .concat(['{"pid":1.5,"host":"a"}', '{"pid":"1","host":"a"}', '{"pid":1,"host":""}'])
      .concat([String.raw`{"pid":1,"host":"\u001b[2J"}`, '{"pid":1,"host":"a b"}'])
      .concat([`{"pid":1,"host":"${'a'.repeat(2000)}"}`]);
    for (const text of texts) {
      writeFileSync(path, text);
      expect([text, await holder(root)]).toEqual([text, undefined]);
    }
    writeFileSync(path, '{"pid":1,"host":"a","more":true}');
    expect(await holder(root)).toEqual({ pid: 1, host: 'a' });
    right(disk.remove(path));
    expect(await holder(root)).toBe(undefined);
    pipe(path);
    expect(await holder(root)).toBe(undefined);
    hold.release();
  });

  it('is written into nothing that lies in its place', async () => {
    const { root, disk, link, same, pipe } = nodeGround();
    const path = `${root}/writer.info`;
    const precious = `${root}/precious`;
    writeFileSync(precious, 'precious');
    let away = 0;
    for (const put of [link, same, pipe, (folder: string) => right(disk.makeFolder(folder))]) {
      put(path, precious);
      const hold = await taken(instance(), root);
      expect(await holder(root)).toBe(undefined);
      expect(readFileSync(precious, 'utf8')).toBe('precious');
      hold.release();
      right(disk.rename(path, `${root}/away-${++away}`));
    }
  });
});
