/**
 * Folders of kaizen and lines of JSON that are odd beyond what a tool leaves behind, or in use:
 * nothing is passed over, waited for without end, or found out too late.
 */
import Sqlite from 'better-sqlite3';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openForeign } from '../../src/import/foreign-database.ts';
import { KaizenDatabase } from '../../src/import/kaizen/database.ts';
import { loadChecksum } from '../../src/import/kaizen/redb-file.ts';
import { surveyKaizen } from '../../src/import/kaizen/survey.ts';
import type { Plan } from '../../src/import/plan.ts';
import { takeCopy } from '../../src/storage/private-copy.ts';
import { right } from '../build/ledger.ts';
import { BIN, linesOf, withLedger } from '../src/cli/shell.ts';
import { WORLD, copyOf, defectsOf } from './fixture.ts';

const CHECKSUM = await loadChecksum();

const look = (folder: string) => surveyKaizen({ ...WORLD, checksum: CHECKSUM }, folder);
const planOf = (folder: string): Plan => {
  const plan = right(look(folder));
  onTestFinished(() => plan.close());
  return plan;
};

/** A folder whose database was altered by a statement. */
const folderWith = (sql: string, ...values: readonly unknown[]): string => {
  const folder = copyOf('kaizen', 'sqlite');
  const database = new Sqlite(join(folder, 'kaizen.db'));
  if (values.length > 0) database.prepare(sql).run(...values);
  else database.exec(sql);
  database.close();
  return folder;
};

describe('a folder of kaizen', () => {
  it('with empty columns and moments out of range is taken, and told', async () => {
    const folder = folderWith(`DROP TABLE experiments;
      CREATE TABLE experiments (id, name, created_at_ms, metadata, state, concluded_at_ms);
      INSERT INTO experiments VALUES (NULL, NULL, NULL, NULL, NULL, NULL),
        ('e-1', 'n', 9223372036854775807, '{}', 'Draft', NULL),
        ('e-2', 'n', 1, NULL, 'Running', 9223372036854775807)`);
    const shell = withLedger();
    const [taken] = await shell.told(['import', 'kaizen', folder]);
    expect(taken).toMatchObject({ status: 'imported' });
    const kept = shell.journal().filter((line) => line.includes('"kaizen.experiment"'));
    expect(kept.length).toBe(3);
    expect(kept.join()).toContain('"created_at_ms":"9223372036854775807"');
    const notes = JSON.stringify(planOf(folder).report['notes']);
    expect(notes).toContain('empty, or no number in range');
  });

  it.each(["'1700000000000x'", "'abc'", '1700000000000.5', "x'616263'"])(
    'with a time that is %s guesses none, and keeps it as it is written',
    (value) => {
      const folder = folderWith(`INSERT INTO experiments VALUES
        ('e-1', 'n', ${value}, '{"created_at_ms":0}', 'Running', 1)`);
      const plan = planOf(folder);
      expect(JSON.stringify(plan.report['notes'])).toContain('empty, or no number in range');
      const about = [...plan.drafts()].map(({ draft }) => JSON.stringify(draft));
      const written = value.replaceAll("'", '').replace('x616263', 'abc');
      expect(about.filter((each) => each.includes('"e-1"'))).toEqual([
        expect.stringContaining(`"created_at_ms":"${written}"`),
      ]);
    },
  );

  it('with a column that nobody knows has it told, with how many rows have something there', () => {
    const folder = folderWith(`ALTER TABLE sync_outbox ADD COLUMN note TEXT;
      ALTER TABLE experiments ADD COLUMN empty TEXT;
      UPDATE sync_outbox SET note = 'x' WHERE id <= 2`);
    expect(planOf(folder).report['left']).toMatchObject({ 'sync_outbox.note': 2 });
    expect(planOf(folder).report['left']).not.toHaveProperty('experiments.empty');
    expect(Object.keys(planOf(copyOf('kaizen', 'sqlite')).report['left'] ?? {}).join()).not.toMatch(
      /\./,
    );
  });

  it('whose outbox has no payloads is a defect', () => {
    const folder = folderWith(`DROP TABLE sync_outbox;
      CREATE TABLE sync_outbox (id INTEGER PRIMARY KEY, session_id TEXT, body TEXT);
      INSERT INTO sync_outbox VALUES (1, 's', 'x')`);
    expect(defectsOf(planOf(folder))).toEqual(['database_unreadable kaizen.db']);
  });

  it('with a row that no event can hold says so before anything is recorded', async () => {
    const insert = "INSERT INTO sync_outbox (session_id, payload) VALUES ('a', ?)";
    const folder = folderWith(insert, '"'.repeat(800_000));
    const shell = withLedger();
    const before = shell.journal().length;
    expect(await shell.refusals([['import', 'kaizen', folder]])).toEqual(['20 source_refused']);
    expect(shell.journal().length).toBe(before);
    const [taken] = await shell.told(['import', 'kaizen', folder, '--accept', 'line_too_long']);
    expect(taken).toMatchObject({ status: 'imported', report: { not_taken: 1 } });
    const { stdout } = await shell.inside(`import report ${taken?.seq}`);
    expect(stdout).toContain('not taken: 1 lines or rows that are too long for an event');
    const plan = planOf(copyOf('kaizen', 'sqlite'));
    expect(plan.report).not.toHaveProperty('not_taken');
  });

  it('whose state is larger than an event keeps no more of it in mind, but its marker', () => {
    const folder = folderWith('DELETE FROM sync_state');
    const path = join(folder, 'kaizen.db');
    const database = new Sqlite(path);
    const insert = database.prepare('INSERT INTO sync_state VALUES (?, ?)');
    for (let i = 0; i < 50; i++) insert.run(`k-${i}`, 'v'.repeat(100_000));
    insert.run('outbox_redb_migration_v1_digest', 'ab');
    database.close();
    const plan = planOf(folder);
    expect(defectsOf(plan)).toEqual(['line_too_long kaizen.db sync_state']);
    expect(plan.report).toMatchObject({ not_taken: 1, marker: 'ab' });
    const source = { path, name: 'kaizen.db', bytes: 0 };
    const foreign = right(right(openForeign(WORLD.disk, source, takeCopy)).database);
    onTestFinished(() => foreign.close());
    expect(right(KaizenDatabase.open(foreign)).state.size).toBe(11);
  });

  it('with many long names is sealed all the same', async () => {
    const folder = folderWith('DELETE FROM experiment_tags');
    const database = new Sqlite(join(folder, 'kaizen.db'));
    const insert = database.prepare("INSERT INTO experiment_tags VALUES ('none', ?, 'Control')");
    for (let i = 0; i < 600; i++) insert.run(`${i}${'s'.repeat(3000)}`);
    database.close();
    const [taken] = await withLedger().told(['import', 'kaizen', folder]);
    expect(taken).toMatchObject({ status: 'imported' });
  });

  it('whose files are links or pipes is not passed over', () => {
    const folder = copyOf('kaizen', 'halfway');
    const [redb, moved] = [join(folder, 'hot', 'outbox.redb'), join(folder, 'elsewhere')];
    fs.renameSync(redb, moved);
    fs.symlinkSync(moved, redb);
    expect(defectsOf(planOf(folder))).toEqual(['not_a_file hot/outbox.redb']);
    const piped = copyOf('kaizen', 'sqlite');
    spawnSync('mkfifo', [join(piped, 'kaizen.db-wal')]);
    expect(defectsOf(planOf(piped))).toEqual([
      'not_a_file kaizen.db-wal',
      'database_unreadable kaizen.db',
    ]);
    const alone = copyOf('kaizen', 'sqlite');
    fs.renameSync(join(alone, 'kaizen.db'), join(alone, 'kaizen.db-wal'));
    expect(defectsOf(planOf(alone))).toEqual(['database_unreadable kaizen.db-wal']);
    fs.writeFileSync(join(alone, 'kaizen.db-wal'), '');
    expect(look(alone)).toMatchObject({ left: { _tag: 'NoSource' } });
  });

  it('that another process has open and locked is read as it was last committed', async () => {
    const folder = copyOf('kaizen', 'halfway');
    const path = join(folder, 'kaizen.db');
    const script = `
      const database = new (require('better-sqlite3'))(process.argv[1]);
      database.pragma('wal_autocheckpoint = 0');
      const insert = database.prepare(
        "INSERT INTO sync_outbox (session_id, payload) VALUES (?, '{}')");
      insert.run('committed');
      database.exec('BEGIN EXCLUSIVE');
      insert.run('not yet');
      process.stdout.write('ready');
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ['-e', script, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    // What a redb writer holds on its file.
    const held = spawn('flock', ['-x', join(folder, 'hot', 'outbox.redb'), 'sleep', '60']);
    onTestFinished(() => void held.kill('SIGKILL'));
    const before = fs.readFileSync(path);
    const shell = withLedger();
    const [taken] = await shell.told(['import', 'kaizen', folder]);
    expect(taken).toMatchObject({ status: 'imported' });
    const journal = shell.journal().join('\n');
    expect(journal).toContain('"owner":"committed"');
    expect(journal).not.toContain('"owner":"not yet"');
    expect(journal.split('"outbox.enqueued"').length - 1).toBe(18);
    expect(fs.readFileSync(path)).toEqual(before);
    expect(child.exitCode).toBe(null);
  });
});

const MAP = `type: { text: order.seen }
id: { pointer: /id }
time: { pointer: /at }
session: { pointer: /cart }
payload: { cel: '{"total": row.total, "at": timestamp(row.at)}' }
`;

const row = (more: object): string =>
  JSON.stringify({ id: 'a', at: '2026-02-01T09:00:00Z', cart: 's', total: '1', ...more });

describe('lines of JSON', () => {
  it('keep what an expression makes, their own days and all that tells them apart', async () => {
    const shell = withLedger();
    shell.write('map.yaml', MAP);
    const [file, map] = [shell.path('rows.ndjson'), shell.path('map.yaml')];
    const line = ['import', 'ndjson', file, '--map', map];
    const defects = async (...rows: readonly string[]): Promise<readonly number[]> => {
      shell.write('rows.ndjson', rows.map((each) => `${each}\n`).join(''));
      const { stdout } = await shell.inside([...line, '--dry-run', '--json']);
      const [told] = linesOf(stdout) as unknown as readonly {
        report: { defects: { told: readonly { line: number }[] } };
      }[];
      return told?.report.defects.told.map((each) => each.line) ?? [];
    };
    expect(await defects(row({}), row({ id: 'b', at: '2026-02-31T09:00:00Z' }))).toEqual([2]);
    expect(await defects(row({}), row({ id: 'b', at: '2026-02-28T24:00:00Z' }))).toEqual([2]);
    expect(await defects(row({}), row({}), row({ cart: 't' }))).toEqual([3]);
    expect(await defects(row({}), row({ id: 'b', total: undefined }))).toEqual([2]);
    expect(await defects(row({}), row({ id: 'b', total: 'x'.repeat(1_040_000) }))).toEqual([2]);
    const most = await shell.inside([...line, '--dry-run', '--accept', 'row_unmapped']);
    expect(most.stdout).toContain('not taken: 1 lines or rows');
    shell.write('map.yaml', 'type: { text: a.b }\npayload: { pointer: /none }');
    expect(await defects(row({}))).toEqual([1]);
    shell.write('map.yaml', "type: { text: a.b }\npayload: { cel: 'row.n / 0.0' }");
    expect(await defects('{"n":1}')).toEqual([1]);
    // No event holds -0: that is known before anything is recorded.
    shell.write('map.yaml', `type: { text: a.b }\npayload: { cel: '{"x": double(row.n) * 0.0}' }`);
    expect(await defects('{"n":1}', '{"n":-1}', '{"n":2}')).toEqual([2]);
    expect(await shell.refusals([line])).toEqual(['2 source_refused']);
    expect((await shell.told([...line, '--accept', 'row_unmapped']))[0]).toMatchObject({
      status: 'imported',
      appended: 3,
    });
    shell.write('map.yaml', MAP);
    shell.write('rows.ndjson', `${row({})}\n`);
    expect((await shell.told(line))[0]).toMatchObject({ status: 'imported', appended: 1 });
    expect(shell.journal().at(-2)).toContain(
      '"payload":{"at":"2026-02-01T09:00:00.000Z","total":"1"}',
    );
    // The same id and payload of another day is another row.
    shell.write('rows.ndjson', `${row({ cart: 't' })}\n`);
    expect(await shell.refusals([line])).toEqual(['25 rows_refused']);
  });
});

/** Runs the command with no more memory than so many bytes that it may write to. */
const limited = (folder: string, bytes: number, words: readonly string[]) =>
  spawnSync(
    'prlimit',
    [`--data=${bytes}`, process.execPath, '--max-old-space-size=48', BIN, ...words, '--json'],
    { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 26 },
  );

describe('a source that is larger than memory', () => {
  it('is looked at all the same, whatever it is made of', () => {
    const folder = folderWith('DELETE FROM experiments');
    const database = new Sqlite(join(folder, 'kaizen.db'));
    const add = database.prepare("INSERT INTO experiments VALUES (?, 'n', 1, ?, 'Draft', NULL)");
    const wait = database.prepare('INSERT INTO sync_outbox (session_id, payload) VALUES (?, ?)');
    const long = JSON.stringify({ x: 'y'.repeat(200_000) });
    database.exec('BEGIN');
    for (let i = 0; i < 300; i++) {
      add.run(`e-${i}`, long);
      wait.run(`s-${i}`, long);
    }
    database.exec('COMMIT');
    database.close();
    const lines = join(folder, 'lines.ndjson');
    // Every second row has an id, and each a number that is kept as text.
    const rows = Array.from({ length: 400 }, (_, at) => {
      const id = at % 2 === 0 ? `"id":"r-${at}",` : '';
      return `{${id}"n":1e400,${long.slice(1)}\n`;
    });
    fs.writeFileSync(lines, rows.join(''));
    // Every second row of a chain is missing.
    const chain = join(copyOf('cortex', 'v1-unsigned'), 'cortex.db');
    const stored = new Sqlite(chain);
    const follow = stored.prepare(`INSERT INTO events SELECT 'e-' || ?, schema_version, observed_at,
      recorded_at, source_json, event_type, trace_id, session_id, domain_tags_json, ?,
      payload_hash, 'h-' || ?, 'h-' || ?, NULL FROM events WHERE prev_event_hash IS NULL`);
    stored.exec('BEGIN');
    for (let at = 0; at < 600; at += 2) follow.run(at, long, at, at + 1);
    stored.exec('COMMIT');
    stored.close();
    // One line of NUL, and no end of it.
    const endless = join(folder, 'events.jsonl');
    fs.writeFileSync(endless, '');
    fs.truncateSync(endless, 1 << 27);
    fs.writeFileSync(join(folder, 'map.yaml'), 'type: { text: a.b }\nid: { pointer: /id }');
    const most = 900_000_000;
    const ran = (...words: readonly string[]) => {
      const { status, stdout } = limited(folder, most, ['import', ...words, '--dry-run']);
      return [status, stdout.split('\n').length > 1];
    };
    expect(ran('kaizen', folder)).toEqual([0, true]);
    expect(ran('ndjson', lines, '--map', join(folder, 'map.yaml'))).toEqual([0, true]);
    expect(ran('cortex', endless)).toEqual([20, true]);
    expect(ran('cortex', chain)).toEqual([20, true]);
  });
});
