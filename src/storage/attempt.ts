/**
 * Calls of SQLite, whose errors are thrown, as data. Whatever else is thrown is a mistake of ours
 * and goes on.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Answer } from './database.ts';

const codeOf = (thrown: unknown): string => {
  const isOfSqlite = thrown instanceof Error && thrown.name === 'SqliteError' && 'code' in thrown;
  if (!isOfSqlite || typeof thrown.code !== 'string') throw thrown;
  return thrown.code;
};

/** MirrorDamaged is thrown where rows do not hold together, as SQLite does where pages do not. */
export class MirrorDamaged extends Error {
  override readonly name = 'SqliteError';
  readonly code = 'SQLITE_CORRUPT';
}

/** attempt runs what may throw an error of SQLite. */
export const attempt = <T>(path: string, run: () => T): Answer<T> => {
  try {
    return E.right(run());
  } catch (thrown) {
    return E.left({ _tag: 'DatabaseFailed', path, code: codeOf(thrown) });
  }
};
