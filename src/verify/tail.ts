/**
 * A tail that a crash may have left behind the last line. Where the next append sets it aside, the
 * audit judges the journal that stands before it; all else that is no line is tampered with.
 */
import * as E from 'fp-ts/lib/Either.js';
import { finish } from '../../ledger/chain/verify.ts';
import { TAIL_BYTES } from '../storage/layout.ts';
import type { StorageError } from '../storage/outcome.ts';
import type { BadTail } from '../storage/roll.ts';
import { listSegments, parseSegmentName, segmentAt } from '../storage/segment.ts';
import type { Heard } from '../storage/tail.ts';
import { hear, mayGo } from '../storage/tail.ts';
import type { Told } from './crew.ts';
import type { FirstBad } from './fold.ts';
import type { Tail, Verified } from './journal.ts';
import type { Looking } from './mirror-check.ts';
import type { ReportFinding } from './report.ts';
import { found, isOfOthers } from './report.ts';
import { isStill } from './still.ts';

export interface Ending {
  /** The journal as it was read, or as the next append leaves it. */
  readonly verified: Verified;
  readonly findings: readonly ReportFinding[];
  /** Whether the mirror knows a line where there is none: more need not be said of its size. */
  readonly isLost: boolean;
}

interface Decided {
  readonly goes: boolean;
  readonly known: Heard;
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
  const heard = hear({ ...by, ...ports });
  if (E.isLeft(heard)) return heard;
  const known = heard.right;
  return E.map((goes: boolean): Decided => ({ goes, known }))(
    mayGo(sight, segments.right, bad, known),
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
const stays = (tail: Tail, seq: number, known: Heard | undefined): ReportFinding => {
  const { place, length } = tail;
  if (known !== undefined && known.size > seq) {
    const about = known.end === undefined ? {} : { expected: String(known.end.offset) };
    return found('mirror_ahead', { seq, ...place, ...about });
  }
  const code = length > TAIL_BYTES ? 'line_too_long' : 'line_not_terminated';
  return { code, severity: 'tampered', seq, ...place, actual: String(length) };
};

/**
 * heldUp tells of a tail that nobody sets aside while the mirror is one of others: it waits, and
 * the mirror is what is wrong.
 */
export const heldUp = (
  ends: readonly ReportFinding[],
  ofMirror: readonly ReportFinding[],
): readonly ReportFinding[] =>
  ofMirror.some(isOfOthers)
    ? ends.map((each) => (each.code === 'tail_torn' ? { ...each, severity: 'warning' } : each))
    : ends;

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
  const known = E.isRight(decided) ? decided.right.known : undefined;
  const told = isGone ? torn(tail) : stays(tail, state.lines, known);
  return E.right({ verified, findings: [told], isLost: told.code === 'mirror_ahead' });
};
