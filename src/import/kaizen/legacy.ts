/**
 * The old outbox of kaizen: a redb file in its place, one that was put aside after a migration, or
 * both; and whether its rows are in the database already, which a digest there tells.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Disk, DiskFailed } from '../../storage/disk.ts';
import type { SourceBusy } from '../plan.ts';
import type { Seen, SourceFile } from '../source-file.ts';
import { digestFile } from '../source-file.ts';
import { migrationDigest } from './merge.ts';
import type { From, OutboxRow } from './outbox-row.ts';
import { redbRow } from './outbox-row.ts';
import type { Redb, RedbDamaged } from './redb.ts';
import { openRedb } from './redb.ts';
import type { Checksum } from './redb-file.ts';
import { Damaged } from './redb-file.ts';

export interface Legacy {
  readonly from: From;
  readonly seen: Seen;
  readonly redb: Redb;
  readonly digest: string;
  readonly isCurrent: () => boolean;
}

/** legacyRows gives the rows of an old outbox in the order of their numbers. */
export function* legacyRows({
  from,
  redb,
}: Pick<Legacy, 'from' | 'redb'>): Generator<OutboxRow, void> {
  for (const { id, bytes } of redb.rows()) yield redbRow(from, id, bytes);
}

const stampOf = (disk: Disk, path: string): string => {
  const stat = disk.stat(path);
  if (E.isLeft(stat) || stat.right === undefined) return '';
  return `${stat.right.identity} ${stat.right.size} ${stat.right.changed}`;
};

/** Undefined where pages that were proved are no longer what they were: somebody writes to it. */
const digestOf = (legacy: Pick<Legacy, 'from' | 'redb'>): string | undefined => {
  try {
    return migrationDigest(legacyRows(legacy));
  } catch (thrown) {
    if (thrown instanceof Damaged) return undefined;
    throw thrown;
  }
};

/** openLegacy opens an old outbox. */
export const openLegacy = (
  disk: Disk,
  source: SourceFile,
  from: From,
  checksum: Checksum,
): E.Either<DiskFailed | RedbDamaged | SourceBusy, Legacy> => {
  const stamp = stampOf(disk, source.path);
  const seen = digestFile(disk, source);
  if (E.isLeft(seen)) return seen;
  const redb = openRedb(disk, source, checksum);
  if (E.isLeft(redb)) return redb;
  const digest = digestOf({ from, redb: redb.right });
  if (digest === undefined) {
    redb.right.close();
    return E.left({ _tag: 'SourceBusy', path: source.path });
  }
  const isCurrent = (): boolean => stampOf(disk, source.path) === stamp;
  return E.right({ from, seen: seen.right, redb: redb.right, digest, isCurrent });
};
