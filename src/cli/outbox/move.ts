/**
 * Items that people move: sent again, held back, or given up; each item wherever it can be. What
 * may have been received is held back, and sent again, with all of its batch: it keeps its key.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { ItemElsewhere } from './error.ts';
import { namedStandings } from './named.ts';
import type { ItemState } from '../../delivery/list.ts';
import { isParked, standsForAny, stateOfItem } from '../../delivery/item-state.ts';
import type { Standing } from '../../delivery/standing.ts';
import type { Whole } from '../../delivery/whole.ts';
import { wholeOf } from '../../delivery/whole.ts';
import type { OutboxType } from '../../outbox/event.ts';
import { asPayload, byEvent } from '../../outbox/event.ts';
import type { Ledger } from '../../ledger.ts';
import type { Reader } from '../../usecase/reader.ts';
import { parseReference } from '../../usecase/reader.ts';
import type { Surface } from '../../../policies/surface.ts';
import type { Answer, Command, Options } from '../command.ts';
import type { CliError } from '../error.ts';
import type { Given } from '../given.ts';
import { withLedger } from '../open.ts';
import { WRITING, record } from '../writing.ts';

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

/** The destinations in which each item can be moved, with what is moved there. */
const movable = (
  given: Given,
  { reader }: Ledger,
  how: How,
): E.Either<CliError, ReadonlyMap<string, Moved>> => {
  const to = given.text('destination');
  const all = namedStandings(reader, to === undefined ? [] : [to]);
  if (E.isLeft(all)) return all;
  const moved = new Map<string, Moved>();
  for (const { destination } of all.right)
    moved.set(destination.name, { items: [], batches: new Map() });
  for (const item of new Set(given.words)) {
    const seq = seqOf(reader, item);
    if (E.isLeft(seq)) return seq;
    const elsewhere: ItemElsewhere[] = [];
    let isMoved = false;
    for (const now of all.right) {
      const at = found(reader, now, seq.right, how);
      if (E.isLeft(at)) return at;
      const { state, batch, stands } = at.right;
      if (state === undefined) continue;
      const { name, format } = now.destination;
      const into = moved.get(name);
      if (stands !== undefined) {
        elsewhere.push({ _tag: 'ItemElsewhere', item, state, stands });
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
      isMoved = true;
    }
    if (!isMoved) return E.left(elsewhere[0] ?? { _tag: 'NotFound', kind: 'item', name: item });
  }
  return E.right(moved);
};

const leavesAnew = (destination: string, batches: number): string =>
  `batches that leave ${destination} in another format than they were planned in: ${batches}; ` +
  'their keys are others, and a receiver that has them takes them twice: drop those first';

/** moving makes the commands that move items. */
export const moving = ({ type, surface, options, examples, ...how }: Moving): Command => ({
  options: {
    destination: { type: 'text', describe: 'of this destination alone' },
    ...options,
    ...WRITING,
  },
  examples,
  run: (given, terminal): Answer =>
    withLedger(given, terminal, async (ledger) => {
      const moved = movable(given, ledger, how);
      if (E.isLeft(moved)) return moved;
      const reason = given.text('reason');
      const held = how.whole === 'planned' ? true : undefined;
      for (const [destination, { items: all, batches }] of moved.right) {
        const stated = [
          ...byEvent(all).map((items) => ({ payload: { items }, more: {} })),
          ...[...batches.values()].map(({ key, items, seen, isAnew }) => ({
            payload: isAnew ? { items, anew: true } : { items, key, held },
            more: { expectRows: [seen] },
          })),
        ];
        for (const { payload, more } of stated) {
          const event = {
            event_type: type,
            payload: asPayload({ destination, reason, ...payload }),
          };
          const recorded = await record(given, terminal, ledger, event, surface, more);
          if (E.isLeft(recorded)) return recorded;
        }
        // Receipts do not name it, and there may be one for each of several.
        const count = stated.reduce((sum, { payload }) => sum + payload.items.length, 0);
        if (count > 0) terminal.note(`items moved at ${destination}: ${count}`);
        const anew = stated.reduce((sum, { payload }) => sum + ('anew' in payload ? 1 : 0), 0);
        if (anew > 0) terminal.note(leavesAnew(destination, anew));
      }
      return E.right(undefined);
    }),
});
