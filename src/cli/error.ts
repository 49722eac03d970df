/**
 * All that a command may fail with: what the rooms refuse, as they say it, and what only a command
 * line can get wrong. Data without prose; `error-text.ts` makes sentences of it and `exit-code.ts`
 * codes.
 */
import type { LedgerError } from '../../ledger/render/render.ts';
import type { KeyId } from '../../ledger/name.ts';
import type { DocumentProblem } from '../../policies/document/problem.ts';
import type { ExperimentRefused } from '../experiment/decider.ts';
import type { NotStarted } from '../experiment/report.ts';
import type { OpenError } from '../storage/settings-file.ts';
import type { KeyFileRefused } from '../storage/key-file.ts';
import type { CheckpointCause } from '../storage/outcome.ts';
import type { BackupRefused } from '../usecase/backup-record.ts';
import type { CopyRefused } from '../usecase/copy-journal.ts';
import type { ArchiveRefused } from '../import/archive.ts';
import type { NoSource, SourceBusy, SourceRefused } from '../import/plan.ts';
import type { LedgerExists } from '../usecase/create.ts';
import type { RowsRefused } from '../usecase/untaken.ts';
import type { Receipt } from '../usecase/receipt.ts';
import type { ReplayRefused } from '../usecase/replay-request.ts';
import type { ProofBroken } from '../usecase/prover.ts';
import type { ReadError } from '../usecase/reader.ts';
import type { AppendError, AppendFailed, NoLogKey, Unsigned } from '../usecase/request.ts';
import type { NotSound } from '../usecase/sound-journal.ts';
import type { SegmentMoved } from '../verify/crew.ts';
import type { MarkRefused } from '../verify/mark.ts';
import type { OutboxError } from './outbox/error.ts';

/** A command line that means nothing. */
export interface Usage {
  readonly _tag: 'Usage';
  /** The command that was meant, where one was. */
  readonly command?: string | undefined;
  readonly reason: string;
}

/** A word that is no UTF-8: what stands for its bytes would be taken for what was typed. */
export interface WordRefused {
  readonly _tag: 'WordRefused';
  readonly word: string;
}

/** What stands behind an option, or in its place, is not what it takes. */
export interface OptionRefused {
  readonly _tag: 'OptionRefused';
  readonly option: string;
  readonly cause: LedgerError;
  /** What the option takes, where that is more than the cause says. */
  readonly next?: string;
}

export interface NotFound {
  readonly _tag: 'NotFound';
  readonly kind:
    | 'event'
    | 'key'
    | 'policy set'
    | 'authorization'
    | 'held draft'
    | 'destination'
    | 'item'
    | 'experiment'
    | 'import';
  readonly name: string;
}

/** A file that was named as input. */
export interface FileUnreadable {
  readonly _tag: 'FileUnreadable';
  readonly path: string;
  readonly errno: string;
}

/** A place that a command line names, in which nothing can be put. */
export interface PlaceRefused {
  readonly _tag: 'PlaceRefused';
  /** As it was typed. */
  readonly path: string;
  /** What stands in it and is in the way. */
  readonly inside?: string;
  readonly errno: string;
}

export interface FileRefused {
  readonly _tag: 'FileRefused';
  readonly path: string;
  readonly reason: 'file_too_long' | 'invalid_utf8' | 'other_ledger';
  /** How many bytes it may have, where it has more. */
  readonly most?: number;
}

/** Policy documents, or a table that tests them, with all that is wrong with them. */
export interface PolicyRefused {
  readonly _tag: 'PolicyRefused';
  /** What says what it may hold. */
  readonly manual?: string;
  readonly problems: readonly DocumentProblem[];
}

/** The plan of an experiment, with all that is wrong with it. */
export interface PlanRefused {
  readonly _tag: 'PlanRefused';
  readonly problems: readonly DocumentProblem[];
}

/** What an export is to be made by, with all that is wrong with it. */
export interface ExportRefused {
  readonly _tag: 'ExportRefused';
  readonly what: 'ocsf_map' | 'profile';
  readonly problems: readonly DocumentProblem[];
}

/** An export that a rule holds back; nothing that is done about the draft makes the export. */
export interface ExportHeld {
  readonly _tag: 'ExportHeld';
  readonly receipt: Extract<Receipt, { status: 'held' }>;
}

/** A name that more than one key has. */
export interface KeyAmbiguous {
  readonly _tag: 'KeyAmbiguous';
  readonly name: string;
  readonly keyIds: readonly KeyId[];
}

/** A key that the system does not let us read. */
export interface KeyUnreadable {
  readonly _tag: 'KeyUnreadable';
  readonly path: string;
  readonly errno: string;
}

/** A private key of OpenSSH that cannot be taken over. */
export interface OpenSshRefused {
  readonly _tag: 'OpenSshRefused';
  readonly path: string;
  readonly reason: 'public' | 'not_open_ssh' | 'encrypted' | 'not_ed25519' | 'damaged';
  /** What it is instead, as OpenSSH says it: `ssh-rsa`. */
  readonly type?: string | undefined;
}

export type LineReason =
  | JsonRefusedOrDraft
  | { readonly _tag: 'ReservedType'; readonly type: string }
  | { readonly _tag: 'SignedAlready' }
  | LineTooLong;
type JsonRefusedOrDraft = Extract<LedgerError, { _tag: 'JsonRefused' | 'DraftRefused' }>;
interface LineTooLong {
  readonly _tag: 'LineTooLong';
  readonly most: number;
}

/** A draft that is none; `line` where it stood in a file. */
export interface LineRefused {
  readonly _tag: 'LineRefused';
  readonly line?: number | undefined;
  /** The file that it stood in, where it has a name. */
  readonly path?: string;
  /** Whether the lines before it were signed, and not taken. */
  readonly isSigning?: true;
  readonly cause: LineReason;
}

export type Untaken = Exclude<Receipt, { status: 'appended' | 'already_recorded' | 'not_tried' }>;

/** A draft that did not enter. */
export interface NotTaken {
  readonly _tag: 'NotTaken';
  readonly line?: number | undefined;
  readonly path?: string;
  readonly receipt: Untaken;
}

/** Lines of a file that did not enter, where the others were to. */
export interface LinesNotTaken {
  readonly _tag: 'LinesNotTaken';
  readonly lines: number;
  readonly worst: LineRefused | NotTaken;
}

/** A file that proves nothing, or a checkpoint from elsewhere that is none of this ledger. */
export interface Disproved {
  readonly _tag: 'Disproved';
  readonly file: 'proof' | 'checkpoint';
  readonly path: string;
  readonly cause: LedgerError;
}

/** What was restored in a drill is not what stands. */
export interface DrillFailed {
  readonly _tag: 'DrillFailed';
  readonly size: number;
  readonly isSame: boolean;
  readonly differing: readonly string[];
}

/** A step of the demo that did not go as it is told. */
export interface DemoFailed {
  readonly _tag: 'DemoFailed';
  readonly line: string;
  readonly exit: number;
}

export interface TooOld {
  readonly _tag: 'TooOld';
  readonly needs: string;
  readonly has: string;
}

/** Of items that were to be moved some went on meanwhile, which holds no other. */
export interface MovedInPart {
  readonly _tag: 'MovedInPart';
  readonly moved: number;
  readonly of: number;
  readonly gone: number;
  /** What keeps the first of these from being moved by now, if anything does. */
  readonly why: CliError | undefined;
}

/** What a policy held of the outbox, which cannot be done any more. */
export interface HeldOvertaken {
  readonly _tag: 'HeldOvertaken';
  readonly hold: string;
  readonly why: CliError;
}

/** A mistake of ours, or of the machine. */
export interface Unexpected {
  readonly _tag: 'Unexpected';
  readonly thrown: string;
}

export interface Interrupted {
  readonly _tag: 'Interrupted';
  /** Where to go on, where that is known. */
  readonly goOn: string | undefined;
}

/** What is printed goes nowhere; what was done before stands. */
export interface StdoutFailed {
  readonly _tag: 'StdoutFailed';
  readonly errno: string;
  readonly goOn: string | undefined;
  /** Whether something may be recorded by then. */
  readonly mayStand: boolean;
}

export type CliError =
  | LedgerError
  | AppendError
  | AppendFailed
  | OpenError
  | ReadError
  | LedgerExists
  | KeyFileRefused
  | CheckpointCause
  | Unsigned
  | ReplayRefused
  | SegmentMoved
  | NotSound
  | BackupRefused
  | CopyRefused
  | DrillFailed
  | DemoFailed
  | MarkRefused
  | NoSource
  | SourceBusy
  | SourceRefused
  | ArchiveRefused
  | RowsRefused
  | Usage
  | WordRefused
  | OptionRefused
  | NotFound
  | FileUnreadable
  | PlaceRefused
  | FileRefused
  | PolicyRefused
  | PlanRefused
  | ExportRefused
  | ExportHeld
  | ExperimentRefused
  | NotStarted
  | KeyAmbiguous
  | KeyUnreadable
  | OpenSshRefused
  | LineRefused
  | NotTaken
  | LinesNotTaken
  | NoLogKey
  | ProofBroken
  | Disproved
  | OutboxError
  | MovedInPart
  | HeldOvertaken
  | TooOld
  | Unexpected
  | Interrupted
  | StdoutFailed;
