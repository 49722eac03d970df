/**
 * Sentences for what the store says: why it stops, and what it mended.
 */
import { render, visible } from '../../ledger/render/render.ts';
import { JSON_TEXTS, SHAPE_TEXTS } from '../../ledger/render/text.ts';
import type { OpenError } from '../storage/settings-file.ts';
import { isHindrance } from '../storage/handle.ts';
import type { MirrorRefused } from '../storage/mirror/mirror.ts';
import type { CheckpointCause, Corrupt, Repair } from '../storage/outcome.ts';
import type { JournalRefused } from '../storage/segment.ts';
import type { LedgerExists } from '../usecase/create.ts';
import type { ReadError } from '../usecase/reader.ts';
import type { AppendError, AppendFailed, Unsigned } from '../usecase/request.ts';
import { REPLAY, RIGHTS, databaseNext } from './database-text.ts';
import { noLedgerText } from './no-ledger-text.ts';

/** What is told of an error. */
export interface Told {
  readonly code: string;
  readonly message: string;
  readonly next: string;
}

type Stored = AppendError | AppendFailed | OpenError | ReadError | LedgerExists | Unsigned;

const COMPARE = 'Do not append. Keep it as evidence, and compare it with an earlier copy.';
/** What to do about a journal that lost what the mirror claims to hold, or has it otherwise. */
export const BEHIND =
  'Do not append. Keep it as evidence; ledger replay --from mirror writes the journal anew where ' +
  'the mirror proves it, and --to-last-good goes on without what is lost.';
/** What to do about a checkpoint that the ledger does not meet, or that is no note. */
const NOTE =
  'Do not append. Keep it as evidence, and compare it with an earlier copy; where only a file is ' +
  'damaged, and the other checkpoints are met without it, move it elsewhere.';
/** What to do where journal and mirror hold two histories. */
export const FORKED =
  'Do not append. Keep both as evidence, and compare them with an earlier copy; ledger replay ' +
  '--from journal goes on from a journal that is sound, and keeps the mirror under torn/.';
const INTENT =
  'Put back what a recovery had written there. Where that is lost, retire the log key whose ' +
  'checkpoints lie beside it, and move the file elsewhere.';
/** What to do about a mirror that is none of this ledger, or of a later release. */
export const OTHERS =
  'Put the mirror of this ledger back, or use the release that made it. Or run ledger replay ' +
  '--from journal: it sets that mirror aside, and makes another from the journal.';
const SPACE = 'Make room, and run it again.';
const LOOK = 'Look at the disk and the system log, then run it again.';

const NOT_A_FILE = ['it is not a plain file', 'Put the file itself there.'] as const;

/** What the system calls the errors that people meet; the others keep their name. */
const ERRNO: Readonly<Record<string, readonly [string, string]>> = {
  ENOENT: ['there is no such file', 'Look at the path.'],
  ENOTDIR: ['a part of the path is not a folder', 'Look at the path.'],
  ENAMETOOLONG: ['the name is too long', 'Name a shorter one.'],
  EEXIST: ['something else stands there', 'Name another place; no link is followed.'],
  EISDIR: ['it is a folder', 'Put the file itself there.'],
  EACCES: ['permission denied', RIGHTS],
  EPERM: ['permission denied', RIGHTS],
  EROFS: ['the file system is read-only', RIGHTS],
  ELOOP: ['it is a symbolic link', 'Put the file itself there.'],
  ENOSPC: ['no space is left', SPACE],
  EDQUOT: ['the quota is used up', SPACE],
  EFBIG: ['the file may not grow further', SPACE],
  SQLITE_FULL: ['no space is left', SPACE],
  SQLITE_IOERR_SHMSIZE: ['no space is left for what those who read it share', SPACE],
  SQLITE_IOERR_SHMMAP: ['no memory is left for what those who read it share', SPACE],
  SQLITE_NOMEM: ['no memory is left', SPACE],
  SQLITE_IOERR_WRITE: ['the database could not be written', SPACE],
  EPIPE: ['nobody reads it any more', 'Run it again, and read to its end.'],
  NOT_A_FILE,
  ENXIO: NOT_A_FILE,
  ESPIPE: NOT_A_FILE,
  EMFILE: ['too many files are open', 'Close some, or raise ulimit -n.'],
  ENFILE: ['too many files are open on this machine', 'Run it again when fewer are.'],
};

/** diskText makes words of what a system call failed with. */
export const diskText = (errno: string): { readonly message: string; readonly next: string } => {
  const [message, next] = ERRNO[errno] ?? [visible(errno), LOOK];
  return { message, next };
};

/** roomText tells what there is no room for, undefined where something else is wrong. */
export const roomText = (code: string): ReturnType<typeof diskText> | undefined =>
  (code.startsWith('SQLITE_') || isHindrance(code)) && Object.hasOwn(ERRNO, code)
    ? diskText(code)
    : undefined;

const CORRUPT: Record<Corrupt['reason'], string> = {
  journal_behind_mirror: 'the journal ends before the mirror does',
  journal_differs_from_mirror: 'the journal does not hold what the mirror holds',
  line_refused: 'a line of the journal is none that can follow',
  decision_differs: 'an event was let in that the policies in force keep out',
  segment_order: 'the files of the journal do not follow one another',
  checkpoint_beyond_end: 'the ledger is shorter than its checkpoint says',
  checkpoint_refused: 'the checkpoint is none of this ledger',
  recovery_refused: 'torn/recovery.json is nothing that a recovery of this ledger wrote',
  mirror_newer: 'the mirror was made by a newer release',
  origin_differs: 'the mirror is of another ledger',
};

const NEXT: Partial<Record<Corrupt['reason'], string>> = {
  mirror_newer: OTHERS,
  origin_differs: OTHERS,
  journal_behind_mirror: BEHIND,
  line_refused: BEHIND,
  journal_differs_from_mirror: FORKED,
  checkpoint_beyond_end: BEHIND,
  checkpoint_refused: NOTE,
  recovery_refused: INTENT,
};

const corruptText = (error: Corrupt): Told => {
  const { reason, segment, offset, seq, expected, actual, findings = [] } = error;
  const facts = [
    ...(segment === undefined ? [] : [`in ${visible(segment)}`]),
    ...(offset === undefined ? [] : [`at byte ${offset}`]),
    ...(seq === undefined ? [] : [`event ${seq}`]),
    ...(expected === undefined ? [] : [`expected ${visible(expected)}`]),
    ...(actual === undefined ? [] : [`found ${visible(actual)}`]),
    ...findings.slice(0, 3).map((found) => render(found).what),
  ].join(', ');
  return {
    code: reason,
    message: facts === '' ? CORRUPT[reason] : `${CORRUPT[reason]} (${facts})`,
    next: NEXT[reason] ?? COMPARE,
  };
};

const JOURNAL: Record<JournalRefused['reason'], string> = {
  missing: 'the journal is not there',
  not_a_folder: 'it is not a folder',
  foreign_name: 'it does not belong into the journal',
  not_a_file: 'it is not a plain file',
  linked: 'the file has another name, through which it could be changed unseen',
  first: 'the first file of the journal is missing',
};

const MIRROR: Record<MirrorRefused['reason'], string> = {
  not_a_mirror: 'it is no mirror of a ledger',
  older: 'it was made by an older release',
  newer: 'it was made by a newer release',
  damaged: 'it is damaged',
  other_ledger: 'it is of another ledger',
};

const causeText = (cause: CheckpointCause): Told => {
  switch (cause._tag) {
    case 'NoteRefused':
    case 'CheckpointRefused': {
      const { what: message, next } = render(cause);
      return { code: cause.reason, message, next };
    }
    case 'Corrupt':
    case 'DatabaseFailed':
    case 'DiskFailed':
    case 'JournalRefused':
    case 'TooLarge':
      return storeText(cause);
  }
};

/** storeText tells why the store stops. */
export const storeText = (error: Stored): Told => {
  switch (error._tag) {
    case 'NoLedger':
      return noLedgerText(error);
    case 'LedgerExists':
      return error.isBegun === true
        ? {
            code: 'ledger_begun',
            message: `a ledger was begun in ${visible(error.folder)}, by other names or keys`,
            next: 'Run the init that was interrupted once more, or name another folder with -C.',
          }
        : {
            code: 'ledger_exists',
            message: `a ledger stands in ${visible(error.folder)}`,
            next: 'Use it, or name another folder with -C.',
          };
    case 'SettingsRefused': {
      const [problem] = error.problems;
      const why =
        problem === undefined
          ? JSON_TEXTS[error.text?.reason ?? 'syntax']
          : `${visible(problem.path)}: ${SHAPE_TEXTS[problem.reason]}`;
      return { code: 'settings_refused', message: `ledger.json: ${why}`, next: 'Restore it.' };
    }
    case 'DiskFailed': {
      const { message, next } = diskText(error.errno);
      return { code: error.errno, message: `${visible(error.path)}: ${message}`, next };
    }
    case 'DatabaseFailed': {
      const { code, path } = error;
      const { message = visible(code), next = databaseNext(error) } = roomText(code) ?? {};
      return { code, message: `${visible(path)}: ${message}`, next };
    }
    case 'TooLarge': {
      const message = `${visible(error.path)}: it is longer than ${error.most} bytes`;
      return { code: 'too_large', message, next: 'Restore the file.' };
    }
    case 'JournalRefused': {
      const message = `${visible(error.path)}: ${JOURNAL[error.reason]}`;
      return { code: `journal_${error.reason}`, message, next: COMPARE };
    }
    case 'MirrorRefused': {
      const message = `${visible(error.path)}: ${MIRROR[error.reason]}`;
      // A replay that may choose for itself refuses these.
      const isOfOthers = error.reason === 'newer' || error.reason === 'other_ledger';
      const next = isOfOthers ? OTHERS : REPLAY;
      return { code: `mirror_${error.reason}`, message, next };
    }
    case 'ProjectionMissing': {
      const { projection, table } = error;
      const message = `there is no table ${visible(table)} of ${visible(projection)} yet`;
      return { code: 'projection_missing', message, next: REPLAY };
    }
    case 'WentBack': {
      const message = `the mirror no longer holds all of the ${error.size} events that were read`;
      const next = 'Run ledger verify, and see ledger log --type ledger.recovered.';
      return { code: 'went_back', message, next };
    }
    case 'Closed':
      return { code: 'closed', message: 'the ledger was closed', next: 'Open it again.' };
    case 'Corrupt':
      return corruptText(error);
    case 'Locked': {
      const { holder, waitedMs, lease } = error;
      const by = holder && ` by process ${holder.pid} on ${visible(holder.host)}`;
      const what =
        lease === undefined ? 'another writer has the ledger' : `${lease} is delivered to`;
      const message = `${what}${by ?? ''}; waited ${Math.round(waitedMs)} ms`;
      return { code: 'locked', message, next: 'Try again later, or wait longer: --lock-wait 5m.' };
    }
    case 'Poisoned': {
      const { code, message, next } = storeText(error.cause);
      return { code, message: `the writer stopped: ${message}`, next };
    }
    case 'GateFailed': {
      const { projection, reason } = error;
      const message = `${visible(projection)}, on which decisions rest, failed: ${visible(reason)}`;
      return { code: 'gate_failed', message, next: REPLAY };
    }
    case 'AppendFailed':
      return storeText(error.cause);
    case 'Unsigned': {
      if (error.cause !== undefined) return causeText(error.cause);
      const next = 'Enrol the key that is to sign checkpoints.';
      return { code: 'unsigned', message: 'no checkpoint could be signed', next };
    }
  }
};

/** repairText tells what was mended. */
export const repairText = (repair: Repair): string => {
  switch (repair._tag) {
    case 'TailSetAside': {
      const { bytes, segment, path } = repair;
      return `mended: ${bytes} unfinished bytes of ${segment} were set aside, in ${visible(path)}`;
    }
    case 'LinesAdopted':
      return `mended: ${repair.events} events from ${repair.from} on were taken into the mirror`;
    case 'MirrorRebuilt':
      return `mended: the mirror ${MIRROR_WAS[repair.reason]} (${repair.events} events)`;
    case 'CheckpointRestored':
      return `mended: the checkpoint of size ${repair.size} was put back`;
    case 'CommitFailed':
      return repair.isTaken
        ? `mended: the events are recorded; the mirror took them late (${visible(repair.code)})`
        : `the events are recorded; the next append tells the mirror (${visible(repair.code)})`;
    case 'CountFailed': {
      const { path, errno } = repair.failed;
      return `refusals beyond the limit were not counted in ${visible(path)} (${errno})`;
    }
    case 'CheckpointFailed': {
      const { message } = causeText(repair.cause);
      return `no checkpoint of size ${repair.size} was signed: ${message}`;
    }
  }
};

const MIRROR_WAS: Record<Extract<Repair, { _tag: 'MirrorRebuilt' }>['reason'], string> = {
  missing: 'was missing and is made anew',
  older: 'was of an older release and is made anew',
  damaged: 'was damaged and is made anew',
  not_a_mirror: 'was no mirror and is made anew',
  half_erased: 'held payloads that are erased and is made anew',
};
