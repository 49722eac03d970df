/**
 * Items that wait apart, and for which a later one stands by now: they are told as superseded with
 * the plan that comes to them, and wait for nothing until then.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Read, Reader } from '../usecase/reader.ts';
import { isSuperseded, itemsOf } from './queue.ts';
import type { Standing } from './standing.ts';
import { lookOutbox } from './standing.ts';

/** Only explicit items have a later one of their owner and kind. */
const ENQUEUED =
  'SELECT item.seq FROM outbox__item AS item JOIN events ON events.seq = item.seq ' +
  "WHERE destination = :name AND event_type = 'outbox.enqueued' " +
  "AND (state = 'behind' OR (state = 'again' AND item.seq < :cursor))";

const NONE: ReadonlySet<number> = new Set();

/** stoodFor gives them, by their positions. */
export const stoodFor = (reader: Reader, now: Standing): Read<ReadonlySet<number>> => {
  const { destination, cursor, again, behind } = now;
  if (again + behind === 0) return E.right(NONE);
  const read = lookOutbox(
    reader,
    (sqlite) =>
      sqlite.prepare(ENQUEUED).pluck().all({ name: destination.name, cursor }) as readonly number[],
  );
  if (E.isLeft(read)) return read;
  const stood = new Set<number>();
  for (const item of itemsOf(reader, read.right ?? [])) {
    if (E.isLeft(item)) return item;
    if (isSuperseded(reader, destination, item.right)) stood.add(item.right.seq);
  }
  return E.right(stood);
};
