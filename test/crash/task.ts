/**
 * What an appending process is told, and what it says.
 */
import type { DraftRefused } from '../../ledger/event/draft.ts';
import type { OpenError } from '../../src/storage/settings-file.ts';
import type { Repair } from '../../src/storage/outcome.ts';
import type { Receipt } from '../../src/usecase/receipt.ts';
import type { AppendFailed } from '../../src/usecase/request.ts';

export interface Task {
  readonly folder: string;
  readonly ids: readonly string[];
  /** In one batch; otherwise each when the one before it was answered. */
  readonly together?: boolean;
  readonly lockWaitMs?: number;
  /** As a user to whom nothing belongs. */
  readonly asNobody?: boolean;
  /** Reads all events in the end, and says how many there are. */
  readonly isReading?: boolean;
}

export type Failure = OpenError | DraftRefused | AppendFailed;

export type Told =
  | { readonly pid: number }
  | { readonly repair: Repair }
  | { readonly receipt: Receipt }
  | { readonly failed: Failure; readonly ids: readonly string[] }
  | { readonly read: number }
  | { readonly isDone: true };
