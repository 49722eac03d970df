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
import type { Failing } from './prepare.ts';
import type { Standing } from './standing.ts';
import { lookOutbox } from './standing.ts';

/** One that waits, or for which a later one stands, or that is passed over. */
export interface Queued {
  readonly item?: Item;
  readonly superseded?: Item;
  /** It was passed, and the destination takes it no more. */
  readonly untaken?: number;
  /** All before it was looked at. */
  readonly end: number;
}

const ENQUEUED = 'outbox.enqueued' as TypePattern;
const PAGE = 1000;

const queryOf = ({ types = [ALL] }: Destination): Query =>
  types.includes(ALL) ? {} : { types: [...new Set([...types, ENQUEUED])] };

interface Elsewhere {
  readonly has: (seq: number) => boolean;
}
const NOTHING: Elsewhere = { has: () => false };

/** Items behind the cursor that do not wait any more. */
const elsewhereOf = (reader: Reader, standing: Standing): Read<Elsewhere> => {
  const { destination, cursor, ahead, parked, dropped, behind: passed } = standing;
  if (ahead + parked + dropped + passed === 0) return E.right(NOTHING);
  const read = lookOutbox(reader, (sqlite) => {
    const { name } = destination;
    const seqs = sqlite
      .prepare(
        'SELECT seq FROM outbox__ahead WHERE destination = ? AND seq >= ? UNION ALL ' +
          'SELECT seq FROM outbox__item WHERE destination = ? AND seq >= ?',
      )
      .pluck()
      .all(name, cursor, name, cursor) as readonly number[];
    return new Set(seqs);
  });
  return E.map((found: Elsewhere | undefined) => found ?? NOTHING)(read);
};

const laterOf = (
  sqlite: Sqlite.Database,
  { seq, owner, kind, enqueued }: Item,
): number | undefined => {
  const latest = sqlite
    .prepare('SELECT seq FROM outbox__latest WHERE owner = ? AND kind = ? AND destination = ?')
    .pluck()
    .get(owner, kind, enqueued?.destination ?? '');
  return typeof latest === 'number' && latest > seq ? latest : undefined;
};

/** What people say of items, and what stands for others. */
const MOVING = ['enqueued', 'parked', 'set_aside', 'retried', 'dropped'].map(
  (each) => `outbox.${each}`,
);
const LAST =
  'SELECT max(last) FROM (SELECT (SELECT max(seq) FROM events WHERE event_type = value) AS last ' +
  'FROM json_each(?))';

/** lastMoved gives the position of what last changed who waits, other than deliveries. */
export const lastMoved = (reader: Reader): Read<number | undefined> =>
  reader.look(({ database: { sqlite } }) => {
    const last = statementOf(sqlite, LAST).pluck().get(JSON.stringify(MOVING)) as number | null;
    return last ?? undefined;
  });

/** standsFor gives the later item of the same owner and kind that stands for one, if any. */
export const standsFor = (
  reader: Reader,
  destination: Destination,
  item: Item,
): number | undefined => {
  if (!isReplaceable(destination, item)) return undefined;
  const read = lookOutbox(reader, (sqlite) => laterOf(sqlite, item));
  return E.isRight(read) ? read.right : undefined;
};

/** isSuperseded says whether one does. */
export const isSuperseded = (reader: Reader, destination: Destination, item: Item): boolean =>
  standsFor(reader, destination, item) !== undefined;

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

/** Items that a person asked to have sent once more: so many, wherever they lie. */
const againOf = (
  reader: Reader,
  { destination, again }: Standing,
  most: number,
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
                  'ORDER BY seq LIMIT ?',
              )
              .pluck()
              .all(destination.name, most) as readonly number[],
        ),
      );

/** The positions behind one at which there may be something for a destination. */
const positionsOf = (reader: Reader, query: Query, after: number): Read<readonly number[]> =>
  query.types === undefined
    ? reader.look(({ database: { sqlite } }) => {
        const last = statementOf(sqlite, 'SELECT max(seq) FROM events').pluck().get();
        const length = Math.min(PAGE, Number(last) - after);
        return Array.from({ length: Math.max(0, length) }, (_, at) => after + 1 + at);
      })
    : reader.positions({ ...query, after, limit: PAGE });

/** itemsOf gives items at positions, one by one. */
export function* itemsOf(reader: Reader, seqs: readonly number[]): Generator<Read<Item>> {
  for (let at = 0; at < seqs.length; at += ROWS) {
    const items = itemsAt(reader, seqs.slice(at, at + ROWS));
    if (E.isLeft(items)) return void (yield items);
    for (const item of items.right) yield E.right(item);
  }
}

/** Whether an item is to be sent, or a later one stands for it. */
const standsOf = (reader: Reader, destination: Destination, item: Item): Omit<Queued, 'end'> =>
  isSuperseded(reader, destination, item) ? { superseded: item } : { item };

/** What waits apart, and is looked at now; what was passed may be nothing for it any more. */
function* apart(
  reader: Reader,
  { destination, cursor: end }: Standing,
  seqs: readonly number[],
  wasPassed = false,
): Generator<Read<Queued>> {
  for (const item of itemsOf(reader, seqs)) {
    if (E.isLeft(item)) return void (yield item);
    if (wasPassed && !takes(destination, item.right))
      yield E.right({ untaken: item.right.seq, end });
    else yield E.right({ ...standsOf(reader, destination, item.right), end });
  }
}

/** behind gives what waits behind the cursor, item by item, without an end but the ledger's. */
export function* behind(reader: Reader, standing: Standing): Generator<Read<Queued>> {
  const { destination } = standing;
  const query = queryOf(destination);
  const elsewhere = elsewhereOf(reader, standing);
  if (E.isLeft(elsewhere)) return void (yield elsewhere);
  for (let after = standing.cursor - 1; ;) {
    const page = positionsOf(reader, query, after);
    if (E.isLeft(page)) return void (yield page);
    for (const item of itemsOf(reader, page.right)) {
      if (E.isLeft(item)) return void (yield item);
      const { seq } = item.right;
      const end = seq + 1;
      if (!takes(destination, item.right) || elsewhere.right.has(seq)) yield E.right({ end });
      else yield E.right({ ...standsOf(reader, destination, item.right), end });
    }
    const last = page.right.at(-1);
    if (last === undefined) return;
    after = last;
  }
}

/** The owners of what stands behind failing ones, from one to the next by the index. */
const OWNERS =
  'WITH RECURSIVE each(owner) AS (SELECT min(owner) FROM outbox__item WHERE destination = :name ' +
  "AND state = 'behind' UNION ALL SELECT (SELECT min(owner) FROM outbox__item " +
  "WHERE destination = :name AND state = 'behind' AND owner > each.owner) FROM each " +
  'WHERE each.owner IS NOT NULL) SELECT owner, (SELECT min(seq) FROM outbox__item WHERE ' +
  "destination = :name AND state = 'behind' AND owner = each.owner) AS first " +
  'FROM each WHERE owner IS NOT NULL';
const OF_OWNER =
  'SELECT seq FROM outbox__item WHERE destination = ? ' +
  "AND state = 'behind' AND owner = ? AND seq < ? ORDER BY seq LIMIT ?";

interface Apart {
  readonly owner: number;
  readonly first: number;
}

/** Owners of whom items wait apart, by their numbers, each with the first of them. */
const ownersBehind = (reader: Reader, { destination, behind: count }: Standing) =>
  count === 0
    ? E.right([])
    : E.map((owners: readonly Apart[] | undefined) => owners ?? [])(
        lookOutbox(
          reader,
          (sqlite) =>
            statementOf(sqlite, OWNERS).all({ name: destination.name }) as readonly Apart[],
        ),
      );

/** What stands behind nobody that fails: of each owner from its first, in the order of all. */
const freeOf = (
  reader: Reader,
  { destination: { name } }: Standing,
  owners: readonly Apart[],
  failing: Failing,
  most: number,
): Read<readonly number[]> =>
  E.map((seqs: readonly number[] | undefined) => seqs ?? [])(
    lookOutbox(reader, (sqlite) => {
      const seqs: number[] = [];
      for (const { owner } of owners) {
        if (seqs.length >= most) break;
        const before = failing.get(owner) ?? Number.MAX_SAFE_INTEGER;
        const some = statementOf(sqlite, OF_OWNER)
          .pluck()
          .all(name, owner, before, most - seqs.length);
        seqs.push(...(some as readonly number[]));
      }
      return seqs.toSorted((one, other) => one - other);
    }),
  );

/** What the next plan is made of. */
export interface Source {
  readonly found: Iterable<Read<Queued>>;
  /** Owners whose items it passes, by their numbers, each since which item. */
  readonly held: Failing;
  /** Whether it is what waits apart; what lies behind the cursor comes when there is none. */
  readonly isApart: boolean;
}

/**
 * sourceOf gives what waits, in its order: first what a person asked for, then what stood behind
 * owners that fail no more, then what lies behind the cursor. What is to be sent again of an owner
 * of whom more stands apart, and could go, takes its place there.
 */
export const sourceOf = (
  reader: Reader,
  now: Standing,
  failing: Failing,
  most: number,
): Read<Source> => {
  const owners = ownersBehind(reader, now);
  if (E.isLeft(owners)) return owners;
  const again = againOf(reader, now, most);
  if (E.isLeft(again)) return again;
  const ready = owners.right.filter(({ owner, first }) => first < (failing.get(owner) ?? Infinity));
  if (again.right.length > 0) {
    const held = new Map([...failing, ...ready.map(({ owner }) => [owner, -1] as const)]);
    return E.right({ found: apart(reader, now, again.right), held, isApart: true });
  }
  const free = ready.length === 0 ? E.right([]) : freeOf(reader, now, ready, failing, most);
  if (E.isLeft(free)) return free;
  const isApart = free.right.length > 0;
  const found = isApart ? apart(reader, now, free.right, true) : behind(reader, now);
  return E.right({ found, held: failing, isApart });
};
