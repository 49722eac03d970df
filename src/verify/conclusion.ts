/**
 * What experiments concluded, computed again from the events that they name. Of a method that this
 * release does not know, or where a payload was withheld since, nothing is proved.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { write } from '../../ledger/json/format.ts';
import { isEarly } from '../experiment/decider.ts';
import { experimentOf, readHappened } from '../experiment/event.ts';
import { METHOD, makeReport, numbersOf } from '../experiment/report.ts';
import type { Source } from '../experiment/pass.ts';
import { passOver } from '../experiment/pass.ts';
import type { Moment } from '../experiment/story.ts';
import { storyOf } from '../experiment/story.ts';
import type { ReportFinding, StoreOpen } from './report.ts';
import { found } from './report.ts';

export interface Concluded {
  readonly findings: readonly ReportFinding[];
  readonly open: readonly StoreOpen[];
}

const differs = ({ seq, id }: Moment, expected: string, actual: string): Concluded => ({
  findings: [found('conclusion_differs', { seq, id, expected, actual })],
  open: [],
});

const UNKNOWN: Concluded = { findings: [], open: ['conclusions_not_computed'] };
const PROVED: Concluded = { findings: [], open: [] };

const judge = (
  crypto: Crypto,
  source: Source,
  moment: Moment,
  isStoryWithheld: boolean,
): Concluded => {
  const { happened, seq } = moment;
  if (happened.kind !== 'concluded') return PROVED;
  // Nothing says what it was computed from: an import has none, and whoever claims one could.
  if (happened.report === undefined) return UNKNOWN;
  const { at, digest, method, numbers } = happened.report;
  if (method !== METHOD) return UNKNOWN;
  // A conclusion is drawn from what stands before it.
  if (at.size > seq) return differs(moment, `at most ${seq} events`, `${at.size} events`);
  const made = makeReport(crypto, source, happened.experiment, at.size);
  if (E.isLeft(made)) return isStoryWithheld ? UNKNOWN : differs(moment, made.left._tag, digest);
  const { report, sample, story } = made.right;
  if (!happened.early && isEarly(story.experiment, Date.parse(moment.recorded_at)))
    return differs(moment, 'early: true', 'early: false');
  const isSo =
    report.digest === digest &&
    report.at.root === at.root &&
    report.criterion.verdict === happened.verdict &&
    write(numbersOf(report)) === write(numbers);
  if (isSo) return PROVED;
  return isStoryWithheld || sample.isWithheld ? UNKNOWN : differs(moment, report.digest, digest);
};

/** checkConclusions computes again what was concluded, where all events were compared. */
export const checkConclusions = (crypto: Crypto, source: Source, hasAll: boolean): Concluded => {
  const ids = new Set<string>();
  const withheld: number[] = [];
  passOver(source, ['experiment.*'], Number.MAX_SAFE_INTEGER, (event) => {
    if (event.payload === undefined) withheld.push(event.header.seq);
    const happened = readHappened(event);
    if (happened?.kind === 'concluded') ids.add(experimentOf(happened));
  });
  if (!hasAll && ids.size > 0) return UNKNOWN;
  const isWithheld = withheld.length > 0;
  const told = [...ids].flatMap((id) => {
    const story = storyOf(crypto, source, id, Number.MAX_SAFE_INTEGER);
    if (E.isLeft(story)) return [];
    const concluded = story.right.moments.filter((each) => each.hasCounted);
    return concluded.map((moment) => judge(crypto, source, moment, isWithheld));
  });
  return {
    findings: told.flatMap(({ findings }) => findings),
    open: [...new Set([...told, ...(isWithheld ? [UNKNOWN] : [])].flatMap(({ open }) => open))],
  };
};
