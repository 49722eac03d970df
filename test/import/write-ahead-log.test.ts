/**
 * Logs beside databases of other tools: with one bit that is another one each is told, or nothing
 * is lost; and what a tool leaves that was killed, or went on, is sound. The seed is that of the
 * laws. What a write that was torn leaves is told, and no more.
 */
import Sqlite from 'better-sqlite3';
import * as fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawFrom } from '../../src/experiment/chance.ts';
import { withLedger } from '../src/cli/shell.ts';
import { copyOf } from './fixture.ts';
import type { Files } from './log-beside.ts';
import {
  COMMITS,
  FIXTURES,
  HEADER,
  NAMES,
  TOOLS,
  behind,
  contents,
  endOf,
  frameOf,
  noFrame,
  openWith,
  planOf,
  put,
  rowsIn,
  told,
  withCommits,
} from './log-beside.ts';

const flipped = (files: Files, at: number, bit: number): Files => {
  const log = Buffer.from(files.log);
  log[at] = (log[at] ?? 0) ^ (1 << bit);
  return { ...files, log };
};

/** Tells where a flip is neither told nor without a loss. */
const isSilent = (files: Files, at: number, bit: number, whole: readonly unknown[]): boolean => {
  const plan = planOf(flipped(files, at, bit));
  const isTold = told(plan).some((each) => /^database_unreadable: \w+\.db-wal: /.test(each));
  const isLost = JSON.stringify(contents(plan)) !== JSON.stringify(whole);
  plan.close();
  return isLost && !isTold;
};

describe('a log with one bit that is another one', () => {
  it('is told wherever that loses a row', () => {
    const draw = drawFrom(Number(process.env['LEDGER_SEED']));
    for (const tool of TOOLS) {
      const files = withCommits(tool);
      const plan = planOf(files);
      expect([told(plan), plan.report['rows']]).toEqual([[], COMMITS]);
      const whole = contents(plan);
      const last = files.log.length - frameOf(files);
      const places = [
        ...Array.from({ length: 40 }, () => draw(HEADER * 8)),
        ...Array.from({ length: 40 }, () => last * 8 + draw(24 * 8)),
        ...Array.from({ length: 60 }, () => draw(files.log.length * 8)),
      ];
      const silent = places.filter((at) => isSilent(files, at >> 3, at & 7, whole));
      expect([tool, silent]).toEqual([tool, []]);
    }
  });

  it('is told where the bit is the one that made a frame a commit', () => {
    for (const tool of TOOLS) {
      const path = copyOf(tool, ...FIXTURES[tool]);
      const one = new Sqlite(path);
      one.exec(`PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;
        CREATE TABLE filler (bytes)`);
      const pages = (): number => Number(one.pragma('page_count', { simple: true }));
      while ((pages() & (pages() - 1)) !== 0)
        one.exec('INSERT INTO filler VALUES (zeroblob(2000))');
      const files = { tool, database: fs.readFileSync(path), log: fs.readFileSync(`${path}-wal`) };
      one.close();
      const size = files.log.length - frameOf(files) + 4;
      const bit = Math.log2(files.log.readUInt32BE(size));
      const plan = planOf(flipped(files, size + 3 - (bit >> 3), bit & 7));
      expect(told(plan)[0]).toMatch(/^database_unreadable: \w+\.db-wal: frame \d+ does not hold/);
    }
  });

  it('is told with its name and frame, and not put aside, though it is accepted', async () => {
    for (const tool of TOOLS) {
      const files = withCommits(tool);
      const third = HEADER + 2 * frameOf(files) + 99;
      const folder = put(flipped(files, third, 5));
      const names = fs.readdirSync(folder).toSorted();
      const shell = withLedger();
      const line = ['import', tool, folder, ...(tool === 'cortex' ? ['--from', 'sqlite'] : [])];
      const { status, stdout } = await shell.inside([...line, '--json']);
      expect(status).toBe(20);
      expect(stdout).toContain(`${NAMES[tool]}-wal: frame 3 does not hold`);
      const taking = [...line, '--accept', 'database_unreadable'];
      expect(await shell.refusals([[...taking, '--archive']])).toEqual(['2 usage']);
      expect(fs.readdirSync(folder).toSorted()).toEqual(names);
    }
  });

  it('is not refused where a torn write looks the same, and told as not proved', async () => {
    for (const tool of TOOLS) {
      const files = openWith(tool, (database, commit) => {
        commit(3);
        database.transaction(() => commit(COMMITS - 3))();
      });
      const last = files.log.length - frameOf(files);
      files.log.fill(0, last - 100, last + 24);
      files.log.writeInt32BE(files.log.readInt32BE(16) ^ (1 << 31), last + 8);
      const plan = planOf(files);
      expect([told(plan), plan.report['rows']]).toEqual([[], 3]);
      const [text = ''] = behind(plan);
      expect(text).toBe(endOf(files));
      const shell = withLedger();
      const line = ['import', tool, put(files), ...(tool === 'cortex' ? ['--from', 'sqlite'] : [])];
      const [dry] = await shell.told([...line, '--dry-run']);
      const [taken] = await shell.told(line);
      const [printed] = await shell.told(['import', 'report', String(taken?.seq)]);
      const unproved: unknown = expect.arrayContaining([text]);
      for (const each of [dry, taken, printed])
        expect(each).toMatchObject({ report: { unproved } });
    }
  });

  it('is told with pages of any size', () => {
    for (const size of [512, 65_536]) {
      const files = withCommits('kaizen', size);
      expect(frameOf(files)).toBe(24 + size);
      expect(told(planOf(files))).toEqual([]);
      expect(told(planOf(flipped(files, files.log.length - 1, 0))).length).toBe(1);
    }
  });
});

/** Checksums of the other byte order, as a machine makes them that has it. */
const turned = ({ log, ...rest }: Files): Files => {
  const made = Buffer.from(log);
  made.writeUInt32BE(0x377f0683, 0);
  let sums = [0, 0];
  const add = (from: number, to: number): void => {
    let [one = 0, two = 0] = sums;
    for (let at = from; at < to; at += 8) {
      one = (one + two + made.readUInt32BE(at)) % 2 ** 32;
      two = (two + one + made.readUInt32BE(at + 4)) % 2 ** 32;
    }
    sums = [one, two];
  };
  const seal = (at: number): void => sums.forEach((sum, i) => made.writeUInt32BE(sum, at + 4 * i));
  add(0, 24);
  seal(24);
  const frame = 24 + log.readUInt32BE(8);
  for (let at = HEADER; at + frame <= made.length; at += frame) {
    add(at, at + 8);
    add(at + 24, at + frame);
    seal(at + 16);
  }
  return { ...rest, log: made };
};

const isSound = (files: Files, rows: number, end?: string): void => {
  const plan = planOf(files);
  expect([files.tool, told(plan), plan.report['rows']]).toEqual([files.tool, [], rows]);
  expect(behind(plan)[0]).toBe(end);
  expect(rowsIn(files)).toBe(rows);
};

describe('a log that a tool leaves is sound', () => {
  it('where all of it is in the database, and where it was begun anew after that', () => {
    for (const tool of TOOLS) {
      const brought = openWith(tool, (database, commit) => {
        commit(COMMITS);
        database.pragma('wal_checkpoint(PASSIVE)');
      });
      isSound(brought, COMMITS);
      const anew = openWith(tool, (database, commit) => {
        commit(COMMITS - 3);
        database.pragma('wal_checkpoint(RESTART)');
        commit(3);
      });
      expect(anew.log.length).toBeGreaterThan(HEADER + 12 * frameOf(anew));
      isSound(anew, COMMITS);
    }
  });

  it('where it is cut off, in a frame or between two: what SQLite reads is what is taken', () => {
    for (const tool of TOOLS) {
      const files = withCommits(tool);
      const frame = frameOf(files);
      const seen = new Set<number>();
      for (let at = HEADER; at <= files.log.length; at += frame)
        for (const more of [0, seen.size % 2 === 0 ? 20 : frame - 1]) {
          const cut = { ...files, log: files.log.subarray(0, at + more) };
          const rows = rowsIn(cut);
          seen.add(rows);
          isSound(cut, rows, endOf(cut));
        }
      expect(seen.size).toBe(COMMITS + 1);
    }
  });

  it('where rows were taken back that had no room in memory, and others came after them', () => {
    for (const tool of TOOLS) {
      const files = openWith(tool, (database, commit) => {
        commit(3);
        database.exec(`PRAGMA cache_size = 5; BEGIN; CREATE TABLE filler (bytes);
          WITH RECURSIVE row (at) AS (VALUES (1) UNION ALL SELECT at + 1 FROM row WHERE at < 500)
          INSERT INTO filler SELECT randomblob(2000) FROM row; ROLLBACK`);
        commit(3);
      });
      expect(files.log.length).toBeGreaterThan(HEADER + 100 * frameOf(files));
      isSound(files, 6, endOf(files));
    }
  });

  it('whichever byte order its checksums have', () => {
    for (const tool of TOOLS) {
      const files = turned(withCommits(tool));
      isSound(files, COMMITS);
      expect(told(planOf(flipped(files, files.log.length - 1, 0)))[0]).toContain('db-wal: frame');
    }
  });

  it('where it holds nothing, which is told as not proved but where it is empty', () => {
    const { database } = withCommits('kaizen');
    isSound({ tool: 'kaizen', database, log: Buffer.alloc(0) }, 0);
    for (const log of [Buffer.alloc(1), Buffer.alloc(20, 7), Buffer.alloc(3_000_000)])
      isSound({ tool: 'kaizen', database, log }, 0, noFrame('kaizen', log.length));
    const spoilt = Buffer.alloc(3_000_000);
    spoilt[2_999_999] = 1;
    expect(told(planOf({ tool: 'kaizen', database, log: spoilt })).length).toBe(1);
  });
});
