/**
 * An export is judged before it runs, on a surface of its own: any rule may keep it from running,
 * and then it is a refusal on record like any other. What ran is told by an event that enters as
 * the tool's own, which no document keeps out.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Digest } from '../../ledger/name.ts';
import { isBlocking } from '../../policies/outcome.ts';
import { judge } from '../../policies/gate/gate.ts';
import { propose } from '../../policies/proposal.ts';
import type { Ledger } from '../ledger.ts';
import type { Receipt } from '../usecase/receipt.ts';
import { stand } from '../usecase/stand.ts';
import { realPorts } from '../wiring.ts';
import type { CliError } from './error.ts';
import type { Given } from './given.ts';
import { beginning } from './policy-set.ts';
import { failureOf } from './receipt.ts';
import { enter, signOf, submissionOf } from './writing.ts';

/** What was written beside its place. */
export interface Made {
  readonly events: number;
  readonly withheld: number;
  readonly bytes: number;
  readonly sha256: string;
  /** Of which of its files that is the digest, where what was made is a folder. */
  readonly digest_of?: string;
  /** What whoever checks it will be told to be open, so that it is not verified. */
  readonly open?: readonly string[];
  readonly place: () => E.Either<CliError, void>;
  readonly drop: () => void;
}

/** madeData is what is told of it, to whoever asked for it and to the ledger. */
export const madeData = ({ events, withheld, bytes, sha256, digest_of: file }: Made) => ({
  events,
  withheld,
  bytes,
  sha256,
  ...(file === undefined ? {} : { digest_of: file }),
});

const EXPORTED = 'ledger.exported';

/** So often is it judged anew where others write meanwhile. */
const TRIES = 10;

/** permitted says whether an export may run; a refusal is recorded. */
export const permitted = async (
  given: Given,
  ledger: Ledger,
  payload: JsonObject,
): Promise<E.Either<CliError, void>> => {
  const sign = signOf(given, ledger.layout);
  if (E.isLeft(sign)) return sign;
  const stated = { event_type: EXPORTED, payload };
  const options = { sign: sign.right, surface: 'export' } as const;
  const submission = submissionOf(ledger, stated, options);
  if (E.isLeft(submission)) return E.left({ _tag: 'LineRefused', cause: submission.left });
  for (let tries = 0; ; tries++) {
    const judged = stand(realPorts, ledger.reader, beginning(), ({ ground, view }) => {
      const proposal = propose(realPorts.crypto, 'export', submission.right.draft);
      return { decision: judge(proposal, view, ground.set), head: view.journal.head };
    });
    if (E.isLeft(judged)) return judged;
    if (!isBlocking(judged.right.decision.outcome)) return E.right(undefined);
    const receipt = await refuse(ledger, submission.right, judged.right.head);
    if (E.isLeft(receipt)) return receipt;
    if (receipt.right?.status === 'held')
      return E.left({ _tag: 'ExportHeld', receipt: receipt.right });
    const isMoved = receipt.right?.status === 'conflict' && receipt.right.reason === 'head_moved';
    const failure = receipt.right && failureOf(receipt.right);
    if (failure !== undefined && (!isMoved || tries === TRIES)) return E.left(failure);
  }
};

/** What is refused at a head is refused there for the record; nothing can enter by it. */
const refuse = async (
  ledger: Ledger,
  submission: Parameters<Ledger['submit']>[0][number],
  expectHead: Digest,
): Promise<E.Either<CliError, Receipt | undefined>> =>
  E.map((receipts: readonly Receipt[]) => receipts[0])(
    await ledger.submit([submission], { expectHead }),
  );

/** What was given to stdout up to now: so much of it, at most, did somebody get. */
export type Handed = Pick<Made, 'events' | 'withheld' | 'bytes'>;

/** Telling tells the ledger of one export: once, whether it came to its end or was cut short. */
export class Telling {
  private readonly record: (data: JsonObject) => ReturnType<typeof recordExport>;
  private recording: ReturnType<typeof recordExport> | undefined;

  constructor(given: Given, ledger: Ledger, about: JsonObject) {
    this.record = (data) => recordExport(given, ledger, { ...about, ...data });
  }

  whole(made: Made): ReturnType<typeof recordExport> {
    return (this.recording ??= this.record(madeData(made)));
  }

  cut(handed: Handed): ReturnType<typeof recordExport> {
    return (this.recording ??= this.record({ ...handed, cut_short: true }));
  }
}

/** recordExport tells the ledger what was exported, unless its policies do not ask for that. */
const recordExport = async (
  given: Given,
  ledger: Ledger,
  payload: JsonObject,
): Promise<E.Either<CliError, Receipt | undefined>> => {
  const isAsked = stand(
    realPorts,
    ledger.reader,
    beginning(),
    ({ ground }) => ground.set.recordsExports,
  );
  if (E.isLeft(isAsked)) return isAsked;
  if (!isAsked.right) return E.right(undefined);
  const entered = await enter(given, ledger, { event_type: EXPORTED, payload }, 'record');
  if (E.isLeft(entered) || entered.right === undefined) return entered;
  const failure = failureOf(entered.right);
  return failure === undefined ? entered : E.left(failure);
};
