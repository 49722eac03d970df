/**
 * Databases of other tools that were altered anywhere: nothing throws, and what cannot be read is
 * told, and what can be is the same each time.
 */
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check, share } from '../../properties/check.ts';
import { loadChecksum } from '../../src/import/kaizen/redb-file.ts';
import { surveyKaizen } from '../../src/import/kaizen/survey.ts';
import { right } from '../build/ledger.ts';
import { withLedger } from '../src/cli/shell.ts';
import { WORLD, copyOf, planCortex } from './fixture.ts';

const CHECKSUM = await loadChecksum();
/** So many rows its outbox has. */
const ROWS = 11;
/** Most of it is pages that hold nothing; what counts stands at their ends. */
const flips = fc.array(fc.tuple(fc.nat(1 << 20), fc.nat(255)), { minLength: 1, maxLength: 40 });

const alter = (path: string, at: readonly (readonly [number, number])[]): void => {
  const bytes = readFileSync(path);
  for (const [place, value] of at) bytes[place % bytes.length] = value;
  writeFileSync(path, bytes);
};

const PAGE = 4096;
const LEAF = 13;
const MORE = 160;

/** An outbox of so many rows more, and the places of its pages, of which each has many. */
const manyRows = () => {
  const folder = copyOf('kaizen', 'sqlite');
  const path = join(folder, 'kaizen.db');
  const database = new Sqlite(path);
  database.exec(`PRAGMA journal_mode = DELETE;
    WITH RECURSIVE row (at) AS (VALUES (1) UNION ALL SELECT at + 1 FROM row WHERE at < ${MORE})
    INSERT INTO sync_outbox (session_id, payload) SELECT 's-1', printf('%0100d', at) FROM row`);
  database.close();
  const bytes = readFileSync(path);
  const pages = Array.from({ length: bytes.length / PAGE - 1 }, (_, at) => (at + 1) * PAGE);
  const isFull = (at: number): boolean => bytes[at] === LEAF && bytes.readUInt16BE(at + 3) > 20;
  return { folder, path, bytes, pages: pages.filter(isFull) };
};

const flipped = (bytes: Buffer, at: number, bit: number): Buffer => {
  const made = Buffer.from(bytes);
  made[at] = (made[at] ?? 0) ^ (1 << bit);
  return made;
};

describe('a database that was altered', () => {
  it('of kaizen has the same rows each time, whichever bit of the head of a page it is', () => {
    const { folder, path, bytes, pages } = manyRows();
    expect(pages.length).toBeGreaterThan(3);
    const place = fc.tuple(fc.constantFrom(...pages), fc.nat(100), fc.nat(7));
    check(
      fc.property(place, ([page, at, bit]) => {
        writeFileSync(path, flipped(bytes, page + at, bit));
        const plan = right(surveyKaizen({ ...WORLD, checksum: CHECKSUM }, folder));
        const read = () => [...plan.drafts()].map(({ draft }) => JSON.stringify(draft));
        const first = read();
        expect([first.length, read()]).toEqual([plan.total, first]);
        if (plan.report['rows'] !== ROWS + MORE) expect(plan.defects.total).toBeGreaterThan(0);
        plan.close();
      }),
      { runs: share(0.1, 20) },
    );
  });

  it('of kaizen is taken as it was planned, accepted for what it is', async () => {
    const { folder, path, bytes, pages } = manyRows();
    const [page = 0] = pages;
    writeFileSync(path, flipped(bytes, page + 8 + 2 * 13, 7));
    const shell = withLedger();
    const line = ['import', 'kaizen', folder];
    expect(await shell.refusals([line])).toEqual(['20 source_refused']);
    const taking = [...line, '--accept', 'database_unreadable'];
    const [dry] = await shell.told([...taking, '--dry-run']);
    const [taken] = await shell.told(taking);
    const [printed] = await shell.told(['import', 'report', String(taken?.seq)]);
    const [again] = await shell.told(taking);
    expect(again).toMatchObject({ status: 'already_imported', seq: taken?.seq, appended: 0 });
    for (const each of [dry, taken, printed])
      expect(each).toMatchObject({
        report: { rows: ROWS + MORE, defects: { counts: { database_unreadable: 1 } } },
      });
    const types = shell.journal().map((each) => /"event_type":"([^"]+)"/.exec(each)?.[1]);
    expect(types.filter((each) => each === 'outbox.enqueued').length).toBeGreaterThanOrEqual(MORE);
  });

  it('of kaizen is read as far as it goes, and each of its rows is an event', () => {
    check(
      fc.property(flips, fc.boolean(), (at, isCut) => {
        const folder = copyOf('kaizen', 'sqlite');
        const path = join(folder, 'kaizen.db');
        alter(path, at);
        if (isCut) writeFileSync(path, readFileSync(path).subarray(0, (at[0]?.[0] ?? 0) % 458_752));
        const plan = surveyKaizen({ ...WORLD, checksum: CHECKSUM }, folder);
        if (plan._tag === 'Left') expect(plan.left._tag).toMatch(/^(?:NoSource|SourceBusy)$/);
        else {
          expect([...plan.right.drafts()].length).toBe(plan.right.total);
          const { report, defects } = plan.right;
          if (report['rows'] !== ROWS) expect(defects.total).toBeGreaterThan(0);
          plan.right.close();
        }
      }),
      { runs: share(0.2, 60) },
    );
  });

  it('of cortex is told to differ from the log, or agrees with it', () => {
    check(
      fc.property(flips, (at) => {
        const folder = copyOf('cortex', 'v2-migrated');
        alter(join(folder, 'cortex.db'), at);
        const plan = planCortex(folder);
        expect(plan.report['rows']).toBe(31);
        const { matched } = (plan.report['parity'] ?? { matched: 0 }) as { matched: number };
        expect(matched === 31 || plan.defects.total > 0).toBe(true);
        for (const from of ['sqlite', 'both'] as const)
          expect([...planCortex(folder, { from }).drafts()].length).toBeLessThan(100);
      }),
      { runs: share(0.1, 30) },
    );
  });
});
