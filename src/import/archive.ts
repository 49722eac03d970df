/**
 * Putting a source aside once the ledger holds it: its files get other names beside the old ones,
 * so that the other tool finds them no more and nothing is lost. All of them are on their way
 * before the first has its last name:
 *
 *     kaizen.db                                    as it was
 *     kaizen.db.importing-kaizen-4f0c…             on its way
 *     kaizen.db.imported-kaizen-4f0c…              where all of them were on their way
 *
 * The digits are those of the event that sealed the import, which names every file with its digest.
 * A crash leaves the first name or the second, or the second and the third: where there is one of
 * the second kind a part of the source is missing, and what is left is no source.
 */
import * as E from 'fp-ts/lib/Either.js';
import { dirname } from 'node:path';
import type { Disk, DiskFailed, Done } from '../storage/disk.ts';
import type { Plan, SourceBusy } from './plan.ts';
import type { Seen } from './source-file.ts';
import { digestFile } from './source-file.ts';

/** Nothing was renamed: what stands there is not what such a step leaves. */
export interface ArchiveRefused {
  readonly _tag: 'ArchiveRefused';
  /**
   * An archive that was `begun` is to be ended first, by a ledger to which it is not `unknown`;
   * a file `stands` beside what was put aside of it, or was `changed` on its way.
   */
  readonly reason: 'begun' | 'unknown' | 'stands' | 'changed';
  readonly path: string;
}

/** archiveRefused says so. */
export const archiveRefused = (
  reason: ArchiveRefused['reason'],
  path: string,
): E.Either<ArchiveRefused, never> => E.left({ _tag: 'ArchiveRefused', reason, path });

export type ArchiveError = DiskFailed | ArchiveRefused;

/**
 * What SQLite keeps beside a database belongs to it, and goes first: a database without its log is
 * an earlier one, a log without its database would be written into the next.
 */
const ENDS = ['-wal', '-journal', '-shm', ''];

/** What stands under a name: what was imported, something else, or nothing. */
type Found = 'none' | 'same' | 'other';

interface Member {
  readonly seen: Seen | undefined;
  readonly path: string;
  readonly importing: string;
  readonly imported: string;
  readonly own: Found;
  readonly onWay: Found;
  readonly aside: Found;
}

/** A file with what belongs to it: they go together, or not at all. */
type Group = readonly Member[];

export interface PutAside {
  /** The names that the files have now. */
  readonly archived: readonly string[];
  /** What has the name of a file and is not what was imported. */
  readonly left: readonly string[];
  /** Whether all files have their old names again. */
  readonly isBack: boolean;
}

/** asideName is the name of a file that is put aside, or on its way there. */
const asideName = (path: string, word: string, mark: string): string => `${path}.${word}-${mark}`;

/** What no event names goes along where nothing could be read of it. */
const foundAt = (disk: Disk, path: string, seen: Seen | undefined): Done<Found> => {
  const stat = disk.stat(path);
  if (E.isLeft(stat)) return stat;
  if (stat.right === undefined) return E.right('none');
  const { kind, size } = stat.right;
  if (seen === undefined)
    return E.right(kind !== 'file' || path.endsWith('-shm') || size === 0 ? 'same' : 'other');
  if (kind !== 'file' || size !== seen.bytes) return E.right('other');
  return E.map(({ sha256 }: Seen): Found => (sha256 === seen.sha256 ? 'same' : 'other'))(
    digestFile(disk, { ...seen, path }),
  );
};

const lookAt = (
  disk: Disk,
  names: Pick<Member, 'seen' | 'path' | 'importing' | 'imported'>,
): E.Either<ArchiveError, Member> => {
  const { seen, path, importing, imported } = names;
  const found: Found[] = [];
  for (const name of [path, importing, imported]) {
    const each = foundAt(disk, name, seen);
    if (E.isLeft(each)) return each;
    found.push(each.right);
  }
  const [own = 'none', onWay = 'none', aside = 'none'] = found;
  const isMoved = onWay !== 'none' || aside !== 'none';
  if (onWay === 'other') return archiveRefused('changed', importing);
  if (onWay !== 'none' && aside !== 'none') return archiveRefused('stands', imported);
  if (own !== 'same' || !isMoved) return E.right({ ...names, own, onWay, aside });
  if (seen !== undefined) return archiveRefused('stands', aside === 'none' ? importing : imported);
  // It holds nothing, and goes over nothing.
  return E.right({ ...names, own: 'none', onWay, aside });
};

const lookAtAll = (
  disk: Disk,
  files: readonly Seen[],
  mark: string,
): E.Either<ArchiveError, readonly Group[]> => {
  const byPath = new Map(files.map((seen) => [seen.path, seen]));
  const isBeside = ({ path }: Seen): boolean =>
    ENDS.some((end) => end !== '' && path.endsWith(end) && byPath.has(path.slice(0, -end.length)));
  const groups: Group[] = [];
  for (const { path } of files.filter((seen) => !isBeside(seen))) {
    const group: Member[] = [];
    for (const end of ENDS) {
      const member = lookAt(disk, {
        seen: byPath.get(`${path}${end}`),
        path: `${path}${end}`,
        importing: `${asideName(path, 'importing', mark)}${end}`,
        imported: `${asideName(path, 'imported', mark)}${end}`,
      });
      if (E.isLeft(member)) return member;
      group.push(member.right);
    }
    groups.push(group);
  }
  return E.right(groups);
};

const changedIn = (members: readonly Member[]): readonly string[] =>
  members.filter(({ own }) => own === 'other').map(({ path }) => path);

const syncFolders = (disk: Disk, groups: readonly Group[]): DiskFailed | undefined => {
  for (const folder of new Set(groups.flat().map(({ path }) => dirname(path)))) {
    const synced = disk.syncFolder(folder);
    if (E.isLeft(synced)) return synced.left;
  }
  return undefined;
};

const putAside = (disk: Disk, groups: readonly Group[]): E.Either<DiskFailed, PutAside> => {
  const all = groups.flat();
  const leaving = groups
    .filter((group) => group.every(({ own }) => own !== 'other'))
    .flatMap((group) => group.filter(({ own }) => own === 'same'));
  for (const { path, importing } of leaving) {
    const renamed = disk.rename(path, importing);
    if (E.isLeft(renamed)) return renamed;
  }
  // No last name before every name on the way is on the disk, in whichever folder.
  const unsynced = syncFolders(disk, groups);
  if (unsynced !== undefined) return E.left(unsynced);
  const moving = all.filter((each) => each.onWay === 'same' || leaving.includes(each));
  for (const { importing, imported } of moving) {
    const renamed = disk.rename(importing, imported);
    if (E.isLeft(renamed)) return renamed;
  }
  const failed = syncFolders(disk, groups);
  if (failed !== undefined) return E.left(failed);
  const archived = all.filter((each) => each.aside !== 'none' || moving.includes(each));
  return E.right({
    archived: archived.map(({ imported }) => imported),
    left: changedIn(all),
    isBack: false,
  });
};

/** A file that grew before it went is no new one: with the others it is a source to import anew. */
const isGrown = (group: Group): boolean =>
  group.at(-1)?.onWay === 'none' && group.at(-1)?.aside === 'none' && changedIn(group).length > 0;

const takeBack = (
  disk: Disk,
  groups: readonly Group[],
  grown: readonly Group[],
): E.Either<ArchiveError, PutAside> => {
  const all = groups.flat();
  const left = changedIn(grown.flat());
  const onWay = all.filter((each) => each.onWay !== 'none');
  // A log does not come back to a database that was written to without it.
  const isOver =
    all.some(({ aside }) => aside !== 'none') ||
    onWay.some(({ own }) => own !== 'none') ||
    grown.some((group) => group.some((each) => onWay.includes(each)));
  if (isOver) return archiveRefused('changed', left[0] ?? '');
  for (const { path, importing } of onWay.toReversed()) {
    const renamed = disk.rename(importing, path);
    if (E.isLeft(renamed)) return renamed;
  }
  const failed = syncFolders(disk, groups);
  return failed === undefined ? E.right({ archived: [], left, isBack: true }) : E.left(failed);
};

/** archive puts the files of a plan aside; those that changed since are no longer what it saw. */
export const archive = (
  disk: Disk,
  { files }: Pick<Plan, 'files'>,
  mark: string,
): E.Either<ArchiveError | SourceBusy, PutAside> => {
  const groups = lookAtAll(disk, files, mark);
  if (E.isLeft(groups)) return groups;
  const changed = groups.right
    .flat()
    .find(({ seen, own }) => own === 'other' || (seen !== undefined && own !== 'same'));
  return changed === undefined
    ? putAside(disk, groups.right)
    : E.left({ _tag: 'SourceBusy', path: changed.path });
};

/** endArchive puts aside what is left of an archive that was begun, or takes back all of it. */
export const endArchive = (
  disk: Disk,
  files: readonly Seen[],
  mark: string,
): E.Either<ArchiveError, PutAside> => {
  const groups = lookAtAll(disk, files, mark);
  if (E.isLeft(groups)) return groups;
  const grown = groups.right.filter(isGrown);
  return grown.length === 0 ? putAside(disk, groups.right) : takeBack(disk, groups.right, grown);
};

/** archivedNames are the names of a source of which all was put aside; undefined if it was not. */
export const archivedNames = (
  disk: Disk,
  files: readonly Seen[],
  mark: string,
): E.Either<ArchiveError, readonly string[] | undefined> =>
  E.chainW((groups: readonly Group[]): E.Either<ArchiveError, readonly string[] | undefined> => {
    const all = groups.flat();
    // Whoever had it open goes on writing to it, whatever its name.
    const changed = all.find(({ aside }) => aside === 'other');
    if (changed !== undefined) return archiveRefused('changed', changed.imported);
    const isWhole = all.every(
      ({ seen, own, aside }) => own === 'none' && (seen === undefined || aside === 'same'),
    );
    const names = all.flatMap(({ aside, imported }) => (aside === 'none' ? [] : imported));
    return E.right(isWhole ? names : undefined);
  })(lookAtAll(disk, files, mark));
