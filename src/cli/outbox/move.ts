/**
 * Items that people move: sent again, held back, or given up, by as many events as it takes. What
 * goes on meanwhile is looked at again.
 */
import * as E from 'fp-ts/lib/Either.js';
import { asPayload, byEvent } from '../../outbox/event.ts';
import type { Reader } from '../../usecase/reader.ts';
import { isOvertaken } from '../../usecase/receipt.ts';
import type { Seen } from '../../usecase/seen.ts';
import type { Answer, Command, Options } from '../command.ts';
import type { CliError } from '../error.ts';
import { heed } from '../leave.ts';
import { withLedger } from '../open.ts';
import { WRITING, enter, say, sayWhatStands } from '../writing.ts';
import type { Asked, Known, MoveType, Moved } from './look.ts';
import { batchMove, movable, placeOf } from './look.ts';
import { reasonOf } from './named.ts';

interface Moving {
  readonly type: MoveType;
  readonly options: Options;
  readonly examples: Command['examples'];
}

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
const nextOf = (moved: ReadonlyMap<string, Moved>, type: MoveType): Next | undefined => {
  for (const [destination, { items: all, batches, seen }] of moved) {
    const [items] = byEvent(all);
    if (items !== undefined) return { destination, items, isAnew: false, seen, more: {} };
    for (const batch of batches.values())
      return { ...batch, destination, more: batchMove(type, batch) };
  }
  return undefined;
};

/** So often a decision is made anew, while others go on, before that is told. */
export const TRIES = 20;
/** Each time of so many times fewer items: the look takes less long. */
const FEWER = 4;

/** What is told where some went on meanwhile, and how the first of them stands by now. */
const partly = async (
  reader: Reader,
  asked: Asked,
  { seqs, gone = new Set() }: Known,
): Promise<E.Either<CliError, void>> => {
  const [first] = gone;
  if (first === undefined) return E.right(undefined);
  const known = { seqs, done: new Map<string, boolean>(), most: Infinity };
  const now = await movable(reader, { ...asked, items: [first] }, known);
  const of = new Set(seqs.values()).size;
  const why = E.isLeft(now) ? now.left : undefined;
  return E.left({ _tag: 'MovedInPart', moved: of - gone.size, of, gone: gone.size, why });
};

/** moving makes the commands that move items. */
export const moving = ({ type, options, examples }: Moving): Command => ({
  options: {
    destination: { type: 'text', describe: 'of this destination alone' },
    ...options,
    ...WRITING,
  },
  examples,
  run: async (given, terminal): Answer => {
    const reason = reasonOf(given);
    if (E.isLeft(reason)) return reason;
    const isWhole = given.flag('batch');
    const asked = { type, items: given.words, to: given.text('destination'), isWhole };
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
      let gone: Set<string> | undefined;
      for (let overtaken = 0; ;) {
        await heed();
        const moved = await movable(ledger.reader, asked, { ...known, most, gone });
        // Nothing is moved where one of them cannot be; who goes on meanwhile holds no other.
        gone ??= new Set();
        if (E.isLeft(moved)) {
          tell();
          return moved;
        }
        const next = nextOf(moved.right, type);
        if (next === undefined) break;
        const { destination, items, isAnew, seen, more } = next;
        const payload = asPayload({ destination, reason: reason.right, items, ...more });
        const stated = { event_type: type, payload };
        const by = { expectRows: [seen] };
        const entered = await enter(given, ledger, stated, 'outbox_configuration', by);
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
      return partly(ledger.reader, asked, { ...known, most, gone });
    });
  },
});
