/**
 * What a ledger has committed itself to, as bytes that can be compared before and after an edit:
 *
 *     settings     which ledger it is, and of which format; its limits are advice
 *     journal      every byte behind every other, in whatever segments; and what else lies there
 *     mirror       its schema and every row of every table, by the table and by each index: what a
 *                  query can see, and not where in the file SQLite keeps it
 *     bookkeeping  how far each of our projections has come, as it says; it may stop and lag
 *     checkpoint   the text and what the log signed; lines of other signers come and go
 *     kept         the same of the earlier ones
 */
import Sqlite from 'better-sqlite3';
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { native } from '../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { BUILT_IN } from '../../src/projection/registry.ts';
import { ORIGIN } from '../build/ledger.ts';

export type Part = 'settings' | 'journal' | 'mirror' | 'bookkeeping' | 'checkpoint' | 'kept';
export type Committed = Readonly<Record<Part, string>>;

const digest = (parts: readonly string[]): string => native.digest(encodeUtf8(parts.join('\n')));

const isPlain = (path: string): boolean => {
  const stat = lstatSync(path);
  return stat.isFile() && stat.nlink === 1;
};

const settingsIn = (folder: string): string => {
  try {
    const { format, origin } = JSON.parse(
      readFileSync(join(folder, 'ledger.json'), 'utf8'),
    ) as Readonly<Record<string, unknown>>;
    return JSON.stringify([format, origin]);
  } catch {
    return 'none';
  }
};

const journalIn = (folder: string): string => {
  const journal = join(folder, 'journal');
  if (!existsSync(journal) || !lstatSync(journal).isDirectory()) return 'none';
  const names = readdirSync(journal).toSorted();
  const isSegment = (name: string): boolean =>
    /^\d{20}\.jsonl$/.test(name) && isPlain(join(journal, name));
  const bytes = Buffer.concat(
    names.filter(isSegment).map((name) => readFileSync(join(journal, name))),
  );
  return digest([native.digest(bytes), ...names.filter((name) => !isSegment(name))]);
};

/** The text and what the log signed. */
const noteAt = (path: string): string => {
  if (!existsSync(path) || !isPlain(path)) return 'none';
  const [text = '', signatures = ''] = readFileSync(path, 'latin1').split(/(?<=\n)\n([^]*)$/);
  const lines = signatures.split(/(?<=\n)/);
  const own = Buffer.from(`— ${ORIGIN} `).toString('latin1');
  return [text, ...lines.filter((line) => line.startsWith(own))].join('');
};

const keptIn = (folder: string): string => {
  const kept = join(folder, 'checkpoints');
  if (!existsSync(kept)) return 'none';
  return digest(
    readdirSync(kept)
      .toSorted()
      .map((name) => `${name} ${noteAt(join(kept, name))}`),
  );
};

interface Made {
  readonly type: string;
  readonly name: string;
  readonly tbl_name: string;
  readonly sql: string | null;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const rowsOf = (sqlite: Sqlite.Database, columns: readonly string[], from: string): string => {
  const shown = columns.map((name) => `typeof(${name}) || ':' || hex(${name})`);
  const each = shown.length === 0 ? "''" : shown.join(" || ' ' || ");
  return digest(sqlite.prepare(`SELECT ${each} AS row FROM ${from}`).pluck().all() as string[]);
};

const columnsOf = (sqlite: Sqlite.Database, pragma: string): readonly string[] =>
  (sqlite.pragma(pragma) as readonly { readonly name: string }[]).map(({ name }) => quoted(name));

const tableOf = (sqlite: Sqlite.Database, { name }: Made): string =>
  rowsOf(sqlite, columnsOf(sqlite, `table_info(${quoted(name)})`), `${quoted(name)} NOT INDEXED`);

const indexOf = (sqlite: Sqlite.Database, { name, tbl_name: of, sql }: Made): string => {
  const where = /\sWHERE\s[^]*$/.exec(sql ?? '')?.[0] ?? '';
  const columns = columnsOf(sqlite, `index_info(${quoted(name)})`);
  return rowsOf(sqlite, columns, `${quoted(of)} INDEXED BY ${quoted(name)}${where}`);
};

const BOOKS = 'projections';
const OURS = BUILT_IN.map(({ name }) => `'${name}'`).join();

const readMirror = (path: string): Pick<Committed, 'mirror' | 'bookkeeping'> => {
  const sqlite = new Sqlite(path);
  try {
    const made = sqlite
      .prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name')
      .all() as readonly Made[];
    const pragmas = ['application_id', 'user_version'].map((name) => String(sqlite.pragma(name)));
    const parts = made.flatMap((each) => {
      if (each.type === 'table' && each.name !== BOOKS) return [tableOf(sqlite, each)];
      return each.type === 'index' ? [indexOf(sqlite, each)] : [];
    });
    const schema = made.map(({ name, sql }) => `${name} ${sql}`);
    const columns = columnsOf(sqlite, `table_info(${BOOKS})`);
    return {
      mirror: digest([...pragmas, ...schema, ...parts]),
      bookkeeping: rowsOf(sqlite, columns, `${BOOKS} WHERE name IN (${OURS})`),
    };
  } finally {
    sqlite.close();
  }
};

/** Reads a copy of the mirror: nothing of the ledger is opened. */
const atCopy = <T>(folder: string, read: (path: string) => T): T | undefined => {
  const path = join(folder, 'mirror.db');
  if (!existsSync(path) || !isPlain(path)) return undefined;
  const copy = mkdtempSync(join(tmpdir(), 'ledger-committed-'));
  try {
    for (const end of ['', '-wal'])
      if (existsSync(path + end)) copyFileSync(path + end, join(copy, `mirror.db${end}`));
    return read(join(copy, 'mirror.db'));
  } catch {
    return undefined;
  } finally {
    rmSync(copy, { recursive: true });
  }
};

const mirrorIn = (folder: string): Pick<Committed, 'mirror' | 'bookkeeping'> =>
  atCopy(folder, readMirror) ?? { mirror: 'none', bookkeeping: 'none' };

const readEnd = (path: string): unknown => {
  const sqlite = new Sqlite(path);
  try {
    return sqlite.prepare('SELECT size FROM ended').pluck().get();
  } finally {
    sqlite.close();
  }
};

/** mirrorEnd tells how many events the mirror says there are; endless where it says nothing. */
export const mirrorEnd = (folder: string): number => Number(atCopy(folder, readEnd) ?? Infinity);

/** committedIn reads it; nobody has the ledger open. */
export const committedIn = (folder: string): Committed => ({
  settings: settingsIn(folder),
  journal: journalIn(folder),
  ...mirrorIn(folder),
  checkpoint: noteAt(join(folder, 'checkpoint')),
  kept: keptIn(folder),
});

/** changesBetween names the parts that differ. */
export const changesBetween = (before: Committed, after: Committed): readonly Part[] =>
  (Object.keys(before) as readonly Part[]).filter((part) => before[part] !== after[part]);
