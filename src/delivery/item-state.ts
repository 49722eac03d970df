/**
 * The state of one item at one destination.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Item } from '../outbox/item.ts';
import { takes } from '../outbox/item.ts';
import type { Read, Reader } from '../usecase/reader.ts';
import type { ItemState } from './list.ts';
import { isSuperseded, itemsAt } from './queue.ts';
import type { Standing } from './standing.ts';
import { lookOutbox } from './standing.ts';
import { wholeOf } from './whole.ts';

/** Whether it was delivered. */
const isDelivered = (reader: Reader, name: string, seq: number): boolean => {
  const found = lookOutbox(reader, (sqlite) =>
    sqlite
      .prepare(
        "SELECT 1 FROM outbox__batch WHERE destination = ? AND state = 'delivered' " +
          "AND first <= ? AND instr(' ' || members || ' ', ' ' || ? || ' ') > 0 LIMIT 1",
      )
      .get(name, seq, String(seq)),
  );
  return E.isRight(found) && found.right !== undefined;
};

/** stateOfItem tells it; undefined where the destination does not take the item. */
export const stateOfItem = (
  reader: Reader,
  now: Standing,
  seq: number,
): Read<ItemState | undefined> => {
  const { destination, cursor } = now;
  const { name } = destination;
  const apart = lookOutbox(reader, (sqlite) => {
    const state = sqlite
      .prepare('SELECT state FROM outbox__item WHERE destination = ? AND seq = ?')
      .pluck()
      .get(name, seq);
    const ahead = sqlite
      .prepare('SELECT 1 FROM outbox__ahead WHERE destination = ? AND seq = ?')
      .get(name, seq);
    return { state, isGone: seq < cursor || ahead !== undefined };
  });
  if (E.isLeft(apart)) return apart;
  const { state, isGone = false } = apart.right ?? {};
  if (state === 'parked' || state === 'dropped') return E.right(state);
  const items = itemsAt(reader, [seq]);
  if (E.isLeft(items)) return items;
  const [item] = items.right;
  if (state === 'again' || state === 'behind')
    return E.right(
      item !== undefined && isSuperseded(reader, destination, item) ? 'superseded' : 'waiting',
    );
  if (item === undefined || !takes(destination, item)) return E.right(undefined);
  const whole = wholeOf(reader, name, seq);
  if (E.isLeft(whole)) return whole;
  if (whole.right?.state === 'planned') return E.right('planned');
  if (isGone && isDelivered(reader, name, seq)) return E.right('delivered');
  if (isSuperseded(reader, destination, item)) return E.right('superseded');
  // What lies before its start is none of its items.
  return E.right(isGone ? undefined : 'waiting');
};

/** isAnySuperseded says whether a later one stands for any of some items. */
export const isAnySuperseded = (
  reader: Reader,
  { destination }: Standing,
  seqs: readonly number[],
): Read<boolean> =>
  E.map((items: readonly Item[]) => items.some((item) => isSuperseded(reader, destination, item)))(
    itemsAt(reader, seqs),
  );

/** stateToSend tells it as whoever wants it sent again needs it: a later item stands for it. */
export const stateToSend: typeof stateOfItem = (reader, now, seq) => {
  const state = stateOfItem(reader, now, seq);
  if (E.isLeft(state) || state.right !== 'parked') return state;
  return E.map((isIt: boolean): ItemState => (isIt ? 'superseded' : 'parked'))(
    isAnySuperseded(reader, now, [seq]),
  );
};
