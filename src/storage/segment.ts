/**
 * The segments of a journal: files named by the seq of their first event, in 20 digits, so that
 * their names stand in the order of their events.
 *
 *     journal/00000000000000000000.jsonl
 *     journal/00000000000000081734.jsonl      only the last one grows
 *
 * Whatever else lies in the folder, or stands where a segment belongs, is refused.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import type { Disk, DiskFailed, Done, File, Mode, Stat } from './disk.ts';

export interface JournalRefused {
  readonly _tag: 'JournalRefused';
  readonly reason: 'missing' | 'not_a_folder' | 'foreign_name' | 'not_a_file' | 'linked' | 'first';
  readonly path: string;
}

export interface Segment {
  readonly first: number;
  readonly name: string;
  readonly path: string;
}

const DIGITS = 20;
const FORM = /^(\d{20})\.jsonl$/;

/** segmentName names the segment that begins with an event. */
export const segmentName = (first: number): string =>
  `${String(first).padStart(DIGITS, '0')}.jsonl`;

/** parseSegmentName gives the seq of a name, undefined where it is none. */
export const parseSegmentName = (name: string): number | undefined => {
  const first = Number(FORM.exec(name)?.[1]);
  return Number.isSafeInteger(first) ? first : undefined;
};

/** segmentAt gives the segment of a journal that begins with an event. */
export const segmentAt = (journal: string, first: number): Segment => {
  const name = segmentName(first);
  return { first, name, path: join(journal, name) };
};

const refused = (reason: JournalRefused['reason'], path: string): E.Either<JournalRefused, never> =>
  E.left({ _tag: 'JournalRefused', reason, path });

const fault = ({ kind, links }: Stat): JournalRefused['reason'] | undefined => {
  if (kind !== 'file') return 'not_a_file';
  return links === 1 ? undefined : 'linked';
};

/**
 * listSegments gives them in order, where each is a plain file of one name; what they hold is
 * another question.
 */
export const listSegments = (
  disk: Disk,
  journal: string,
): E.Either<JournalRefused | DiskFailed, readonly Segment[]> => {
  const folder = disk.stat(journal);
  if (E.isLeft(folder)) return folder;
  if (folder.right === undefined) return refused('missing', journal);
  if (folder.right.kind !== 'folder') return refused('not_a_folder', journal);
  const names = disk.list(journal);
  if (E.isLeft(names)) return names;
  const segments: Segment[] = [];
  for (const name of names.right) {
    const first = parseSegmentName(name);
    const path = join(journal, name);
    if (first === undefined) return refused('foreign_name', path);
    const stat = disk.stat(path);
    if (E.isLeft(stat)) return stat;
    const reason = stat.right && fault(stat.right);
    if (reason !== undefined) return refused(reason, path);
    segments.push(segmentAt(journal, first));
  }
  const [lowest] = segments;
  return lowest === undefined || lowest.first === 0
    ? E.right(segments)
    : refused('first', lowest.path);
};

/**
 * openSegment opens one: a plain file that has no other name, through which it could be changed
 * unseen.
 */
export const openSegment = (
  disk: Disk,
  { path }: Segment,
  mode: Mode,
): E.Either<JournalRefused | DiskFailed, File> => {
  const before = disk.stat(path);
  if (E.isRight(before) && before.right !== undefined && before.right.kind !== 'file')
    return refused('not_a_file', path);
  const file = disk.open(path, mode);
  if (E.isLeft(file)) return file;
  const stat = file.right.stat();
  const reason = E.isLeft(stat) ? undefined : fault(stat.right);
  if (E.isRight(stat) && reason === undefined) return file;
  file.right.close();
  return E.isLeft(stat) ? stat : refused(reason ?? 'not_a_file', path);
};

/** sizeOf gives the length of an open file. */
export const sizeOf = (file: File): Done<number> => E.map(({ size }: Stat) => size)(file.stat());
