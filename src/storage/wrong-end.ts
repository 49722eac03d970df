/**
 * A mirror whose word of its end does not hold, while the journal may be sound: its last line
 * stands elsewhere, whatever follows on it there, or an erasure took out of the journal what the
 * mirror still has.
 */
import * as E from 'fp-ts/lib/Either.js';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { attempt } from './attempt.ts';
import { mayBeMirror } from './damage.ts';
import { holdsErased } from './mirror/erased.ts';
import type { Ended, Mirror } from './mirror/mirror.ts';
import type { Corrupt, StorageError } from './outcome.ts';
import { linesOf } from './line-reader.ts';
import type { Segment } from './segment.ts';
import { listSegments, openSegment, sizeOf } from './segment.ts';
import type { Reading, Sight } from './tail.ts';
import { lastOf, meets } from './tail.ts';

/** Whether the journal has, in the segment where it belongs, what the mirror holds last. */
const hasLast = (
  { crypto, disk }: Reading,
  mirror: Mirror,
  ended: Ended,
  segments: readonly Segment[],
): boolean => {
  const segment = segments.findLast(({ first }) => first < ended.size);
  if (segment === undefined) return false;
  const last = encodeUtf8(`${lastOf(crypto, mirror, ended)}\n`);
  const file = openSegment(disk, segment, 'read');
  if (E.isLeft(file)) return false;
  try {
    const size = sizeOf(file.right);
    if (E.isLeft(size)) return false;
    for (const line of linesOf(file.right, 0, size.right))
      if (E.isRight(line) && Buffer.compare(line.right.bytes, last) === 0) return true;
    return false;
  } finally {
    file.right.close();
  }
};

/** wrongEnd tells why such a mirror may be made anew, where it may, and of what end. */
export const wrongEnd = (
  by: Sight,
  mirror: Mirror,
  error: StorageError,
): readonly ['half_erased' | 'damaged', Ended] | undefined => {
  if (!mayBeMirror(error)) return undefined;
  const look = (): readonly ['half_erased' | 'damaged', Ended] | undefined => {
    const ended = mirror.ended();
    if (ended === undefined) return undefined;
    if (holdsErased(mirror.database)) return ['half_erased', ended];
    const listed = listSegments(by.disk, by.layout.journal);
    const isSound = E.isRight(listed) && hasLast(by, mirror, ended, listed.right);
    return isSound ? ['damaged', ended] : undefined;
  };
  return E.getOrElseW(() => undefined)(attempt(by.layout.mirror, look));
};

/**
 * otherHistory tells of a mirror that is sound where it ends, with a last event that the journal
 * has nowhere: whichever of the two is the wrong one, what the other holds was acknowledged.
 */
export const otherHistory = (
  by: Sight,
  mirror: Mirror,
  segments: readonly Segment[],
): Corrupt | undefined => {
  const ended = mirror.ended();
  if (ended === undefined) return undefined;
  const met = E.flatten(attempt(by.layout.mirror, () => meets(by, mirror, ended, segments)));
  if (E.isRight(met) || met.left._tag !== 'Corrupt') return undefined;
  return mayBeMirror(met.left) && wrongEnd(by, mirror, met.left) === undefined
    ? met.left
    : undefined;
};
