/**
 * The queue of a destination: items that wait, found by the mirror's indexes behind the cursor.
 * What is read is as much as a few batches take, whatever waits and whatever was delivered.
 */
import type Sqlite from 'better-sqlite3';
import * as E from 'fp-ts/lib/Either.js';
import type { Destination } from '../outbox/destination.ts';
import type { EventRow, Item } from '../outbox/item.ts';
import { ALL, isLine, isReplaceable, itemOf, takes } from '../outbox/item.ts';
import type { TypePattern } from '../../policies/type-pattern.ts';
import { MirrorDamaged } from '../storage/attempt.ts';
import type { Query } from '../usecase/query.ts';
import { statementOf } from '../storage/statement.ts';
import type { Read, Reader } from '../usecase/reader.ts';
import type { Standing } from './standing.ts';
import { lookOutbox } from './standing.ts';

/** One that waits, or for which a later one stands, or that is passed over. */
export interface Queued {
  readonly item?: Item;
  readonly superseded?: number;
  /** All before it was looked at. */
  readonly end: number;
}

const ENQUEUED = 'outbox.enqueued' as TypePattern;
const PAGE = 1000;

const queryOf = ({ types = [ALL] }: Destination): Query =>
  types.includes(ALL) ? {} : { types: [...new Set([...types, ENQUEUED])] };

interface Apart {
  readonly has: (seq: number) => boolean;
}
const NOTHING: Apart = { has: () => false };

/** Items behind the cursor that do not wait any more. */
const apartOf = (reader: Reader, { destination, cursor, ...counts }: Standing): Read<Apart> => {
  const { ahead, parked, dropped, again } = counts;
  if (ahead + parked + dropped + again === 0) return E.right(NOTHING);
  const read = lookOutbox(reader, (sqlite) => {
    const { name } = destination;
    const seqs = sqlite
      .prepare(
        'SELECT seq FROM outbox__ahead WHERE destination = ? AND seq >= ? UNION ALL ' +
          // Those to be sent again have their place among the others.
          "SELECT seq FROM outbox__item WHERE destination = ? AND seq >= ? AND state <> 'again'",
      )
      .pluck()
      .all(name, cursor, name, cursor) as readonly number[];
    return new Set(seqs);
  });
  return E.map((found: Apart | undefined) => found ?? NOTHING)(read);
};

const laterOf = (sqlite: Sqlite.Database, { seq, owner, kind, enqueued }: Item): boolean => {
  const latest = sqlite
    .prepare('SELECT seq FROM outbox__latest WHERE owner = ? AND kind = ? AND destination = ?')
    .pluck()
    .get(owner, kind, enqueued?.destination ?? '');
  return typeof latest === 'number' && latest > seq;
};

/** What people say of items, and what stands for others. */
const MOVING = ['enqueued', 'parked', 'retried', 'dropped'].map((each) => `outbox.${each}`);
const LAST =
  'SELECT max(last) FROM (SELECT (SELECT max(seq) FROM events WHERE event_type = value) AS last ' +
  'FROM json_each(?))';

/** lastMoved gives the position of what last changed who waits, other than deliveries. */
export const lastMoved = (reader: Reader): Read<number | undefined> =>
  reader.look(({ database: { sqlite } }) => {
    const last = statementOf(sqlite, LAST).pluck().get(JSON.stringify(MOVING)) as number | null;
    return last ?? undefined;
  });

/** isSuperseded says whether a later item of the same owner and kind stands for one. */
export const isSuperseded = (reader: Reader, destination: Destination, item: Item): boolean => {
  if (!isReplaceable(destination, item)) return false;
  const read = lookOutbox(reader, (sqlite) => laterOf(sqlite, item));
  return E.isRight(read) && read.right === true;
};

const IN_RANGE = 'SELECT 1 FROM events WHERE erases >= ? AND erases <= ? LIMIT 1';
const ERASED = 'SELECT erases FROM events WHERE erases IN (SELECT value FROM json_each(?))';

const erasedIn = (sqlite: Sqlite.Database, seqs: readonly number[]): ReadonlySet<number> => {
  const [first, last] = [Math.min(...seqs), Math.max(...seqs)];
  // Most often there is none anywhere near.
  if (statementOf(sqlite, IN_RANGE).get(first, last) === undefined) return new Set();
  const erased = statementOf(sqlite, ERASED).pluck().all(JSON.stringify(seqs));
  return new Set(erased as readonly number[]);
};

/** erasedOf gives those whose payload is erased, also where it was not taken away yet. */
export const erasedOf = (reader: Reader, seqs: readonly number[]): Read<ReadonlySet<number>> =>
  reader.look(({ database: { sqlite } }) => erasedIn(sqlite, seqs));

/** So many rows are read at once: of the longest lines no more than a plan may hold. */
const ROWS = 128;
const ROWS_AT =
  'SELECT seq, events.id, event_type, recorded_at, session_id, line ' +
  'FROM json_each(?) CROSS JOIN events ON seq = value';

/** itemsAt reads items by their positions, in that order; what is erased leaves no more. */
export const itemsAt = (reader: Reader, seqs: readonly number[]): Read<readonly Item[]> =>
  reader.look(({ database: { sqlite } }) => {
    const rows = statementOf(sqlite, ROWS_AT).all(JSON.stringify(seqs)) as readonly EventRow[];
    if (!rows.every(({ line }) => isLine(line))) throw new MirrorDamaged('a row holds no line');
    const erased = erasedIn(sqlite, seqs);
    return rows.map((row) => itemOf(row, erased.has(row.seq)));
  });

/** againBefore lists items before the cursor that a person asked to have sent once more. */
export const againBefore = (
  reader: Reader,
  { destination, again, cursor }: Standing,
  most = -1,
): Read<readonly number[]> =>
  again === 0
    ? E.right([])
    : E.map((seqs: readonly number[] | undefined) => seqs ?? [])(
        lookOutbox(
          reader,
          (sqlite) =>
            sqlite
              .prepare(
                "SELECT seq FROM outbox__item WHERE destination = ? AND state = 'again' " +
                  'AND seq < ? ORDER BY seq LIMIT ?',
              )
              .pluck()
              .all(destination.name, cursor, most) as readonly number[],
        ),
      );

interface Again {
  readonly items: readonly Item[];
  /** Whether there are more of them. */
  readonly isLeft: boolean;
}

const againOf = (reader: Reader, standing: Standing): Read<Again> => {
  const most = standing.destination.limits.items;
  const seqs = againBefore(reader, standing, most + 1);
  if (E.isLeft(seqs)) return seqs;
  const isLeft = seqs.right.length > most;
  return E.map((items: readonly Item[]) => ({ items, isLeft }))(
    itemsAt(reader, seqs.right.slice(0, most)),
  );
};

/** The positions behind one at which there may be something for a destination. */
const positionsOf = (reader: Reader, query: Query, after: number): Read<readonly number[]> =>
  query.types === undefined
    ? reader.look(({ database: { sqlite } }) => {
        const last = statementOf(sqlite, 'SELECT max(seq) FROM events').pluck().get();
        const length = Math.min(PAGE, Number(last) - after);
        return Array.from({ length: Math.max(0, length) }, (_, at) => after + 1 + at);
      })
    : reader.positions({ ...query, after, limit: PAGE });

/** behind gives what waits behind the cursor, item by item, without an end but the ledger's. */
export function* behind(reader: Reader, standing: Standing): Generator<Read<Queued>> {
  const { destination } = standing;
  const query = queryOf(destination);
  const apart = apartOf(reader, standing);
  if (E.isLeft(apart)) return void (yield apart);
  for (let after = standing.cursor - 1; ;) {
    const page = positionsOf(reader, query, after);
    if (E.isLeft(page)) return void (yield page);
    for (let at = 0; at < page.right.length; at += ROWS) {
      const items = itemsAt(reader, page.right.slice(at, at + ROWS));
      if (E.isLeft(items)) return void (yield items);
      for (const item of items.right) {
        const { seq } = item;
        const end = seq + 1;
        if (!takes(destination, item) || apart.right.has(seq)) yield E.right({ end });
        else if (isSuperseded(reader, destination, item)) yield E.right({ superseded: seq, end });
        else yield E.right({ item, end });
      }
    }
    const last = page.right.at(-1);
    if (last === undefined) return;
    after = last;
  }
}

/** queued gives what waits, in its order: first what is to be sent again, then what lies behind. */
export function* queued(reader: Reader, standing: Standing): Generator<Read<Queued>> {
  const again = againOf(reader, standing);
  if (E.isLeft(again)) return void (yield again);
  const end = standing.cursor;
  for (const item of again.right.items)
    if (isSuperseded(reader, standing.destination, item))
      yield E.right({ superseded: item.seq, end });
    else yield E.right({ item, end });
  // What lies behind does not overtake those that were not read yet.
  if (!again.right.isLeft) yield* behind(reader, standing);
}
