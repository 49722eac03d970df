/**
 * What is asked of the replay use case, and what it answers.
 */
import type { Finding } from '../../ledger/finding.ts';
import type { Signer } from '../../ledger/key/key.ts';
import type { PolicySet } from '../../policies/set/set.ts';
import type { Projection } from '../projection/projection.ts';
import type { Layout, Settings } from '../storage/layout.ts';
import type { Corrupt, Repair } from '../storage/outcome.ts';
import type { Ports } from './ports.ts';
import type { Receipt } from './receipt.ts';
import type { AppendError } from './request.ts';
import type { Parity } from './replay-parity.ts';
import type { Plan } from './replay-plan.ts';

export interface ReplayOptions {
  /** Find out what there is to do, and do nothing. */
  readonly dryRun?: boolean | undefined;
  /**
   * What to rebuild from. `mirror` makes a journal anew that is missing or damaged; `journal` says
   * that a mirror of another ledger or of a later version may go.
   */
  readonly from?: 'journal' | 'mirror' | undefined;
  readonly projectionsOnly?: boolean | undefined;
  /** Where the journal does not verify, go back to its last good event. */
  readonly toLastGood?: boolean | undefined;
  /** Signs what is said of a way back to the last good event. */
  readonly operator?: Signer | undefined;
  /** Takes the place of the log key whose checkpoint lies above the last good event. */
  readonly newLogKey?: Signer | undefined;
  readonly onProgress?: ((progress: ReplayProgress) => void) | undefined;
}

export interface ReplayProgress {
  readonly phase: 'survey' | 'prove_mirror' | 'write_journal' | 'rebuild_mirror';
  readonly events: number;
  /** How many there are, where that is known; of a mirror that is made anew, once it is whole. */
  readonly total?: number | undefined;
}

export interface ReplayRefused {
  readonly _tag: 'ReplayRefused';
  readonly reason:
    /** There is nothing to make anew: a sound journal stands. */
    | 'journal_stands'
    /** The mirror's lines are no proved chain. */
    | 'mirror_not_proved'
    /** The mirror holds other lines than what is left of the journal. */
    | 'mirror_differs'
    | 'mirror_unread'
    /** No event is good. */
    | 'nothing_good'
    | 'operator_key_needed'
    | 'log_key_needed'
    /** The journal is mended; the event that says so was not taken. */
    | 'not_recorded';
  readonly seq?: number;
  readonly findings?: readonly Finding[];
  readonly receipts?: readonly Receipt[];
}

export type ReplayError = AppendError | Corrupt | ReplayRefused;

export interface ReplayReport {
  /** Events that the mirror did not hold as it holds them now. */
  readonly replayed: number;
  readonly already_present: number;
  /** Lines behind the mirror's recorded end that were taken in. */
  readonly adopted: number;
  readonly set_aside_bytes: number;
  readonly parity: Parity;
  /** A digest of what each projection holds. */
  readonly projections: Readonly<Record<string, string>>;
}

export interface Replayed {
  readonly plan: Plan;
  /** Undefined where it was only planned. */
  readonly report: ReplayReport | undefined;
}

/** What the use case works with. */
export interface Replaying {
  readonly ports: Ports;
  readonly layout: Layout;
  readonly settings: Settings;
  readonly projections: readonly Projection[];
  readonly builtIn: PolicySet;
  readonly options: ReplayOptions;
  readonly onRepair: (repair: Repair) => void;
  readonly onEvents?: (events: number) => void;
  /** Closes what a reader of ours has opened of the mirror meanwhile. */
  readonly release: () => void;
}

/** Whether it is asked to go back, and to nothing else that leaves the journal as it is. */
export const isBack = ({ options: { from, projectionsOnly, toLastGood } }: Replaying): boolean =>
  toLastGood === true && projectionsOnly !== true && from !== 'mirror';
