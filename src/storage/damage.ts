/**
 * Whether a mirror is at fault, where something does not agree or cannot be read.
 */
import type { DatabaseFailed } from './database.ts';
import type { Corrupt, StorageError } from './outcome.ts';

/**
 * A table or a column that is not there is answered with no more than SQLITE_ERROR; a log that was
 * deleted while others have it open, with a read that finds too little. A link, a pipe or a folder
 * in the mirror's place is none, and is not looked into.
 */
const DAMAGED = /^(?:NOT_A_FILE|SQLITE_(?:NOTADB|CORRUPT.*|ERROR|IOERR_SHORT_READ))$/;

/** isDamage tells that it is the database's content that is at fault. */
export const isDamage = ({ code }: DatabaseFailed): boolean => DAMAGED.test(code);

/** mayBeMirror tells that only the mirror's word of its end may be at fault. */
export const mayBeMirror = (error: StorageError): boolean =>
  error._tag === 'Corrupt' &&
  ['journal_behind_mirror', 'journal_differs_from_mirror'].includes(error.reason);

/** isOfOthers tells of a mirror that nobody replaces unless that is asked for. */
export const isOfOthers = ({ reason }: Corrupt): boolean =>
  reason === 'mirror_newer' || reason === 'origin_differs';
