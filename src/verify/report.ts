/**
 * What a verification says: findings with stable codes, what was checked, what was not proved, and
 * the verdict, which is the gravest of what was found.
 */
import type { Finding, FindingCode, Severity } from '../../ledger/finding.ts';
import type { NotProved } from '../../ledger/chain/verify.ts';
import type { Located } from './fold.ts';
import type { SegmentFinding } from './journal.ts';

/** What only the store can find, beside what the kernel finds in lines. */
export const STORE_CODES = {
  segment_gap: 'tampered',
  segment_misnamed: 'tampered',
  segment_empty: 'tampered',
  decision_differs: 'tampered',
  conclusion_differs: 'tampered',
  mark_origin: 'tampered',
  mark_beyond_end: 'tampered',
  mark_mismatch: 'tampered',
  mark_moved: 'warning',
  since_beyond_end: 'incomplete',
  attestation_required: 'incomplete',
  checkpoint_required: 'incomplete',
  checkpoint_key_unknown: 'incomplete',
  tail_torn: 'torn_tail',
  mirror_missing: 'drift',
  mirror_unreadable: 'drift',
  mirror_version: 'drift',
  mirror_schema: 'drift',
  mirror_damaged: 'drift',
  mirror_behind: 'drift',
  mirror_ahead: 'tampered',
  mirror_forked: 'tampered',
  mirror_line: 'drift',
  mirror_column: 'drift',
  mirror_tags: 'drift',
  mirror_node: 'drift',
  mirror_end: 'drift',
  projection_differs: 'drift',
  projection_stopped: 'warning',
  projection_lags: 'warning',
  exception_unreviewed: 'warning',
  outbox_receipt_unplanned: 'tampered',
  outbox_plan_differs: 'tampered',
  outbox_body_differs: 'tampered',
} as const satisfies Record<string, Severity | 'drift'>;

export type StoreCode = keyof typeof STORE_CODES;

export interface ReportFinding {
  readonly code: FindingCode | StoreCode;
  readonly severity: Severity | 'drift';
  readonly segment?: string;
  readonly offset?: number;
  readonly line?: number;
  readonly seq?: number;
  readonly id?: string;
  readonly member?: string;
  readonly reason?: string;
  readonly expected?: string;
  readonly actual?: string;
}

/** What was left open, beside what the kernel leaves open. */
const PLAIN_OPEN = [
  'no_checkpoint_given',
  'ids_before_the_mark',
  'references_before_the_mark',
  'checkpoint_before_the_mark',
  'mirror_not_looked_at',
  'mirror_not_readable_here',
  'mirror_before',
  'projections_unknown',
  'conclusions_not_computed',
] as const;
const UNREAD = ['bytes_before_the_mark', 'payloads_before'] as const;
const LATE = 'events_after_the_time_was_up';

export type StoreOpen = (typeof PLAIN_OPEN)[number];

/** What an audit may leave open, all of it. */
export const STORE_OPEN = [...PLAIN_OPEN, ...UNREAD, LATE] as const;

/** Bytes that were not looked at, and before which event they stand. */
export interface Unread {
  readonly open: (typeof UNREAD)[number];
  readonly bytes: number;
  readonly before: number;
}

/** Bytes that were left when the time was up, and from which event on. */
export interface Late {
  readonly open: typeof LATE;
  readonly bytes: number;
  readonly from: number;
}

export type Open = NotProved | StoreOpen | Unread | Late;

/** found makes a finding of the store's. */
export const found = (
  code: StoreCode,
  details: Omit<ReportFinding, 'code' | 'severity'> = {},
): ReportFinding => ({ code, severity: STORE_CODES[code], ...details });

/**
 * ofOneCause tells of a mirror that only says that it holds more than there is as of that: of rows
 * that it never had nothing more is said, nor of projections, which took none of them.
 */
export const ofOneCause = (
  findings: readonly ReportFinding[],
  few: number | undefined,
): readonly ReportFinding[] => {
  if (few === undefined || findings.every(({ code }) => code !== 'mirror_ahead')) return findings;
  const isMissed = ({ code, reason, seq = 0 }: ReportFinding): boolean =>
    code === 'projection_differs' || (code === 'mirror_line' && reason === 'missing' && seq >= few);
  return findings.filter((each) => !isMissed(each));
};

/** isOfOthers tells of a mirror that no writer replaces unless that is asked for. */
export const isOfOthers = ({ code, member, reason }: ReportFinding): boolean =>
  (code === 'mirror_end' && member === 'origin') ||
  (code === 'mirror_version' && reason === 'newer');

/**
 * placed tells a finding of the kernel with where it is. An unfinished line that may be set aside
 * is told of as a tail: any other is no accident.
 */
export const placed = ({ finding, place, id }: Located): ReportFinding => {
  const { _tag, ...rest }: Finding = finding;
  return {
    ...rest,
    severity: rest.severity === 'torn_tail' ? 'tampered' : rest.severity,
    ...(id === undefined ? {} : { id }),
    ...(place === undefined
      ? {}
      : { segment: place.segment, offset: place.offset, line: place.line }),
  };
};

/** ofSegment tells what is wrong with a segment as a whole. */
export const ofSegment = ({ code, segment, expected, actual }: SegmentFinding): ReportFinding =>
  found(code, { segment, expected: String(expected), actual: String(actual) });

export type Verdict = 'verified' | 'tampered' | 'torn_tail' | 'drift' | 'incomplete';

const GRAVEST = ['tampered', 'torn_tail', 'drift', 'incomplete'] as const;

/**
 * verdictOf tells the gravest of what was found. Warnings change nothing; a part left out does, and
 * so does a ledger in which there is nothing to check, nor for a mirror of its own to drift from.
 */
export const verdictOf = (
  findings: readonly ReportFinding[],
  isWhole: boolean,
  events: number,
): Verdict => {
  const grave = GRAVEST.find((each) => findings.some(({ severity }) => severity === each));
  const isNothing = events === 0 && !findings.some(isOfOthers);
  if (isNothing && grave === 'drift') return 'incomplete';
  return grave ?? (isWhole && events > 0 ? 'verified' : 'incomplete');
};
