/**
 * The state of one item at one destination.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Item } from '../outbox/item.ts';
import { takes } from '../outbox/item.ts';
import type { Read, Reader } from '../usecase/reader.ts';
import type { ItemState } from './list.ts';
import { isSuperseded, itemsAt, standsFor } from './queue.ts';
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

/** Where an item stands, undefined where the destination does not take it; and what was read. */
export interface ItemAt {
  readonly state: ItemState | undefined;
  readonly item?: Item | undefined;
}

/** stateOfItem tells it. */
export const stateOfItem = (reader: Reader, now: Standing, seq: number): Read<ItemAt> => {
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
  if (state === 'dropped') return E.right({ state });
  const items = itemsAt(reader, [seq]);
  if (E.isLeft(items)) return items;
  const [item] = items.right;
  const tell = (told: ItemState | undefined): Read<ItemAt> => E.right({ state: told, item });
  if (state === 'parked' || state === 'again' || state === 'behind') {
    const isStood = item !== undefined && isSuperseded(reader, destination, item);
    return tell(isStood ? 'superseded' : state === 'parked' ? state : 'waiting');
  }
  if (item === undefined || !takes(destination, item)) return tell(undefined);
  const whole = wholeOf(reader, name, seq);
  if (E.isLeft(whole)) return whole;
  if (whole.right?.state === 'planned') return tell('planned');
  if (isGone && isDelivered(reader, name, seq)) return tell('delivered');
  if (isSuperseded(reader, destination, item)) return tell('superseded');
  // What lies before its start is none of its items.
  return tell(isGone ? undefined : 'waiting');
};

/** An item, and the later one that stands for it. */
export interface Stands {
  readonly item: string;
  readonly by: string;
}

/** standsForAny tells of the first of some items for which a later one stands, and which. */
export const standsForAny = (
  reader: Reader,
  { destination }: Standing,
  seqs: readonly number[],
): Read<Stands | undefined> => {
  const items = itemsAt(reader, seqs);
  if (E.isLeft(items)) return items;
  for (const item of items.right) {
    const later = standsFor(reader, destination, item);
    if (later === undefined) continue;
    return E.map(([by]: readonly Item[]): Stands | undefined => by && { item: item.id, by: by.id })(
      itemsAt(reader, [later]),
    );
  }
  return E.right(undefined);
};

/** isParked says whether an item stands apart as parked, whatever stands for it by now. */
export const isParked = (reader: Reader, { destination }: Standing, seq: number): boolean => {
  const found = lookOutbox(reader, (sqlite) =>
    sqlite
      .prepare("SELECT 1 FROM outbox__item WHERE destination = ? AND seq = ? AND state = 'parked'")
      .get(destination.name, seq),
  );
  return E.isRight(found) && found.right !== undefined;
};
