/**
 * How a command exits, by what it failed with. Scripts rely on these numbers; `exit-table.ts` says
 * what each of them means.
 */
import type { Decision } from '../../policies/gate/decision.ts';
import { isOfOthers } from '../storage/damage.ts';
import type { DatabaseFailed } from '../storage/database.ts';
import { isHindrance } from '../storage/handle.ts';
import type { ReplayRefused } from '../usecase/replay-request.ts';
import type { RowsRefused } from '../usecase/untaken.ts';
import type { ReportFinding, Verdict } from '../verify/report.ts';
import { isBadAttestation } from './decision-text.ts';
import type { CliError, Untaken } from './error.ts';
import { isUntaken } from './draft-text.ts';
import type { Exit } from './exit-table.ts';
import { roomText } from './store-text.ts';

/** Of a database; an error of the mirror never says that the ledger itself is lost. */
const databaseExit = ({ code, path }: DatabaseFailed): Exit => {
  if (code.startsWith('SQLITE_BUSY') || code === 'REPLACED') return 75;
  // Of a mirror that is only being made nothing can drift.
  const isFull = code === 'SQLITE_FULL' || (path.endsWith('.new') && roomText(code) !== undefined);
  return isFull || isHindrance(code) || path.endsWith('.lock.db') ? 74 : 22;
};

const decisionExit = (decision: Decision): Exit => (isBadAttestation(decision) ? 2 : 24);

const receiptExit = (receipt: Untaken): Exit => {
  switch (receipt.status) {
    case 'refused':
      return decisionExit(receipt.decision);
    case 'held':
      return 24;
    case 'too_long':
      return 2;
    case 'conflict':
      return 25;
  }
};

/** The worst of the kinds of rows. */
const rowsExit = ({ rows }: RowsRefused): Exit =>
  rows
    .map(({ receipt }): Exit => {
      if (!('_tag' in receipt)) return isUntaken(receipt) ? receiptExit(receipt) : 1;
      return receipt._tag === 'Objection' ? decisionExit(receipt.decision) : 2;
    })
    .reduce<Exit>((worst, exit) => (exit > worst ? exit : worst), 1);

const REPLAY: Record<ReplayRefused['reason'], Exit> = {
  journal_stands: 25,
  mirror_not_proved: 20,
  mirror_differs: 20,
  nothing_good: 20,
  mirror_unread: 22,
  operator_key_needed: 12,
  log_key_needed: 12,
  not_recorded: 24,
};

/** By what was found, or by the verdict that it makes. */
export const VERDICT_EXITS = {
  verified: 0,
  warning: 0,
  tampered: 20,
  torn_tail: 21,
  drift: 22,
  incomplete: 23,
} as const satisfies Record<Verdict | ReportFinding['severity'], Exit>;

/** exitOf gives the exit code of an error. */
export const exitOf = (error: CliError): Exit => {
  switch (error._tag) {
    case 'TooOld':
    case 'DemoFailed':
    case 'Unexpected':
    case 'Closed':
      return 1;
    case 'Usage':
    case 'WordRefused':
    case 'OptionRefused':
    case 'FileRefused':
    case 'PolicyRefused':
    case 'PlanRefused':
    case 'ExportRefused':
    case 'LineRefused':
    case 'JsonRefused':
    case 'ValueRefused':
    case 'NameRefused':
    case 'DraftRefused':
    case 'SealRefused':
    case 'KeyRefused':
    case 'NoteRefused':
    case 'CheckpointRefused':
    case 'MarkRefused':
      return 2;
    case 'NoSource':
    case 'NotFound':
    case 'FileUnreadable':
    case 'ProofRefused':
      return 3;
    case 'PlaceRefused':
      return error.errno === 'ENOENT' ? 3 : 2;
    case 'NoLedger':
      return 10;
    case 'Locked':
      return 11;
    case 'KeyFileRefused':
    case 'KeyAmbiguous':
    case 'KeyUnreadable':
    case 'OpenSshRefused':
      return 12;
    case 'SourceRefused':
      // Rows that fit no mapping were never said to be sealed.
      return error.tool === 'ndjson' ? 2 : 20;
    case 'SettingsRefused':
    case 'TooLarge':
    case 'JournalRefused':
    case 'ProofFileRefused':
    case 'Finding':
    case 'BackupRefused':
      return 20;
    case 'Disproved':
      // What is no proof at all was the wrong file.
      return 'reason' in error.cause && error.cause.reason === 'bad_form' ? 2 : 20;
    case 'Corrupt':
      // A mirror of others says nothing against the journal.
      return isOfOthers(error) ? 22 : 20;
    case 'MirrorRefused':
    case 'ProjectionMissing':
    case 'WentBack':
    case 'GateFailed':
    case 'ProofBroken':
      return 22;
    case 'DatabaseFailed':
      return databaseExit(error);
    case 'NotSound':
      return VERDICT_EXITS[error.finding.severity];
    case 'DrillFailed':
      return error.isSame ? 22 : 20;
    case 'NoLogKey':
      return 23;
    case 'Unsigned':
      return error.cause === undefined ? 23 : exitOf(error.cause);
    case 'ExportHeld':
    case 'NotTaken':
      return receiptExit(error.receipt);
    case 'RowsRefused':
      return rowsExit(error);
    case 'LinesNotTaken':
      return exitOf(error.worst);
    case 'LedgerExists':
    case 'ExperimentRefused':
    case 'NotStarted':
    case 'CopyRefused':
    case 'ArchiveRefused':
    case 'ItemElsewhere':
    case 'MovedInPart':
    case 'HeldOvertaken':
    case 'SaidLater':
    case 'DestinationRetired':
    case 'DestinationBegun':
    case 'DestinationPlanned':
      return 25;
    case 'AppendFailed':
      return exitOf(error.cause);
    case 'DiskFailed':
      // Nothing is wrong with the disk where a folder is to be and something else is.
      return error.call === 'make_folder' && error.errno === 'EEXIST' ? 25 : 74;
    case 'StdoutFailed':
    case 'Poisoned':
      return 74;
    case 'SourceBusy':
    case 'SegmentMoved':
    case 'Undelivered':
    case 'LeaseLost':
      return 75;
    case 'DestinationStopped':
    case 'SecretMissing':
      return 77;
    case 'ReplayRefused':
      return REPLAY[error.reason];
    case 'Interrupted':
      return 130;
  }
};
