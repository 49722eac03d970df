/**
 * Events as a SQLite database of one file, which says of itself in `metadata` what it is about.
 *
 * The same events are the same bytes: one transaction, pages of one size, deleted content zeroed,
 * nothing of a clock. It is built beside its place, since one that is not whole is thrown away; its
 * journal is in memory, so that no disk keeps a piece of it. Then its bytes go where those of any
 * format go.
 */
import type Sqlite from 'better-sqlite3';
import * as E from 'fp-ts/lib/Either.js';
import { attempt } from '../storage/attempt.ts';
import type { Answer } from '../storage/database.ts';
import { openFile } from '../storage/sqlite.ts';
import type { About } from './about.ts';
import { aboutOf } from './about.ts';
import type { Value } from './column.ts';
import { columnsOf, valuesOf } from './column.ts';
import { eventOf } from './event.ts';
import type { Pointer } from './pointer.ts';
import type { Selected } from './read.ts';
import { SETS, VIEWS, tablesText } from './sqlite-schema.ts';

const KIND = 'ledger/sqlite/1';
const ADVICE = 'Open it with sqlite3 -readonly, or say PRAGMA query_only = ON: it is evidence.';

const SETTINGS = `
PRAGMA page_size = 4096;
PRAGMA encoding = 'UTF-8';
PRAGMA auto_vacuum = NONE;
PRAGMA secure_delete = ON;
PRAGMA application_id = 0x4c656478;
PRAGMA user_version = 1;
PRAGMA journal_mode = MEMORY;
PRAGMA synchronous = OFF;
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA cache_size = -16384;
PRAGMA temp_store = FILE;
`;

const holes = (count: number): string => Array.from({ length: count }, () => '?').join(', ');

interface Insertion {
  readonly lines: Sqlite.Statement;
  readonly events: Sqlite.Statement;
  readonly sets: ReadonlyMap<number, Sqlite.Statement>;
}

const insertionOf = (sqlite: Sqlite.Database, pointers: readonly Pointer[]): Insertion => {
  const columns = columnsOf(pointers);
  const width = columns.filter(({ kind }) => kind !== 'set').length;
  const into = (table: string, count: number): Sqlite.Statement =>
    sqlite.prepare(`INSERT INTO ${table} VALUES (${holes(count)})`);
  const sets = columns.flatMap(({ name, kind }, at) =>
    kind === 'set' ? [[at, into(SETS[name] ?? name, 2)] as const] : [],
  );
  return { lines: into('lines', 2), events: into('events', width), sets: new Map(sets) };
};

export class SqliteTable {
  private readonly path: string;
  private readonly sqlite: Sqlite.Database;
  private readonly pointers: readonly Pointer[];
  private readonly insertion: Insertion;

  private constructor(path: string, sqlite: Sqlite.Database, pointers: readonly Pointer[]) {
    this.path = path;
    this.sqlite = sqlite;
    this.pointers = pointers;
    this.insertion = insertionOf(sqlite, pointers);
  }

  /** Begins a database in an empty file. */
  static begin(path: string, about: About, pointers: readonly Pointer[] = []): Answer<SqliteTable> {
    const opened = openFile(path, { fileMustExist: true });
    if (E.isLeft(opened)) return opened;
    const sqlite = opened.right;
    const begun = attempt(path, () => {
      sqlite.exec(`${SETTINGS}BEGIN;${tablesText(pointers)}`);
      const put = sqlite.prepare('INSERT INTO metadata VALUES (?, ?)');
      for (const pair of [...aboutOf(KIND, about), ['advice', ADVICE]]) put.run(...pair);
      return new SqliteTable(path, sqlite, pointers);
    });
    if (E.isLeft(begun)) sqlite.close();
    return begun;
  }

  private put({ text, line }: Selected): void {
    const { lines, events, sets } = this.insertion;
    const values = valuesOf(eventOf(line), this.pointers);
    const row: (string | number | null)[] = [];
    lines.run(line.seq, text);
    for (const [at, value] of values.entries()) {
      const set = sets.get(at);
      if (set !== undefined) for (const name of namesIn(value)) set.run(line.seq, name);
      else row.push(typeof value === 'object' ? null : (value ?? null));
    }
    events.run(...row);
  }

  /** add takes events. */
  add(selected: readonly Selected[]): Answer<void> {
    return attempt(this.path, () => selected.forEach((each) => this.put(each)));
  }

  /** end makes indexes and views, and closes the file. */
  end(): Answer<void> {
    const ended = attempt(this.path, () => void this.sqlite.exec(`${VIEWS}COMMIT;`));
    this.close();
    return ended;
  }

  close(): void {
    this.sqlite.close();
  }
}

const namesIn = (value: Value): readonly string[] => (typeof value === 'object' ? value : []);
