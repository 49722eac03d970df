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
  expect(await shell.refusals([[...line, '--archive']])).toEqual(['2 usage']);
  expect(fs.readdirSync(path).toSorted()).toEqual(names);
  expect((await shell.told(line))[0]).toMatchObject({ status: 'imported' });
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

  it('is not put aside where a row has no room in an event', async () => {
    const path = copyOf('kaizen', 'sqlite');
    const database = new Sqlite(join(path, 'kaizen.db'));
    const insert = "INSERT INTO sync_outbox (session_id, payload) VALUES ('a', ?)";
    database.prepare(insert).run('"'.repeat(600_000));
    database.close();
    await tries(path, 'kaizen', path, '--accept', 'line_too_long');
  });
});
