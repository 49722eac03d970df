/**
 * How many items wait for a destination, and since when: counted by an index where that can be.
 */
import type Sqlite from 'better-sqlite3';
import * as E from 'fp-ts/lib/Either.js';
import { write } from '../../ledger/json/format.ts';
import type { Json } from '../../ledger/json/value.ts';
import type { Destination } from '../outbox/destination.ts';
import { ALL } from '../outbox/item.ts';
import type { Read, Reader } from '../usecase/reader.ts';
import { behind } from './queue.ts';
import type { Standing } from './standing.ts';
import { configAt, lookOutbox, openBatches } from './standing.ts';
import { firstOf, stoodFor } from './stood.ts';

/** Whether what waits is told by the types alone. */
const isPlain = ({ destination, ahead, parked, dropped, again, behind: passed }: Standing) =>
  destination.tags === undefined &&
  ahead + parked + dropped + again + passed === 0 &&
  (destination.types ?? []).every((each) => each === ALL || !each.startsWith('outbox.'));

const enqueuedBehind = (sqlite: Sqlite.Database, cursor: number): boolean =>
  sqlite
    .prepare("SELECT 1 FROM events WHERE event_type = 'outbox.enqueued' AND seq >= ? LIMIT 1")
    .get(cursor) !== undefined;

const countOf = (sqlite: Sqlite.Database, { destination, cursor }: Standing): number => {
  const { types = [ALL] } = destination;
  const ways = types.includes(ALL)
    ? ['TRUE']
    : types.map((each) => (each.endsWith('*') ? 'event_type GLOB ?' : 'event_type = ?'));
  const values = types.includes(ALL) ? [] : types;
  return sqlite
    .prepare(
      `SELECT count(*) FROM events WHERE seq >= ? AND event_type NOT GLOB 'outbox.*' ` +
        `AND (${ways.join(' OR ')})`,
    )
    .pluck()
    .get(cursor, ...values) as number;
};

/** What is not yet answered for, and where else items are by now. */
export interface Counted {
  readonly waiting: number;
  readonly parked: number;
  readonly superseded: number;
}

/** Counted one by one, where an index cannot tell. */
const walked = (reader: Reader, now: Standing): Read<Counted> => {
  let [count, passed] = [0, 0];
  for (const found of behind(reader, now)) {
    if (E.isLeft(found)) return found;
    if (found.right.item !== undefined) count++;
    if (found.right.superseded !== undefined) passed++;
  }
  const stood = stoodFor(reader, now);
  if (E.isLeft(stood)) return stood;
  const { waiting, parked } = stood.right;
  return E.right({
    waiting: count + now.behind + now.again - waiting.size,
    parked: now.parked - parked.size,
    superseded: now.superseded + passed + waiting.size + parked.size,
  });
};

/** In batches that are under way. */
const underWay = (reader: Reader, { destination: { name }, planned }: Standing): Read<number> =>
  planned === 0
    ? E.right(0)
    : E.map((sum: number | undefined) => sum ?? 0)(
        lookOutbox(
          reader,
          (sqlite) =>
            sqlite
              .prepare(
                'SELECT coalesce(sum(items), 0) FROM outbox__batch ' +
                  "WHERE destination = ? AND state = 'planned'",
              )
              .pluck()
              .get(name) as number,
        ),
      );

/** countedOf counts what is not yet answered for, waiting or under way, and what stands apart. */
export const countedOf = (reader: Reader, now: Standing): Read<Counted> => {
  const { parked, superseded } = now;
  const counted: Read<number | undefined> = isPlain(now)
    ? lookOutbox(reader, (sqlite) =>
        enqueuedBehind(sqlite, now.cursor) ? undefined : countOf(sqlite, now),
      )
    : E.right(undefined);
  if (E.isLeft(counted)) return counted;
  const all: Read<Counted> =
    counted.right === undefined
      ? walked(reader, now)
      : E.right({ waiting: counted.right, parked, superseded });
  if (E.isLeft(all)) return all;
  // Nothing waits for one that is retired; what was planned may have been received.
  const waiting = now.state === 'retired' ? 0 : all.right.waiting;
  return E.map((under: number) => ({ ...all.right, waiting: under + waiting }))(
    underWay(reader, now),
  );
};

/** waitingOf counts what is not yet answered for. */
export const waitingOf = (reader: Reader, now: Standing): Read<number> =>
  E.map(({ waiting }: Counted) => waiting)(countedOf(reader, now));

const redactionOf = ({ redaction }: Destination): string =>
  redaction === undefined ? '' : write(redaction as unknown as Json);

/** Items of batches that are under way, and were planned by such a configuration. */
const underWayBy = (
  reader: Reader,
  destination: Destination,
  isMeant: (by: Destination) => boolean,
): Read<number> => {
  const open = openBatches(reader, destination.name);
  if (E.isLeft(open)) return open;
  let count = 0;
  for (const { config: at, items } of open.right) {
    const config = configAt(reader, at);
    if (E.isLeft(config)) return config;
    if (isMeant(config.right ?? destination)) count += items.length;
  }
  return E.right(count);
};

/** plannedOtherwise counts what is planned, and leaves under another redaction than is in force. */
export const plannedOtherwise = (reader: Reader, { destination }: Standing): Read<number> =>
  underWayBy(reader, destination, (by) => redactionOf(by) !== redactionOf(destination));

/** plannedInOther counts items that are planned, and leave in another format than one. */
export const plannedInOther = (
  reader: Reader,
  { destination }: Standing,
  format: string,
): Read<number> => underWayBy(reader, destination, (by) => by.format !== format);

/** oldestOf gives the position of the first that waits. */
export const oldestOf = (reader: Reader, now: Standing): Read<number | undefined> => {
  const first = firstOf(reader, now, ['again', 'behind']);
  if (E.isLeft(first) || (first.right ?? now.cursor) < now.cursor) return first;
  for (const found of behind(reader, now)) {
    if (E.isLeft(found)) return found;
    const { seq } = found.right.item ?? {};
    if (seq !== undefined) return E.right(Math.min(seq, first.right ?? seq));
  }
  return first;
};
