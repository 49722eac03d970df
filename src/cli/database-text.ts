/**
 * What to do about a database that fails: that depends on which, and on what is wrong.
 */
import type { DatabaseFailed } from '../storage/database.ts';

export const REPLAY = 'Run ledger replay: it makes the mirror anew from the journal.';
export const RIGHTS = 'Run it as the owner of the ledger, where it can be written.';
/** It is missing, or is one that whoever asks may not open. */
const OPEN = `${REPLAY} Where that says the same, run it as the owner of the ledger.`;
/** A lock holds nothing that could be lost. */
const LOCK = 'Move it away while nobody writes: the next writer makes another one.';

/** What SQLite says of a file, or its folder, that whoever asks may only read. */
const UNWRITABLE = /^SQLITE_(?:PERM|READONLY(?:_DIRECTORY|_CANTINIT)?)$/;
/** What it says of one that is no database, or a broken one. */
const BROKEN = /^(?:NOT_A_FILE$|SQLITE_(?:NOTADB|CORRUPT))/;

/** databaseNext says what to do. */
export const databaseNext = ({ code, path }: DatabaseFailed): string => {
  if (code.startsWith('SQLITE_BUSY') || code === 'REPLACED') return 'Run it again.';
  const isLock = path.endsWith('.lock.db');
  if (isLock && BROKEN.test(code)) return LOCK;
  if (isLock || UNWRITABLE.test(code)) return RIGHTS;
  return code === 'SQLITE_CANTOPEN' ? OPEN : REPLAY;
};
