/**
 * What earlier flushes left: batches that failed, each with its next attempt, and all others that
 * are under way: those of the same owners may have to wait behind them.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Read, Reader } from '../usecase/reader.ts';
import type { Held } from './owners.ts';
import { ownersOf } from './owners.ts';
import { itemsAt } from './queue.ts';
import type { Standing } from './standing.ts';
import { lookOutbox, openBatches } from './standing.ts';

interface FailingRow {
  readonly key: string;
  readonly failures: number;
  readonly reason: string;
  readonly until: number | null;
}

export interface Failing {
  readonly held: readonly Held[];
  /** Why each failed, by its key. */
  readonly reasons: ReadonlyMap<string, string>;
}

/** failingOf reads it, in the order of its planning. */
export const failingOf = (reader: Reader, { destination }: Standing): Read<Failing> => {
  const read = lookOutbox(
    reader,
    (sqlite) =>
      sqlite
        .prepare('SELECT key, failures, reason, until FROM outbox__failing WHERE destination = ?')
        .all(destination.name) as readonly FailingRow[],
  );
  if (E.isLeft(read)) return read;
  const rows = new Map((read.right ?? []).map((row) => [row.key, row]));
  const reasons = new Map([...rows.values()].map(({ key, reason }) => [key, reason]));
  if (rows.size === 0) return E.right({ held: [], reasons });
  const open = openBatches(reader, destination.name);
  if (E.isLeft(open)) return open;
  const held: Held[] = [];
  const isOrdered = destination.order !== 'none';
  for (const { key, items: seqs } of open.right) {
    const row = rows.get(key);
    const items = isOrdered ? itemsAt(reader, seqs) : E.right([]);
    if (E.isLeft(items)) return items;
    const owners = ownersOf(items.right);
    const until = row === undefined ? undefined : (row.until ?? 0);
    held.push({ key, owners, until, failures: row?.failures ?? 0 });
  }
  return E.right({ held, reasons });
};
