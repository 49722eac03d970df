/**
 * A database of another tool, read from a private copy: what the tool has open, and what lies in
 * its -wal, stays as it is. Its schema is not trusted.
 */
import type Sqlite from 'better-sqlite3';
import * as E from 'fp-ts/lib/Either.js';
import { attempt } from '../storage/attempt.ts';
import type { DatabaseFailed } from '../storage/database.ts';
import { NO_COPY } from '../storage/database.ts';
import type { PrivateCopy } from '../storage/private-copy.ts';
import { failed, openFile } from '../storage/sqlite.ts';

export interface ForeignDatabase {
  readonly path: string;
  readonly sqlite: Sqlite.Database;
  /** What SQLite says of its pages where they do not hold together: rows may be missing. */
  readonly trouble: string | undefined;
  /** Whether the original is still what was copied. */
  readonly isCurrent: () => boolean;
  readonly close: () => void;
}

/** openForeign copies a database and opens the copy. */
export const openForeign = (
  path: string,
  takeCopy: (path: string) => PrivateCopy | undefined,
): E.Either<DatabaseFailed, ForeignDatabase> => {
  const copy = takeCopy(path);
  if (copy === undefined) return failed(path, NO_COPY);
  const opened = openFile(copy.path, { fileMustExist: true });
  const ready = E.chain((sqlite: Sqlite.Database) =>
    attempt(path, () => {
      sqlite.pragma('trusted_schema = OFF');
      sqlite.pragma('cell_size_check = ON');
      return { sqlite, said: String(sqlite.pragma('quick_check(1)', { simple: true })) };
    }),
  )(opened);
  if (E.isLeft(ready)) {
    if (E.isRight(opened)) opened.right.close();
    copy.forget();
    return failed(path, ready.left.code);
  }
  const { sqlite, said } = ready.right;
  return E.right({
    path,
    sqlite,
    trouble: said === 'ok' ? undefined : said,
    isCurrent: copy.isCurrent,
    close: () => {
      sqlite.close();
      copy.forget();
    },
  });
};

/** columnsOf lists the columns of a table; none where there is no such table. */
export const columnsOf = (
  { sqlite, path }: ForeignDatabase,
  table: string,
): ReadonlySet<string> => {
  const names = attempt(path, () => {
    const kind = sqlite.prepare('SELECT type FROM sqlite_schema WHERE name = ?').pluck().get(table);
    if (kind !== 'table') return [];
    return sqlite.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[];
  });
  return new Set(E.isRight(names) ? names.right : []);
};
