/**
 * The projections of a mirror: their tables, how far each has come, and what becomes of one that
 * throws. It stops alone, as it was before the event; one on which gates rest stops the ledger.
 *
 * A changed version begins anew in tables of another generation, and views of constant names are
 * turned to them in the transaction that completes it: readers never see half of one.
 */
import type Sqlite from 'better-sqlite3';
import type { Crypto } from '../../../ledger/crypto/port.ts';
import { encodeUtf8 } from '../../../ledger/encoding/utf8.ts';
import { write } from '../../../ledger/json/format.ts';
import type { Recorded } from '../../../policies/state/past.ts';
import { isSqliteError } from '../attempt.ts';
import type { Cell, Projection, Row, State } from '../../projection/projection.ts';
import { TableState, tableSql } from './table.ts';

interface Known {
  readonly name: string;
  readonly version: number;
  readonly generation: number;
  readonly size: number;
  readonly stopped: string | null;
}

/** How a projection stands. */
export interface ProjectionStatus {
  readonly name: string;
  readonly version: number;
  /** How many events it has taken. */
  readonly size: number;
  /** Why it stopped, where it did. */
  readonly stopped?: string;
}

/** viewName names a table of a projection; no name holds two underscores in a row. */
export const viewName = (name: string, table: string): string => `${name}__${table}`;
const physicalName = (name: string, generation: number, table: string): string =>
  `${viewName(name, table)}__${generation}`;

class Live {
  readonly projection: Projection;
  readonly generation: number;
  readonly tables: ReadonlyMap<string, TableState>;
  size: number;
  stopped: string | undefined;
  private undo: (() => void)[] = [];
  private readonly state: State;

  constructor(sqlite: Sqlite.Database, projection: Projection, known: Known) {
    this.projection = projection;
    this.generation = known.generation;
    this.size = known.size;
    this.stopped = known.stopped ?? undefined;
    const { name, schema } = projection;
    this.tables = new Map(
      Object.entries(schema).map(([table, shape]) => [
        table,
        new TableState(sqlite, physicalName(name, known.generation, table), shape),
      ]),
    );
    this.state = this.access();
  }

  private table(name: string): TableState {
    const found = this.tables.get(name);
    if (found === undefined) throw new Error(`the projection has no table ${name}`);
    return found;
  }

  private access(): State {
    const set = (name: string, key: readonly Cell[], row: Row | undefined): void => {
      const table = this.table(name);
      const before = table.set(key, row);
      this.undo.push(() => void table.set(key, before));
    };
    return {
      get: (name, ...key) => this.table(name).get(key),
      put: (name, row) => set(name, this.table(name).keyOf(row), { ...row }),
      remove: (name, ...key) => set(name, key, undefined),
      rows: (name, equal = {}) => this.table(name).rows(equal),
    };
  }

  /** Takes the next event; what it had changed of it is undone where it throws. */
  take(event: Recorded): void {
    if (this.stopped !== undefined) return;
    this.undo = [];
    try {
      this.projection.evolve(this.state, event);
      this.size = event.header.seq + 1;
    } catch (thrown) {
      // A disk that fails is no failure of the projection, and nothing that a batch outlives.
      if (isSqliteError(thrown)) throw thrown;
      for (const back of this.undo.toReversed()) back();
      this.stopped = thrown instanceof Error ? thrown.message : String(thrown);
    }
  }
}

const statusOf = ({ projection: { name, version }, size, stopped }: Live): ProjectionStatus => ({
  name,
  version,
  size,
  ...(stopped === undefined ? {} : { stopped }),
});

/** The projections of one connection to the mirror. */
export class Fold {
  private readonly sqlite: Sqlite.Database;
  private live: readonly Live[] = [];
  private readonly save: Sqlite.Statement;
  private readonly stop: Sqlite.Statement;
  private readonly schema: Sqlite.Statement;
  /** What the tables were when the projections were taken on. */
  private seen: unknown;

  constructor(sqlite: Sqlite.Database) {
    this.sqlite = sqlite;
    this.schema = sqlite.prepare('PRAGMA schema_version').pluck();
    this.stop = sqlite.prepare('UPDATE projections SET size = ?, stopped = ? WHERE name = ?');
    this.save = sqlite.prepare(
      'UPDATE projections SET size = ? WHERE name IN (SELECT value FROM json_each(?))',
    );
  }

  private known(): ReadonlyMap<string, Known> {
    const rows = this.sqlite.prepare('SELECT * FROM projections').all() as readonly Known[];
    return new Map(rows.map((row) => [row.name, row]));
  }

  private drop(name: string, generation: number): void {
    const tables = this.sqlite
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .pluck()
      .all() as readonly string[];
    const isOld = (table: string): boolean =>
      table.startsWith(`${name}__`) && table.endsWith(`__${generation}`);
    for (const table of tables.filter(isOld)) this.sqlite.exec(`DROP TABLE "${table}"`);
  }

  private make({ name, version, schema }: Projection, before: Known | undefined): Known {
    const generation = (before?.generation ?? 0) + 1;
    // Nothing that is known stands there; what was forgotten must not be in the way.
    this.drop(name, generation);
    for (const [table, shape] of Object.entries(schema)) {
      const physical = physicalName(name, generation, table);
      const view = viewName(name, table);
      this.sqlite.exec(tableSql(physical, shape));
      this.sqlite.exec(`DROP VIEW IF EXISTS "${view}"`);
      this.sqlite.exec(`CREATE VIEW "${view}" AS SELECT * FROM "${physical}"`);
    }
    this.sqlite
      .prepare('INSERT OR REPLACE INTO projections VALUES (?, ?, ?, 0, NULL)')
      .run(name, version, generation);
    if (before !== undefined) this.drop(name, before.generation);
    return { name, version, generation, size: 0, stopped: null };
  }

  /** Whether its tables are of the version and of the columns that it has now. */
  private isMade({ name, version, schema }: Projection, before: Known): boolean {
    const madeBy = this.sqlite.prepare('SELECT sql FROM sqlite_schema WHERE name = ?').pluck();
    return (
      before.version === version &&
      Object.entries(schema).every(([table, shape]) => {
        const physical = physicalName(name, before.generation, table);
        return tableSql(physical, shape).startsWith(`${String(madeBy.get(physical))};`);
      })
    );
  }

  /** Takes the projections on, within a transaction that also brings them up to date. */
  register(projections: readonly Projection[]): void {
    const known = this.known();
    this.live = projections.map((projection) => {
      const before = known.get(projection.name);
      const isSame = before !== undefined && this.isMade(projection, before);
      return new Live(this.sqlite, projection, isSame ? before : this.make(projection, before));
    });
    this.seen = this.schema.get();
  }

  /** Whether the tables are still those: another process may have made a projection anew. */
  isCurrent(): boolean {
    return this.schema.get() === this.seen;
  }

  /** Takes the projections on and begins every one of them anew, as after a change of version. */
  renew(projections: readonly Projection[]): void {
    const known = this.known();
    this.live = projections.map(
      (projection) =>
        new Live(this.sqlite, projection, this.make(projection, known.get(projection.name))),
    );
    this.seen = this.schema.get();
  }

  /** Takes on those that are there as they are, to be read. */
  attach(projections: readonly Projection[]): void {
    const known = this.known();
    this.live = projections.flatMap((projection) => {
      const there = known.get(projection.name);
      return there?.version === projection.version
        ? [new Live(this.sqlite, projection, there)]
        : [];
    });
  }

  /** Gives every projection that has come this far the next event. */
  take(event: Recorded): void {
    for (const each of this.live) if (each.size === event.header.seq) each.take(event);
  }

  /** Where the projection that is furthest behind stands; those that stopped wait for nobody. */
  behind(size: number): number {
    return this.live.reduce(
      (least, each) => (each.stopped === undefined ? Math.min(least, each.size) : least),
      size,
    );
  }

  /** The projection on which gates rest and that can no longer be rested on. */
  blocking(): ProjectionStatus | undefined {
    const found = this.live.find(
      ({ stopped, projection }) => stopped !== undefined && projection.gates === true,
    );
    return found === undefined ? undefined : statusOf(found);
  }

  status(): readonly ProjectionStatus[] {
    return this.live.map(statusOf);
  }

  /** What the tables of those taken on are made of, and that is not there. */
  missing(): readonly string[] {
    const there = new Set(this.sqlite.prepare('SELECT sql FROM sqlite_schema').pluck().all());
    return this.live
      .flatMap(({ projection: { name, schema }, generation }) =>
        Object.entries(schema).flatMap(([table, shape]) =>
          tableSql(physicalName(name, generation, table), shape).split(/;(?:\n|$)/),
        ),
      )
      .filter((sql) => sql !== '' && !there.has(sql));
  }

  /** Of which version the tables of each are, whoever made them. */
  versions(): ReadonlyMap<string, number> {
    return new Map(Array.from(this.known(), ([name, { version }]) => [name, version]));
  }

  /** Writes what has changed, before the transaction is committed. */
  flush(): void {
    const names = new Map<number, string[]>();
    for (const { tables, size, stopped, projection } of this.live) {
      for (const table of tables.values()) table.flush();
      if (stopped !== undefined) this.stop.run(size, stopped, projection.name);
      else names.set(size, [...(names.get(size) ?? []), projection.name]);
    }
    // All of them have come equally far, as a rule.
    for (const [size, each] of names) this.save.run(size, JSON.stringify(each));
  }

  /** Reads anew how far each has come, after a rollback or another writer's commit. */
  forget(): void {
    const known = this.known();
    for (const each of this.live) {
      for (const table of each.tables.values()) table.forget();
      const row = known.get(each.projection.name);
      each.size = row?.size ?? 0;
      each.stopped = row?.stopped ?? undefined;
    }
  }

  /** Undefined where there is no such table, or it has no such columns. */
  rows(projection: string, table: string, equal: Row = {}): readonly Row[] | undefined {
    const found = this.live.find((each) => each.projection.name === projection)?.tables.get(table);
    return found?.has(Object.keys(equal)) === true ? found.rows(equal) : undefined;
  }

  /** digests names what each holds by its content: a chain of hashes over its rows. */
  digests(crypto: Crypto): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.live.map(({ projection, tables }) => {
        let digest = crypto.digest(encodeUtf8(write([projection.name, projection.version])));
        for (const [name, table] of tables)
          for (const row of table.all())
            digest = crypto.digest(encodeUtf8(digest + write([name, row])));
        return [projection.name, digest];
      }),
    );
  }
}
