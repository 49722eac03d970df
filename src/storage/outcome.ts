/**
 * What recovery did, and why the store stops: data, to be told by whoever shows it.
 */
import type { Finding } from '../../ledger/finding.ts';
import type { CheckpointRefused } from '../../ledger/note/checkpoint.ts';
import type { NoteRefused } from '../../ledger/note/note.ts';
import type { DatabaseFailed } from './database.ts';
import type { DiskFailed } from './disk.ts';
import type { JournalRefused } from './segment.ts';
import type { TooLarge } from './whole-file.ts';

/** Something that was mended without guessing. */
export type Repair =
  | {
      readonly _tag: 'TailSetAside';
      readonly segment: string;
      readonly offset: number;
      readonly bytes: number;
      /** Where they are now. */
      readonly path: string;
    }
  | { readonly _tag: 'LinesAdopted'; readonly from: number; readonly events: number }
  | {
      readonly _tag: 'MirrorRebuilt';
      readonly reason: 'missing' | 'older' | 'damaged' | 'not_a_mirror' | 'half_erased';
      readonly events: number;
    }
  | { readonly _tag: 'CheckpointRestored'; readonly size: number }
  /** The events were on the disk already; the mirror has them by now, or still lacks them. */
  | { readonly _tag: 'CommitFailed'; readonly code: string; readonly isTaken: boolean }
  /** Refusals were answered, and how many they were beyond the limit is not known. */
  | { readonly _tag: 'CountFailed'; readonly failed: DiskFailed }
  /** The events are recorded; what is missing is a signature over them. */
  | {
      readonly _tag: 'CheckpointFailed';
      readonly size: number;
      readonly cause: CheckpointCause;
    };

export const CORRUPTIONS = [
  'journal_behind_mirror',
  'journal_differs_from_mirror',
  'line_refused',
  'decision_differs',
  'segment_order',
  'checkpoint_beyond_end',
  'checkpoint_refused',
  'recovery_refused',
  'mirror_newer',
  'origin_differs',
] as const;

/** What cannot be mended without guessing: nothing is written until somebody has looked at it. */
export interface Corrupt {
  readonly _tag: 'Corrupt';
  readonly reason: (typeof CORRUPTIONS)[number];
  readonly segment?: string;
  readonly offset?: number;
  readonly seq?: number;
  readonly expected?: string;
  readonly actual?: string;
  readonly findings?: readonly Finding[];
}

export type StorageError = Corrupt | DiskFailed | DatabaseFailed | JournalRefused | TooLarge;

/** Why a checkpoint was not signed, or not kept. */
export type CheckpointCause = StorageError | NoteRefused | CheckpointRefused;
