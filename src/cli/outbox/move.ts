/**
 * Items that people move: sent again, held back, or given up; each item wherever it can be. What
 * may have been received is held back, and sent again, with all of its batch: it keeps its key.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { ItemElsewhere } from './error.ts';
import { namedStandings, reasonOf } from './named.ts';
import type { ItemState } from '../../delivery/list.ts';
import { isParked, standsForAny, stateOfItem } from '../../delivery/item-state.ts';
import { itemsAt } from '../../delivery/queue.ts';
import type { Standing } from '../../delivery/standing.ts';
import { seenOf } from '../../delivery/standing.ts';
import type { Whole } from '../../delivery/whole.ts';
import { wholeOf } from '../../delivery/whole.ts';
import type { OutboxType } from '../../outbox/event.ts';
import { asPayload, byEvent } from '../../outbox/event.ts';
import type { Item } from '../../outbox/item.ts';
import { takes } from '../../outbox/item.ts';
import type { Ledger } from '../../ledger.ts';
import type { Reader } from '../../usecase/reader.ts';
import { parseReference } from '../../usecase/reader.ts';
import { isOvertaken } from '../../usecase/receipt.ts';
import type { Seen } from '../../usecase/seen.ts';
import type { Surface } from '../../../policies/surface.ts';
import type { Answer, Command, Options } from '../command.ts';
import type { CliError } from '../error.ts';
import type { Given } from '../given.ts';
import { heed } from '../leave.ts';
import { withLedger } from '../open.ts';
import { WRITING, enter, say, sayWhatStands } from '../writing.ts';

interface Moving {
  readonly type: OutboxType;
  readonly surface: Surface;
  readonly from: readonly ItemState[];
  /** Whether what is parked is moved though a later one stands for it. */
  readonly takesStood?: boolean;
  /** Items in such a batch are moved with all of it or not at all. */
  readonly whole: Whole['state'];
  readonly options: Options;
  readonly examples: Command['examples'];
}

const seqOf = (reader: Reader, name: string): E.Either<CliError, number> => {
  const event = reader.find(parseReference(name));
  if (E.isLeft(event)) return event;
  return event.right === undefined
    ? E.left({ _tag: 'NotFound', kind: 'item', name })
    : E.right(event.right.seq);
};

/** What is moved in one destination: items one by one, and batches as what they are. */
interface Moved {
  /** What the items were read from. */
  readonly seen: Seen;
  readonly items: number[];
  readonly batches: Map<string, Whole & { readonly isAnew: boolean }>;
}

type How = Pick<Moving, 'from' | 'takesStood' | 'whole'>;

/** How an item stands at a destination, in which batch, and for which of that another stands. */
interface Found {
  readonly state: ItemState | undefined;
  readonly batch: Whole | undefined;
  readonly stands: ItemElsewhere['stands'];
}

const found = (
  reader: Reader,
  now: Standing,
  seq: number,
  { takesStood = false, whole }: How,
): E.Either<CliError, Found> => {
  const [state, batch] = [
    stateOfItem(reader, now, seq),
    wholeOf(reader, now.destination.name, seq),
  ];
  if (E.isLeft(state)) return state;
  if (E.isLeft(batch)) return batch;
  const of = batch.right?.state === whole ? batch.right : undefined;
  if (state.right === 'superseded' && takesStood && isParked(reader, now, seq))
    return E.right({ state: 'parked', batch: of, stands: undefined });
  // Nothing is sent again after a later one that stands for it, and a batch is sent whole.
  const more = whole === 'held' ? (of?.items ?? []) : [];
  const seqs = state.right === 'superseded' ? [seq, ...more] : more;
  const stands = standsForAny(reader, now, seqs);
  if (E.isLeft(stands)) return stands;
  const isIt = state.right === 'superseded';
  const told = stands.right && { ...stands.right, isIt, isParked: isParked(reader, now, seq) };
  return E.right({ state: state.right, batch: of, stands: told });
};

/** Whether it was parked, and its destination takes no such item any more. */
const isUntaken = (
  reader: Reader,
  { destination }: Standing,
  seq: number,
): E.Either<CliError, boolean> =>
  E.map((items: readonly Item[]) => items.some((item) => !takes(destination, item)))(
    itemsAt(reader, [seq]),
  );

/** What is known by now of the items that are named. */
interface Known {
  readonly seqs: Map<string, number>;
  /** Of an item at a destination: whether it was moved there, or could not be. */
  readonly done: Map<string, boolean>;
  /** So many more are looked at. */
  readonly most: number;
  /** What went on, of those that could be moved when they were first looked at. */
  readonly gone?: CliError[] | undefined;
}

const placeOf = (destination: string, seq: number): string => `${destination} ${seq}`;

/** The destinations in which each of so many items can be moved, with what is moved there. */
const movable = async (
  given: Given,
  { reader }: Ledger,
  how: How,
  { seqs, done, most, gone }: Known,
): Promise<E.Either<CliError, ReadonlyMap<string, Moved>>> => {
  const to = given.text('destination');
  const all = namedStandings(reader, to === undefined ? [] : [to]);
  if (E.isLeft(all)) return all;
  const moved = new Map<string, Moved>();
  for (const now of all.right)
    moved.set(now.destination.name, { seen: seenOf(now), items: [], batches: new Map() });
  const known = new Set<number>();
  let left = most;
  for (const item of new Set(given.words)) {
    const before = seqs.get(item);
    const seq = before === undefined ? seqOf(reader, item) : E.right(before);
    if (E.isLeft(seq)) return seq;
    seqs.set(item, seq.right);
    // It may be named by its id and by its position.
    if (known.has(seq.right)) continue;
    known.add(seq.right);
    if (left === 0) break;
    if (known.size % STEP === 0) await heed();
    const elsewhere: ItemElsewhere[] = [];
    let [isMoved, isNew] = [false, false];
    for (const now of all.right) {
      const place = placeOf(now.destination.name, seq.right);
      const wasMoved = done.get(place);
      if (wasMoved !== undefined) {
        isMoved ||= wasMoved;
        continue;
      }
      const at = found(reader, now, seq.right, how);
      if (E.isLeft(at)) return at;
      const { state, batch, stands } = at.right;
      // Where it cannot be moved it is not looked at once more.
      done.set(place, false);
      if (state === undefined) continue;
      const { name, format } = now.destination;
      const into = moved.get(name);
      if (stands !== undefined) {
        elsewhere.push({ _tag: 'ItemElsewhere', item, state, stands });
        continue;
      }
      // The queue has what the destination takes: sent again it could be in no list.
      const untaken =
        batch === undefined && how.whole === 'held' && state === 'parked'
          ? isUntaken(reader, now, seq.right)
          : E.right(false);
      if (E.isLeft(untaken)) return untaken;
      if (untaken.right) {
        elsewhere.push({ _tag: 'ItemElsewhere', item, state, untaken: name });
        continue;
      }
      // In another format it is another batch.
      const isAnew = how.whole === 'held' && (batch?.format ?? format) !== format;
      if (batch !== undefined && given.flag('batch'))
        into?.batches.set(batch.key, { ...batch, isAnew });
      else if (batch === undefined && how.from.includes(state)) into?.items.push(seq.right);
      else {
        const by = how.whole === 'held' ? 'retry' : 'park';
        const isOther = batch?.reason === 'body_differs';
        const of = batch && ({ items: batch.items.length, by, isOther, isAnew } as const);
        elsewhere.push({ _tag: 'ItemElsewhere', item, state, batch: of });
        continue;
      }
      done.delete(place);
      [isMoved, isNew] = [true, true];
    }
    if (isNew) left--;
    const [why = { _tag: 'NotFound', kind: 'item', name: item } as const] = elsewhere;
    if (!isMoved && gone === undefined) return E.left(why);
    if (elsewhere.length > 0 && !isMoved) gone?.push(why);
  }
  return E.right(moved);
};

const leavesAnew = (destination: string, batches: number): string =>
  `batches that leave ${destination} in another format than they were planned in: ${batches}; ` +
  'their keys are others, and a receiver that has them takes them twice: drop those first';

/** What one event moves, if what it was decided by still stands. */
interface Next {
  readonly destination: string;
  readonly items: readonly number[];
  readonly isAnew: boolean;
  readonly seen: Seen;
  readonly more: object;
}

/** The next of what is to be moved; undefined where all is. */
const nextOf = (moved: ReadonlyMap<string, Moved>, how: How): Next | undefined => {
  for (const [destination, { items: all, batches, seen }] of moved) {
    const [items] = byEvent(all);
    if (items !== undefined) return { destination, items, isAnew: false, seen, more: {} };
    for (const { key, items: whole, isAnew, seen: batch } of batches.values()) {
      const held = how.whole === 'planned' ? true : undefined;
      const more = isAnew ? { anew: true } : { key, held };
      return { destination, items: whole, isAnew, seen: batch, more };
    }
  }
  return undefined;
};

/** After so many items a signal is heard. */
const STEP = 100;
/** So often a decision is made anew, while others go on, before that is told. */
const TRIES = 20;
/** Each time of so many times fewer items: the look takes less long. */
const FEWER = 4;

/** moving makes the commands that move items. */
export const moving = ({ type, surface, options, examples, ...how }: Moving): Command => ({
  options: {
    destination: { type: 'text', describe: 'of this destination alone' },
    ...options,
    ...WRITING,
  },
  examples,
  run: async (given, terminal): Answer => {
    const reason = reasonOf(given);
    if (E.isLeft(reason)) return reason;
    return withLedger(given, terminal, async (ledger) => {
      sayWhatStands();
      const tally = new Map<string, { items: number; anew: number }>();
      // Receipts do not name it, and there may be one for each of several.
      const tell = (): void => {
        for (const [destination, { items, anew }] of tally) {
          terminal.note(`items moved at ${destination}: ${items}`);
          if (anew > 0) terminal.note(leavesAnew(destination, anew));
        }
      };
      const known = { seqs: new Map<string, number>(), done: new Map<string, boolean>() };
      let most = Infinity;
      let gone: CliError[] | undefined;
      for (let overtaken = 0; ;) {
        await heed();
        const moved = await movable(given, ledger, how, { ...known, most, gone });
        // Nothing is moved where one of them cannot be; who goes on meanwhile holds no other.
        gone ??= [];
        if (E.isLeft(moved)) {
          tell();
          return moved;
        }
        const next = nextOf(moved.right, how);
        if (next === undefined) break;
        const { destination, items, isAnew, seen, more } = next;
        const payload = asPayload({ destination, reason: reason.right, items, ...more });
        const stated = { event_type: type, payload };
        const entered = await enter(given, ledger, stated, surface, { expectRows: [seen] });
        // Delivery goes on meanwhile: where they stand by now is looked at again, of fewer at once.
        if (E.isRight(entered) && isOvertaken(entered.right) && ++overtaken < TRIES) {
          most = Math.max(1, Math.floor(items.length / FEWER));
          continue;
        }
        const said = E.isLeft(entered) ? entered : await say(terminal, entered.right);
        if (E.isLeft(said)) {
          tell();
          return said;
        }
        overtaken = 0;
        most *= 2;
        for (const seq of items) known.done.set(placeOf(destination, seq), true);
        const before = tally.get(destination) ?? { items: 0, anew: 0 };
        tally.set(destination, {
          items: before.items + items.length,
          anew: before.anew + (isAnew ? 1 : 0),
        });
      }
      tell();
      const [first] = gone;
      return first === undefined ? E.right(undefined) : E.left(first);
    });
  },
});
