/**
 * The projections of a mirror, those that stopped too: one on which gates rest stops the ledger.
 *
 * A changed version begins anew in tables of another generation, and views of constant names are
 * turned to them in the transaction that completes it: readers never see half of one.
 */
import type Sqlite from 'better-sqlite3';
import type { Crypto } from '../../../ledger/crypto/port.ts';
import { encodeUtf8 } from '../../../ledger/encoding/utf8.ts';
import { write } from '../../../ledger/json/format.ts';
import type { Recorded } from '../../../policies/state/past.ts';
import type { Projection, Row } from '../../projection/projection.ts';
import type { Known, ProjectionStatus } from './live.ts';
import { Live, physicalName, projectionsIn, statusOf, viewName } from './live.ts';
import { tableSql } from './table.ts';

/** The projections of one connection to the mirror. */
export class Fold {
  private readonly sqlite: Sqlite.Database;
  private live: readonly Live[] = [];
  /** Those that only others know, and that have come as far as the mirror had. */
  private left: readonly Known[] = [];
  private readonly note: Sqlite.Statement;
  private readonly schema: Sqlite.Statement;
  /** What the tables were when the projections were taken on. */
  private seen: unknown;

  constructor(sqlite: Sqlite.Database) {
    this.sqlite = sqlite;
    this.schema = sqlite.prepare('PRAGMA schema_version').pluck();
    this.note = sqlite.prepare('UPDATE projections SET size = ?, stopped = ? WHERE name = ?');
  }

  private known(): ReadonlyMap<string, Known> {
    return new Map(projectionsIn(this.sqlite).map((row) => [row.name, row]));
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

  /** What readers of an earlier version saw may be no table of this one. */
  private dropViews(name: string): void {
    const views = this.sqlite
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'view'")
      .pluck()
      .all() as readonly string[];
    for (const view of views.filter((each) => each.startsWith(viewName(name, ''))))
      this.sqlite.exec(`DROP VIEW "${view}"`);
  }

  private make({ name, version, schema }: Projection, before: Known | undefined): Known {
    const generation = (before?.generation ?? 0) + 1;
    // Nothing that is known stands there; what was forgotten must not be in the way.
    this.drop(name, generation);
    this.dropViews(name);
    for (const [table, shape] of Object.entries(schema)) {
      const physical = physicalName(name, generation, table);
      const view = viewName(name, table);
      this.sqlite.exec(tableSql(physical, shape));
      this.sqlite.exec(`CREATE VIEW "${view}" AS SELECT * FROM "${physical}"`);
    }
    this.sqlite
      .prepare('INSERT OR REPLACE INTO projections VALUES (?, ?, ?, 0, NULL)')
      .run(name, version, generation);
    if (before !== undefined) this.drop(name, before.generation);
    return { name, version, generation, size: 0, noted: 0, stopped: null };
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
    this.leave(known);
    this.seen = this.schema.get();
  }

  private leave(known: ReadonlyMap<string, Known>): void {
    const names = new Set(this.live.map(({ projection: { name } }) => name));
    this.left = [...known.values()].filter(({ name, noted }) => noted === null && !names.has(name));
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
    this.leave(known);
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

  /** Writes what has changed in their tables, before the transaction is committed. */
  flush(): void {
    for (const { tables } of this.live) for (const table of tables.values()) table.flush();
  }

  /**
   * Notes how far each has come, where the mirror will have so many events. Of one that takes every
   * event no row need be written: as a rule nothing is. One that nobody here knows stays behind.
   */
  save(mirror: number): void {
    for (const each of this.live) {
      const { size, projection } = each;
      const stopped = each.stopped ?? null;
      const noted = stopped === null && size === mirror ? null : size;
      if (noted === each.noted.noted && stopped === each.noted.stopped) continue;
      this.note.run(noted, stopped, projection.name);
      each.noted = { noted, stopped };
    }
    for (const { name, size, stopped } of this.left) this.note.run(size, stopped, name);
    this.left = [];
  }

  /** Reads anew how far each has come, after a rollback or another writer's commit. */
  forget(): void {
    const known = this.known();
    for (const each of this.live) {
      for (const table of each.tables.values()) table.forget();
      const row = known.get(each.projection.name);
      each.size = row?.size ?? 0;
      each.stopped = row?.stopped ?? undefined;
      each.noted = row ?? { noted: 0, stopped: null };
    }
    this.leave(known);
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
