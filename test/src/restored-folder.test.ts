/**
 * Folders that are not what they were, on real files: without the log of the mirror, restored as a
 * whole from an older backup, and audited while others write.
 */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Repair } from '../../src/storage/outcome.ts';
import { appenderIn } from '../crash/bundle.ts';
import { LOG, append, found, opening } from '../crash/ground.ts';
import { scratch } from '../crash/scratch.ts';
import { startChild } from '../process/child.ts';
import { draftOf } from '../simulation/world.ts';
import { right } from './disk-law.ts';

const idsFrom = (first: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `e-${first + i}`);

describe('a mirror without its log', () => {
  it('is rolled forward to what it was', async () => {
    const home = scratch('ledger-log-');
    const [folder, copy] = [join(home, 'ledger'), join(home, 'copy')];
    await found(folder, idsFrom(0, 5));
    const before = await opening(folder, async (ledger) => {
      await append(ledger, idsFrom(5, 5));
      // By another process: to close a file here would drop its locks.
      execFileSync('cp', ['-r', folder, copy]);
      return right(ledger.digests());
    });
    expect(readFileSync(join(copy, 'mirror.db-wal')).length).toBeGreaterThan(0);
    rmSync(join(copy, 'mirror.db-wal'));
    rmSync(join(copy, 'mirror.db-shm'));
    const repairs: Repair[] = [];
    const after = await opening(
      copy,
      async (ledger) => {
        right(await ledger.append([]));
        return right(ledger.digests());
      },
      (repair) => void repairs.push(repair),
    );
    expect(repairs).toEqual([{ _tag: 'LinesAdopted', from: 6, events: 5 }]);
    expect(after).toEqual(before);
    const report = await opening(copy, async (ledger) => right(await ledger.verify()));
    expect([report.verdict, report.size]).toEqual(['verified', 11]);
  });
});

describe('a folder that was restored as a whole', () => {
  it('is sound by itself, and not against a checkpoint kept elsewhere', async () => {
    const home = scratch('ledger-restored-');
    const [folder, backup] = [join(home, 'ledger'), join(home, 'backup')];
    await found(folder, idsFrom(0, 5));
    cpSync(folder, backup, { recursive: true });
    const held = await opening(folder, async (ledger) => {
      await append(ledger, idsFrom(5, 5));
      return right(await ledger.checkpoint(LOG));
    });
    rmSync(folder, { recursive: true });
    cpSync(backup, folder, { recursive: true });
    await opening(folder, async (ledger) => {
      expect(right(await ledger.verify()).verdict).toBe('verified');
      const report = right(await ledger.verify({ checkpoints: [held] }));
      expect(report.verdict).toBe('tampered');
      expect(report.findings).toMatchObject([{ code: 'checkpoint_beyond_end', seq: 11 }]);
      const expecting = { expectCheckpoint: held };
      expect(right(await ledger.append([draftOf('next')], expecting))).toMatchObject([
        { status: 'conflict', reason: 'checkpoint_differs' },
      ]);
      // Grown beyond the size of the checkpoint it is another history all the same.
      await append(ledger, idsFrom(50, 9));
      expect(right(await ledger.append([draftOf('next')], expecting))).toMatchObject([
        { status: 'conflict', reason: 'checkpoint_differs' },
      ]);
      const grown = right(await ledger.verify({ checkpoints: [held] }));
      expect(grown.findings).toMatchObject([{ code: 'checkpoint_root_mismatch' }]);
    });
  });
});

describe('a segment that no longer grows', () => {
  it.each<[string, string, (path: string, kept: string) => void]>([
    ['a link', 'not_a_file', (path, kept) => symlinkSync(kept, path)],
    ['a pipe', 'not_a_file', (path) => void execFileSync('mkfifo', [path])],
    ['a folder', 'not_a_file', (path) => mkdirSync(path)],
    ['a file of two names', 'linked', (path, kept) => linkSync(kept, path)],
  ])('is no place for %s: nothing is appended behind it', async (_what, reason, put) => {
    const home = scratch('ledger-place-');
    const [folder, kept] = [join(home, 'ledger'), join(home, 'kept')];
    await found(folder, idsFrom(0, 20), { segment_bytes: 4000 });
    const [first = '', ...further] = readdirSync(join(folder, 'journal')).toSorted();
    expect(further.length).toBeGreaterThan(1);
    const path = join(folder, 'journal', first);
    renameSync(path, kept);
    put(path, kept);
    const refused = { _tag: 'JournalRefused', reason, path };
    await opening(folder, async (ledger) => {
      expect(await ledger.append([draftOf('next')])).toMatchObject({ left: { cause: refused } });
      expect(await ledger.verify()).toMatchObject({ left: refused });
    });
    rmSync(path, { recursive: true });
    renameSync(kept, path);
    await opening(folder, (ledger) => append(ledger, ['next']));
  });
});

describe('beside writers', () => {
  let script = '';
  let env: NodeJS.ProcessEnv = {};
  beforeAll(async () => {
    ({ script, env } = await appenderIn(scratch('ledger-beside-')));
  });

  it('an audit and a plan see a sound beginning, and never a false alarm', async () => {
    const folder = join(scratch('ledger-storm-'), 'ledger');
    await found(folder, [], { segment_bytes: 20_000, checkpoint_events: 5 });
    const tasks = [0, 1].map((i) => ({ folder, ids: idsFrom(i * 100, 100) }));
    const children = tasks.map((task) =>
      startChild(process.execPath, [script, JSON.stringify(task)], { env }),
    );
    const ends = children.map(async (child) => {
      while ((await child.says()) !== undefined);
      return child.end();
    });
    const over = Promise.all(ends).then(() => true);
    const isOver = (): Promise<boolean> => Promise.race([over, setTimeout(1, false)]);
    const sizes: number[] = [];
    while (!(await isOver()))
      await opening(folder, async (ledger) => {
        const report = right(await ledger.verify({ workers: 1 }));
        expect([report.verdict, report.findings]).toEqual(['verified', []]);
        sizes.push(report.size);
        const { plan } = right(await ledger.replay({ dryRun: true }));
        expect([plan.refused, plan.plan]).toEqual([undefined, []]);
        const made = right(await ledger.replay({ dryRun: true, from: 'mirror' }));
        expect(made.plan.refused).toMatchObject({ reason: 'journal_stands' });
      });
    expect(await Promise.all(ends)).toEqual([0, 0]);
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    expect(new Set(sizes).size).toBeGreaterThan(2);
  });
});
