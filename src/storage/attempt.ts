/**
 * Calls of SQLite, whose errors are thrown, as data. Whatever else is thrown is a mistake of ours
 * and goes on.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Answer, Database } from './database.ts';
import { denialOf, lackOf } from './handle.ts';
import type { Steps } from './steps.ts';

interface SqliteError extends Error {
  readonly code: string;
}

/** isSqliteError tells errors of SQLite, of whichever copy of the library. */
export const isSqliteError = (thrown: unknown): thrown is SqliteError =>
  thrown instanceof Error &&
  thrown.name === 'SqliteError' &&
  'code' in thrown &&
  typeof thrown.code === 'string';

/** MirrorDamaged is thrown where rows do not hold together, as SQLite does where pages do not. */
export class MirrorDamaged extends Error {
  override readonly name = 'SqliteError';
  readonly code = 'SQLITE_CORRUPT';
}

/** jsonIn reads the JSON of a cell, as a projection of ours has written it. */
export const jsonIn = (cell: unknown): unknown => {
  try {
    return JSON.parse(String(cell)) as unknown;
  } catch {
    throw new MirrorDamaged('a cell holds no JSON');
  }
};

/** A database, its log and what those who read it share; SQLite may have closed some by now. */
const HANDLES = 3;

const filesOf = (path: string): readonly string[] => [path, `${path}-wal`, `${path}-shm`];

/** failedBy makes data of an error of SQLite. */
export const failedBy = (path: string, thrown: unknown): Answer<never> => {
  if (!isSqliteError(thrown)) throw thrown;
  const { code } = thrown;
  const isShut = code === 'SQLITE_CANTOPEN';
  const why = isShut ? (lackOf(HANDLES) ?? denialOf(filesOf(path))) : undefined;
  return E.left({ _tag: 'DatabaseFailed', path, code: why ?? code });
};

/** attempt runs what may throw an error of SQLite. */
export const attempt = <T>(path: string, run: () => T): Answer<T> => {
  try {
    return E.right(run());
  } catch (thrown) {
    return failedBy(path, thrown);
  }
};

/**
 * attemptInOne does so with reads, all of them on one state: what is committed between two of their
 * statements would be in what the second finds and not in what the first did.
 */
export const attemptInOne = <T>({ path, sqlite, rollback }: Database, run: () => T): Answer<T> =>
  attempt(path, () => {
    if (sqlite.inTransaction) return run();
    sqlite.exec('BEGIN');
    try {
      return run();
    } finally {
      rollback();
    }
  });

/** attemptSteps does the same with long work. */
export function* attemptSteps<T>(path: string, work: Steps<T>): Steps<Answer<T>> {
  try {
    return E.right(yield* work);
  } catch (thrown) {
    return failedBy(path, thrown);
  }
}
