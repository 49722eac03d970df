/**
 * A database of another tool, read from a private copy: what the tool has open, and what lies in
 * its -wal, stays as it is. Its schema is not trusted.
 */
import type Sqlite from 'better-sqlite3';
import * as E from 'fp-ts/lib/Either.js';
import { basename } from 'node:path';
import { attempt } from '../storage/attempt.ts';
import type { Disk, DiskFailed, Done } from '../storage/disk.ts';
import type { PrivateCopy, TakeCopy } from '../storage/private-copy.ts';
import { openFile } from '../storage/sqlite.ts';
import type { SourceBusy } from './plan.ts';
import { cutText } from './room.ts';
import type { Seen, SourceFile } from './source-file.ts';
import { digestFile, sourceFile } from './source-file.ts';
import type { LogRead } from './write-ahead-log.ts';
import { readLog } from './write-ahead-log.ts';

export interface ForeignDatabase {
  readonly path: string;
  readonly sqlite: Sqlite.Database;
  /** What does not hold, of its log, or of its pages as SQLite has it: rows may be missing. */
  readonly trouble: string | undefined;
  /** What cannot be told of the end of its log. */
  readonly unproved: readonly string[];
  /** Whether the original is still what was copied. */
  readonly isCurrent: () => boolean;
  readonly close: () => void;
}

/** A database with the files that it was read from; or why it cannot be read. */
export interface Opened {
  readonly files: readonly Seen[];
  readonly database: E.Either<string, ForeignDatabase>;
}

/** What SQLite keeps beside a database is read with it. */
const ENDS = ['', '-wal', '-journal'];

/** The files of a copy under the names of those that were copied. */
const seenIn = (disk: Disk, copy: string, path: string): Done<readonly Seen[]> => {
  const files: Seen[] = [];
  for (const end of ENDS) {
    const source = sourceFile(disk, `${copy}${end}`);
    if (E.isLeft(source)) return source;
    if (source.right === undefined || (end !== '' && source.right.bytes === 0)) continue;
    const seen = digestFile(disk, source.right);
    if (E.isLeft(seen)) return seen;
    const original = `${path}${end}`;
    files.push({ ...seen.right, path: original, name: basename(original) });
  }
  return E.right(files);
};

type Told = Pick<ForeignDatabase, 'trouble' | 'unproved'>;

/** What is wrong with the log of a copy, before SQLite brings it into the database. */
const inLog = (disk: Disk, copy: string, path: string): Done<Told> => {
  const log = sourceFile(disk, `${copy}-wal`);
  if (E.isLeft(log)) return log;
  if (log.right === undefined) return E.right({ trouble: undefined, unproved: [] });
  const name = `${basename(path)}-wal`;
  return E.map(({ damage, unproved }: LogRead): Told => ({
    trouble: damage && `${name}: ${damage}`,
    unproved: unproved === undefined ? [] : [`that ${name} ${unproved}`],
  }))(readLog(disk, log.right));
};

/**
 * `cell_size_check` stays off: SQLite would refuse a page that it marks when it reads it, and give
 * its rows once the page is in memory, so that no two readings agree. What it marks is told here.
 */
const openCopy = (
  path: string,
  copy: PrivateCopy,
  { trouble, unproved }: Told,
): E.Either<string, ForeignDatabase> => {
  const opened = openFile(copy.path, { fileMustExist: true });
  const ready = E.chain((sqlite: Sqlite.Database) =>
    attempt(path, () => {
      sqlite.pragma('trusted_schema = OFF');
      return { sqlite, said: String(sqlite.pragma('quick_check(1)', { simple: true })) };
    }),
  )(opened);
  if (E.isLeft(ready)) {
    if (E.isRight(opened)) opened.right.close();
    copy.forget();
    return E.left([ready.left.code, ...(trouble === undefined ? [] : [trouble])].join('; '));
  }
  const { sqlite, said } = ready.right;
  return E.right({
    path,
    sqlite,
    trouble: trouble ?? (said === 'ok' ? undefined : said),
    unproved,
    isCurrent: copy.isCurrent,
    close: () => {
      sqlite.close();
      copy.forget();
    },
  });
};

/** openForeign copies a database and opens the copy; its digest is that of what is read. */
export const openForeign = (
  disk: Disk,
  source: SourceFile,
  takeCopy: TakeCopy,
): E.Either<SourceBusy | DiskFailed, Opened> => {
  const { path } = source;
  const copy = takeCopy(path);
  if (E.isRight(copy)) {
    const files = seenIn(disk, copy.right.path, path);
    const opened = E.chain((seen: readonly Seen[]) =>
      E.map((told: Told): Opened => ({
        files: seen,
        database: openCopy(path, copy.right, told),
      }))(inLog(disk, copy.right.path, path)),
    )(files);
    if (E.isLeft(opened)) copy.right.forget();
    return opened;
  }
  switch (copy.left._tag) {
    case 'DiskFailed':
      return E.left(copy.left);
    case 'Changing':
      return E.left({ _tag: 'SourceBusy', path });
    case 'NotAFile': {
      const stranger = `${basename(copy.left.path)} is no plain file`;
      return E.map((seen: Seen): Opened => ({ files: [seen], database: E.left(stranger) }))(
        digestFile(disk, source),
      );
    }
  }
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

/** So many tables, or columns of one, are told one by one. */
const MOST_TOLD = 200;

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

type Left = Readonly<Record<string, number | null>>;

/** Tables that are taken, each with the columns that are. */
type Taken = ReadonlyMap<string, readonly string[]>;

/** The first ones that hold something, and how many more there are. */
const leftOf = (
  names: readonly string[],
  countOf: (name: string) => number | null,
  [before, what]: readonly [string, string],
): Left => {
  const told = names
    .slice(0, MOST_TOLD)
    .map((name) => [cutText(`${before}${name}`), countOf(name)] as const);
  const more = names.length - told.length;
  return Object.fromEntries([
    ...told.filter(([, count]) => count !== 0),
    ...(more > 0 ? [[`and ${more} more ${what}`, null] as const] : []),
  ]);
};

/** Null where they cannot be counted. */
const counted = ({ sqlite, path }: ForeignDatabase, sql: string): number | null => {
  const count = attempt(path, () => sqlite.prepare(sql).pluck().get());
  return E.isRight(count) ? Number(count.right) : null;
};

/** The rows that have something in a column that is not taken. */
const columnsLeft = (database: ForeignDatabase, table: string, taken: readonly string[]): Left => {
  const names = [...columnsOf(database, table)].filter((name) => !taken.includes(name));
  const countOf = (name: string): number | null =>
    counted(database, `SELECT count(${quote(name)}) FROM ${quote(table)}`);
  return leftOf(names.toSorted(), countOf, [`${table}.`, `columns of ${table}`]);
};

/** The rows of tables that are not taken. */
const tablesLeft = (database: ForeignDatabase, taken: Taken): Left => {
  const { sqlite, path } = database;
  const named = attempt(path, () =>
    sqlite
      .prepare(
        `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')
         AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`,
      )
      .pluck()
      .all(),
  );
  const names = E.isRight(named) ? (named.right as readonly string[]) : [];
  const countOf = (name: string): number | null =>
    counted(database, `SELECT count(*) FROM ${quote(name)}`);
  const left = names.filter((name) => !taken.has(name));
  return leftOf(left, countOf, ['', 'tables']);
};

/** leftIn counts what is not taken: rows of other tables, and what stands in other columns. */
export const leftIn = (database: ForeignDatabase, taken: Taken): Left =>
  Object.assign(
    { ...tablesLeft(database, taken) },
    ...Array.from(taken, ([table, columns]) => columnsLeft(database, table, columns)),
  ) as Left;
