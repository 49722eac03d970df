/**
 * The one renderer of errors: a stable code, what happened, and what to do next. What came from
 * outside is made harmless before it stands in a sentence.
 */
import { visible } from '../../ledger/render/render.ts';
import { tellProblem } from '../../policies/document/problem-text.ts';
import type { KeyFileRefused } from '../storage/key-file.ts';
import type { ReplayRefused } from '../usecase/replay-request.ts';
import { backupText } from './copy-text.ts';
import { isUntaken, kernelText, placedText, untakenText } from './draft-text.ts';
import type { CliError, FileRefused, OpenSshRefused } from './error.ts';
import * as T from './error-table.ts';
import { experimentText, notStartedText } from './experiment/error-text.ts';
import { heldText, outboxText, partText } from './outbox/error-text.ts';
import { importErrorText } from './import-error-text.ts';
import { diskText, storeText } from './store-text.ts';
import type { Told } from './store-text.ts';
import { brief } from './suggestion.ts';
import { tooOldText } from './version.ts';

const fileText = ({ reason, most }: FileRefused) => {
  const { message, next } = T.FILES[reason];
  return { message: most === undefined ? message : `${message}: ${most} bytes`, next };
};

const openSshText = ({ reason, type }: OpenSshRefused) => {
  const { message, next } = T.OPEN_SSH[reason];
  return { message: type === undefined ? message : `${message}, it is ${visible(type)}`, next };
};

const keyFileText = ({ reason, name }: KeyFileRefused) =>
  name === undefined
    ? T.KEY_FILES[reason]
    : { message: 'it bears the name of another key', next: `Name it ${visible(name)}.` };

/** Of what is not recorded, what would have to change is told as of any draft. */
const replayText = ({ reason, receipts = [] }: ReplayRefused): Told => {
  const { message, next } = T.REPLAY[reason];
  const untaken = receipts.find(isUntaken);
  if (untaken === undefined) return { code: reason, message, next };
  const why = untakenText(untaken);
  return {
    code: reason,
    message: `${message}: ${why.message}`,
    next: `${why.next} Then run it again.`,
  };
};

/** errorText tells what happened, and what to do. */
export const errorText = (error: CliError): Told => {
  switch (error._tag) {
    case 'NoSource':
    case 'SourceBusy':
    case 'SourceRefused':
    case 'ArchiveRefused':
    case 'RowsRefused':
      return importErrorText(error);
    case 'Usage': {
      const help = error.command === undefined ? '' : `${error.command} `;
      const next = `See ledger ${help}--help.`;
      return { code: 'usage', message: visible(error.reason), next };
    }
    case 'WordRefused':
      return T.prefixed(brief(error.word), 'invalid_utf8', T.WORD);
    case 'OptionRefused': {
      const told = kernelText(error.cause);
      const message = `${visible(error.option)}: ${told.message}`;
      return { ...told, message, next: error.next ?? told.next };
    }
    case 'NotFound':
      return {
        code: 'not_found',
        message: `there is no such ${error.kind}: ${visible(error.name)}`,
        next: T.LISTS[error.kind],
      };
    case 'FileUnreadable': {
      const { message } = diskText(error.errno);
      const next = 'Name what can be read; where the help of a command says so, - is stdin.';
      return { code: 'file_unreadable', message: `${visible(error.path)}: ${message}`, next };
    }
    case 'PlaceRefused':
      return T.placeText(error);
    case 'FileRefused':
      return T.prefixed(error.path, error.reason, fileText(error));
    case 'PolicyRefused':
      return {
        code: 'policy_refused',
        message: error.problems.map(tellProblem).join('\n'),
        next: `Mend what stands there; ${error.manual ?? T.MANUAL}.`,
      };
    case 'PlanRefused':
      return {
        code: 'plan_refused',
        message: error.problems.map(tellProblem).join('\n'),
        next: 'Mend what stands there; ledger experiment create --help has an example.',
      };
    case 'ExportHeld': {
      const { code, message } = untakenText(error.receipt);
      const next = 'Ask for a policy that allows it: a release of what is held makes no export.';
      return { code, message: `it is not made: ${message}`, next };
    }
    case 'ExportRefused':
      return {
        code: `${error.what}_refused`,
        message: error.problems.map(tellProblem).join('\n'),
        next: `Mend what stands there; ${T.HOLDING[error.what]} prints one that holds.`,
      };
    case 'ExperimentRefused':
      return experimentText(error);
    case 'NotStarted':
      return notStartedText(error);
    case 'KeyAmbiguous':
      return {
        code: 'key_ambiguous',
        message: `more than one key is named ${visible(error.name)}`,
        next: `Say which: ${error.keyIds.map(visible).join(', ')}.`,
      };
    case 'KeyUnreadable':
      return T.prefixed(error.path, 'key_unreadable', diskText(error.errno));
    case 'OpenSshRefused':
      return T.prefixed(error.path, error.reason, openSshText(error));
    case 'KeyFileRefused':
      return T.prefixed(error.path, error.reason, keyFileText(error));
    case 'LineRefused':
    case 'NotTaken':
      return placedText(error);
    case 'LinesNotTaken':
      return {
        code: 'lines_not_taken',
        message: `${error.lines} lines were not taken; the receipts say which and why`,
        next:
          'Correct these lines and hand them in again, without those that are held back; ' +
          'all others are recorded.',
      };
    case 'NoLogKey':
      return {
        code: 'no_log_key',
        message: `there is no key here that signs checkpoints of ${visible(error.origin)}`,
        next: 'Run it where the log key is, or enrol a log key.',
      };
    case 'ProofBroken': {
      const { message } = kernelText(error.cause);
      const next = 'Run ledger verify: the mirror does not hold what the journal holds.';
      return { code: 'proof_broken', message: `the proof does not hold: ${message}`, next };
    }
    case 'Disproved': {
      const { code, message, next } = kernelText(error.cause);
      const compare = 'Do not append. Compare with an earlier copy of the ledger.';
      const told = { message, next: error.file === 'proof' ? next : compare };
      return T.prefixed(error.path, code, told);
    }
    case 'TooOld':
      return {
        code: 'runtime',
        message: tooOldText(error),
        next: 'Install a newer Node.',
      };
    case 'Unexpected': {
      const next = 'This is a mistake in ledger itself: report it. What was acknowledged stands.';
      return { code: 'unexpected', message: visible(error.thrown), next };
    }
    case 'SegmentMoved': {
      const message = `${visible(error.path)}: it changed while it was read`;
      return { code: 'segment_moved', message, next: 'Run it again.' };
    }
    case 'BackupRefused':
    case 'CopyRefused':
    case 'DrillFailed':
    case 'NotSound':
      return backupText(error);
    case 'MarkRefused':
      return { code: `mark_${error.reason}`, ...T.MARKS[error.reason] };
    case 'DemoFailed':
      return {
        code: 'demo_failed',
        message: `${visible(error.line)}: exit ${error.exit}`,
        next: 'This is a mistake in ledger itself, or the temporary folder is full: report it.',
      };
    case 'ReplayRefused':
      return replayText(error);
    case 'Undelivered':
    case 'DestinationStopped':
    case 'DestinationRetired':
    case 'DestinationBegun':
    case 'DestinationPlanned':
    case 'SecretMissing':
    case 'ItemElsewhere':
    case 'SaidLater':
    case 'LeaseLost':
      return outboxText(error);
    case 'HeldOvertaken':
      return heldText(error, errorText(error.why));
    case 'MovedInPart':
      return partText(error, error.why && errorText(error.why));
    case 'Interrupted':
      return {
        code: 'interrupted',
        message: 'it was interrupted',
        next: error.goOn ?? 'Run it again.',
      };
    case 'StdoutFailed': {
      const { message, next } = diskText(error.errno);
      const stands = ' What was recorded stands: look before you record it again.';
      const again = `${next}${error.mayStand ? stands : ''}`;
      return { code: error.errno, message: `stdout: ${message}`, next: error.goOn ?? again };
    }
    case 'NoLedger':
    case 'SettingsRefused':
    case 'LedgerExists':
    case 'DiskFailed':
    case 'DatabaseFailed':
    case 'TooLarge':
    case 'JournalRefused':
    case 'MirrorRefused':
    case 'ProjectionMissing':
    case 'WentBack':
    case 'Closed':
    case 'Corrupt':
    case 'Locked':
    case 'Poisoned':
    case 'GateFailed':
    case 'AppendFailed':
    case 'Unsigned':
      return storeText(error);
    case 'JsonRefused':
    case 'ValueRefused':
    case 'NameRefused':
    case 'DraftRefused':
    case 'SealRefused':
    case 'KeyRefused':
    case 'NoteRefused':
    case 'CheckpointRefused':
    case 'ProofRefused':
    case 'ProofFileRefused':
    case 'Finding':
      return kernelText(error);
  }
};
