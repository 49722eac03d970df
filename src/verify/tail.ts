/**
 * A tail that a crash may have left behind the last line. Where the next append sets it aside, the
 * audit judges the journal that stands before it; all else that is no line is tampered with.
 */
import * as E from 'fp-ts/lib/Either.js';
import { finish } from '../../ledger/chain/verify.ts';
import { attempt } from '../storage/attempt.ts';
import { TAIL_BYTES } from '../storage/layout.ts';
import type { Claim } from '../storage/mirror/claim.ts';
import { claimAt } from '../storage/mirror/claim.ts';
import type { StorageError } from '../storage/outcome.ts';
import type { BadTail } from '../storage/roll.ts';
import type { Segment } from '../storage/segment.ts';
import { listSegments, parseSegmentName, segmentAt } from '../storage/segment.ts';
import type { Known, Sight } from '../storage/tail.ts';
import { isMet, mayGo } from '../storage/tail.ts';
import type { Told } from './crew.ts';
import type { FirstBad } from './fold.ts';
import type { Tail, Verified } from './journal.ts';
import type { Looking } from './mirror-check.ts';
import { openToRead } from './mirror-check.ts';
import type { ReportFinding } from './report.ts';
import { found } from './report.ts';
import { isStill } from './still.ts';

export interface Ending {
  /** The journal as it was read, or as the next append leaves it. */
  readonly verified: Verified;
  readonly findings: readonly ReportFinding[];
  /** Whether the mirror knows a line where there is none: more need not be said of its size. */
  readonly isLost: boolean;
}

/** What the mirror knows of the journal, whether or not the rest of it is to be looked at. */
const hear = (by: Looking, sight: Sight, segments: readonly Segment[], claim: Claim): Known => {
  const nothing = { size: claim.size, isMet: false };
  const mirror = openToRead(by);
  if (E.isLeft(mirror)) return nothing;
  const heard = attempt(by.layout.mirror, (): Known => {
    const met = isMet(sight, mirror.right, mirror.right.ended(), segments);
    return { size: claim.size, isMet: met };
  });
  mirror.right.database.close();
  return E.isRight(heard) ? heard.right : nothing;
};

interface Decided {
  readonly goes: boolean;
  readonly claim: Claim;
}

const decide = (
  by: Looking,
  { state: { lines: seq }, place, findings }: Omit<FirstBad, 'isOwing'>,
  bytes: number,
): E.Either<StorageError, Decided> => {
  const { ports, layout } = by;
  const segments = listSegments(ports.disk, layout.journal);
  if (E.isLeft(segments)) return segments;
  const segment = segmentAt(layout.journal, parseSegmentName(place.segment) ?? 0);
  const bad: BadTail = { segment, offset: place.offset, bytes, seq, findings };
  const sight = { ...ports, layout };
  const claimed = claimAt({ ...by, ...ports });
  if (E.isLeft(claimed)) return claimed;
  const claim = claimed.right;
  return E.map((goes: boolean): Decided => ({ goes, claim }))(
    mayGo(sight, segments.right, bad, hear(by, sight, segments.right, claim)),
  );
};

const torn = ({ place: { segment, offset, line }, length }: Tail): ReportFinding =>
  found('tail_torn', { segment, offset, line, actual: `${length} bytes` });

/** The journal up to its first line that is none: that is all there is against it. */
const before = (by: Looking, verified: Verified, bad: FirstBad): Verified | undefined => {
  const { place, state } = bad;
  if (bad.isOwing || place.segment !== verified.place.segment) return undefined;
  const first = verified.findings.findIndex(({ finding }) => finding.severity !== 'warning');
  const at = verified.findings[first]?.place;
  if (at?.segment !== place.segment || at.offset !== place.offset) return undefined;
  const end = verified.place.offset + (verified.tail?.length ?? 0);
  const { findings, notProved } = finish({ ...by.ports, history: verified.past }, state);
  const unmet = findings.filter(({ code }) => code !== 'withheld_not_erased');
  return {
    ...verified,
    state,
    place,
    end: place,
    notProved,
    findings: [...verified.findings.slice(0, first), ...unmet.map((finding) => ({ finding }))],
    more: 0,
    bytes: verified.bytes - (verified.place.offset - place.offset),
    tail: { place, length: end - place.offset },
  };
};

/** What is against a tail that stays. */
const stays = (tail: Tail, seq: number, claim: Claim | undefined): ReportFinding => {
  const { place, length } = tail;
  if (claim !== undefined && claim.size > seq) {
    const about = claim.end === undefined ? {} : { expected: String(claim.end.offset) };
    return found('mirror_ahead', { seq, ...place, ...about });
  }
  const code = length > TAIL_BYTES ? 'line_too_long' : 'line_not_terminated';
  return { code, severity: 'tampered', seq, ...place, actual: String(length) };
};

/** endingOf judges what stands behind the last line that is one. */
export const endingOf = async (by: Looking, verified: Verified): Promise<Told<Ending>> => {
  const { firstBad, tail, state, left } = verified;
  const asRead = E.right({ verified, findings: [], isLost: false });
  if (left !== undefined) return asRead;
  const cut = firstBad && before(by, verified, firstBad);
  if (firstBad !== undefined && cut?.tail !== undefined) {
    const decided = decide(by, firstBad, cut.tail.length);
    if (E.isRight(decided) && decided.right.goes)
      return (await isStill(by, cut.tail))
        ? E.right({ verified: cut, findings: [torn(cut.tail)], isLost: false })
        : E.left({ _tag: 'SegmentMoved', path: by.layout.journal });
  }
  if (tail === undefined || !(await isStill(by, tail))) return asRead;
  const decided = decide(by, { state, place: tail.place, findings: [] }, tail.length);
  const isGone = E.isRight(decided) && decided.right.goes;
  const claim = E.isRight(decided) ? decided.right.claim : undefined;
  const told = isGone ? torn(tail) : stays(tail, state.lines, claim);
  return E.right({ verified, findings: [told], isLost: told.code === 'mirror_ahead' });
};
