/**
 * The writer lock between real processes: one at a time, whatever becomes of the holder and whoever
 * else touches its file.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { nodeDisk } from '../../src/storage/node-disk.ts';
import { sqliteDatabases } from '../../src/storage/sqlite.ts';
import type { Child } from '../process/child.ts';
import { startWriter } from '../process/child.ts';
import { created } from './database-law.ts';
import { nodeGround } from './node-ground.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const TAKEN = { _tag: 'Right' };
const LOCKED = { _tag: 'Left', left: { _tag: 'Locked' } };

const holding = async (folder: string): Promise<Child> => {
  const child = startWriter(['hold', folder]);
  expect(await child.says()).toMatchObject(TAKEN);
  return child;
};

const trying = async (folder: string, waitMs = 0): Promise<unknown> => {
  const child = startWriter(['try', folder, String(waitMs)]);
  const said = await child.says();
  expect(await child.end()).toBe(0);
  return said;
};

describe('writers of several processes', () => {
  it('take turns on a lock that they make at once, and never meet', async () => {
    const { root } = nodeGround();
    writeFileSync(`${root}/count`, '0');
    const children = [1, 2, 3, 4].map(() => startWriter(['turns', root, '25']));
    const said = await Promise.all(children.map((child) => child.says()));
    expect(said).toEqual(['done', 'done', 'done', 'done']);
    expect(readFileSync(`${root}/count`, 'utf8')).toBe('100');
    expect(statSync(`${root}/writer.lock.db`).size).toBe(4096);
    expect(existsSync(`${root}/writer.lock.db-journal`)).toBe(false);
  });

  it('go on when the holder is killed', async () => {
    const { root } = nodeGround();
    const holder = await holding(root);
    expect(await trying(root)).toMatchObject(LOCKED);
    const waiting = startWriter(['try', root, '50000']);
    holder.signal('SIGKILL');
    expect(await holder.end()).toBe('SIGKILL');
    expect(await waiting.says()).toMatchObject(TAKEN);
  });

  it('go on when the holder lets go', async () => {
    const { root } = nodeGround();
    const holder = await holding(root);
    const waiting = startWriter(['try', root, '50000']);
    expect(await holder.end()).toBe(0);
    expect(await waiting.says()).toMatchObject(TAKEN);
  });

  it('steal nothing from a holder that is stopped, and are told who it is', async () => {
    const { root } = nodeGround();
    const holder = await holding(root);
    holder.signal('SIGSTOP');
    expect(await trying(root, 50)).toMatchObject({
      left: { _tag: 'Locked', holder: { pid: holder.pid, host: hostname() } },
    });
    holder.signal('SIGCONT');
    expect(await holder.end()).toBe(0);
    expect(await trying(root)).toMatchObject(TAKEN);
  });
});

/** A copy of the library, with an SQLite of its own. */
const copied = (root: string): string => {
  const to = join(root, 'copy');
  for (const room of ['src', 'ledger'])
    cpSync(join(PROJECT, room), join(to, room), { recursive: true });
  const modules = join(to, 'node_modules');
  mkdirSync(modules);
  for (const name of ['fp-ts', '@noble'])
    symlinkSync(join(PROJECT, 'node_modules', name), join(modules, name));
  cpSync(join(PROJECT, 'node_modules/better-sqlite3'), join(modules, 'better-sqlite3'), {
    recursive: true,
    filter: (path) => {
      const isOther = dirname(path).endsWith('prebuilds') && !path.includes(process.platform);
      return !isOther && !/better-sqlite3\/(?:deps|src)$/.test(path);
    },
  });
  writeFileSync(join(to, 'package.json'), '{"type":"module"}');
  return to;
};

describe('a folder', () => {
  it('may have a name that begins with a space', async () => {
    const { root } = nodeGround();
    mkdirSync(`${root}/ ledger`);
    const child = startWriter(['try', ' ledger', '0'], { cwd: root });
    expect(await child.says()).toMatchObject(TAKEN);
    expect(existsSync(`${root}/ ledger/writer.lock.db`)).toBe(true);
  });
});

describe('somebody else at the lock file', () => {
  it('may copy it while it is held', async () => {
    const { root } = nodeGround();
    const holder = await holding(root);
    execFileSync('cp', [`${root}/writer.lock.db`, `${root}/copy`]);
    execFileSync('cat', [`${root}/writer.lock.db`]);
    expect(await trying(root)).toMatchObject(LOCKED);
    expect(await holder.end()).toBe(0);
  });

  it('may be another copy of the library in the process that holds it', async () => {
    const { root } = nodeGround();
    const copy = copied(root);
    const holder = startWriter(['copies', root, copy]);
    expect(await holder.says()).toMatchObject(LOCKED);
    expect(await holder.says()).toBe('held');
    expect(await trying(root)).toMatchObject(LOCKED);
    expect(await holder.end()).toBe(0);
    // The twin: copies that know nothing of each other drop the lock.
    const careless = startWriter(['copies', root, copy], { env: { FORGET: 'yes' } });
    expect(await careless.says()).toMatchObject(TAKEN);
    expect(await careless.says()).toBe('held');
    expect(await trying(root)).toMatchObject(TAKEN);
  });

  it('must be able to write it, or has not got the lock, nor the mirror', async () => {
    const { root } = nodeGround();
    expect(await trying(root)).toMatchObject(TAKEN);
    created(sqliteDatabases(nodeDisk), `${root}/mirror.db`).close();
    // Whatever lies beside the files may be made, so that they alone decide.
    chmodSync(root, 0o777);
    for (const name of ['writer.lock.db', 'mirror.db']) chmodSync(`${root}/${name}`, 0o444);
    const nobody = startWriter(['nobody', root, '0']);
    expect(await nobody.says()).toMatchObject({ left: { code: 'SQLITE_READONLY' } });
    expect(await nobody.says()).toMatchObject({ left: { code: 'SQLITE_READONLY' } });
  });
});
