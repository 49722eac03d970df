/**
 * What becomes of a draft: it is recorded, it was recorded before, or it is not and why.
 */
import type { SealRefused } from '../../ledger/event/seal.ts';
import type { Policy } from '../../ledger/event/header.ts';
import type { Digest, EventId } from '../../ledger/name.ts';
import type { Decision } from '../../policies/gate/decision.ts';
import type { Corrupt } from '../storage/outcome.ts';

export interface Place {
  readonly seq: number;
  readonly id: EventId;
  readonly event_hash: Digest;
  readonly policy: Policy;
}

export type Receipt =
  | ({ readonly status: 'appended' | 'already_recorded' } & Place)
  /** A rule is against it; `recorded` is the event that says so, where one is kept. */
  | { readonly status: 'refused'; readonly decision: Decision; readonly recorded?: EventId }
  /** A rule holds it back until somebody releases it; `quarantine` names it. */
  | {
      readonly status: 'held';
      readonly decision: Decision;
      readonly quarantine: EventId;
      /** The same, where that was said now: it may wait since earlier. */
      readonly recorded?: EventId;
    }
  /** Sealed it would be longer than a line may be. */
  | { readonly status: 'too_long'; readonly error: SealRefused }
  /** The id belongs to another content, or the ledger is not where the caller thinks it is. */
  | {
      readonly status: 'conflict';
      readonly reason: Conflict;
      readonly actual: string;
      /** In what a checkpoint differs: what it is of, how far it goes, or who signed it. */
      readonly fault?: Corrupt;
    }
  /** One before it was not taken, and the caller wanted to stop there. */
  | { readonly status: 'not_tried' };

export type Conflict = 'id_taken' | 'head_moved' | 'state_moved' | 'checkpoint_differs';

/** isTaken says whether the event stands in the ledger. */
export const isTaken = ({ status }: Receipt): boolean =>
  status === 'appended' || status === 'already_recorded';

/** isRecorded says whether there is an event more since. */
export const isRecorded = (receipt: Receipt): boolean =>
  receipt.status === 'appended' || 'recorded' in receipt;

/** isOvertaken says whether nothing was recorded since what it was decided by stands no more. */
export const isOvertaken = (receipt: Receipt | undefined): boolean =>
  receipt?.status === 'conflict' && receipt.reason === 'state_moved';
