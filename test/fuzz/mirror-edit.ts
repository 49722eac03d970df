/**
 * Edits of the mirror by whoever has SQLite at hand: rows, columns, tables, triggers, and where the
 * mirror says that it ends.
 */
import Sqlite from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Chance } from '../simulation/chance.ts';
import type { Edit } from './scene.ts';
import { pick } from './scene.ts';

type Run = (sqlite: Sqlite.Database, chance: Chance) => unknown;

/** Gives false where there is no mirror that can be edited, or it does not let itself. */
const edited =
  (run: Run): Edit['apply'] =>
  ({ folder, chance }) => {
    const path = join(folder, 'mirror.db');
    if (!existsSync(path)) return false;
    let sqlite: Sqlite.Database | undefined;
    try {
      sqlite = new Sqlite(path);
      return run(sqlite, chance) !== false;
    } catch (thrown) {
      if (thrown instanceof Sqlite.SqliteError || thrown instanceof TypeError) return false;
      throw thrown;
    } finally {
      sqlite?.close();
    }
  };

const namesOf = (sqlite: Sqlite.Database, type: string): readonly string[] =>
  sqlite
    .prepare('SELECT name FROM sqlite_schema WHERE type = ? ORDER BY name')
    .pluck()
    .all(type) as string[];

/** Does something without the triggers, and puts them back to the letter. */
const unguarded = (sqlite: Sqlite.Database, run: () => unknown): unknown => {
  const triggers = sqlite
    .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
    .all() as readonly { readonly name: string; readonly sql: string }[];
  for (const { name } of triggers) sqlite.exec(`DROP TRIGGER "${name}"`);
  const ran = run();
  for (const { sql } of triggers) sqlite.exec(sql);
  return ran;
};

const altered = (chance: Chance, value: unknown): unknown => {
  if (typeof value === 'number') return pick(chance, [value + 1, value - 1, 0, 7, -1, 2 ** 40]);
  if (value === null) return pick(chance, ['x', 1, 0]);
  if (typeof value === 'string') {
    const at = chance(value.length + 1);
    const put = pick(chance, ['', 'x', ' ', '0', '\u0000', value.slice(at, at + 1).toUpperCase()]);
    return value.slice(0, at) + put + value.slice(at + chance(2));
  }
  const bytes = Buffer.from(value as Uint8Array);
  const at = chance(Math.max(1, bytes.length));
  bytes[at] = (bytes[at] ?? 0) ^ (1 << chance(8));
  return bytes;
};

type Row = Readonly<Record<string, unknown>>;

const rowOf = (sqlite: Sqlite.Database, chance: Chance, table: string): Row | undefined =>
  pick(chance, sqlite.prepare(`SELECT * FROM "${table}"`).all() as readonly Row[]);

const where = (row: Row): string =>
  Object.keys(row)
    .map((name) => `"${name}" IS ?`)
    .join(' AND ');

const ROWS: Readonly<
  Record<string, (sqlite: Sqlite.Database, table: string, row: Row, chance: Chance) => unknown>
> = {
  changed: (sqlite, table, row, chance) => {
    const column = pick(chance, Object.keys(row)) ?? '';
    const value = altered(chance, row[column]);
    const { changes } = sqlite
      .prepare(`UPDATE "${table}" SET "${column}" = ? WHERE ${where(row)}`)
      .run(value, ...Object.values(row));
    return changes > 0;
  },
  deleted: (sqlite, table, row) =>
    sqlite.prepare(`DELETE FROM "${table}" WHERE ${where(row)}`).run(...Object.values(row)),
  added: (sqlite, table, row, chance) => {
    const put = { ...row };
    for (const name of Object.keys(put))
      if (chance(2) === 0) put[name] = altered(chance, put[name]);
    const names = Object.keys(put).map((name) => `"${name}"`);
    return sqlite
      .prepare(`INSERT INTO "${table}" (${names.join()}) VALUES (${names.map(() => '?').join()})`)
      .run(...Object.values(put));
  },
};

const KINDS: Readonly<Record<string, (table: string) => boolean>> = {
  events: (table) => table === 'events',
  'tags and nodes': (table) => table === 'tags' || table === 'nodes',
  'where it ends': (table) => table === 'ended',
  'how far projections are': (table) => table === 'projections',
  projections: (table) => table.includes('__'),
};

const rowEdits: readonly Edit[] = Object.entries(KINDS).flatMap(([kind, isOne]) =>
  Object.entries(ROWS).map(([what, change]): Edit => ({
    name: `the mirror, ${kind}: a row ${what}`,
    apply: edited((sqlite, chance) => {
      const table = pick(chance, namesOf(sqlite, 'table').filter(isOne));
      const row = table === undefined ? undefined : rowOf(sqlite, chance, table);
      if (table === undefined || row === undefined) return false;
      return unguarded(sqlite, () => change(sqlite, table, row, chance));
    }),
  })),
);

const sql =
  (...statements: readonly string[]): Run =>
  (sqlite, chance) =>
    sqlite.exec(pick(chance, statements) ?? '');

const LIE = "SELECT 'e' AS type, 'x' AS kind, 1 AS count";

const SCHEMA: Readonly<Record<string, Run>> = {
  'a trigger gone': (sqlite, chance) =>
    sqlite.exec(`DROP TRIGGER "${pick(chance, namesOf(sqlite, 'trigger')) ?? ''}"`),
  'an index gone': (sqlite, chance) =>
    sqlite.exec(`DROP INDEX "${pick(chance, namesOf(sqlite, 'index')) ?? ''}"`),
  'a table gone': (sqlite, chance) =>
    sqlite.exec(`DROP TABLE "${pick(chance, namesOf(sqlite, 'table')) ?? ''}"`),
  'a view gone': (sqlite, chance) =>
    sqlite.exec(`DROP VIEW "${pick(chance, namesOf(sqlite, 'view')) ?? ''}"`),
  'a view that lies': (sqlite, chance) => {
    const view = pick(chance, namesOf(sqlite, 'view')) ?? '';
    sqlite.exec(`DROP VIEW "${view}"; CREATE VIEW "${view}" AS ${LIE}`);
  },
  'a table more': sql('CREATE TABLE more (a)', 'CREATE TABLE more__more__1 (a)'),
  'an index more': sql(
    'CREATE INDEX more ON events (seq)',
    'CREATE UNIQUE INDEX more__more ON events (source, seq)',
  ),
  'a trigger more': sql(
    ...['more', 'more__more', 'overview__counted__trigger'].flatMap((name) => [
      `CREATE TRIGGER "${name}" AFTER INSERT ON events BEGIN DELETE FROM tags; END`,
      `CREATE TRIGGER "${name}" AFTER INSERT ON tags BEGIN SELECT raise(IGNORE); END`,
      `CREATE TRIGGER "${name}" AFTER UPDATE ON ended BEGIN UPDATE ended SET note = NULL; END`,
    ]),
  ),
  'a trigger that stops nobody': (sqlite) => {
    sqlite.exec(
      'DROP TRIGGER event_stays; CREATE TRIGGER event_stays BEFORE UPDATE ON events ' +
        'BEGIN SELECT 1; END',
    );
  },
  'another version': sql('PRAGMA user_version = 1', 'PRAGMA user_version = 99'),
  'another application': sql('PRAGMA application_id = 7'),
  'other pages of the same content': (sqlite) => {
    sqlite.pragma('journal_mode = DELETE');
    sqlite.exec('VACUUM');
  },
  'its log written back': sql('PRAGMA wal_checkpoint(TRUNCATE)'),
  'statistics of it': sql('ANALYZE'),
  'the last event gone, and all that tells of it': (sqlite) =>
    unguarded(sqlite, () =>
      sqlite.exec('DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)'),
    ),
  'a row that holds no line': (sqlite, chance) => {
    const line = pick(chance, ['', '{', '{}', 'null', '[]', '{"header":{}}']);
    const seq = chance(264);
    return unguarded(sqlite, () =>
      sqlite.prepare('UPDATE events SET line = ? WHERE seq = ?').run(line, seq),
    );
  },
  'the note that it remembers': sql(
    'UPDATE ended SET note = NULL',
    "UPDATE ended SET note = 'none'",
    "UPDATE ended SET note = replace(note, 'example.com', 'example.org')",
  ),
  'another end in the journal': sql(
    'UPDATE ended SET offset = offset + 1',
    'UPDATE ended SET offset = 0',
    'UPDATE ended SET segment = 0',
    'UPDATE ended SET size = size + 3',
    'UPDATE ended SET size = size - 3',
    "UPDATE ended SET recorded_at = '2031-01-01T00:00:00.000Z'",
    "UPDATE ended SET origin = 'example.com/another'",
  ),
};

export const MIRROR_EDITS: readonly Edit[] = [
  ...rowEdits,
  ...Object.entries(SCHEMA).map(([what, run]): Edit => ({
    name: `the mirror: ${what}`,
    apply: edited(run),
  })),
];
