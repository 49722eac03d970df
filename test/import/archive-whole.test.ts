/**
 * A source that the ledger does not hold all of, though that was accepted: nothing of it is
 * renamed, so that rows which it alone has are not taken out of anybody's sight.
 */
import Sqlite from 'better-sqlite3';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withLedger } from '../src/cli/shell.ts';
import { copyOf } from './fixture.ts';

/** Nothing is renamed, and it is imported all the same. */
const tries = async (path: string, ...words: readonly string[]) => {
  const shell = withLedger();
  const names = fs.readdirSync(path).toSorted();
  const line = ['import', ...words];
  const both = [['--archive'], ['--archive', '--dry-run']].map((more) => [...line, ...more]);
  expect(await shell.refusals(both)).toEqual(['2 usage', '2 usage']);
  expect(fs.readdirSync(path).toSorted()).toEqual(names);
  expect((await shell.told(line))[0]).toMatchObject({ status: 'imported' });
};

/** A store whose database has no constraints and was altered. */
const altered = (sql: string): string => {
  const path = copyOf('cortex', 'v1-unsigned');
  const database = new Sqlite(join(path, 'cortex.db'));
  database.exec(`PRAGMA foreign_keys = OFF; CREATE TABLE other AS SELECT * FROM events;
    DROP TABLE events; ALTER TABLE other RENAME TO events; ${sql}`);
  database.close();
  return path;
};

describe('a source that the ledger does not hold all of', () => {
  it('is not put aside where the database has more, or less, than is taken', async () => {
    const path = copyOf('cortex', 'v1-unsigned');
    for (const name of fs.readdirSync(path))
      if (!/^(?:cortex\.db|events\.jsonl)$/.test(name)) fs.rmSync(join(path, name));
    const log = join(path, 'events.jsonl');
    const lines = fs.readFileSync(log, 'utf8').split('\n');
    fs.writeFileSync(log, lines.slice(0, 15).join('\n') + '\n');
    const less = ['--accept', 'missing_in_jsonl'];
    await tries(path, 'cortex', path, ...less);
    await tries(path, 'cortex', path, '--from', 'sqlite', ...less);
    const both = ['import', 'cortex', path, '--from', 'both', ...less, '--archive'];
    expect(await withLedger().told(both)).toMatchObject([{ archived: { length: 2 } }]);
  });

  it('is not put aside where a database cannot be read', async () => {
    for (const [tool, from, name] of [
      ['cortex', 'v1-unsigned', 'cortex.db'],
      ['kaizen', 'halfway', 'kaizen.db'],
    ] as const) {
      const path = copyOf(tool, from);
      fs.truncateSync(join(path, name), 5000);
      await tries(path, tool, path, '--accept', 'database_unreadable');
    }
  });

  it('is not put aside where a database is gone whose log is there', async () => {
    const path = copyOf('cortex', 'v1-unsigned');
    fs.renameSync(join(path, 'cortex.db'), join(path, 'cortex.db-wal'));
    await tries(path, 'cortex', path, '--accept', 'database_unreadable');
  });

  it('is not put aside where a file beside the log was not read', async () => {
    const path = copyOf('cortex', 'v1-unsigned');
    fs.writeFileSync(join(path, 'BACKUP_MANIFEST'), 'x'.repeat(600_000));
    await tries(path, 'cortex', path, '--accept', 'beside_unread');
  });

  it('is not put aside where a page of the old outbox does not hold', async () => {
    const path = copyOf('kaizen', 'halfway');
    const redb = join(path, 'hot', 'outbox.redb');
    const bytes = fs.readFileSync(redb);
    // The roots of both commits.
    for (const at of [64, 192]) bytes.fill(0, at + 8, at + 40);
    fs.writeFileSync(redb, bytes);
    await tries(path, 'kaizen', path, '--accept', 'redb_damaged');
    expect(fs.readdirSync(join(path, 'hot'))).toEqual(['outbox.redb']);
  });

  it('is not put aside where a row has no room in an event', async () => {
    const path = copyOf('kaizen', 'sqlite');
    const database = new Sqlite(join(path, 'kaizen.db'));
    const insert = "INSERT INTO sync_outbox (session_id, payload) VALUES ('a', ?)";
    database.prepare(insert).run('"'.repeat(800_000));
    database.close();
    await tries(path, 'kaizen', path, '--accept', 'line_too_long');
  });

  it('is not put aside where a row of the database is not as the log has it', async () => {
    for (const value of ["'another'", "CAST(x'fe41' AS TEXT)"])
      for (const from of ['jsonl', 'both', 'sqlite']) {
        const path = altered(`UPDATE events SET trace_id = ${value} WHERE rowid = 4`);
        const accepted = ['--accept', 'parity_mismatch', '--accept', 'invalid_utf8'];
        await tries(path, 'cortex', path, '--from', from, ...accepted);
      }
  });

  it('is not put aside where a row of the database alone has no room in an event', async () => {
    const path = altered(`CREATE TABLE more AS SELECT * FROM events WHERE rowid = 4;
      UPDATE more SET id = 'long', trace_id = printf('%.*c', 3000000, 'x');
      INSERT INTO events SELECT * FROM more`);
    const accepted = ['--accept', 'line_too_long', '--accept', 'missing_in_jsonl'];
    for (const from of ['jsonl', 'both', 'sqlite'])
      await tries(path, 'cortex', path, '--from', from, ...accepted, '--accept', 'chain_broken');
  });
});

it('what was put aside is told as that, also where nothing is to be written', async () => {
  const shell = withLedger();
  const path = copyOf('kaizen', 'sqlite');
  const line = ['import', 'kaizen', path, '--archive'];
  await shell.told(line);
  const before = shell.journal().length;
  const lines = [line, [...line, '--dry-run']];
  for (const each of lines)
    expect(await shell.told(each)).toMatchObject([
      { status: 'already_imported', archived: { length: 1 } },
    ]);
  expect(shell.journal().length).toBe(before);
  // Without the word, or elsewhere, there is nothing.
  expect(await shell.refusal(['import', 'kaizen', path, '--dry-run'])).toBe('3 no_source');
  expect(await withLedger().refusal([...line, '--dry-run'])).toBe('3 no_source');
  fs.rmSync(shell.path('.ledger'), { recursive: true });
  expect(await shell.refusal([...line, '--dry-run'])).toBe('3 no_source');
});
