/**
 * Texts in a database of cortex whose bytes are no text in the encoding of the database. Read as
 * texts, two of them would be one, and would be what the log has.
 */
import Sqlite from 'better-sqlite3';
import * as fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/import/plan.ts';
import { withLedger } from '../src/cli/shell.ts';
import type { Stored } from '../../src/import/cortex/stored-row.ts';
import { COLUMNS } from '../../src/import/cortex/stored-row.ts';
import { copyOf, linesOf, planCortex, readFixture } from './fixture.ts';

const LINES = linesOf(readFixture('cortex', 'v1-unsigned', 'events.jsonl'));
const MODES = ['sqlite', 'jsonl', 'both'] as const;

const idOf = (line: number): string =>
  (JSON.parse(LINES[line - 1] ?? '') as { readonly id: string }).id;

const alter = (folder: string, sql: string): void => {
  const database = new Sqlite(`${folder}/cortex.db`);
  database.pragma('foreign_keys = OFF');
  database.exec(sql);
  database.close();
};

/** A store whose database has no constraints and was altered. */
const storeWith = (sql: string): string => {
  const folder = copyOf('cortex', 'v1-unsigned');
  alter(
    folder,
    `CREATE TABLE other AS SELECT * FROM events; DROP TABLE events;
     ALTER TABLE other RENAME TO events; ${sql}`,
  );
  return folder;
};

const alone = (folder: string): string => {
  for (const name of ['events.jsonl', 'audit_records.jsonl', 'anchors.history', 'anchor.txt'])
    fs.rmSync(`${folder}/${name}`);
  return folder;
};

const set = (column: string, hex: string, line: number): string =>
  `UPDATE events SET ${column} = CAST(x'${hex}' AS TEXT) WHERE id = '${idOf(line)}';`;

/** A line with another trace, each of its bytes as a character. */
const traced = (line: number, trace: string): string =>
  Buffer.from(LINES[line - 1] ?? '')
    .toString('latin1')
    .replace(/"trace_id":[^,]*/, `"trace_id":"${trace}"`);

const countsOf = ({ defects }: Plan) => Object.fromEntries(defects.counts);

describe('bytes that are no UTF-8 in a database', () => {
  it('are told with their row, and kept as they are where they are taken', () => {
    const folder = alone(copyOf('cortex', 'v1-unsigned'));
    alter(
      folder,
      set('domain_tags_json', '5b22ff225d', 3) +
        set('trace_id', 'fe41', 4) +
        set('trace_id', 'fd41', 5),
    );
    const plan = planCortex(folder);
    expect(plan.report).toMatchObject({ sound: false });
    const told = plan.defects.told.map(({ file, line, reason }) => `${file}:${line} ${reason}`);
    expect(told).toEqual([
      `cortex.db:3 domain_tags_json at rowid 8, of ${idOf(3)}`,
      `cortex.db:4 trace_id at rowid 19, of ${idOf(4)}`,
      `cortex.db:5 trace_id at rowid 1, of ${idOf(5)}`,
    ]);
    expect(countsOf(plan)).toEqual({ invalid_utf8: 3 });
    const drafts = [...plan.drafts()].map(({ draft }) => draft);
    expect(drafts.length).toBe(plan.total);
    const kept = drafts.flatMap(({ payload }) => {
      const { base64 } = payload as { readonly base64?: string };
      return base64 === undefined ? [] : [Buffer.from(base64, 'base64')];
    });
    expect(kept.slice(1).map((bytes) => bytes.toString('latin1'))).toEqual([
      traced(4, '\xfeA'),
      traced(5, '\xfdA'),
    ]);
    expect(new Set(drafts.map(({ id }) => id)).size).toBe(drafts.length);
  });

  it('are told in each column', () => {
    for (const column of COLUMNS) {
      const told = planCortex(alone(storeWith(set(column, 'c0af', 3)))).defects.told.filter(
        ({ name }) => name === 'invalid_utf8',
      );
      expect([column, told.map(({ reason }) => reason.split(' ')[0])]).toEqual([column, [column]]);
    }
  });

  it('are not what the log has, though they would read the same', () => {
    const folder = copyOf('cortex', 'v1-unsigned');
    const log = LINES.with(3, (LINES[3] ?? '').replace(/"trace_id":[^,]*/, '"trace_id":"\uFFFDA"'));
    fs.writeFileSync(`${folder}/events.jsonl`, `${log.join('\n')}\n`);
    alter(folder, set('trace_id', 'efbfbd41', 4));
    for (const from of MODES) {
      const plan = planCortex(folder, { from });
      expect([from, plan.defects.total, plan.report['parity']]).toMatchObject([
        from,
        0,
        { matched: 20 },
      ]);
    }
    alter(folder, set('trace_id', 'fe41', 4));
    for (const from of MODES) {
      const plan = planCortex(folder, { from });
      expect(plan.report['parity']).toMatchObject({ matched: 19, parity_mismatch: 1 });
      const [told] = plan.defects.told.filter(({ name }) => name === 'parity_mismatch');
      expect([from, told]).toMatchObject([from, { file: 'events.jsonl', line: 4, id: idOf(4) }]);
      expect([from, plan.defects.counts.get('invalid_utf8')]).toEqual([
        from,
        from === 'sqlite' ? 1 : undefined,
      ]);
    }
  });

  it('make no two ids one, and no row of the log from another one', () => {
    const folder = storeWith(set('id', 'fe41', 4) + set('id', 'fd41', 5));
    const called = (at: number): string =>
      (LINES[at] ?? '').replace(/"id":"[^"]*"/, '"id":"\uFFFDA"');
    fs.writeFileSync(`${folder}/events.jsonl`, `${LINES.with(3, called(3)).join('\n')}\n`);
    fs.rmSync(`${folder}/audit_records.jsonl`);
    expect(countsOf(planCortex(folder))).toEqual({ missing_in_sqlite: 2, missing_in_jsonl: 2 });
    expect(countsOf(planCortex(folder, { from: 'both' }))).toMatchObject({
      missing_in_sqlite: 2,
      invalid_utf8: 2,
    });
    expect(countsOf(planCortex(folder, { from: 'sqlite' }))).toMatchObject({
      missing_in_sqlite: 2,
      invalid_utf8: 2,
    });
  });

  it('are told as missing in the log, and move no row of it', () => {
    const more = `CREATE TABLE more AS SELECT * FROM events WHERE id = '${idOf(2)}';
      UPDATE more SET id = 'more'; INSERT INTO events SELECT * FROM more;`;
    const [head] = LINES.slice(-1).map(
      (line) => (JSON.parse(line) as { readonly event_hash: string }).event_hash,
    );
    for (const line of [1, 4, 20])
      for (const [sql, counts] of [
        [set('id', 'ff80', line), { invalid_utf8: 1, missing_in_sqlite: 1, missing_in_jsonl: 1 }],
        [
          set('id', 'ff80', line) + set('prev_event_hash', 'ff80', line),
          { invalid_utf8: 1, missing_in_sqlite: 1, missing_in_jsonl: 1 },
        ],
        [
          `UPDATE events SET id = printf('%.*c', 3000000, 'x') WHERE id = '${idOf(line)}'`,
          { line_too_long: 1, missing_in_sqlite: 1, missing_in_jsonl: 1 },
        ],
        [more, { missing_in_jsonl: 1, chain_broken: 1 }],
      ] as const)
        for (const from of ['both', 'jsonl'] as const) {
          const plan = planCortex(storeWith(sql), { from });
          const {
            invalid_utf8: _,
            line_too_long: long,
            chain_broken: __,
            ...parity
          } = {
            invalid_utf8: 0,
            line_too_long: 0,
            chain_broken: 0,
            ...counts,
          };
          expect([from, line, countsOf(plan)]).toEqual([
            from,
            line,
            from === 'both' ? counts : long === 0 ? parity : counts,
          ]);
          expect(plan.report).toMatchObject({
            head,
            proved: { hashes_and_links: { count: 20, rows: ['1-20'] }, anchors: 3 },
          });
        }
  });

  it('refuse the import, and are taken where they are accepted', async () => {
    const shell = withLedger();
    const folder = alone(copyOf('cortex', 'v1-unsigned'));
    alter(folder, set('trace_id', 'fe41', 4) + set('trace_id', 'fd41', 5));
    const line = ['import', 'cortex', folder];
    expect(await shell.refusals([line])).toEqual(['20 source_refused']);
    const taken = await shell.inside([...line, '--accept', 'invalid_utf8', '--json']);
    expect(taken.status).toBe(0);
    const unread = shell.journal().filter((each) => each.includes('"cortex.unread"'));
    expect(unread.length).toBe(2);
    expect((await shell.inside(['verify'])).status).toBe(0);
  });
});

describe('half a character in a database of UTF-16', () => {
  it('is told, and what is whole reads as ever', () => {
    for (const encoding of ['UTF-16le', 'UTF-16be'] as const) {
      const folder = alone(copyOf('cortex', 'v1-unsigned'));
      const path = `${folder}/cortex.db`;
      const narrow = new Sqlite(path, { readonly: true });
      const rows = narrow.prepare('SELECT * FROM events').all() as readonly (Stored &
        Record<string, string>)[];
      narrow.close();
      for (const end of ['', '-wal', '-shm']) fs.rmSync(`${path}${end}`, { force: true });
      const wide = new Sqlite(path);
      wide.pragma(`encoding = '${encoding}'`);
      const names = Object.keys(rows[0] ?? {});
      const typed = names.map((name) => (name === 'schema_version' ? `${name} INTEGER` : name));
      wide.exec(`CREATE TABLE events (${typed.join(', ')})`);
      const insert = wide.prepare(`INSERT INTO events VALUES (${names.map(() => '?').join(', ')})`);
      for (const row of rows) insert.run(...names.map((name) => row[name]));
      wide.close();
      expect(countsOf(planCortex(folder))).toEqual({});
      // Half a character and an A, which are read as one other character.
      const half = encoding === 'UTF-16le' ? '00d84100' : 'd8000041';
      alter(folder, set('trace_id', half, 4));
      const plan = planCortex(folder);
      expect(countsOf(plan)).toEqual({ invalid_utf8: 1 });
      expect([...plan.drafts()].length).toBe(plan.total);
    }
  });
});
