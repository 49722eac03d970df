/**
 * Rows of a database of cortex that the tool itself would not have stored: texts beyond all
 * measure, and ids that stand there twice.
 */
import Sqlite from 'better-sqlite3';
import * as fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MAX_LINE_BYTES } from '../../ledger/event/header.ts';
import type { Stored } from '../../src/import/cortex/stored-row.ts';
import { COLUMNS, SELECT } from '../../src/import/cortex/stored-row.ts';
import { withLedger } from '../src/cli/shell.ts';
import { copyOf, linesOf, planCortex, readFixture } from './fixture.ts';

/** A store whose database has no constraints and was altered. */
const storeWith = (alter: (database: Sqlite.Database) => void): string => {
  const folder = copyOf('cortex', 'v1-unsigned');
  const database = new Sqlite(`${folder}/cortex.db`);
  database.pragma('foreign_keys = OFF');
  database.exec(`CREATE TABLE other AS SELECT * FROM events; DROP TABLE events;
    ALTER TABLE other RENAME TO events`);
  alter(database);
  database.close();
  return folder;
};

describe('a long text in a row of a database', () => {
  it('is not read, in whichever column, though a NUL stands in it', () => {
    for (const column of COLUMNS) {
      const text = `a\0${'x'.repeat(2 * MAX_LINE_BYTES)}`;
      const folder = storeWith((database) => {
        database.prepare(`UPDATE events SET ${column} = ? WHERE rowid = 3`).run(text);
        const rows = database.prepare(SELECT).all() as Stored[];
        const longest = Math.max(
          ...rows.flatMap((row) => COLUMNS.map((each) => `${row[each]}`.length)),
        );
        expect([column, longest < 10_000, rows.map((row) => row.is_long)]).toEqual([
          column,
          true,
          rows.map((_, at) => (at === 2 ? 1 : 0)),
        ]);
      });
      expect(planCortex(folder).defects.total).toBeGreaterThan(0);
      const { counts } = planCortex(folder, { from: 'sqlite' }).defects;
      expect([column, counts.get('line_too_long')]).toEqual([column, 1]);
    }
  });

  it('is as long as it is in a line, though the database has two bytes for a character', () => {
    const folder = storeWith(() => undefined);
    const path = `${folder}/cortex.db`;
    const narrow = new Sqlite(path, { readonly: true });
    const rows = narrow.prepare('SELECT * FROM events').all() as Record<string, unknown>[];
    narrow.close();
    fs.rmSync(path);
    const wide = new Sqlite(path);
    wide.pragma("encoding = 'UTF-16le'");
    const columns = Object.keys(rows[0] ?? {});
    wide.exec(`CREATE TABLE events (${columns.join(', ')})`);
    const insert = wide.prepare(`INSERT INTO events VALUES (${columns.map(() => '?').join(', ')})`);
    for (const row of rows) insert.run(...columns.map((name) => row[name]));
    const grow = wide.prepare('UPDATE events SET payload_json = ? WHERE rowid = 3');
    for (const [length, told] of [
      [1, undefined],
      [700_000, undefined],
      [MAX_LINE_BYTES, 1],
      [2 * MAX_LINE_BYTES, 1],
    ] as const) {
      grow.run(JSON.stringify({ a: 'x'.repeat(length) }));
      const plan = planCortex(folder, { from: 'sqlite' });
      expect([length, plan.defects.counts.get('line_too_long')]).toEqual([length, told]);
      expect([...plan.drafts()].length).toBe(plan.total);
    }
    wide.close();
  });
});

describe('a second row of one id in a database', () => {
  const lines = linesOf(readFixture('cortex', 'v1-unsigned', 'events.jsonl'));
  const { id } = JSON.parse(lines[4] ?? '') as { readonly id: string };
  const other = (place: string, set: string) => (database: Sqlite.Database) => {
    const columns = COLUMNS.filter((name) => name !== 'payload_json').join(', ');
    database.exec(`INSERT INTO events (rowid, payload_json, ${columns})
      SELECT ${place}, '{"evil":true}', ${columns} FROM events WHERE id = '${id}';
      UPDATE events SET ${set} WHERE rowid = ${place}`);
  };

  it('is a defect, whichever of them rows are taken from, and is taken with both', () => {
    for (const [place, set] of [
      ['1000', 'trace_id = NULL'],
      ['-5', `event_hash = '${'0'.repeat(64)}'`],
      ['1000', `event_hash = '${'f'.repeat(64)}'`],
    ] as const)
      for (const from of ['jsonl', 'both', 'sqlite'] as const) {
        const plan = planCortex(storeWith(other(place, set)), { from });
        const counts = Object.fromEntries(plan.defects.counts);
        expect([from, place, set, counts]).toMatchObject([
          from,
          place,
          set,
          { duplicate_id: 1, missing_in_jsonl: 1 },
        ]);
        expect(plan.report['parity']).toMatchObject({ matched: 20, parity_mismatch: 0 });
        const evil = [...plan.drafts()].filter(({ draft }) =>
          JSON.stringify(draft).includes('evil'),
        );
        expect([from, evil.length]).toEqual([from, from === 'jsonl' ? 0 : 1]);
      }
  });

  it('is one of two that the log lacks, or agrees with the second of the log', () => {
    const folder = storeWith(other('1000', 'trace_id = NULL'));
    const log = `${folder}/events.jsonl`;
    const put = (rows: readonly string[]) => fs.writeFileSync(log, `${rows.join('\n')}\n`);
    put(lines.toSpliced(4, 1));
    for (const from of ['jsonl', 'both', 'sqlite'] as const) {
      const { counts } = planCortex(folder, { from }).defects;
      expect([counts.get('duplicate_id'), counts.get('missing_in_jsonl')]).toEqual([1, 2]);
    }
    const hash = 'f'.repeat(64);
    const line = (lines[4] ?? '')
      .replace(/"payload":.*,"payload_hash"/, '"payload":{"evil":true},"payload_hash"')
      .replace(/"event_hash":"[^"]*"/, `"event_hash":"${hash}"`);
    const both = storeWith(other('1000', `event_hash = '${hash}'`));
    fs.writeFileSync(`${both}/events.jsonl`, `${[...lines, line].join('\n')}\n`);
    for (const from of ['jsonl', 'both', 'sqlite'] as const) {
      const plan = planCortex(both, { from });
      expect(plan.defects.counts.get('duplicate_id')).toBe(1);
      expect(plan.report).toMatchObject({ rows: 21, parity: { matched: 21, missing_in_jsonl: 0 } });
    }
  });

  it('is refused and planned as one, and no row hides behind another one of its name', async () => {
    const shell = withLedger();
    const folder = storeWith(other('1000', 'trace_id = NULL'));
    for (const from of ['jsonl', 'both', 'sqlite']) {
      const line = ['import', 'cortex', folder, '--from', from];
      expect(await shell.refusals([line])).toEqual(['20 source_refused']);
      const { stdout } = await shell.inside([...line, '--dry-run']);
      expect(stdout).toContain('duplicate_id');
    }
    // What comes as ? and null is no row that the log has.
    const named = storeWith((database) => {
      database.prepare('UPDATE events SET id = ? WHERE rowid = 3').run('x'.repeat(3 << 20));
      database.exec('UPDATE events SET id = NULL WHERE rowid = 4');
    });
    const called = (at: number, name: string): string =>
      (lines[at] ?? '').replace(/"id":"[^"]*"/, `"id":"${name}"`);
    const log = lines.with(1, called(1, '?')).with(6, called(6, 'null'));
    fs.writeFileSync(`${named}/events.jsonl`, `${log.join('\n')}\n`);
    const { counts } = planCortex(named).defects;
    expect([counts.get('missing_in_sqlite'), counts.get('line_too_long')]).toEqual([4, 1]);
    expect(counts.get('missing_in_jsonl')).toBe(4);
  });
});

const leftOf = (path: string) =>
  Object.entries(planCortex(path).report['left'] ?? {}).filter(([name]) => name.includes('events'));

describe('a column of a database that no row of a log has', () => {
  it('is told with how many rows have something there, and nothing of an empty one', () => {
    for (const from of ['jsonl', 'sqlite', 'both'] as const) {
      const { report } = planCortex(copyOf('cortex', 'v2-migrated'), { from });
      expect(report['left']).toMatchObject({ 'events.source_attestation_json': 21 });
    }
    const long = 'x'.repeat(5000);
    const odd = storeWith((database) => {
      for (const name of ['empty', 'a "b"', long])
        database.exec(`ALTER TABLE events ADD COLUMN [${name}]`);
      database.exec(`UPDATE events SET [a "b"] = '', ${long} = 1 WHERE rowid < 4`);
    });
    expect(leftOf(odd)).toEqual([
      ['events.a "b"', 3],
      [expect.stringMatching(/^events\.x{10}.{1,1000}$/), 3],
    ]);
    const many = storeWith((database) => {
      for (let at = 0; at < 209; at++) database.exec(`ALTER TABLE events ADD COLUMN more_${at}`);
    });
    expect(leftOf(many)).toEqual([['and 10 more columns of events', null]]);
  });
});
