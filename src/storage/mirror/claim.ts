/**
 * What a mirror claims to hold, whatever else is wrong with it: the events that it has a row for,
 * or that it says it ends behind. It had them from a journal, so one that ends before has lost some
 * of them, and no mirror is made anew of that.
 */
import * as E from 'fp-ts/lib/Either.js';
import { attempt } from '../attempt.ts';
import { isDamage } from '../damage.ts';
import type { Answer, Database, Databases } from '../database.ts';
import type { Disk } from '../disk.ts';
import type { Layout, Settings } from '../layout.ts';
import type { StorageError } from '../outcome.ts';
import { APPLICATION_ID } from './schema.ts';

interface End {
  readonly size: number;
  /** The first seq of a segment, and an offset in it. */
  readonly segment: number;
  readonly offset: number;
}

export interface Claim {
  readonly size: number;
  /** Where it says that it ends. */
  readonly end: End | undefined;
  /** The checkpoint that it remembers. */
  readonly note: string | undefined;
}

export interface Claimed {
  readonly disk: Disk;
  readonly databases: Databases;
  readonly layout: Layout;
  readonly settings: Settings;
}

const NONE: Claim = { size: 0, end: undefined, note: undefined };

/** What cannot be read for its damage says nothing. */
const unless = <T>(read: Answer<T>, nothing: T): Answer<T> =>
  E.isLeft(read) && isDamage(read.left) ? E.right(nothing) : read;

const ROWS = 'SELECT coalesce(max(seq) + 1, 0) AS size FROM events';
const END = 'SELECT origin, size, segment, offset, note FROM ended';

const isCount = (value: unknown): value is number => typeof value === 'number' && value >= 0;

/** claimOf reads what an open database claims of the ledger of this origin. */
export const claimOf = (
  { sqlite, path }: Database,
  { origin }: Pick<Settings, 'origin'>,
): Answer<Claim> => {
  const ask = (sql: string): Answer<Readonly<Record<string, unknown>>> =>
    unless(
      attempt(path, () => (sqlite.prepare(sql).get() ?? {}) as Readonly<Record<string, unknown>>),
      {},
    );
  const id = unless(
    attempt(path, () => sqlite.pragma('application_id', { simple: true })),
    undefined,
  );
  if (E.isLeft(id)) return id;
  if (id.right !== APPLICATION_ID) return E.right(NONE);
  const rows = ask(ROWS);
  if (E.isLeft(rows)) return rows;
  const end = ask(END);
  if (E.isLeft(end)) return end;
  const { origin: of = origin, size, segment, offset, note } = end.right;
  if (of !== origin) return E.right(NONE);
  const sizes = [rows.right['size'], size].filter(isCount);
  const isEnd = isCount(size) && isCount(segment) && isCount(offset);
  return E.right({
    size: Math.max(0, ...sizes),
    end: isEnd ? { size, segment, offset } : undefined,
    note: typeof note === 'string' ? note : undefined,
  });
};

/**
 * heardOf opens the mirror in its place, reads its claim and asks it more, all in one state; where
 * it cannot be read it says nothing.
 */
export const heardOf = <T>(
  { disk, databases, layout, settings }: Claimed,
  ask: (database: Database, claim: Claim) => T,
  nothing: T,
): E.Either<StorageError, readonly [Claim, T]> => {
  const path = layout.mirror;
  const none = [NONE, nothing] as const;
  const there = disk.stat(path);
  if (E.isLeft(there)) return there;
  if (there.right === undefined) return E.right(none);
  const opened = databases.open(path, 'read');
  if (E.isLeft(opened)) return unless<typeof none>(opened, none);
  const database = opened.right;
  const begun = unless(database.begin(), undefined);
  const claim = E.isLeft(begun) ? begun : claimOf(database, settings);
  const heard = E.map(
    (told: Claim) =>
      [told, E.getOrElse(() => nothing)(attempt(path, () => ask(database, told)))] as const,
  )(claim);
  database.close();
  return heard;
};

/** claimAt reads the claim alone. */
export const claimAt = (by: Claimed): E.Either<StorageError, Claim> =>
  E.map(([claim]: readonly [Claim, undefined]) => claim)(heardOf(by, () => undefined, undefined));
