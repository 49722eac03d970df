/**
 * What can only be judged once nothing moves any more: an unfinished line, a mirror that ends
 * elsewhere than the journal, and one that somebody is making anew. A writer may be about to put
 * all of it right.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { claimAt } from '../storage/mirror/claim.ts';
import { newMirror } from '../storage/rebuild.ts';
import { segmentName } from '../storage/segment.ts';
import type { Tail, Verified } from './journal.ts';
import type { Looking } from './mirror-check.ts';
import type { ReportFinding } from './report.ts';
import { found } from './report.ts';

/** How long nothing must have moved. */
const STILL_MS = 2000;
const LOOK_MS = 50;

/** Waits until something holds, or until nothing has moved for a while. */
const settles = async (look: () => boolean, moved: () => string): Promise<boolean> => {
  let [seen, still] = [moved(), 0];
  while (!look()) {
    if (still >= STILL_MS) return false;
    await setTimeout(LOOK_MS);
    const now = moved();
    still = now === seen ? still + LOOK_MS : 0;
    seen = now;
  }
  return true;
};

const sizeNow = ({ ports, layout }: Looking, segment: string): number => {
  const stat = ports.disk.stat(`${layout.journal}/${segment}`);
  return E.isRight(stat) ? (stat.right?.size ?? 0) : 0;
};

/** isStill tells whether a tail stands as it was seen, once nothing moves any more. */
export const isStill = async (by: Looking, { place, length }: Tail): Promise<boolean> => {
  const now = (): number => sizeNow(by, place.segment);
  const end = place.offset + length;
  return !(await settles(
    () => now() !== end,
    () => String(now()),
  ));
};

const seenAt = ({ ports }: Looking, path: string): string => {
  const stat = ports.disk.stat(path);
  return E.isLeft(stat) || stat.right === undefined
    ? ''
    : `${stat.right.identity} ${stat.right.size} ${stat.right.changed}`;
};

/** mirrorFile tells which file the mirror is: one that was made anew is another one. */
export const mirrorFile = ({ ports, layout }: Looking): string | undefined => {
  const stat = ports.disk.stat(layout.mirror);
  return E.isLeft(stat) ? undefined : stat.right?.identity;
};

/** What is written on the way to another mirror: itself, and segments that lose a payload. */
const inTheMaking = (by: Looking): string => {
  const { torn } = by.layout;
  const made = newMirror(by.layout);
  const set = by.ports.disk.list(torn);
  const segments = E.isLeft(set) ? [] : set.right.filter((name) => name.endsWith('.new'));
  const paths = [made, `${made}-wal`, ...segments.map((name) => join(torn, name))];
  return paths.map((path) => seenAt(by, path)).join('');
};

/**
 * isMadeAnew: whether the mirror is another file than before, or becomes one while somebody is
 * seen to make it. What was found against the old one is of no account then.
 */
export const isMadeAnew = async (by: Looking, before: string | undefined): Promise<boolean> => {
  const isOther = (): boolean => mirrorFile(by) !== before;
  return inTheMaking(by) === '' ? isOther() : settles(isOther, () => inTheMaking(by));
};

/** What the mirror claims; it is asked again only where its files changed. */
const claimReader = (by: Looking) => {
  let [seen, claim] = ['', claimAt({ ...by, ...by.ports })];
  return (isFresh = false) => {
    const now = ['', '-wal'].map((end) => seenAt(by, `${by.layout.mirror}${end}`)).join();
    if (now !== seen || isFresh) claim = claimAt({ ...by, ...by.ports });
    seen = now;
    return E.isRight(claim) ? claim.right : { size: 0, end: undefined };
  };
};

/**
 * sizeFindings: a mirror that ends elsewhere than the journal, once nothing moves any more. What
 * one claims counts also where the rest of it cannot be read.
 */
export const sizeFindings = async (
  by: Looking,
  { state: { seq, lines }, place, tail }: Verified,
  isReadable: boolean,
): Promise<readonly ReportFinding[]> => {
  // Where lines stand out of their order these are two, and what lies between says nothing.
  const [least, most] = [Math.min(seq, lines), Math.max(seq, lines)];
  const claim = claimReader(by);
  if (isReadable)
    await settles(
      () => (claim().end?.size ?? 0) >= least,
      () => JSON.stringify(claim()),
    );
  // Two changes may bear the same time.
  const { size, end } = claim(true);
  if (size > most) {
    // A writer may have gone on since; then the journal is as long as the mirror says, and longer
    // than it was when it was read.
    const segment = segmentName(end?.segment ?? 0);
    const offset = end?.offset ?? 0;
    const read = place.offset + (tail?.length ?? 0);
    const isFurther = segment > place.segment || (segment === place.segment && offset > read);
    const isGoneOn = end?.size === size && isFurther && sizeNow(by, segment) >= offset;
    const about = end === undefined ? {} : { segment, expected: String(offset) };
    return isGoneOn ? [] : [found('mirror_ahead', { seq: most, ...about })];
  }
  if (!isReadable || end === undefined || end.size >= least) return [];
  return [found('mirror_behind', { expected: String(least), actual: String(end.size) })];
};
