/**
 * What kaizen keeps in SQLite: the outbox, how delivery went, experiments and their tags. Texts are
 * read as bytes, so that nothing is put right on the way.
 */
import { isUtf8 } from 'node:buffer';
import type Sqlite from 'better-sqlite3';
import type * as E from 'fp-ts/lib/Either.js';
import { MAX_LINE_BYTES } from '../../../ledger/event/header.ts';
import { attempt } from '../../storage/attempt.ts';
import type { DatabaseFailed } from '../../storage/database.ts';
import type { ForeignDatabase } from '../foreign-database.ts';
import { columnsOf } from '../foreign-database.ts';
import type { OutboxRow } from './outbox-row.ts';
import { sqliteRow } from './outbox-row.ts';

export interface StoredExperiment {
  readonly id: string;
  readonly name: string;
  readonly created_at_ms: number;
  readonly metadata: string;
  readonly state: string;
  readonly concluded_at_ms: number | null;
}

/** As the columns have it: nothing keeps them from being empty, and a text is a moment too far. */
export type Columns = {
  readonly [name in keyof StoredExperiment]: StoredExperiment[name] | string | null;
};

export interface StoredTag {
  readonly experiment_id: string;
  readonly session_id: string;
  readonly variant: string;
}

const EXPERIMENT = ['id', 'name', 'created_at_ms', 'metadata', 'state', 'concluded_at_ms'];
const TAG = ['experiment_id', 'session_id', 'variant'];
type Bytes = Buffer | null;
type Stored = readonly [id: bigint, owner: Bytes, kind: Bytes, payload: Bytes, sent: unknown];

/** A row with its place; a place may be more than a number holds. */
export type Placed = Columns & { readonly place: string };
type Nullable = Readonly<Record<keyof StoredTag, string | null>>;
type Cell = string | number | Buffer | null;

/** No name of anything can begin with that. */
const NO_TEXT = '\0base64,';

/** What is no UTF-8 is told in base64, and so is a text that looks like that: no two become one. */
const textOf = (bytes: Buffer): string => {
  const text = isUtf8(bytes) ? bytes.toString() : undefined;
  return text === undefined || text.startsWith(NO_TEXT)
    ? `${NO_TEXT}${bytes.toString('base64')}`
    : text;
};

const read = (row: unknown): unknown =>
  Object.fromEntries(
    Object.entries(row as Readonly<Record<string, Cell>>).map(([name, cell]) => [
      name,
      Buffer.isBuffer(cell) ? textOf(cell) : cell,
    ]),
  );

const PAIR = ['k', 'v'];
/** The tables that are taken, each with the columns that are. */
export const TAKEN: ReadonlyMap<string, readonly string[]> = new Map([
  ['sync_outbox', ['id', 'session_id', 'kind', 'payload', 'sent']],
  ['sync_state', PAIR],
  ['experiments', EXPERIMENT],
  ['experiment_tags', TAG],
]);

interface Pair {
  readonly k: string | null;
  readonly v: string | null;
}

/** More of a value than any event could hold is not read. */
const MOST_BYTES = 1 << 24;
/** A part of no bytes would be NULL, which an empty text is not. */
const bytesOf = (column: string): string =>
  `coalesce(substr(CAST(${column} AS BLOB), 1, ${MOST_BYTES}), CAST(${column} AS BLOB))`;

const MOST = Number.MAX_SAFE_INTEGER;
const MARKER = 'outbox_redb_migration_v1_digest';

const tagOf = (row: unknown): StoredTag => {
  const { experiment_id: id, session_id: session, variant } = row as Nullable;
  return { experiment_id: id ?? '', session_id: session ?? '', variant: variant ?? '' };
};

/** More of the state than an event could hold is not read: what is read has no room either. */
const stateOf = (rows: Iterable<unknown>): ReadonlyMap<string, string> => {
  const state = new Map<string, string>();
  let length = 0;
  for (const row of rows) {
    const { k, v } = row as Pair;
    const [key, value] = [k ?? '', v ?? ''];
    if (!state.has(key)) length += key.length + value.length;
    state.set(key, value);
    if (length > MAX_LINE_BYTES) break;
  }
  return state;
};

export class KaizenDatabase {
  private readonly database: ForeignDatabase;
  readonly state: ReadonlyMap<string, string>;
  /** The digest that a migration left behind. */
  readonly marker: string | undefined;
  private readonly outbox: ReadonlySet<string>;
  private readonly hasTags: boolean;
  private ofOne: Sqlite.Statement | undefined;
  private ofId: Sqlite.Statement | undefined;
  private readonly hasExperiments: boolean;

  private constructor(database: ForeignDatabase) {
    this.database = database;
    this.outbox = columnsOf(database, 'sync_outbox');
    this.state = stateOf(this.query('sync_state', PAIR, 'ORDER BY rowid'));
    const [marker] = this.query('sync_state', PAIR, `WHERE k = '${MARKER}' LIMIT 1`);
    this.marker = (marker as Pair | undefined)?.v ?? undefined;
    this.hasTags = columnsOf(database, 'experiment_tags').has('experiment_id');
    this.hasExperiments = columnsOf(database, 'experiments').has('id');
    // The copy is ours.
    const index = 'CREATE INDEX IF NOT EXISTS temporary_';
    const { sqlite } = database;
    if (this.hasTags) sqlite.exec(`${index}tags ON experiment_tags (CAST(experiment_id AS BLOB))`);
    if (this.hasExperiments) sqlite.exec(`${index}experiments ON experiments (CAST(id AS BLOB))`);
  }

  static open(database: ForeignDatabase): E.Either<DatabaseFailed, KaizenDatabase> {
    return attempt(database.path, () => new KaizenDatabase(database));
  }

  /**
   * Columns of a table as a query lists them; numbers are those that end with `_ms`. As a text, a
   * value would end at its first NUL.
   */
  private columns(table: string, columns: readonly string[]): string {
    const there = columnsOf(this.database, table);
    const each = columns.map((name) => {
      if (!there.has(name)) return `NULL AS ${name}`;
      const bytes = bytesOf(`${table}.${name}`);
      if (!name.endsWith('_ms')) return `${bytes} AS ${name}`;
      // What is no whole number is not made one.
      const number = `${table}.${name}`;
      return `CASE WHEN typeof(${number}) = 'integer' AND ${number} BETWEEN ${-MOST} AND ${MOST}
        THEN ${number} ELSE ${bytes} END AS ${name}`;
    });
    return each.join(', ');
  }

  private prepared(table: string, columns: readonly string[], more: string) {
    if (columnsOf(this.database, table).size === 0) return undefined;
    const select = `SELECT ${this.columns(table, columns)},
      CAST(${table}.rowid AS TEXT) AS place FROM ${table}`;
    return this.database.sqlite.prepare(`${select} ${more}`);
  }

  private *query(
    table: string,
    columns: readonly string[],
    more: string,
  ): Generator<unknown, void> {
    for (const row of this.prepared(table, columns, more)?.iterate() ?? []) yield read(row);
  }

  /** experiments gives them as they stand, one at a time, each with its place. */
  experiments(): Iterable<Placed> {
    return this.query('experiments', EXPERIMENT, 'ORDER BY experiments.rowid') as Iterable<Placed>;
  }

  /** sharing gives those that have the id of the experiment in a place, that one among them. */
  *sharing(place: string): Generator<Placed, void> {
    if (!this.hasExperiments) return;
    this.ofId ??= this.prepared(
      'experiments',
      EXPERIMENT,
      `WHERE CAST(experiments.id AS BLOB) IS
       (SELECT CAST(one.id AS BLOB) FROM experiments AS one WHERE one.rowid = CAST(? AS INTEGER))
       ORDER BY experiments.rowid`,
    );
    for (const row of this.ofId?.iterate(place) ?? []) yield read(row) as Placed;
  }

  /** tagsOf gives the tags of the experiment in a place, one after the other. */
  *tagsOf(place: string): Generator<StoredTag, void> {
    if (!this.hasTags || !this.hasExperiments) return;
    // Once for all of them: a statement is held until there is need of the memory of objects.
    this.ofOne ??= this.prepared(
      'experiment_tags',
      TAG,
      `JOIN experiments
         ON CAST(experiments.id AS BLOB) IS CAST(experiment_tags.experiment_id AS BLOB)
       WHERE experiments.rowid = CAST(? AS INTEGER) ORDER BY experiment_tags.rowid`,
    );
    for (const row of this.ofOne?.iterate(place) ?? []) yield tagOf(read(row));
  }

  /** strayTags gives the tags of no experiment. */
  *strayTags(): Generator<StoredTag, void> {
    const more =
      this.hasTags && this.hasExperiments
        ? `WHERE NOT EXISTS (SELECT 1 FROM experiments
           WHERE CAST(experiments.id AS BLOB) IS CAST(experiment_tags.experiment_id AS BLOB))
           ORDER BY experiment_tags.rowid`
        : 'ORDER BY rowid';
    for (const row of this.query('experiment_tags', TAG, more)) yield tagOf(row);
  }

  /** Tables that it should have and has not. */
  get missing(): readonly string[] {
    return [...TAKEN.keys()].filter((name) => {
      const columns = columnsOf(this.database, name);
      return columns.size === 0 || (name === 'sync_outbox' && !columns.has('payload'));
    });
  }

  /** rows gives the outbox in the order of its numbers. */
  *rows(): Generator<OutboxRow, void> {
    if (!this.outbox.has('payload')) return;
    const bytes = (name: string, otherwise: string): string =>
      this.outbox.has(name) ? bytesOf(name) : `CAST('${otherwise}' AS BLOB)`;
    const sent = this.outbox.has('sent') ? 'sent' : '0';
    const statement = this.database.sqlite
      .prepare(
        `SELECT id, ${bytes('session_id', '')}, ${bytes('kind', 'events')}, ${bytes('payload', '')},
         ${sent} FROM sync_outbox ORDER BY id`,
      )
      .raw()
      .safeIntegers();
    for (const row of statement.iterate()) {
      const [id, owner, kind, payload, isSent] = row as Stored;
      const none = Buffer.alloc(0);
      const columns = { owner: owner ?? none, kind: kind ?? none, payload: payload ?? none };
      yield sqliteRow(id, columns, isSent !== 0n);
    }
  }
}
