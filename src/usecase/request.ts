/**
 * What is asked of the append use case, and what it answers.
 */
import type { ProjectionStatus } from '../storage/mirror/live.ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Locked } from '../storage/database.ts';
import type { CheckpointCause, StorageError } from '../storage/outcome.ts';
import type { Submission } from './batch.ts';
import type { Receipt } from './receipt.ts';
import { isTaken } from './receipt.ts';
import type { Expected } from './seen.ts';

export interface AppendRequest extends Expected {
  readonly submissions: readonly Submission[];
  /** Go on only from a log that this checkpoint, kept elsewhere, is one of. */
  readonly expectCheckpoint?: string | undefined;
  /** Leave the rest as soon as one is not taken. */
  readonly stopAtFirst?: boolean | undefined;
}

/** isBroken tells that an earlier draft of a chain was not taken, by what is answered so far. */
export const isBroken = (
  { submissions }: AppendRequest,
  answered: readonly (readonly Receipt[])[],
  { chain }: Submission,
): boolean => {
  if (chain === undefined || chain.isBroken) return chain?.isBroken === true;
  let from = 0;
  return answered.some((receipts) => {
    const first = from;
    from += receipts.length;
    return receipts.some(
      (each, at) => !isTaken(each) && submissions[first + at]?.chain?.name === chain.name,
    );
  });
};

/** The writer stopped: a disk that failed once is not trusted again before it was opened anew. */
export interface Poisoned {
  readonly _tag: 'Poisoned';
  readonly cause: StorageError;
}

/** A projection on which gates rest has failed: nothing can be judged. */
export interface GateFailed {
  readonly _tag: 'GateFailed';
  readonly projection: string;
  readonly reason: string;
}

/** gateFailed tells of one that stopped. */
export const gateFailed = ({ name, stopped = '' }: ProjectionStatus): GateFailed => ({
  _tag: 'GateFailed',
  projection: name,
  reason: stopped,
});

/** The ledger was closed by whoever asks. */
export interface Closed {
  readonly _tag: 'Closed';
}

/** There is no key that signs checkpoints. */
export interface NoLogKey {
  readonly _tag: 'NoLogKey';
  readonly origin: string;
}

export type AppendError = StorageError | Locked | Poisoned | GateFailed | Closed;

/** Nothing more came in; what did before, of the same request, is in the receipts. */
export interface AppendFailed {
  readonly _tag: 'AppendFailed';
  readonly cause: AppendError;
  readonly receipts: readonly Receipt[];
}

export type Appended = Either<AppendFailed, readonly Receipt[]>;

/** A checkpoint that cannot be signed. */
export interface Unsigned {
  readonly _tag: 'Unsigned';
  readonly cause: CheckpointCause | undefined;
}
