/**
 * What delivery records: plans, receipts and changes of state, by the way that the tool's own
 * events come in.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { DraftRefused } from '../../ledger/event/draft.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { OutboxType } from '../outbox/event.ts';
import { asPayload } from '../outbox/event.ts';
import type { Ledger } from '../ledger.ts';
import { outbox } from '../projection/outbox.ts';
import type { ReadError } from '../usecase/reader.ts';
import type { Receipt } from '../usecase/receipt.ts';
import { isOvertaken, isTaken } from '../usecase/receipt.ts';
import type { Seen } from '../usecase/seen.ts';
import type { AppendFailed } from '../usecase/request.ts';
import { gateFailed } from '../usecase/request.ts';

const SOURCE = { kind: 'runtime', name: 'ledger' } as const;

/** A rule is against what delivery has to record: then nothing is sent. */
export interface NotRecorded {
  readonly _tag: 'NotRecorded';
  readonly receipt: Receipt;
}

export type RecordError = DraftRefused | AppendFailed | NotRecorded;

/** wasOvertaken says whether it was not recorded since what it was decided by stands no more. */
export const wasOvertaken = (error: RecordError): boolean =>
  error._tag === 'NotRecorded' && isOvertaken(error.receipt);

/** draftOf makes a draft of what is to be recorded. */
export const draftOf = (event_type: OutboxType, payload: object): JsonObject => ({
  event_type,
  payload: asPayload(payload),
  source: { ...SOURCE },
});

/**
 * catchUp has the mirror know all that the journal does, as every append does before it judges:
 * what is read from now on was not overtaken by what somebody recorded and did not live to tell.
 * Where the outbox's own tables stopped, nothing is decided by what they hold.
 */
export const catchUp = async (ledger: Ledger): Promise<E.Either<RecordError | ReadError, void>> => {
  const caught = await ledger.append([]);
  if (E.isLeft(caught)) return caught;
  const all = ledger.status();
  if (E.isLeft(all)) return all;
  const own = all.right.find(({ name }) => name === outbox.name);
  if (own?.stopped === undefined) return E.right(undefined);
  return E.left({ _tag: 'AppendFailed', cause: gateFailed(own), receipts: [] });
};

/** record puts drafts into the ledger, all of them, if what they were decided by still stands. */
export const record = async (
  ledger: Ledger,
  drafts: readonly JsonObject[],
  expectRows: readonly Seen[] = [],
): Promise<E.Either<RecordError, void>> => {
  if (drafts.length === 0) return E.right(undefined);
  const options = { surface: 'delivery_receipt', stopAtFirst: true, expectRows } as const;
  const appended = await ledger.append(drafts, options);
  if (E.isLeft(appended)) return appended;
  const receipt = appended.right.find((each) => !isTaken(each));
  return receipt === undefined ? E.right(undefined) : E.left({ _tag: 'NotRecorded', receipt });
};
