/**
 * Sentences for backups and what is restored of them: why nothing is copied, and what was lost.
 */
import { visible } from '../../ledger/render/render.ts';
import type { BackupRefused } from '../usecase/backup-record.ts';
import type { CopyRefused } from '../usecase/copy-journal.ts';
import type { LeftOut, NotSound } from '../usecase/sound-journal.ts';
import type { DrillFailed } from './error.ts';
import { COPIES, prefixed } from './error-table.ts';
import { findingText, placeOf } from './finding-text.ts';
import { plainWord } from './shell-word.ts';
import type { Told } from './store-text.ts';

/** What to do about a backup that lacks what a checkpoint covers. */
const LATER =
  'Restore a later backup. Where there is none, what this one lacks is lost: keep the checkpoint ' +
  'as evidence of it, and restore without --checkpoint.';

const copyText = ({ reason, path, offset, bytes, seq, origin }: CopyRefused): Told => {
  const { message, next } = COPIES[reason];
  const place =
    offset === undefined ? '' : `byte ${offset}${seq === undefined ? '' : `, event ${seq}`}: `;
  const many = bytes === undefined ? '' : `, ${bytes} bytes`;
  const whose = origin === undefined ? '' : `, ${visible(origin)}`;
  return prefixed(path, reason, { message: `${place}${message}${many}${whose}`, next });
};

/** leftOutData is what a program is told of what was left out. */
export const leftOutData = (leftOut: LeftOut | undefined) =>
  leftOut && { file: leftOut.path, offset: leftOut.offset, bytes: leftOut.bytes };

/**
 * leftOutText tells what was left out; nothing that was acknowledged ends like that. Where it was
 * read from a backup, that is what says more: what was made of it lacks these bytes.
 */
export const leftOutText = ({ path, offset, bytes }: LeftOut, from?: string): string => {
  const there = from === undefined ? '' : `-C ${visible(plainWord(from))} `;
  return (
    `${visible(path)}: byte ${offset}: ${bytes} ${bytes === 1 ? 'byte' : 'bytes'} behind the ` +
    'last whole line were left out: what is being written, what a crash left, or what was cut. ' +
    `ledger ${there}verify --journal-only says more.`
  );
};

const refusedText = ({ reason, path, said, held }: BackupRefused): Told => {
  if (reason === 'other_root')
    return prefixed(path, 'backup_differs', {
      message: `it says another root of ${said} events than they come to`,
      next: 'Keep it as evidence, and restore another backup.',
    });
  return prefixed(path, 'backup_cut', {
    message: `it says ${said} events, and the journal beside it holds ${held}`,
    next:
      'Restore another backup. Where there is none, move this file away: what is left is ' +
      'restored then, and the rest is lost.',
  });
};

const drillText = ({ size, isSame, differing }: DrillFailed): Told => {
  const folds = differing.length === 1 ? 'the projection' : 'the projections';
  const what = isSame ? `${folds} ${differing.join(', ')}` : 'its root';
  return {
    code: 'drill_failed',
    message: `what was restored of ${size} events differs from the ledger in ${what}`,
    next: 'Run ledger verify, here and on the backup: one of them is not what was recorded.',
  };
};

/** backupText tells why a backup is not made, or is not what it ought to be. */
export const backupText = (error: BackupRefused | CopyRefused | DrillFailed | NotSound): Told => {
  switch (error._tag) {
    case 'BackupRefused':
      return refusedText(error);
    case 'CopyRefused':
      return copyText(error);
    case 'DrillFailed':
      return drillText(error);
    case 'NotSound': {
      const { what, next } = findingText(error.finding);
      const { code } = error.finding;
      const place = placeOf(error.finding);
      const where = place === '' ? '' : `${place}: `;
      const isOlder = error.isBackup === true && code === 'checkpoint_beyond_end';
      const text = { message: `${where}${what}`, next: isOlder ? LATER : next };
      return prefixed(error.folder, code, text);
    }
  }
};
