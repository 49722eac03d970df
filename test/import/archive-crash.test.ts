/**
 * Putting a source aside, stopped at every call that changes the disk, with what was not synced
 * kept, lost and torn; and the same line again: nothing more is recorded, and all is put aside.
 */
import Sqlite from 'better-sqlite3';
import * as E from 'fp-ts/lib/Either.js';
import { createHash } from 'node:crypto';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { archive, archivedNames, endArchive } from '../../src/import/archive.ts';
import { loadChecksum } from '../../src/import/kaizen/redb-file.ts';
import { surveyKaizen } from '../../src/import/kaizen/survey.ts';
import type { Plan, Tool } from '../../src/import/plan.ts';
import { tracesOf } from '../../src/import/put-aside.ts';
import type { Seen } from '../../src/import/source-file.ts';
import type { Disk, Done } from '../../src/storage/disk.ts';
import { nodeDisk } from '../../src/storage/node-disk.ts';
import { right } from '../build/ledger.ts';
import { newest, oldest, seeded } from '../simulation/chance.ts';
import type { SimulatedDisk } from '../simulation/disk.ts';
import { simulatedDisk } from '../simulation/disk.ts';
import { Stopped, stoppingAt } from '../simulation/plan.ts';
import { put, textOf } from '../src/disk-law.ts';
import { withLedger } from '../src/cli/shell.ts';
import { WORLD, copyOf, planCortex, scratchFolder } from './fixture.ts';

/** How the n-th call ends: the process with it, or it fails, undone or done. */
type How = 'killed' | 'before' | 'after';

/** A disk of which one call that changes something is the last, or fails. */
const failing = (n: number, how: How): Disk => {
  let left = n;
  const each = (call: 'rename' | 'sync_folder', path: string, run: () => Done<void>) => {
    if (left-- !== 0) return run();
    if (how === 'killed') throw new Stopped(path);
    if (how === 'after') run();
    return E.left({ _tag: 'DiskFailed', call, path, errno: 'ENOSPC' } as const);
  };
  return {
    ...nodeDisk,
    rename: (from, to) => each('rename', from, () => nodeDisk.rename(from, to)),
    syncFolder: (path) => each('sync_folder', path, () => nodeDisk.syncFolder(path)),
  };
};

/** Whether it was done in spite of that. */
const isDone = (act: () => E.Either<unknown, unknown>): boolean => {
  try {
    return E.isRight(act());
  } catch (thrown) {
    if (thrown instanceof Stopped) return false;
    throw thrown;
  }
};

const listed = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true }).map(String).toSorted();

/** A folder of kaizen whose last row is in its log alone, as a process that is killed leaves it. */
const kaizenWithLog = (): string => {
  const path = copyOf('kaizen', 'halfway');
  const open = new Sqlite(join(path, 'kaizen.db'));
  open.pragma('wal_autocheckpoint = 0');
  open.prepare("INSERT INTO sync_outbox (session_id, payload) VALUES ('late', '{}')").run();
  const folder = join(scratchFolder(), 'kaizen');
  cpSync(path, folder, { recursive: true });
  open.close();
  return folder;
};

const SOURCES: readonly [Tool, number, () => string, (path: string) => Promise<Plan>][] = [
  [
    'kaizen',
    12,
    kaizenWithLog,
    async (path) => {
      const plan = right(surveyKaizen({ ...WORLD, checksum: await loadChecksum() }, path));
      onTestFinished(() => plan.close());
      return plan;
    },
  ],
  ['cortex', 16, () => copyOf('cortex', 'v2-migrated'), async (path) => planCortex(path)],
];

describe('an archive that is stopped', { timeout: 60_000 }, () => {
  it.each(SOURCES)('of %s at any of %i calls is ended by the same line', async (...given) => {
    const [tool, count, make, look] = given;
    const shell = withLedger();
    const folder = make();
    const kept = join(scratchFolder(), 'kept');
    cpSync(folder, kept, { recursive: true });
    const line = ['import', tool, folder];
    const { files } = await look(folder);
    const [first] = await shell.told([...line, '--archive']);
    const names = listed(folder);
    const { length } = listed(kept);
    expect([names.length, names.some((name) => name.endsWith('.db'))]).toEqual([length, false]);
    const events = shell.journal();
    const mark = String(first?.id).replace('import:', '').replace(':', '-');
    const { appended: already_recorded } = first as unknown as { readonly appended: number };
    const same = { status: 'already_imported', appended: 0, already_recorded };
    const stop = (n: number, how: How): boolean => {
      rmSync(folder, { recursive: true });
      cpSync(kept, folder, { recursive: true });
      return isDone(() => archive(failing(n, how), { files }, mark));
    };
    const states: (readonly string[])[] = [];
    for (let n = 0, done = false; !done; n++) {
      done = stop(n, 'killed');
      expect(done).toBe(n === count);
      const now = listed(folder);
      states.push(now);
      // Whoever makes a new database there would read into it what an old log holds.
      expect(now.includes('kaizen.db-wal') && !now.includes('kaizen.db')).toBe(false);
      if (now.some((name) => name.includes('.importing-')))
        expect(await shell.refusals([line, [...line, '--dry-run', '--archive']])).toEqual([
          '25 archive_begun',
          '25 archive_begun',
        ]);
      const told = await shell.told([...line, '--archive']);
      expect(told).toEqual([{ ...first, ...same }]);
      expect(listed(folder)).toEqual(names);
      expect(shell.journal()).toEqual(events);
    }
    // A call that fails leaves what a kill before it does, or behind it.
    for (let n = 0; n < count; n++)
      for (const [how, state] of [
        ['before', states[n]],
        ['after', states[n + 1]],
      ] as const)
        expect([stop(n, how), listed(folder)]).toEqual([false, state]);
    const [verified] = await shell.told('verify --decisions --workers 1');
    expect(verified).toMatchObject({ verdict: 'verified', size: events.length });
  });
});

const MARK = `kaizen-${'ab'.repeat(16)}`;
const PLACE = { tool: 'kaizen', folder: '/k' } as const;
const HELD = {
  '/k/kaizen.db': 'database',
  '/k/kaizen.db-wal': 'log',
  '/k/hot/outbox.redb': 'outbox',
};
const FILES: readonly Seen[] = Object.entries(HELD).map(([path, text]) => ({
  path,
  name: basename(path),
  bytes: text.length,
  sha256: createHash('sha256').update(text).digest('hex'),
}));

const withStore = (): SimulatedDisk => {
  const disk = simulatedDisk();
  for (const folder of ['/k', '/k/hot']) right(disk.makeFolder(folder));
  for (const [path, text] of Object.entries({ ...HELD, '/k/kaizen.db-shm': 'index' }))
    put(disk, path, text).close();
  disk.machine.syncEverything();
  return disk.another();
};

/** A store of which the database, or what belongs to it, is on its way. */
const renamed = (...ends: readonly string[]): SimulatedDisk => {
  const disk = withStore();
  for (const end of ends)
    right(disk.rename(`/k/kaizen.db${end}`, `/k/kaizen.db.importing-${MARK}${end}`));
  return disk;
};

/** Ends what was begun, as what is found there says; gives how it was found. */
const again = (disk: SimulatedDisk): string => {
  if (right(tracesOf(disk, PLACE, 'importing')).length > 0) {
    right(endArchive(disk, FILES, MARK));
    return 'begun';
  }
  if (right(archivedNames(disk, FILES, MARK)) !== undefined) return 'ended';
  // Then it must be the whole source that stands there.
  right(archive(disk, { files: FILES }, MARK));
  return 'untouched';
};

describe('a machine that loses its power while a source is put aside', () => {
  it('finds all of it, none of it, or a name that says that it was begun', () => {
    const found = new Set<string>();
    for (let n = 0, isOver = false; !isOver; n++) {
      const disk = withStore();
      disk.follow(stoppingAt(n));
      isOver = isDone(() => archive(disk, { files: FILES }, MARK));
      for (const chance of [newest, oldest, ...[1, 2, 3].map((each) => seeded(n + each))]) {
        const after = disk.foresee(chance);
        found.add(again(after));
        expect(right(after.list('/k'))).toEqual(
          ['', '-shm', '-wal']
            .map((end) => `kaizen.db.imported-${MARK}${end}`)
            .concat('hot')
            .toSorted(),
        );
        for (const [path, text] of Object.entries(HELD)) {
          const [stem = '', end = ''] = path.split(/(?=-wal$)/);
          expect(textOf(after, `${stem}.imported-${MARK}${end}`)).toBe(text);
        }
        expect(right(archivedNames(after, FILES, MARK))?.length).toBe(4);
      }
    }
    expect(found).toEqual(new Set(['untouched', 'begun', 'ended']));
  });

  it('finds what grew where it stood, with the others, or a name that says what is undone', () => {
    const found = new Set<string>();
    for (let n = 0, isOver = false; !isOver; n++) {
      const disk = renamed('', '-wal', '-shm');
      right(right(disk.open('/k/hot/outbox.redb', 'write')).write(Buffer.from('grown!'), 0));
      disk.machine.syncEverything();
      const next = disk.another();
      next.follow(stoppingAt(n));
      isOver = isDone(() => endArchive(next, FILES, MARK));
      const [log, database] = ['-wal', ''].map((end) => right(disk.stat(`/k/kaizen.db${end}`)));
      expect(log !== undefined && database === undefined).toBe(false);
      for (const chance of [newest, oldest, seeded(n)]) {
        const after = next.foresee(chance);
        const begun = right(tracesOf(after, PLACE, 'importing')).length > 0;
        found.add(String(begun));
        if (begun) expect(right(endArchive(after, FILES, MARK)).isBack).toBe(true);
        for (const [path, text] of Object.entries({ ...HELD, '/k/hot/outbox.redb': 'grown!' }))
          expect(textOf(after, path)).toBe(text);
        expect(right(after.list('/k')).length + right(after.list('/k/hot')).length).toBe(5);
      }
    }
    expect(found).toEqual(new Set(['true', 'false']));
  });
});

describe('a database whose log is', () => {
  it('on its way is written to, and is neither put aside nor given it back', () => {
    const disk = renamed('-wal');
    right(right(disk.open('/k/kaizen.db', 'write')).write(Buffer.from('written'), 0));
    const names = disk.list('/k');
    const path = '/k/kaizen.db';
    expect(endArchive(disk, FILES, MARK)).toEqual(
      E.left({ _tag: 'ArchiveRefused', reason: 'changed', path }),
    );
    expect(disk.list('/k')).toEqual(names);
  });

  it('beside a new one by now keeps it there', () => {
    const disk = renamed('');
    put(disk, '/k/kaizen.db', 'a new one').close();
    const { left, isBack } = right(endArchive(disk, FILES, MARK));
    expect([left, isBack]).toEqual([['/k/kaizen.db'], false]);
    expect(textOf(disk, '/k/kaizen.db-wal')).toBe('log');
    expect(textOf(disk, `/k/kaizen.db.imported-${MARK}`)).toBe('database');
  });
});
