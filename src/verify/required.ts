/**
 * What was asked for and cannot be said of the ledger: it may be sound all the same.
 */
import type { Verified } from './journal.ts';
import type { Mark } from './mark.ts';
import type { ReportFinding } from './report.ts';
import { found } from './report.ts';
import type { Asked } from './since.ts';

export const REQUIREMENTS = ['attested', 'checkpoint'] as const;
export type Requirement = (typeof REQUIREMENTS)[number];

/** So many stretches of events are told one by one. */
const MOST_TOLD = 1000;

const runText = (from: number, to: number): string =>
  to === from + 1 ? `event ${from}` : `events ${from} to ${to - 1}`;

const count = (events: number, where: string): readonly ReportFinding[] =>
  events === 0 ? [] : [found('attestation_required', { actual: `${events} events ${where}` })];

/** Events that nobody attested, the first one and the tool's own apart. */
const bareFindings = ({ bareRuns }: Verified, mark: Mark | undefined): readonly ReportFinding[] => {
  const told = bareRuns
    .slice(0, MOST_TOLD)
    .map(({ from, to }) => found('attestation_required', { seq: from, actual: runText(from, to) }));
  const others = bareRuns.slice(MOST_TOLD).reduce((sum, { from, to }) => sum + to - from, 0);
  return [...count(mark?.bare ?? 0, 'before the mark'), ...told, ...count(others, 'more')];
};

/** unmet tells what of it is not so. */
export const unmet = (
  require: readonly Requirement[],
  { from }: Asked,
  verified: Verified,
  mark: Mark | undefined,
  isMatched: boolean,
): readonly ReportFinding[] => {
  const { lines } = verified.state;
  const isBeyond = from > lines && verified.left === undefined;
  return [
    ...(require.includes('attested') ? bareFindings(verified, mark) : []),
    ...(require.includes('checkpoint') && !isMatched ? [found('checkpoint_required')] : []),
    ...(isBeyond
      ? [found('since_beyond_end', { expected: String(from), actual: String(lines) })]
      : []),
  ];
};
