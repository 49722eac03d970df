/**
 * Batches that go whole or not at all, since they may have been received: those that are under way,
 * and those that a person holds.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Destination } from '../outbox/destination.ts';
import type { Row } from '../projection/projection.ts';
import { statementOf } from '../storage/statement.ts';
import type { Read, Reader } from '../usecase/reader.ts';
import type { Seen } from '../usecase/seen.ts';
import { erasedOf } from './queue.ts';
import type { Made } from './render.ts';
import type { Standing } from './standing.ts';
import { changed, lookOutbox, payloadAt } from './standing.ts';

export interface Whole {
  readonly key: string;
  readonly state: 'planned' | 'held';
  readonly items: readonly number[];
  /** Why it is held, where it is. */
  readonly reason: string | undefined;
  /** What it was planned in. */
  readonly format: string | undefined;
  /** What it was read from. */
  readonly seen: Seen;
}

/** A batch that an item would have to be moved with: so many items, and how. */
export interface ToMove {
  readonly items: number;
  readonly by: 'park' | 'retry';
  /** Whether it cannot be made again, since something of it was erased or a secret is another. */
  readonly isOther: boolean;
  /** Whether it would leave in another format, and so under another key. */
  readonly isAnew: boolean;
}

const seenIn = (row: Row): Seen => {
  const { destination = null, key = null } = row;
  return { projection: 'outbox', table: 'batch', equal: { destination, key }, rows: [row] };
};

const BY_ITEM =
  "SELECT * FROM outbox__batch WHERE destination = ? AND state IN ('planned', 'held') " +
  "AND instr(' ' || members || ' ', ' ' || ? || ' ') > 0";
const WHY = 'SELECT reason FROM outbox__item WHERE destination = ? AND seq = ?';
const BY_KEY = 'SELECT * FROM outbox__batch WHERE destination = ? AND key = ?';

/** wholeOf finds the one that an item is in. */
export const wholeOf = (reader: Reader, name: string, seq: number): Read<Whole | undefined> =>
  lookOutbox(reader, (sqlite) => {
    const row = statementOf(sqlite, BY_ITEM).get(name, String(seq)) as Row | undefined;
    if (row === undefined) return undefined;
    const items = String(row['members']).split(' ').map(Number);
    const state = row['state'] === 'held' ? 'held' : 'planned';
    const why = statementOf(sqlite, WHY).pluck().get(name, seq);
    const reason = typeof why === 'string' ? why : undefined;
    const by = payloadAt(sqlite, Number(row['config'])) as Destination | undefined;
    const of = { key: String(row['key']), state, items, reason } as const;
    return { ...of, format: by?.format, seen: seenIn(row) };
  });

/** How a batch that was planned stands by now, as far as that is known. */
export interface Stands {
  readonly isPlanned: boolean;
  /** How often it was sent, as far as that is on record. */
  readonly attempts: number;
  /** What is there for as long as it is. */
  readonly seen: readonly Seen[];
}

/** batchNow tells whether a batch is still to be sent. */
export const batchNow = (reader: Reader, name: string, key: string): Stands => {
  const read = lookOutbox(
    reader,
    (sqlite) => statementOf(sqlite, BY_KEY).get(name, key) as Row | undefined,
  );
  const row = E.isRight(read) ? read.right : undefined;
  // A mirror that is gone says nothing against it.
  if (row === undefined) return { isPlanned: true, attempts: 0, seen: [] };
  const seen = [seenIn({ ...row, state: 'planned', recorded: null })];
  return { isPlanned: row['state'] === 'planned', attempts: Number(row['attempts']), seen };
};

/**
 * standsNow tells how a batch stands that is about to be sent; undefined where a person had a word
 * since, or erased some of it.
 */
export const standsNow = (
  reader: Reader,
  now: Standing,
  { key, items }: Made,
): Stands | undefined => {
  const [other, erased] = [changed(reader, now), erasedOf(reader, items)];
  const stands = batchNow(reader, now.destination.name, key);
  const isErased = E.isRight(erased) && erased.right.size > 0;
  return other !== undefined || !stands.isPlanned || isErased ? undefined : stands;
};
