/**
 * Items that people move: sent again, held back, or given up; each item wherever it can be.
 */
import * as E from 'fp-ts/lib/Either.js';
import { namedStandings } from './named.ts';
import type { ItemState } from '../../delivery/list.ts';
import { stateOfItem } from '../../delivery/item-state.ts';
import type { OutboxType } from '../../outbox/event.ts';
import { asPayload, byEvent } from '../../outbox/event.ts';
import type { Ledger } from '../../ledger.ts';
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
  readonly stateOf?: typeof stateOfItem;
  readonly options: Options;
  readonly examples: Command['examples'];
}

const seqOf = (ledger: Ledger, name: string): E.Either<CliError, number> => {
  const found = ledger.reader.find(parseReference(name));
  if (E.isLeft(found)) return found;
  return found.right === undefined
    ? E.left({ _tag: 'NotFound', kind: 'item', name })
    : E.right(found.right.seq);
};

/** The destinations in which each item can be moved, with the items. */
const movable = (
  given: Given,
  ledger: Ledger,
  { from, stateOf = stateOfItem }: Pick<Moving, 'from' | 'stateOf'>,
): E.Either<CliError, ReadonlyMap<string, readonly number[]>> => {
  const to = given.text('destination');
  const all = namedStandings(ledger.reader, to === undefined ? [] : [to]);
  if (E.isLeft(all)) return all;
  const moved = new Map<string, number[]>();
  for (const name of new Set(given.words)) {
    const seq = seqOf(ledger, name);
    if (E.isLeft(seq)) return seq;
    const states: ItemState[] = [];
    for (const each of all.right) {
      const state = stateOf(ledger.reader, each, seq.right);
      if (E.isLeft(state)) return state;
      if (state.right === undefined) continue;
      states.push(state.right);
      const { name: into } = each.destination;
      if (from.includes(state.right)) moved.set(into, [...(moved.get(into) ?? []), seq.right]);
    }
    const [state] = states;
    if (state === undefined) return E.left({ _tag: 'NotFound', kind: 'item', name });
    if (!states.some((each) => from.includes(each)))
      return E.left({ _tag: 'ItemElsewhere', item: name, state });
  }
  return E.right(moved);
};

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
      for (const [destination, all] of moved.right)
        for (const items of byEvent(all)) {
          const payload = asPayload({ destination, items, reason });
          const stated = { event_type: type, payload };
          const recorded = await record(given, terminal, ledger, stated, surface);
          if (E.isLeft(recorded)) return recorded;
        }
      return E.right(undefined);
    }),
});
