/**
 * The audit of a mirror: each way in which it can differ from the journal is brought about, and is
 * drift; the journal stays sound.
 */
import Sqlite from 'better-sqlite3';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { right } from '../build/ledger.ts';
import type { Site } from '../build/site.ts';
import {
  EVENTS,
  auditOf,
  build,
  codes,
  event,
  flip,
  openAt,
  removeMirror,
  sql,
} from '../build/site.ts';

let site: Site;
beforeAll(async () => {
  site = await build();
});
afterAll(() => fs.rmSync(site.home, { recursive: true }));

const unguarded = ['DROP TRIGGER event_stays', 'DROP TRIGGER event_remains'];

/** A copy of the last row with one thing changed, put in as a program with other settings may. */
const copied = (insert: string, seq: string, id: string, line: string) =>
  sql(
    'PRAGMA foreign_keys = OFF',
    'PRAGMA recursive_triggers = OFF',
    `${insert} INTO events (seq, event_hash, id, event_type, recorded_at, source, author, line)
     SELECT ${seq}, event_hash, ${id}, event_type, recorded_at, source, author, ${line}
     FROM events ORDER BY seq DESC LIMIT 1`,
  );

/** The file that the next event would begin. */
const begin = (folder: string): void =>
  fs.writeFileSync(join(folder, 'journal', `${String(EVENTS + 1).padStart(20, '0')}.jsonl`), '');

const PAGE_BYTES = 4096;

/** Changes a letter in the first page of the index over types. */
const spoilIndex = (folder: string): void => {
  sql('PRAGMA wal_checkpoint(TRUNCATE)')(folder);
  const path = join(folder, 'mirror.db');
  const sqlite = new Sqlite(path);
  const root = sqlite
    .prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'event_type'")
    .pluck()
    .get() as number;
  sqlite.close();
  const page = (root - 1) * PAGE_BYTES;
  const at = fs.readFileSync(path).lastIndexOf('invoice.', page + PAGE_BYTES);
  expect(at).toBeGreaterThan(page);
  flip(path, at + 'invoice.'.length);
};

/** Drops the first index of a projection. */
const dropIndexOf = (projection: string) => (folder: string) => {
  const sqlite = new Sqlite(join(folder, 'mirror.db'));
  const names = sqlite.prepare(
    "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql NOT NULL AND name LIKE ?",
  );
  sqlite.exec(`DROP INDEX "${String(names.pluck().get(`${projection}%`))}"`);
  sqlite.close();
};

const DRIFT: readonly (readonly [string, (folder: string) => void, readonly string[]])[] = [
  ['is missing', removeMirror, ['mirror_missing']],
  [
    'is no database',
    (folder) => {
      removeMirror(folder);
      fs.writeFileSync(join(folder, 'mirror.db'), 'x'.repeat(9000));
    },
    ['mirror_unreadable'],
  ],
  ['is another database', sql('PRAGMA application_id = 7'), ['mirror_version']],
  ['is of another version', sql('PRAGMA user_version = 99'), ['mirror_version']],
  ['lost a trigger', sql('DROP TRIGGER event_stays'), ['mirror_schema']],
  ['lost an index', sql('DROP INDEX event_type'), ['mirror_schema']],
  ['lost an index of a projection', dropIndexOf('outbox'), ['mirror_schema']],
  ['got a table', sql('CREATE TABLE more (a)'), ['mirror_schema']],
  [
    'holds another line',
    sql(...unguarded, "UPDATE events SET line = replace(line, 'xx', 'xy') WHERE seq = 7"),
    ['mirror_line', 'mirror_schema'],
  ],
  [
    'holds no line at all',
    sql(...unguarded, "UPDATE events SET line = '{' WHERE seq = 7"),
    ['mirror_line', 'mirror_schema'],
  ],
  [
    'has a line that is longer',
    sql(...unguarded, "UPDATE events SET line = line || ' ' WHERE seq = 7"),
    ['mirror_line', 'mirror_schema'],
  ],
  ...[
    'id',
    'event_type',
    'recorded_at',
    'source',
    'session_id',
    'key_id',
    'author',
    'trace_id',
    'supersedes',
    'approves',
    'refuses',
  ].map(
    (column) =>
      [
        `is wrong about ${column}`,
        sql(...unguarded, `UPDATE events SET ${column} = 'wrong' WHERE seq = 8`),
        ['mirror_schema', 'mirror_column'],
      ] as const,
  ),
  [
    'is wrong about what gates stand on',
    sql(...unguarded, 'UPDATE events SET is_ground = 1 WHERE seq = 8'),
    ['mirror_schema', 'mirror_column'],
  ],
  [
    'had its last row replaced',
    copied('INSERT OR REPLACE', 'seq', 'id', "line || ' '"),
    ['mirror_line'],
  ],
  ['has an index that holds something else than its rows', spoilIndex, ['mirror_damaged']],
  ['lost a tag', sql('DELETE FROM tags WHERE seq = 8'), ['mirror_tags']],
  ['got a tag', sql("INSERT INTO tags VALUES ('us', 3)"), ['mirror_tags']],
  ['has another node', sql('UPDATE nodes SET hash = zeroblob(32)'), ['mirror_node']],
  ['lost a node', sql('DELETE FROM nodes'), ['mirror_node']],
  ['got a node', sql('INSERT INTO nodes VALUES (16, 0, zeroblob(32))'), ['mirror_node']],
  ['ends with another head', sql(`UPDATE ended SET head = '${'0'.repeat(64)}'`), ['mirror_end']],
  ['cannot tell its end', sql("UPDATE ended SET peaks = x'00'"), ['mirror_end']],
  [
    'has a projection with another row',
    sql("UPDATE overview__counted__1 SET count = 7 WHERE kind = 'day'"),
    ['projection_differs'],
  ],
  [
    'has a projection that says it took fewer events than it did',
    sql("UPDATE projections SET size = 7 WHERE name = 'overview'"),
    ['projection_lags', 'projection_differs'],
  ],
  [
    'has a projection that says it took events that are still to come',
    sql("UPDATE projections SET size = 9999 WHERE name = 'overview'"),
    ['projection_differs'],
  ],
  [
    'has a projection that says it stopped, with another row',
    sql(
      "UPDATE projections SET stopped = 'broke' WHERE name = 'overview'",
      "UPDATE overview__counted__1 SET count = 7 WHERE kind = 'day'",
    ),
    ['projection_stopped', 'projection_differs'],
  ],
  ...['keyring', 'policies', 'break_glass', 'overview'].map(
    (name) =>
      [
        `has a projection ${name} that says it stopped where nothing stops it`,
        sql(`UPDATE projections SET stopped = 'broke' WHERE name = '${name}'`),
        ['projection_stopped', 'projection_differs'],
      ] as const,
  ),
  [
    'has a projection that says it stopped at an event that does not stop it',
    sql("UPDATE projections SET stopped = 'broke', size = 7 WHERE name = 'keyring'"),
    ['projection_stopped', 'projection_differs'],
  ],
  [
    'has a projection of another version',
    sql("UPDATE projections SET version = 99 WHERE name = 'keyring'"),
    ['projection_differs'],
  ],
];

/** Of what a mirror claims to hold the journal may have lost what it does not hold. */
const MORE: readonly (readonly [string, (folder: string) => void, readonly string[]])[] = [
  [
    'has a row behind a gap',
    copied('INSERT', 'seq + 5', "'other'", 'line'),
    ['mirror_end', 'mirror_ahead'],
  ],
  [
    'has a row behind its end',
    copied('INSERT', 'seq + 1', "'other'", 'line'),
    ['mirror_end', 'mirror_ahead'],
  ],
  [
    'has a size that its tree and its rows do not have',
    sql('UPDATE ended SET size = size * 2'),
    ['mirror_end', 'mirror_ahead'],
  ],
];

describe('a mirror that', () => {
  it.each(MORE)('%s claims more than there is', { timeout: 20_000 }, async (_, alter, expected) => {
    const report = await auditOf(site, alter);
    expect(codes(report)).toEqual(expected);
    expect(report.verdict).toBe('tampered');
  });

  it.each(DRIFT)('%s is drift', { timeout: 20_000 }, async (_, alter, expected) => {
    const report = await auditOf(site, alter);
    expect(codes(report)).toEqual(expected);
    expect(report.verdict).toBe('drift');
  });

  it('lacks the last events is behind', { timeout: 20_000 }, async () => {
    const report = await auditOf(site, async (folder) => {
      sql('PRAGMA wal_checkpoint(TRUNCATE)')(folder);
      fs.copyFileSync(join(folder, 'mirror.db'), join(folder, 'older.db'));
      const ledger = openAt(folder);
      right(await ledger.append([event(EVENTS)]));
      await ledger.close();
      removeMirror(folder);
      fs.renameSync(join(folder, 'older.db'), join(folder, 'mirror.db'));
    });
    expect(codes(report)).toContain('mirror_behind');
    expect(report.verdict).toBe('drift');
  });

  it('went on otherwise is evidence', { timeout: 20_000 }, async () => {
    const report = await auditOf(site, async (folder) => {
      const other = `${folder}.other`;
      fs.cpSync(folder, other, { recursive: true });
      for (const [at, path] of [folder, other].entries()) {
        const ledger = openAt(path);
        right(await ledger.append([event(EVENTS + at)]));
        await ledger.close();
      }
      removeMirror(folder);
      fs.renameSync(join(other, 'mirror.db'), join(folder, 'mirror.db'));
    });
    expect(codes(report)).toContain('mirror_forked');
    expect(report.verdict).toBe('tampered');
  });

  it('has a projection that has taken no event is told and sound', async () => {
    const lagging = await auditOf(
      site,
      sql(
        "DELETE FROM projections WHERE name = 'overview'",
        'DROP VIEW overview__counted',
        'DROP TABLE overview__counted__1',
      ),
    );
    expect(codes(lagging)).toEqual(['projection_lags']);
    expect(lagging.verdict).toBe('verified');
  });

  it('forgot a checkpoint that it has taken an event behind is drift', async () => {
    const report = await auditOf(site, async (folder) => {
      const ledger = openAt(folder);
      right(await ledger.append([event(EVENTS)]));
      await ledger.close();
      sql('UPDATE ended SET note = NULL')(folder);
    });
    expect([report.verdict, codes(report)]).toEqual(['drift', ['mirror_end']]);
  });

  it('has a projection that is not known here leaves open what that holds', async () => {
    const report = await auditOf(
      site,
      sql("INSERT INTO projections VALUES ('own', 1, 1, 0, NULL)"),
    );
    expect([report.verdict, report.findings]).toEqual(['verified', []]);
    expect(report.notProved).toContain('projections_unknown');
    const other = await auditOf(site, () => undefined);
    expect(other.notProved).not.toContain('projections_unknown');
  });

  it('is none where the next file of the journal is begun and empty yet', async () => {
    const report = await auditOf(site, begin);
    expect([report.verdict, report.findings]).toEqual(['verified', []]);
    const other = await auditOf(site, (folder) => {
      begin(folder);
      sql("UPDATE ended SET recorded_at = '2030-01-01T00:00:00.000Z'")(folder);
    });
    expect(codes(other)).toEqual(['mirror_end']);
  });

  it.each(['segment', 'offset'])('ends at another %s is drift', async (member) => {
    for (const before of [() => undefined, begin]) {
      const report = await auditOf(site, (folder) => {
        before(folder);
        sql(`UPDATE ended SET ${member} = ${member} - 1`)(folder);
      });
      expect(report.findings).toMatchObject([{ code: 'mirror_end', member }]);
    }
  });
});
