/**
 * Real disks that refuse: full ones, ones that may only be read, limits on files and on how many
 * are open. An append is refused, nothing is lost, and with room again the next one works. Mounts
 * need root; where there is none, a namespace of their own, or limits alone stand for them.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openLedger } from '../../src/front-door.ts';
import { right } from '../build/ledger.ts';
import type { Program } from '../crash/bundle.ts';
import { appenderIn } from '../crash/bundle.ts';
import { append, found, opening } from '../crash/ground.ts';
import { examine, failuresIn } from '../crash/oracle.ts';
import type { Ended } from '../crash/process.ts';
import { runToEnd } from '../crash/process.ts';
import { scratch } from '../crash/scratch.ts';
import type { Task } from '../crash/task.ts';
import { BIN, linesOf } from './cli/shell.ts';

const isRoot = process.getuid?.() === 0;
const at = (path: string): string => join(import.meta.dirname, path);

/** Whoever is not root may be root of a namespace of their own, and mount what is seen there. */
const OWN = ['--map-root-user', '--mount', process.execPath];
const mayOwn = !isRoot && spawnSync('unshare', [...OWN, '--version']).status === 0;
if (!isRoot && !mayOwn) console.log('file systems are not tried: nobody here may mount one');
const root = scratch('ledger-refusing-');
const mounts: string[] = [];
let program: Program;

/** Whether it could be mounted; it is gone when the tests end. */
const mount = (path: string, ...args: readonly string[]): boolean => {
  mkdirSync(path, { recursive: true });
  const isMounted = spawnSync('mount', [...args, path]).status === 0;
  if (isMounted) mounts.push(path);
  return isMounted;
};

const small = join(root, 'small');
const isSmall = isRoot && mount(small, '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs');

beforeAll(async () => {
  program = await appenderIn(scratch('ledger-appender-'));
});

afterAll(() => {
  for (const path of mounts) execFileSync('umount', [path]);
});

const run = (task: Task, ...limit: readonly string[]): Promise<Ended> => {
  const [command, ...args] = [...limit, process.execPath, program.script];
  return runToEnd(command, [...args, JSON.stringify(task)], program.env);
};

const receipts = ({ told }: Ended): number => told.filter((each) => 'receipt' in each).length;

/** Long enough for the journal's end to be further out than any other file that grows. */
const LONG = 'l'.repeat(100);
const many = Array.from({ length: 50 }, (_, i) => `${LONG}${i}`);
const ids = [`${LONG}a`, 'b'];

describe('a limit on the size of files', () => {
  const model = join(root, 'model');
  beforeAll(() => found(model, many, { segment_bytes: 1 << 20, checkpoint_events: 1 << 20 }));

  const end = (): number => {
    const journal = join(model, 'journal');
    return readdirSync(journal).reduce((sum, name) => sum + statSync(join(journal, name)).size, 0);
  };

  it.each([0, 1, 2, 511, 512, 1000, 2000])(
    'that ends %i bytes into a line leaves nothing of it, and a shorter one fits or does not',
    async (bytes) => {
      const folder = join(root, `limited-${bytes}`);
      cpSync(model, folder, { recursive: true });
      const limit = `--fsize=${end() + bytes}`;
      const ended = await run({ folder, ids }, 'prlimit', limit);
      expect(ended.status).toBe(0);
      expect(failuresIn(ended.told)[0]).toMatch(/^DiskFailed (?:EFBIG|ENOSPC)$/);
      expect(receipts(ended)).toBe(bytes < 800 ? 0 : 1);
      await examine({ folder, before: many, brought: ids, told: ended.told });
    },
  );

  it.each([0, 100, 1000, 4000, 5000, 33_000])(
    'that is below what a database takes (%i) is a refusal',
    async (bytes) => {
      const folder = join(root, `tiny-${bytes}`);
      cpSync(model, folder, { recursive: true });
      const ended = await run({ folder, ids: ['b'] }, 'prlimit', `--fsize=${bytes}`);
      expect([0, 1]).toContain(ended.status);
      expect(receipts(ended)).toBe(0);
      expect(ended.stderr).toBe('');
      await examine({ folder, before: many, brought: ['b'], told: ended.told });
    },
  );
});

describe('too many open files', () => {
  it('are a refusal, however many there may be', async () => {
    const model = join(root, 'files');
    await found(model, ['a']);
    const answers = new Set<string>();
    for (let files = 20; files < 36; files++) {
      const folder = join(root, `files-${files}`);
      cpSync(model, folder, { recursive: true });
      const ended = await run({ folder, ids: ['b'] }, 'prlimit', `--nofile=${files}`);
      // Below a certain number there is no process at all.
      if (ended.told.length > 0) expect(ended.status).toBe(0);
      for (const failure of failuresIn(ended.told)) answers.add(failure);
      if (receipts(ended) > 0) answers.add('appended');
      await examine({ folder, before: ['a'], brought: ['b'], told: ended.told });
      rmSync(folder, { recursive: true });
    }
    expect([...answers]).toEqual(expect.arrayContaining(['appended', 'DiskFailed EMFILE']));
  });
});

const whereSmall = isSmall ? [0, 1, 2, 4, 8, 9, 10, 12, 16, 20, 30, 40] : [];

describe('a file system', () => {
  it.each(whereSmall)('with room for %i pages refuses or takes it, and goes on', async (pages) => {
    const folder = join(small, 'ledger');
    rmSync(folder, { recursive: true, force: true });
    await found(folder, ['x', 'y']);
    const filler = join(small, 'filler');
    const { stdout } = spawnSync('df', ['--output=avail', '-B1', small], { encoding: 'utf8' });
    const free = Number(stdout.split('\n')[1]);
    writeFileSync(filler, Buffer.alloc(Math.max(0, free - pages * 4096)));
    const ended = await run({ folder, ids });
    expect(ended.status).toBe(0);
    expect(ended.stderr).toBe('');
    rmSync(filler);
    await examine({ folder, before: ['x', 'y'], brought: ids, told: ended.told });
  });

  const tiny = join(root, 'tiny');
  const whereTiny = isRoot && mount(tiny, '-t', 'tmpfs', '-o', 'size=256k', 'tmpfs') ? [tiny] : [];
  /** Named as it was mounted: what else the system notes of it may not be given in a namespace. */
  const resize = (kilobytes: number): void =>
    void execFileSync('mount', ['-t', 'tmpfs', '-o', `remount,size=${kilobytes}k`, 'tmpfs', tiny]);

  it.each(whereTiny)('without room for a mirror is full, and nobody is at it (%s)', async () => {
    const model = join(root, 'to-restore');
    await found(model, ['x', 'y']);
    const answers = new Set<string>();
    for (const size of [32, 40, 160, 240, 280, 320, 360, 400, 440])
      for (const line of [`-C ${tiny}/l init --origin example.com/b`, `-C ${model} drill`]) {
        resize(size);
        const args = [BIN, ...line.split(' '), '--json'];
        const env = { ...process.env, TMPDIR: tiny };
        const { status, stdout } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
        const { error } = linesOf(stdout).at(-1) ?? {};
        answers.add(`${line.split(' ')[2]}: ${status} ${error?.code ?? ''}`);
        for (const name of readdirSync(tiny)) rmSync(join(tiny, name), { recursive: true });
      }
    expect([...answers].toSorted()).toEqual([
      'drill: 0 ',
      'drill: 74 SQLITE_FULL',
      'drill: 74 SQLITE_IOERR_SHMSIZE',
      'init: 0 ',
      'init: 74 SQLITE_FULL',
      'init: 74 SQLITE_IOERR_SHMSIZE',
    ]);
  });

  it.each(whereTiny)(
    'that is full asks its readers for room, and for no other mirror (%s)',
    async () => {
      resize(600);
      const folder = join(tiny, 'full');
      await found(folder, ['x', 'y']);
      const filler = spawnSync('dd', ['if=/dev/zero', `of=${tiny}/filler`, 'bs=4096']);
      expect(String(filler.stderr)).toContain('No space left');
      const told = [
        'log',
        'show 1',
        'prove 1',
        'key list',
        'export --format ndjson --to -',
        'verify',
      ].map((line) => {
        const args = [BIN, '-C', folder, ...line.split(' ')];
        const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
        const said = stdout + stderr;
        return [line, status, said.includes('Make room'), said.includes('ledger replay')];
      });
      for (const name of readdirSync(tiny)) rmSync(join(tiny, name), { recursive: true });
      expect(told).toEqual(told.map(([line]) => [line, 22, true, false]));
    },
  );

  const bind = join(root, 'bound');
  mkdirSync(join(root, 'original'), { recursive: true });
  const whereBound = isRoot && mount(bind, '--bind', join(root, 'original')) ? [bind] : [];
  it.each(whereBound)('that may only be read refuses, and is read (%s)', async () => {
    const folder = join(bind, 'ledger');
    await found(folder, ['x', 'y']);
    execFileSync('mount', ['-o', 'remount,bind,ro', bind]);
    const ended = await run({ folder, ids: ['b'], isReading: true });
    execFileSync('mount', ['-o', 'remount,bind,rw', bind]);
    expect([ended.status, ended.stderr]).toEqual([0, '']);
    expect(failuresIn(ended.told)).toEqual(['DatabaseFailed SQLITE_READONLY']);
    expect(ended.told).toContainEqual({ read: 3 });
    await examine({ folder, before: ['x', 'y'], brought: ['b'], told: ended.told });
  });

  it.each(whereBound)('that may only be read shows what others write to it (%s)', async () => {
    const [folder, original] = [join(bind, 'other'), join(root, 'original', 'other')];
    await found(original, ['x', 'y']);
    execFileSync('mount', ['-o', 'remount,bind,ro', bind]);
    const scrap = join(root, 'scrap');
    mkdirSync(scrap);
    vi.stubEnv('TMPDIR', scrap);
    try {
      const ledger = right(openLedger(folder));
      const count = (): number => [...ledger.read()].filter(E.isRight).length;
      expect(count()).toBe(3);
      await opening(original, (writer) => append(writer, ['z']));
      expect(count()).toBe(4);
      expect(right(await ledger.verify({ workers: 1 })).verdict).toBe('verified');
      expect(ledger.projection('overview', 'counted')._tag).toBe('Right');
      await ledger.close();
      expect([tmpdir(), readdirSync(scrap)]).toEqual([scrap, []]);
    } finally {
      vi.unstubAllEnvs();
      execFileSync('mount', ['-o', 'remount,bind,rw', bind]);
    }
  });

  it('of somebody else refuses, and is read while its owner has it open', async () => {
    const folder = join(root, 'others');
    await found(folder, ['x', 'y']);
    chmodSync(root, 0o755);
    const ended = await opening(folder, async (ledger) => {
      await append(ledger, ['x']);
      // Who cannot be somebody else takes the right to write from himself.
      if (!isRoot) execFileSync('chmod', ['-R', 'a-w', folder]);
      return run({ folder, ids: ['b'], isReading: true, asNobody: isRoot });
    });
    if (!isRoot) execFileSync('chmod', ['-R', 'u+w', folder]);
    expect([ended.status, ended.stderr]).toEqual([0, '']);
    expect(failuresIn(ended.told)).toHaveLength(1);
    expect(ended.told).toContainEqual({ read: 3 });
    await examine({ folder, before: ['x', 'y'], brought: ['b'], told: ended.told });
  });

  it.each(mayOwn ? ['of its own'] : [])(
    'refuses whoever mounts one in a namespace %s',
    () => {
      const vitest = at('../../node_modules/vitest/vitest.mjs');
      const which = ['-t', 'room|only be read', at('refusing-disk.test.ts')];
      const args = [...OWN, vitest, 'run', '--config', at('../vitest.config.ts'), ...which];
      const { status, stdout } = spawnSync('unshare', args, { encoding: 'utf8' });
      expect([status, stdout]).toEqual([0, expect.stringMatching(/^16 passed, /m)]);
    },
    300_000,
  );
});
