/**
 * Events as a database: read back, by the shell of SQLite where there is one, they are the lines
 * that were sealed; and its views answer what is asked.
 */
import Sqlite from 'better-sqlite3';
import * as E from 'fp-ts/lib/Either.js';
import fc from 'fast-check';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { check, share } from '../../../properties/check.ts';
import { either } from '../../../properties/law/export.ts';
import { lineOf } from '../../../properties/model/csv.ts';
import { native } from '../../../ledger/crypto/native.ts';
import type { Selected } from '../../../src/export/read.ts';
import { SqliteTable } from '../../../src/export/sqlite.ts';

const sound = <T>(made: E.Either<unknown, T>): T => {
  if (E.isLeft(made)) throw new Error(JSON.stringify(made.left));
  return made.right;
};

const scratch = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-sqlite-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'events.db');
};

const ABOUT = { origin: 'example.com/a', size: 9, root: 'ab', selection: { from: 0, to: 9 } };

/** Makes a database of events, so many at a time. */
const make = (path: string, events: readonly Selected[], at = 1000): Buffer => {
  writeFileSync(path, '');
  const table = sound(SqliteTable.begin(path, ABOUT));
  for (let from = 0; from < events.length; from += at)
    sound(table.add(events.slice(from, from + at)));
  sound(table.end());
  return readFileSync(path);
};

const COLUMNS = `SELECT events.*,
  (SELECT group_concat(tag, ' ' ORDER BY tag) FROM tags WHERE tags.seq = events.seq)
    AS domain_tags,
  (SELECT group_concat(rule, ' ' ORDER BY rule) FROM rules WHERE rules.seq = events.seq)
    AS policy_contributing
FROM events ORDER BY seq`;

type Row = Readonly<Record<string, string | number | null>>;

/** The lines, made again of the columns. */
const linesIn = (path: string): readonly string[] => {
  const sqlite = new Sqlite(path, { readonly: true });
  const rows = sqlite.prepare(COLUMNS).all() as readonly Row[];
  sqlite.close();
  // The model takes away the apostrophe that keeps a cell from being a formula.
  return rows.map((row) =>
    lineOf(
      Object.keys(row),
      Object.values(row).map((value) => (value === null ? '' : `'${value}`)),
    ),
  );
};

/** The lines as they are stored, by a reader that is not ours. */
const stored = (path: string): string => {
  const asked = 'SELECT line FROM lines ORDER BY seq';
  const { status, stdout, error } = spawnSync('sqlite3', ['-readonly', path, asked], {
    encoding: 'utf8',
  });
  if (error === undefined) return status === 0 ? stdout : `exit ${status}`;
  const sqlite = new Sqlite(path, { readonly: true });
  const lines = sqlite.prepare(asked).pluck().all() as readonly string[];
  sqlite.close();
  return lines.map((line) => `${line}\n`).join('');
};

const events = fc.uniqueArray(either(native), {
  selector: ({ line }) => line.seq,
  minLength: 1,
  maxLength: 40,
});
/** An id stands in a ledger once. */
const distinct = events.map((all) => [
  ...new Map(all.map((each) => [each.line.id, each])).values(),
]);

describe('events as a database', () => {
  it('are the lines that were sealed, as they are stored and of their columns', () => {
    const path = scratch();
    check(
      fc.property(distinct, (all) => {
        make(path, all);
        const texts = all.toSorted((a, b) => a.line.seq - b.line.seq).map(({ text }) => text);
        const isStored = stored(path) === texts.map((text) => `${text}\n`).join('');
        return isStored && linesIn(path).join('\n') === texts.join('\n');
      }),
      { runs: share(0.1, 2000) },
    );
  });

  it('have nothing beside them while they are made', () => {
    const path = scratch();
    writeFileSync(path, '');
    const table = sound(SqliteTable.begin(path, ABOUT));
    expect(readdirSync(dirname(path))).toEqual([basename(path)]);
    table.close();
  });

  it('are the same bytes however they come', () => {
    const path = scratch();
    check(
      fc.property(distinct, fc.integer({ min: 1, max: 5 }), (all, at) => {
        const bytes = make(path, all);
        const isSame = make(path, all, at).equals(bytes);
        return isSame && !make(path, all.slice(1)).equals(bytes);
      }),
      { runs: share(0.05, 1000) },
    );
  });
});
