/**
 * A projection: a fold over events into tables of its own, within the transaction that records
 * them. What it makes must follow from the events alone, so that a replay makes the same again; and
 * it waits for nothing, since what comes when the event is over is nobody's.
 *
 *     const totals: Projection = {
 *       name: 'totals',
 *       version: 1,
 *       schema: { by_type: { columns: { type: 'text', count: 'integer' }, key: ['type'] } },
 *       evolve: (state, { header }) => {
 *         const before = state.get('by_type', header.event_type);
 *         const count = Number(before?.['count'] ?? 0) + 1;
 *         state.put('by_type', { type: header.event_type, count });
 *       },
 *     };
 */
import type { Recorded } from '../../policies/state/past.ts';

export type Cell = string | number | null;
export type Row = Readonly<Record<string, Cell>>;

export interface Table {
  readonly columns: Readonly<Record<string, 'text' | 'integer' | 'real'>>;
  /** The columns that name a row; none of them is ever null. */
  readonly key: readonly string[];
  readonly indexes?: readonly (readonly string[])[];
}

/** What a projection sees and changes: its own tables. */
export interface State {
  readonly get: (table: string, ...key: readonly Cell[]) => Row | undefined;
  readonly put: (table: string, row: Row) => void;
  readonly remove: (table: string, ...key: readonly Cell[]) => void;
  /** Rows whose columns equal what is given, in the order of their keys. */
  readonly rows: (table: string, equal?: Row) => readonly Row[];
}

export interface Projection {
  /** `[a-z][a-z0-9_]*`, at most 32 characters. */
  readonly name: string;
  /** Raised whenever schema or evolve change: the tables are made anew then. */
  readonly version: number;
  readonly schema: Readonly<Record<string, Table>>;
  readonly evolve: (state: State, event: Recorded) => void;
  /** Whether gates rest on it: where it fails, nothing more is let in. */
  readonly gates?: boolean;
}
