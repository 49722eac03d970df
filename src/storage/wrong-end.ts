/**
 * A mirror whose word of its end does not hold, while the journal may be sound: its last line
 * stands elsewhere, or an erasure took out of the journal what the mirror still has.
 */
import * as E from 'fp-ts/lib/Either.js';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { attempt } from './attempt.ts';
import { mayBeMirror } from './damage.ts';
import { holdsErased } from './mirror/erased.ts';
import type { Ended, Mirror } from './mirror/mirror.ts';
import type { StorageError } from './outcome.ts';
import type { Segment } from './segment.ts';
import { listSegments, openSegment, sizeOf } from './segment.ts';
import type { Reading, Sight } from './tail.ts';
import { lastOf, readAt } from './tail.ts';
import { closing } from './whole-file.ts';

/** Whether the journal ends with what the mirror holds last. */
const endsWith = (
  means: Reading,
  mirror: Mirror,
  ended: Ended,
  segments: readonly Segment[],
): boolean => {
  const line = encodeUtf8(`${lastOf(means.crypto, mirror, ended)}\n`);
  for (const segment of segments.toReversed()) {
    const file = openSegment(means.disk, segment, 'read');
    const size = E.isLeft(file) ? file : closing(file.right, sizeOf(file.right));
    if (E.isLeft(size)) return false;
    if (size.right === 0) continue;
    const there = readAt(means, segment, Math.max(0, size.right - line.length), line.length);
    return E.isRight(there) && Buffer.compare(there.right, line) === 0;
  }
  return false;
};

/** wrongEnd tells why such a mirror may be made anew, where it may, and how that must end. */
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
    const isSound = E.isRight(listed) && endsWith(by, mirror, ended, listed.right);
    return isSound ? ['damaged', ended] : undefined;
  };
  return E.getOrElseW(() => undefined)(attempt(by.layout.mirror, look));
};
