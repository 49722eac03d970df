/**
 * The drafts that a ledger holds back, as its commands tell of them.
 */
import * as E from 'fp-ts/lib/Either.js';
import { parseString } from '../../ledger/json/parse.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Hold } from '../../policies/state/hold.ts';
import type { Ledger } from '../ledger.ts';
import type { Reader } from '../usecase/reader.ts';
import type { HoldState } from '../usecase/quarantine.ts';
import { clearHeld, stateOfHold } from '../usecase/quarantine.ts';
import { stand } from '../usecase/stand.ts';
import { realPorts } from '../wiring.ts';
import type { CliError } from './error.ts';
import { beginning } from './policy-set.ts';

export interface Held {
  readonly hold: Hold;
  readonly state: HoldState;
  /** What the author claimed of it, without its payload. */
  readonly claim: JsonObject;
}

const claimOf = ({ claim }: Hold): JsonObject => {
  const read = parseString(claim);
  return E.isRight(read) && isObject(read.right) ? read.right : {};
};

/** heldDrafts lists all that were ever held, the first of them first. */
export const heldDrafts = (reader: Reader): E.Either<CliError, readonly Held[]> =>
  stand(realPorts, reader, beginning(), (standing) =>
    [...standing.ground.standing.holds.values()]
      .toSorted((a, b) => a.seq - b.seq)
      .map((hold) => ({ hold, state: stateOfHold(hold, standing), claim: claimOf(hold) })),
  );

/** heldDraft gives the one of an id. */
export const heldDraft = (reader: Reader, id: string): E.Either<CliError, Held> => {
  const found = stand(realPorts, reader, beginning(), (standing): Held | undefined => {
    const hold = standing.ground.standing.holds.get(id);
    return hold && { hold, state: stateOfHold(hold, standing), claim: claimOf(hold) };
  });
  if (E.isLeft(found)) return found;
  return found.right === undefined
    ? E.left({ _tag: 'NotFound', kind: 'held draft', name: id })
    : E.right(found.right);
};

/** clearDrafts removes what was held of drafts that are recorded: rules may have held one twice. */
export const clearDrafts = (
  { reader, layout }: Pick<Ledger, 'reader' | 'layout'>,
  drafts: ReadonlySet<string>,
): E.Either<CliError, void> => {
  const all = heldDrafts(reader);
  if (E.isLeft(all)) return all;
  for (const { hold } of all.right.filter((each) => drafts.has(each.hold.draft))) {
    const cleared = clearHeld(realPorts.disk, layout.quarantine, hold.id);
    if (E.isLeft(cleared)) return cleared;
  }
  return E.right(undefined);
};

/** typeOf tells the type that a draft is of. */
export const typeOf = ({ event_type: type }: JsonObject): string =>
  typeof type === 'string' ? type : '';

/** heldData is what scripts are told of it. */
export const heldData = ({ hold, state, claim }: Held): JsonObject => ({
  id: hold.id,
  seq: hold.seq,
  state,
  draft: hold.draft,
  event_type: typeOf(claim),
  author: hold.author ?? null,
  rules: [...hold.rules],
});
