/**
 * What events to read, and how that becomes reads of the mirror that an index answers. Moments
 * become positions, since events stand in the order of their moments. Of several conditions the one
 * that fewest events meet leads: its index has them in order, and the others are asked of each.
 */
import type Sqlite from 'better-sqlite3';
import type { KeyId, Time } from '../../ledger/name.ts';
import type { TypePattern } from '../../policies/type-pattern.ts';
import type { Condition, Range } from './query-condition.ts';
import { conditionsOf, leaderOf } from './query-condition.ts';

export interface Query {
  /** Of one of these types; `invoice.*` is all that begin so. */
  readonly types?: readonly TypePattern[] | undefined;
  readonly session?: string | undefined;
  readonly tag?: string | undefined;
  /** As `kind:name`. */
  readonly source?: string | undefined;
  readonly key?: KeyId | undefined;
  readonly trace?: string | undefined;
  /** Recorded then or later. */
  readonly since?: Time | undefined;
  /** Recorded before then. */
  readonly until?: Time | undefined;
  /** Behind this position, in the direction of reading: where the last page ended. */
  readonly after?: number | undefined;
  /** Before this position, whatever the direction. */
  readonly before?: number | undefined;
  readonly limit?: number | undefined;
  readonly reverse?: boolean | undefined;
}

export interface Found {
  readonly seq: number;
  /** As it stands in the journal, without its LF. */
  readonly line: string;
}

/** Of each of several types so many events are fetched at a time. */
const STEP = 32;
/** A page ends with the event that fills so many bytes. */
const PAGE_BYTES = 1 << 22;

/** positionOf gives the first position that was recorded at a moment or later. */
export const positionOf = (sqlite: Sqlite.Database, time: Time): number => {
  const at = sqlite.prepare('SELECT recorded_at FROM events WHERE seq = ?').pluck();
  let [low, high] = [0, sqlite.prepare('SELECT size FROM ended').pluck().get() as number];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((at.get(middle) as string) < time) low = middle + 1;
    else high = middle;
  }
  return low;
};

const rangeOf = (sqlite: Sqlite.Database, query: Query): Range => {
  const { since, until, after, before = Number.MAX_SAFE_INTEGER, reverse = false } = query;
  const low = since === undefined ? 0 : positionOf(sqlite, since);
  const high = Math.min(before, until === undefined ? before : positionOf(sqlite, until));
  if (after === undefined) return [low, high];
  return reverse ? [low, Math.min(high, after)] : [Math.max(low, after + 1), high];
};

const select = (
  leader: Condition | undefined,
  others: readonly Condition[],
  reverse: boolean,
  line: Line,
): string => {
  const isTags = leader?.table === 'tags';
  const from = isTags
    ? 'tags CROSS JOIN events USING (seq)'
    : `events${leader === undefined ? '' : ` INDEXED BY ${leader.index}`}`;
  const seq = isTags ? 'tags.seq' : 'events.seq';
  const led = leader === undefined ? [] : [`${leader.column} = ?`];
  const where = [...led, ...others.map(({ sql }) => sql), `${seq} >= ?`, `${seq} < ?`];
  const order = `ORDER BY ${seq}${reverse ? ' DESC' : ''} LIMIT ?`;
  const columns = `events.seq AS seq, ${line} AS line`;
  return `SELECT ${columns} FROM ${from} WHERE ${where.join(' AND ')} ${order}`;
};

type Fetch = (range: Range, most: number, bytes: number) => readonly Found[];

/** Fetches no more than so many events, and none behind the one that fills so many bytes. */
const fetching =
  (read: Sqlite.Statement, values: readonly string[]): Fetch =>
  (range, most, bytes) => {
    const found: Found[] = [];
    let left = bytes;
    for (const each of read.iterate(...values, ...range, most) as IterableIterator<Found>) {
      found.push(each);
      left -= each.line.length;
      if (left <= 0) break;
    }
    return found;
  };

/** What is read of an event: of its line nothing, where an index alone is to answer. */
export type Line = 'line' | "''";

/** The events of one key in their order, a few fetched at a time. */
function* stream(fetch: Fetch, range: Range, bytes: number, reverse: boolean): Generator<Found> {
  for (let [from, to] = range; ;) {
    const some = fetch([from, to], STEP, bytes);
    yield* some;
    const last = some.at(-1);
    if (last === undefined) return;
    if (reverse) to = last.seq;
    else from = last.seq + 1;
  }
}

/** Takes from whichever stream has the next event. */
const merge = (
  streams: readonly Iterator<Found>[],
  limit: number,
  reverse: boolean,
): readonly Found[] => {
  const found: Found[] = [];
  const heads = streams.map((each) => each.next());
  for (let left = PAGE_BYTES; found.length < limit && left > 0;) {
    let best: { readonly from: number; readonly event: Found } | undefined;
    for (const [from, { done, value: event }] of heads.entries())
      if (done !== true && (best === undefined || event.seq < best.event.seq !== reverse))
        best = { from, event };
    const from = streams[best?.from ?? -1];
    if (best === undefined || from === undefined) break;
    found.push(best.event);
    left -= best.event.line.length;
    heads[best.from] = from.next();
  }
  return found;
};

/**
 * runQuery reads the events of a query, in its direction: at most so many, and fewer where they are
 * long. There are no more only where there is none.
 */
export const runQuery = (
  sqlite: Sqlite.Database,
  query: Query & { readonly limit: number },
  line: Line = 'line',
): readonly Found[] => {
  const { limit, reverse = false } = query;
  const range = rangeOf(sqlite, query);
  const conditions = conditionsOf(sqlite, query);
  const leader = leaderOf(sqlite, conditions, range);
  const others = conditions.filter((each) => each !== leader);
  const read = sqlite.prepare(select(leader, others, reverse, line));
  const values = others.flatMap((each) => each.values);
  if (leader === undefined) return fetching(read, values)(range, limit, PAGE_BYTES);
  const fetches = leader.keys.map((key) => fetching(read, [key, ...values]));
  const [only, ...further] = fetches;
  if (only === undefined) return [];
  if (further.length === 0) return only(range, limit, PAGE_BYTES);
  const bytes = PAGE_BYTES / fetches.length;
  const streams = fetches.map((fetch) => stream(fetch, range, bytes, reverse));
  return merge(streams, limit, reverse);
};
