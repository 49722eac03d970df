/**
 * Several processes that append to one ledger, and what may become of one of them, or of the mirror
 * under them, in the middle.
 */
import Sqlite from 'better-sqlite3';
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Program } from '../crash/bundle.ts';
import { appenderIn } from '../crash/bundle.ts';
import { found } from '../crash/ground.ts';
import { examine, failuresIn } from '../crash/oracle.ts';
import type { Task, Told } from '../crash/task.ts';
import { scratch } from '../crash/scratch.ts';
import type { Child } from '../process/child.ts';
import { startChild } from '../process/child.ts';

let program: Program;

beforeAll(async () => {
  program = await appenderIn(scratch('ledger-writers-'));
});

const start = (task: Task): Child =>
  startChild(process.execPath, [program.script, JSON.stringify(task)], program);

const idsFrom = (first: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `e-${first + i}`);

const isReceipt = (told: Told): boolean => 'receipt' in told;

interface Storm {
  readonly folder: string;
  readonly children: readonly Child[];
  readonly ids: readonly (readonly string[])[];
}

/** Of each one's ids the second half are the first half of the next one's. */
const storm = async (writers: number, appends: number): Promise<Storm> => {
  const folder = join(scratch('ledger-storm-'), 'ledger');
  await found(folder, [], { segment_bytes: 20_000 });
  const ids = Array.from({ length: writers }, (_, i) => idsFrom((i * appends) / 2, appends));
  return { folder, ids, children: ids.map((each) => start({ folder, ids: each })) };
};

/** Listens until a process says no more; something may be done at each receipt. */
const hear = async (
  child: Child,
  atReceipt: (count: number) => unknown = () => undefined,
): Promise<readonly Told[]> => {
  const told: Told[] = [];
  for (let said = await child.says(); said !== undefined; said = await child.says()) {
    told.push(said as Told);
    if (isReceipt(said as Told)) await atReceipt(told.filter(isReceipt).length);
  }
  return told;
};

const judge = async ({ folder, ids }: Storm, told: readonly (readonly Told[])[]) =>
  examine({ folder, before: [], brought: [...new Set(ids.flat())], told: told.flat() });

describe('processes that append to one ledger', () => {
  it('leave one chain with every id once, and answer alike for the same id', async () => {
    const all = await storm(4, 50);
    const told = await Promise.all(all.children.map((child) => hear(child)));
    for (const each of told) expect(each.filter(isReceipt)).toHaveLength(50);
    await judge(all, told);
  });

  it('take turns where each comes for one event and goes again', async () => {
    const all = await storm(0, 0);
    const ids = [0, 100, 200, 300].map((first) => idsFrom(first, 7));
    const told = await Promise.all(
      ids.map(async (each) => {
        const said: Told[] = [];
        for (const id of each) said.push(...(await hear(start({ folder: all.folder, ids: [id] }))));
        return said;
      }),
    );
    expect(failuresIn(told.flat())).toEqual([]);
    await judge({ ...all, ids }, told);
  });

  it('go on when one of them is killed', async () => {
    const all = await storm(4, 24);
    const [first] = all.children;
    const told = await Promise.all(
      all.children.map((child) =>
        hear(child, (count) => child === first && count === 5 && child.signal('SIGKILL')),
      ),
    );
    expect(await first?.end()).toBe('SIGKILL');
    expect(told.slice(1).map((each) => each.filter(isReceipt).length)).toEqual([24, 24, 24]);
    await judge(all, told);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('lose nothing by a %s in the middle', async (signal) => {
    const all = await storm(2, 24);
    const told = await Promise.all(
      all.children.map((child) => hear(child, (count) => count === 7 && child.signal(signal))),
    );
    expect(await all.children[0]?.end()).toBe(signal);
    await judge(all, told);
  });

  it.each([
    { what: 'the mirror with all that lies beside it', ends: ['', '-wal', '-shm'] },
    { what: 'the mirror alone', ends: [''] },
    { what: 'what lies beside the mirror', ends: ['-wal', '-shm'] },
    { what: 'the log of the mirror', ends: ['-wal'] },
    { what: 'the index of that log', ends: ['-shm'] },
  ])('lose nothing when somebody deletes $what, again and again', async ({ ends }) => {
    const all = await storm(4, 50);
    const told = await Promise.all(
      all.children.map((child) =>
        hear(child, (count) => {
          if (count % 5 === 0)
            for (const end of ends) rmSync(join(all.folder, `mirror.db${end}`), { force: true });
        }),
      ),
    );
    // Found gone in between it is a refusal, of which nothing was recorded.
    for (const failed of failuresIn(told.flat()))
      expect(failed).toMatch(/^DatabaseFailed (?:REPLACED|SQLITE_CANTOPEN)$/);
    expect(told.flat().filter((each) => 'receipt' in each).length).toBeGreaterThan(150);
    await judge(all, told);
  });

  it('are one writer at a time, whoever else copies or opens their files', async () => {
    const all = await storm(4, 24);
    const told = await Promise.all(
      all.children.map((child) =>
        hear(child, (count) => {
          if (count % 6 !== 0) return;
          for (const name of ['writer.lock.db', 'mirror.db', 'journal'])
            execFileSync('cp', ['-r', join(all.folder, name), `${all.folder}-${name}`]);
          const sqlite = new Sqlite(join(all.folder, 'mirror.db'), { timeout: 1000 });
          sqlite.prepare('SELECT count(*) FROM events').get();
          sqlite.close();
        }),
      ),
    );
    for (const each of told) expect(each.filter(isReceipt)).toHaveLength(24);
    await judge(all, told);
  });
});

describe('the same examination', () => {
  it('finds an acknowledged event that is gone', async () => {
    const all = await storm(1, 4);
    const told = await Promise.all(all.children.map((child) => hear(child)));
    const [path = ''] = globSync(join(all.folder, 'journal', '*'));
    const lines = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, `${lines.slice(0, -2).join('\n')}\n`);
    await expect(judge(all, told)).rejects.toThrow('is not there');
  });
});
