/**
 * Where items stand that people move, and what of them can be moved: each wherever it can be. What
 * may have been received is held back, and sent again, with all of its batch: it keeps its key.
 */
import * as E from 'fp-ts/lib/Either.js';
import { isParked, standsForAny, stateOfItem } from '../../delivery/item-state.ts';
import type { ItemState } from '../../delivery/list.ts';
import type { Standing } from '../../delivery/standing.ts';
import { seenOf } from '../../delivery/standing.ts';
import type { Whole } from '../../delivery/whole.ts';
import { wholeOf } from '../../delivery/whole.ts';
import { takes } from '../../outbox/item.ts';
import type { Reader } from '../../usecase/reader.ts';
import { parseReference } from '../../usecase/reader.ts';
import type { Seen } from '../../usecase/seen.ts';
import type { CliError } from '../error.ts';
import { heed } from '../leave.ts';
import type { ItemElsewhere } from './error.ts';
import { namedLive, namedStandings } from './named.ts';

interface How {
  readonly from: readonly ItemState[];
  /** Whether what is parked is moved though a later one stands for it. */
  readonly takesStood: boolean;
  /** Items in such a batch are moved with all of it or not at all. */
  readonly whole: Whole['state'];
}

export type MoveType = 'outbox.dropped' | 'outbox.set_aside' | 'outbox.retried';

/** From where items are moved, by what is recorded of it. */
const MOVES: Readonly<Record<MoveType, How>> = {
  'outbox.dropped': { from: ['parked', 'waiting'], takesStood: true, whole: 'planned' },
  'outbox.set_aside': { from: ['waiting'], takesStood: false, whole: 'planned' },
  'outbox.retried': { from: ['parked'], takesStood: false, whole: 'held' },
};

/** A batch that is moved, and whether it leaves in another format: as another batch then. */
export type Batch = Whole & { readonly isAnew: boolean };

/** batchMove says which items a batch is moved with, and as what. */
export const batchMove = (type: MoveType, { items, key, isAnew }: Batch): object => {
  const held = MOVES[type].whole === 'planned' ? true : undefined;
  return isAnew ? { items, anew: true } : { items, key, held };
};

interface Named {
  readonly item: string;
  readonly seq: number;
}

/** An item at a destination: it can be moved, alone or with a batch, or stands elsewhere. */
interface Spot {
  readonly state: ItemState;
  readonly batch?: Batch | undefined;
  readonly elsewhere?: ItemElsewhere;
}

const elsewhereAt = (state: ItemState, error: Omit<ItemElsewhere, '_tag' | 'state'>): Spot => ({
  state,
  elsewhere: { _tag: 'ItemElsewhere', state, ...error },
});

/** spotOf tells how one can be moved; undefined where the destination does not take it. */
export const spotOf = (
  reader: Reader,
  now: Standing,
  { item, seq }: Named,
  type: MoveType,
  isWhole: boolean,
): E.Either<CliError, Spot | undefined> => {
  const { from, takesStood, whole } = MOVES[type];
  const { name, format } = now.destination;
  const [at, found] = [stateOfItem(reader, now, seq), wholeOf(reader, name, seq)];
  if (E.isLeft(at)) return at;
  if (E.isLeft(found)) return found;
  const isStood = at.right.state === 'superseded';
  const isApart = isStood && takesStood && isParked(reader, now, seq);
  const state = isApart ? 'parked' : at.right.state;
  if (state === undefined) return E.right(undefined);
  const of = found.right?.state === whole ? found.right : undefined;
  if (!isApart) {
    // Nothing is sent again after a later one that stands for it, and a batch is sent whole.
    const more = whole === 'held' ? (of?.items ?? []) : [];
    const stands = standsForAny(reader, now, isStood ? [seq, ...more] : more);
    if (E.isLeft(stands)) return stands;
    if (stands.right !== undefined) {
      const how = { isIt: isStood, isParked: isParked(reader, now, seq) };
      return E.right(elsewhereAt(state, { item, stands: { ...stands.right, ...how } }));
    }
  }
  if (of === undefined) {
    const { item: read } = at.right;
    // The queue has what the destination takes: sent again it could be in no list.
    if (whole === 'held' && state === 'parked' && read && !takes(now.destination, read))
      return E.right(elsewhereAt(state, { item, untaken: name }));
    return E.right(from.includes(state) ? { state } : elsewhereAt(state, { item }));
  }
  // In another format it is another batch.
  const isAnew = whole === 'held' && (of.format ?? format) !== format;
  if (isWhole) return E.right({ state, batch: { ...of, isAnew } });
  const by = whole === 'held' ? 'retry' : 'park';
  const isOther = of.reason === 'body_differs';
  const batch = { items: of.items.length, by, isOther, isAnew } as const;
  return E.right(elsewhereAt(state, { item, batch }));
};

/** What is moved in one destination: items one by one, and batches as what they are. */
export interface Moved {
  /** What the items were read from. */
  readonly seen: Seen;
  readonly items: number[];
  readonly batches: Map<string, Batch>;
}

/** What a command line asks to have moved. */
export interface Asked {
  readonly type: MoveType;
  readonly items: readonly string[];
  /** At this destination alone. */
  readonly to: string | undefined;
  /** With the batches that they are in. */
  readonly isWhole: boolean;
}

/** What is known by now of the items that are named. */
export interface Known {
  readonly seqs: Map<string, number>;
  /** Of an item at a destination: whether it was moved there, or could not be. */
  readonly done: Map<string, boolean>;
  /** So many more are looked at. */
  readonly most: number;
  /** Who went on, of those that could be moved when they were first looked at. */
  readonly gone?: Set<string> | undefined;
}

/** placeOf names an item at a destination. */
export const placeOf = (destination: string, seq: number): string => `${destination} ${seq}`;

/** STEP is after how many items a signal is heard. */
export const STEP = 100;

const seqOf = (reader: Reader, name: string): E.Either<CliError, number> => {
  const event = reader.find(parseReference(name));
  if (E.isLeft(event)) return event;
  return event.right === undefined
    ? E.left({ _tag: 'NotFound', kind: 'item', name })
    : E.right(event.right.seq);
};

const askedOf = (reader: Reader, to?: string): E.Either<CliError, readonly Standing[]> =>
  to === undefined
    ? namedStandings(reader, [])
    : E.map((now: Standing) => [now])(namedLive(reader, to));

/** movable gives the destinations in which each of so many can be moved, and what is there. */
export const movable = async (
  reader: Reader,
  { type, items, to, isWhole }: Asked,
  { seqs, done, most, gone }: Known,
): Promise<E.Either<CliError, ReadonlyMap<string, Moved>>> => {
  const all = askedOf(reader, to);
  if (E.isLeft(all)) return all;
  const moved = new Map<string, Moved>();
  const known = new Set<number>();
  let left = most;
  for (const item of new Set(items)) {
    const before = seqs.get(item);
    const seq = before === undefined ? seqOf(reader, item) : E.right(before);
    if (E.isLeft(seq)) return seq;
    seqs.set(item, seq.right);
    // It may be named by its id and by its position.
    if (known.has(seq.right)) continue;
    known.add(seq.right);
    if (left === 0) break;
    if (known.size % STEP === 0) await heed();
    let why: CliError | undefined;
    let [isMoved, isNew] = [false, false];
    for (const now of all.right) {
      const { name } = now.destination;
      const place = placeOf(name, seq.right);
      const wasMoved = done.get(place);
      if (wasMoved !== undefined) {
        isMoved ||= wasMoved;
        continue;
      }
      const spot = spotOf(reader, now, { item, seq: seq.right }, type, isWhole);
      if (E.isLeft(spot)) return spot;
      const { batch, elsewhere } = spot.right ?? {};
      if (spot.right === undefined || elsewhere !== undefined) {
        // Where it cannot be moved it is not looked at once more.
        done.set(place, false);
        why ??= elsewhere && { ...elsewhere, to };
        continue;
      }
      const fresh: Moved = { seen: seenOf(now), items: [], batches: new Map() };
      const into = moved.get(name) ?? fresh;
      moved.set(name, into);
      if (batch === undefined) into.items.push(seq.right);
      else into.batches.set(batch.key, batch);
      [isMoved, isNew] = [true, true];
    }
    if (isNew) left--;
    if (isMoved) continue;
    if (gone === undefined) return E.left(why ?? { _tag: 'NotFound', kind: 'item', name: item });
    gone.add(item);
  }
  return E.right(moved);
};
