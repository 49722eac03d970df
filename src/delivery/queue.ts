/**
 * The queue of a destination: items that wait, found by the mirror's indexes behind the cursor.
 * What is read is as much as a few batches take, whatever waits and whatever was delivered.
 */
import type Sqlite from 'better-sqlite3';
import * as E from 'fp-ts/lib/Either.js';
import type { Destination } from '../outbox/destination.ts';
import { MOST_ITEMS } from '../outbox/event.ts';
import type { Item } from '../outbox/item.ts';
import { ALL, isReplaceable, itemOf, takes } from '../outbox/item.ts';
import type { TypePattern } from '../../policies/type-pattern.ts';
import { MirrorDamaged } from '../storage/attempt.ts';
import type { Query } from '../usecase/query.ts';
import type { Read, Reader } from '../usecase/reader.ts';
import type { Standing } from './standing.ts';
import { lookOutbox } from './standing.ts';

export interface Queue {
  readonly items: readonly Item[];
  /** Items for which a later one stands. */
  readonly superseded: readonly number[];
  /** All before it was looked at. */
  readonly end: number;
  /** Whether there is more behind. */
  readonly isWhole: boolean;
}

const ENQUEUED = 'outbox.enqueued' as TypePattern;
const PAGE = 1000;
/** Beside what is asked for, a few that may have to be passed over. */
const MORE = 16;

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

/** isSuperseded says whether a later item of the same owner and kind stands for one. */
export const isSuperseded = (reader: Reader, destination: Destination, item: Item): boolean => {
  if (!isReplaceable(destination, item)) return false;
  const read = lookOutbox(reader, (sqlite) => laterOf(sqlite, item));
  return E.isRight(read) && read.right === true;
};

/** A row that holds no line is the mirror's damage, and told as such. */
const readItem = (line: string): Item => {
  try {
    return itemOf(line);
  } catch (thrown) {
    if (thrown instanceof SyntaxError) throw new MirrorDamaged('a row holds no line');
    throw thrown;
  }
};

/** erasedOf gives those whose payload is erased, also where it was not taken away yet. */
export const erasedOf = (reader: Reader, seqs: readonly number[]): Read<ReadonlySet<number>> =>
  reader.look(({ database: { sqlite } }) => {
    const erased = sqlite
      .prepare('SELECT erases FROM events WHERE erases IN (SELECT value FROM json_each(?))')
      .pluck()
      .all(JSON.stringify(seqs)) as readonly number[];
    return new Set(erased);
  });

/** Items of lines; what is erased leaves no more, wherever its payload still stands. */
const itemsOf = (
  reader: Reader,
  rows: readonly { readonly seq: number; readonly line: string }[],
): Read<readonly Item[]> => {
  const erased = erasedOf(
    reader,
    rows.map(({ seq }) => seq),
  );
  if (E.isLeft(erased)) return erased;
  return reader.look(() =>
    rows.map(({ seq, line }) => {
      const item = readItem(line);
      return erased.right.has(seq) ? { ...item, isErased: true } : item;
    }),
  );
};

/** itemsAt reads items by their positions, in that order. */
export const itemsAt = (reader: Reader, seqs: readonly number[]): Read<readonly Item[]> => {
  const rows = reader.look(({ database: { sqlite } }) => {
    const line = sqlite.prepare('SELECT line FROM events WHERE seq = ?').pluck();
    return seqs.flatMap((seq) => {
      const found = line.get(seq);
      return typeof found === 'string' ? [{ seq, line: found }] : [];
    });
  });
  return E.isLeft(rows) ? rows : itemsOf(reader, rows.right);
};

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

const againOf = (reader: Reader, standing: Standing): Read<readonly Item[]> => {
  const seqs = againBefore(reader, standing, standing.destination.limits.items);
  return E.isLeft(seqs) ? seqs : itemsAt(reader, seqs.right);
};

/** behind gives what waits behind the cursor, item by item, without an end but the ledger's. */
export function* behind(
  reader: Reader,
  standing: Standing,
  most = PAGE,
): Generator<Read<{ readonly item?: Item; readonly superseded?: number; readonly end: number }>> {
  const { destination } = standing;
  const query = queryOf(destination);
  const apart = apartOf(reader, standing);
  if (E.isLeft(apart)) return void (yield apart);
  for (let after = standing.cursor - 1; ;) {
    const page = reader.page({ ...query, after, limit: Math.min(PAGE, most + MORE) });
    if (E.isLeft(page)) return void (yield page);
    const items = itemsOf(reader, page.right);
    if (E.isLeft(items)) return void (yield items);
    for (const item of items.right) {
      const { seq } = item;
      after = seq;
      const end = seq + 1;
      if (!takes(destination, item) || apart.right.has(seq)) yield E.right({ end });
      else if (isSuperseded(reader, destination, item)) yield E.right({ superseded: seq, end });
      else yield E.right({ item, end });
    }
    if (page.right.length === 0) return;
  }
}

/** readQueue reads what waits, at most so many items of so many bytes. */
export const readQueue = (
  reader: Reader,
  standing: Standing,
  most: number,
  bytes: number,
): Read<Queue> => {
  const again = againOf(reader, standing);
  if (E.isLeft(again)) return again;
  const { destination } = standing;
  const isOver = (item: Item): boolean => isSuperseded(reader, destination, item);
  const items = again.right.filter((item) => !isOver(item));
  const superseded = again.right.filter(isOver).map(({ seq }) => seq);
  let [end, left] = [standing.cursor, bytes];
  for (const found of behind(reader, standing, most)) {
    if (E.isLeft(found)) return found;
    const { item, superseded: seq } = found.right;
    const isFull = items.length >= most || left <= 0;
    if ((item !== undefined && isFull) || superseded.length >= MOST_ITEMS)
      return E.right({ items, superseded, end, isWhole: false });
    ({ end } = found.right);
    if (seq !== undefined) superseded.push(seq);
    if (item === undefined) continue;
    items.push(item);
    left -= item.line.length;
  }
  return E.right({ items, superseded, end, isWhole: true });
};
