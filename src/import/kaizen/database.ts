/**
 * What kaizen keeps in SQLite: the outbox, how delivery went, experiments and their tags. Texts are
 * read as bytes, so that nothing is put right on the way.
 */
import type * as E from 'fp-ts/lib/Either.js';
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

const MOST = Number.MAX_SAFE_INTEGER;
const MARKER = 'outbox_redb_migration_v1_digest';

export class KaizenDatabase {
  private readonly database: ForeignDatabase;
  readonly state: ReadonlyMap<string, string>;
  readonly experiments: readonly Columns[];
  /** By their experiment. */
  readonly tags: ReadonlyMap<string, readonly StoredTag[]>;
  private readonly outbox: ReadonlySet<string>;

  private constructor(database: ForeignDatabase) {
    this.database = database;
    this.outbox = columnsOf(database, 'sync_outbox');
    const state = this.all('sync_state', ['k', 'v']) as readonly { k: string; v: string }[];
    this.state = new Map(state.map(({ k, v }) => [k, v]));
    this.experiments = this.all('experiments', EXPERIMENT) as readonly Columns[];
    const tags = (
      this.all('experiment_tags', TAG) as readonly Record<keyof StoredTag, string | null>[]
    ).map(({ experiment_id: id, session_id: session, variant }) => ({
      experiment_id: id ?? '',
      session_id: session ?? '',
      variant: variant ?? '',
    }));
    this.tags = Map.groupBy(tags, ({ experiment_id: id }) => id);
  }

  static open(database: ForeignDatabase): E.Either<DatabaseFailed, KaizenDatabase> {
    return attempt(database.path, () => new KaizenDatabase(database));
  }

  /** All rows of a small table; numbers are those columns that end with `_ms`. */
  private all(table: string, columns: readonly string[]): readonly unknown[] {
    const there = columnsOf(this.database, table);
    if (there.size === 0) return [];
    const select = columns.map((name) => {
      if (!there.has(name)) return `NULL AS ${name}`;
      if (!name.endsWith('_ms')) return `CAST(${name} AS TEXT) AS ${name}`;
      return `CASE WHEN CAST(${name} AS INTEGER) BETWEEN ${-MOST} AND ${MOST}
        THEN CAST(${name} AS INTEGER) ELSE CAST(${name} AS TEXT) END AS ${name}`;
    });
    return this.database.sqlite
      .prepare(`SELECT ${select.join(', ')} FROM ${table} ORDER BY rowid`)
      .all();
  }

  /** The digest that a migration left behind. */
  get marker(): string | undefined {
    return this.state.get(MARKER);
  }

  /** Tables that it should have and has not. */
  get missing(): readonly string[] {
    const tables = ['sync_outbox', 'sync_state', 'experiments', 'experiment_tags'];
    return tables.filter((name) => {
      const columns = columnsOf(this.database, name);
      return columns.size === 0 || (name === 'sync_outbox' && !columns.has('payload'));
    });
  }

  /** rows gives the outbox in the order of its numbers. */
  *rows(): Generator<OutboxRow, void> {
    if (!this.outbox.has('payload')) return;
    const bytes = (name: string, otherwise: string): string =>
      this.outbox.has(name) ? `CAST(${name} AS BLOB)` : `CAST('${otherwise}' AS BLOB)`;
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
      yield sqliteRow(id, [owner ?? none, kind ?? none, payload ?? none], isSent !== 0n);
    }
  }
}
