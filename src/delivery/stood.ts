/**
 * Items that stand apart, and for which a later one stands by now: they wait for nothing, and for
 * nobody. Those that were to be sent are told as superseded with the plan that comes to them, too.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Read, Reader } from '../usecase/reader.ts';
import { isSuperseded, itemsOf } from './queue.ts';
import type { Standing } from './standing.ts';
import { firstPlanned, lookOutbox } from './standing.ts';

/** Only explicit items have a later one of their owner and kind. */
const ENQUEUED =
  'SELECT item.seq, state FROM outbox__item AS item JOIN events ON events.seq = item.seq ' +
  "WHERE destination = :name AND event_type = 'outbox.enqueued' " +
  "AND state IN ('again', 'behind', 'parked') " +
  'ORDER BY item.seq';

interface Row {
  readonly seq: number;
  readonly state: string;
}

export interface Stood {
  /** Of those that were to be sent, by their positions. */
  readonly waiting: ReadonlySet<number>;
  readonly parked: ReadonlySet<number>;
}

const NONE: Stood = { waiting: new Set(), parked: new Set() };

/** stoodFor gives them. */
export const stoodFor = (reader: Reader, now: Standing): Read<Stood> => {
  const { destination, again, behind, parked } = now;
  if (again + behind + parked === 0) return E.right(NONE);
  const read = lookOutbox(
    reader,
    (sqlite) => sqlite.prepare(ENQUEUED).all({ name: destination.name }) as readonly Row[],
  );
  if (E.isLeft(read)) return read;
  const states = new Map((read.right ?? []).map(({ seq, state }) => [seq, state]));
  const stood = { waiting: new Set<number>(), parked: new Set<number>() };
  for (const item of itemsOf(reader, [...states.keys()])) {
    if (E.isLeft(item)) return item;
    const { seq } = item.right;
    if (isSuperseded(reader, destination, item.right))
      stood[states.get(seq) === 'parked' ? 'parked' : 'waiting'].add(seq);
  }
  return E.right(stood);
};

const APART =
  'SELECT seq FROM outbox__item WHERE destination = :name AND seq < :before ' +
  'AND state IN (SELECT value FROM json_each(:states)) ORDER BY seq';

/**
 * firstOf gives the first before a position that is under way, or apart in one of these states and
 * with no later one that stands for it: no more is read than what lies before that.
 */
export const firstOf = (
  reader: Reader,
  { destination }: Standing,
  states: readonly ('again' | 'behind' | 'parked')[],
  end = Number.MAX_SAFE_INTEGER,
): Read<number | undefined> => {
  const { name } = destination;
  const planned = firstPlanned(reader, name);
  if (E.isLeft(planned)) return planned;
  const before = Math.min(planned.right ?? end, end);
  const seqs = lookOutbox(
    reader,
    (sqlite) =>
      sqlite
        .prepare(APART)
        .pluck()
        .all({ name, before, states: JSON.stringify(states) }) as readonly number[],
  );
  if (E.isLeft(seqs)) return seqs;
  for (const item of itemsOf(reader, seqs.right ?? [])) {
    if (E.isLeft(item)) return item;
    if (!isSuperseded(reader, destination, item.right)) return E.right(item.right.seq);
  }
  return E.right(before === end ? undefined : before);
};
