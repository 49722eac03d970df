/**
 * Verifying a journal: all segments, as long as they were when it began, as the fold of the kernel
 * over their lines would, and what is found with the place where it is.
 *
 * A writer may append meanwhile. What stands unterminated at the end of the last segment is told,
 * not judged: it may be a line that is being written.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { ChainState, Held } from '../../ledger/chain/state.ts';
import { begin } from '../../ledger/chain/state.ts';
import type { NotProved } from '../../ledger/chain/verify.ts';
import { finish } from '../../ledger/chain/verify.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { Origin } from '../../ledger/name.ts';
import type { Disk } from '../storage/disk.ts';
import type { Segment } from '../storage/segment.ts';
import { listSegments, openSegment } from '../storage/segment.ts';
import type { Crew, Hire, Seen, Told } from './crew.ts';
import { alone } from './crew.ts';
import type { FirstBad, Located, OnLine, Place, Run } from './fold.ts';
import { locatedOf } from './fold.ts';
import type { Past } from './past.ts';
import { pastOf } from './past.ts';
import type { Progress, Walk } from './walk.ts';
import { walk } from './walk.ts';

/** From where to go on: what is known of all that stands before it. */
export interface Since {
  readonly state: ChainState;
  readonly past: Past;
  /** The line before which it stands; its segment must be there. */
  readonly place: Place;
}

/** What is wrong with a segment's name or with its being empty. */
export interface SegmentFinding {
  readonly _tag: 'SegmentFinding';
  readonly code: 'segment_gap' | 'segment_misnamed' | 'segment_empty';
  readonly segment: string;
  /** The seq that its name should tell, and the one that it tells. */
  readonly expected: number;
  readonly actual: number;
}

/** Bytes behind the last LF. */
export interface Tail {
  readonly place: Place;
  readonly length: number;
}

/** What was not read, as time ran out. */
export interface Left {
  readonly place: Place;
  readonly bytes: number;
}

export interface Request {
  readonly disk: Disk;
  readonly crypto: Crypto;
  readonly journal: string;
  /** Random bytes of this run alone; see `idTable`. */
  readonly key: Uint8Array;
  readonly origin?: Origin;
  readonly held?: readonly Held[];
  readonly since?: Since;
  /** Of events before it neither payloads that govern nothing are looked at nor lines shown. */
  readonly from?: number;
  /** Whether it is told which events nobody attested. */
  readonly mustAttest?: boolean;
  /** Alone where nobody is hired. */
  readonly hire?: Hire;
  readonly maxMs?: number;
  /** How many findings to keep: as many as bytes can stand in a journal that is none. */
  readonly mostFindings?: number;
  readonly onProgress?: (progress: Progress) => void;
  readonly onLine?: OnLine;
  readonly rangeBytes?: number;
}

export interface Verified {
  readonly findings: readonly Located[];
  /** How many were found beyond those that are kept. */
  readonly more: number;
  readonly segments: readonly SegmentFinding[];
  readonly notProved: readonly NotProved[];
  readonly state: ChainState;
  readonly past: Past;
  /** Behind the last line that was judged, or where a segment begins that is empty yet. */
  readonly place: Place;
  /** Behind the last line, in the segment that it stands in. */
  readonly end: Place;
  readonly bytes: number;
  /** How many segments it read in. */
  readonly count: number;
  /** See `Folding`; the runs where they were asked for. */
  readonly bare: number;
  readonly bareRuns: readonly Run[];
  readonly beyond: number;
  readonly skipped: number;
  readonly tail?: Tail;
  readonly left?: Left;
  readonly firstBad?: FirstBad;
}

const MOST_FINDINGS = 100_000;
const RANGE_BYTES = 1 << 20;
const LEAST_RANGE_BYTES = 1 << 16;
/** So many ranges for each of a crew, at least: all are done at about the same time. */
const RANGES_EACH = 16;

const seenOf = (disk: Disk, segment: Segment): Told<Seen> => {
  const file = openSegment(disk, segment, 'read');
  if (E.isLeft(file)) return file;
  const stat = file.right.stat();
  file.right.close();
  return E.isLeft(stat)
    ? stat
    : E.right({ segment, size: stat.right.size, identity: stat.right.identity });
};

/** The segments as they are now: only the last of those listed can still grow. */
const seeSegments = (disk: Disk, journal: string, since: Since | undefined) => {
  const listed = listSegments(disk, journal);
  if (E.isLeft(listed)) return listed;
  const seen: Seen[] = [];
  for (const segment of listed.right) {
    if (since !== undefined && segment.name < since.place.segment) continue;
    const each = seenOf(disk, segment);
    if (E.isLeft(each)) return each;
    seen.push(each.right);
  }
  return E.right(seen);
};

const START: Place = { segment: '', offset: 0, line: 1 };

const rangeSize = (segments: readonly Seen[], crew: number): number => {
  const total = segments.reduce((sum, { size }) => sum + size, 0);
  const each = Math.ceil(total / (crew * RANGES_EACH));
  return Math.min(RANGE_BYTES, Math.max(LEAST_RANGE_BYTES, each));
};

/** What is only known at the end, each with the line that it is about where there is one. */
const endOf = ({ fold, left }: Walk) => {
  const means = { crypto: fold.crypto, history: fold.past };
  const { findings, notProved } = finish(means, fold.state);
  const located = findings.map((finding): Located => {
    const about = fold.withheldAt.get(finding.seq ?? -1);
    return finding.code === 'withheld_not_erased' ? { finding, ...about } : { finding };
  });
  // Of a part nobody can say what its end would show.
  return { findings: left === undefined ? located : [], notProved };
};

/** verifyJournal reads a journal and judges it. Whatever is wrong with its lines is a finding. */
export const verifyJournal = async (request: Request): Promise<Told<Verified>> => {
  const { disk, crypto, journal, key, origin, held, since } = request;
  const segments = seeSegments(disk, journal, since);
  if (E.isLeft(segments)) return segments;
  const hire = request.hire ?? alone(disk, crypto);
  const rangeBytes = request.rangeBytes ?? rangeSize(segments.right, 4);
  const past = since?.past ?? pastOf(crypto, key);
  const start = since?.place ?? START;
  const crew: Crew = hire({
    segments: segments.right,
    bytes: segments.right.reduce((sum, { size }) => sum + size, -start.offset),
    rangeBytes,
    table: past.table,
    payloadsFrom: request.from ?? 0,
  });
  try {
    const walked = await walk({
      ...request,
      crew,
      rangeBytes,
      segments: segments.right,
      state: since?.state ?? begin(origin, held),
      past,
      start,
      from: request.from ?? 0,
      mustAttest: request.mustAttest ?? false,
      mostFindings: request.mostFindings ?? MOST_FINDINGS,
    });
    if (E.isLeft(walked)) return walked;
    const { fold, segmentFindings, place, end: last, bytes, tail, left } = walked.right;
    const end = endOf(walked.right);
    return E.right({
      findings: [...locatedOf(fold), ...end.findings],
      more: fold.more,
      segments: segmentFindings,
      notProved: end.notProved,
      state: fold.state,
      past: fold.past,
      place,
      end: last,
      bytes,
      count: segments.right.length,
      bare: fold.bare,
      bareRuns: fold.bareRuns ?? [],
      beyond: fold.beyond,
      skipped: fold.skipped,
      ...(tail === undefined ? {} : { tail }),
      ...(left === undefined ? {} : { left }),
      ...(fold.firstBad === undefined ? {} : { firstBad: fold.firstBad }),
    });
  } finally {
    await crew.leave();
  }
};
