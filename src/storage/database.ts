/**
 * The databases of a ledger: SQLite, with what decides whether something is durable taken apart
 * from it, so that power can be lost in a test at any of those moments.
 */
import type { Either } from 'fp-ts/lib/Either.js';
import type Sqlite from 'better-sqlite3';

/** The code of a database that cannot be read where it lies, nor be copied from there. */
export const NO_COPY = 'NO_COPY';

export interface DatabaseFailed {
  readonly _tag: 'DatabaseFailed';
  readonly path: string;
  /** Such as `SQLITE_BUSY`; `REPLACED` where another file bears the name by now. */
  readonly code: string;
}

export type Answer<T> = Either<DatabaseFailed, T>;

export interface Database {
  readonly path: string;
  /** For statements; never for BEGIN, COMMIT and ROLLBACK. */
  readonly sqlite: Sqlite.Database;
  /**
   * Takes the right to write; a reader sees one state from then on, until it rolls back. Fails
   * where the path names another file than the one opened.
   */
  readonly begin: () => Answer<void>;
  /** What was written since is durable when it returns. */
  readonly commit: () => Answer<void>;
  readonly rollback: () => void;
  /** Whether the path still names what was opened. */
  readonly isCurrent: () => boolean;
  readonly close: () => void;
}

export interface Databases {
  /** Never creates. A reader sees what is committed, and may look on while another writes. */
  readonly open: (path: string, mode: 'read' | 'write') => Answer<Database>;
  /** Makes an empty one where no file is. */
  readonly create: (path: string) => Answer<Database>;
}

export interface Locked {
  readonly _tag: 'Locked';
  readonly path: string;
  readonly waitedMs: number;
  /** Whoever holds it, as far as it told. */
  readonly holder?: { readonly pid: number; readonly host: string };
  /** The destination that is being delivered to, where that is all that is held. */
  readonly lease?: string;
}

export interface Hold {
  /** Whether the lock's path still names the file that is locked. */
  readonly isGood: () => boolean;
  readonly release: () => void;
}

/** How long a writer waits for another one, where nobody says. */
export const LOCK_WAIT_MS = 30_000;

/** Mutual exclusion between writers, wherever they run on this machine. */
export interface WriterLock {
  readonly take: (folder: string, waitMs: number) => Promise<Either<Locked | DatabaseFailed, Hold>>;
  /** Lets go of what is open of it there; what is held stays held until it is released. */
  readonly leave: (folder: string) => void;
}
