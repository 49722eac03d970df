/**
 * One projection of a mirror: its tables, how far it has come, and what becomes of it where it
 * throws. It stops alone, as it was before the event.
 */
import type Sqlite from 'better-sqlite3';
import type { Recorded } from '../../../policies/state/past.ts';
import type { Cell, Projection, Row, State } from '../../projection/projection.ts';
import { isSqliteError } from '../attempt.ts';
import { statementOf } from '../statement.ts';
import { TableState } from './table.ts';

export interface Known {
  readonly name: string;
  readonly version: number;
  readonly generation: number;
  readonly size: number;
  /** What its row says of that: nothing, where it has come as far as the mirror. */
  readonly noted: number | null;
  readonly stopped: string | null;
}

/** projectionsIn reads what a mirror says of projections; there may be any of other programs. */
export const projectionsIn = (sqlite: Sqlite.Database): readonly Known[] =>
  statementOf(
    sqlite,
    'SELECT name, version, generation, coalesce(size, (SELECT size FROM ended), 0) AS size, ' +
      'size AS noted, stopped FROM projections ORDER BY name',
  ).all() as readonly Known[];

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
/** physicalName names it with the generation that it is of. */
export const physicalName = (name: string, generation: number, table: string): string =>
  `${viewName(name, table)}__${generation}`;

/** A projection as a connection has it. */
export class Live {
  readonly projection: Projection;
  readonly generation: number;
  readonly tables: ReadonlyMap<string, TableState>;
  size: number;
  stopped: string | undefined;
  /** What stands in its row. */
  noted: Pick<Known, 'noted' | 'stopped'>;
  private undo: (() => void)[] = [];
  private readonly state: State;

  constructor(sqlite: Sqlite.Database, projection: Projection, known: Known) {
    this.projection = projection;
    this.generation = known.generation;
    this.size = known.size;
    this.stopped = known.stopped ?? undefined;
    this.noted = known;
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
      put: (name, row) => set(name, this.table(name).keyOf(row), row),
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

/** statusOf tells how one stands. */
export const statusOf = ({
  projection: { name, version },
  size,
  stopped,
}: Live): ProjectionStatus => ({
  name,
  version,
  size,
  ...(stopped === undefined ? {} : { stopped }),
});
