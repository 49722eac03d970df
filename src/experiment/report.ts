/**
 * The report of an experiment as the ledger stood at a size: a function of the first `size` events
 * and of nothing else. Whoever has them computes the same, to the byte.
 *
 *     digest = SHA-256("ledger/experiment_report/1\n" ‖ canonical(report less status, digest))
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { formatHex } from '../../ledger/encoding/hex.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { write } from '../../ledger/json/format.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Digest } from '../../ledger/name.ts';
import { MirrorDamaged } from '../storage/attempt.ts';
import type { Steps } from '../storage/steps.ts';
import { atOnce } from '../storage/steps.ts';
import type { Read, ReadError } from '../usecase/reader.ts';
import type { ArmSummary, Difference, Pair } from './analysis.ts';
import { compare, summaryOf } from './analysis.ts';
import { rounded } from './distribution.ts';
import type { Experiment } from './decider.ts';
import type { Source } from './pass.ts';
import type { Criterion, Plan } from './plan.ts';
import { falseAlarm } from './power.ts';
import { shareTest } from './rate.ts';
import type { Excluded, Sample } from './sample.ts';
import { sampleSteps } from './sample.ts';
import type { Story } from './story.ts';
import { storySteps } from './story.ts';
import type { Unreadable } from './tally.ts';
import type { Guarded, Judged } from './verdict.ts';
import { guard, judge } from './verdict.ts';

/** The method by which this release computes; another way of computing is another name. */
export const METHOD = 'ledger/experiment/1';

/** Below this p the arms are not of the sizes that they should be. */
const MISMATCH = 0.001;
/** So many values that cannot be read are listed; all are counted. */
const MOST_LISTED = 100;

export const WARNINGS = {
  sample_ratio_mismatch: 'the arms are not of the sizes that they should be: trust no difference',
  looked_before:
    'each look before the end makes a false alarm more probable than the interval says',
  values_unreadable: 'there are values that could not be read',
  commits_unresolved: 'there are commits of which git was not asked',
  interval_without_width:
    'the numbers vary too little for an interval: it has no width, and is no sign of certainty',
  sessions_without_event:
    'there are tagged sessions without any event: they count as 0, unless the tag is a slip',
} as const;
export type Warning = keyof typeof WARNINGS;
const WARNING_NAMES = Object.keys(WARNINGS) as readonly Warning[];

export interface ReportBody {
  readonly experiment: string;
  readonly at: { readonly size: number; readonly root: Digest };
  readonly method: string;
  readonly plan_digest: string;
  readonly metric: string;
  readonly arms: Pair<ArmSummary>;
  readonly difference: Difference;
  readonly criterion: Criterion & Judged;
  readonly guardrails: readonly Guarded[];
  readonly srm: { readonly p: number; readonly mismatch: boolean };
  readonly looks: number;
  /** How often, at least, so many looks and this one find what is not there; known for 95 %. */
  readonly false_alarm_pct: number | null;
  readonly excluded: readonly Excluded[];
  readonly unreadable: { readonly count: number; readonly listed: readonly Unreadable[] };
  readonly warnings: readonly Warning[];
}

export interface ExperimentReport extends ReportBody {
  readonly status: Experiment['status'];
  readonly digest: Digest;
}

/** What a report is made of, for those who draw it or go on from it. */
export interface Computed {
  readonly report: ExperimentReport;
  readonly plan: Plan;
  readonly story: Story;
  readonly sample: Sample;
}

/** Nothing can be computed of an experiment that is not there, or whose plan is not sealed. */
export interface NotStarted {
  readonly _tag: 'NotStarted';
  readonly experiment: string;
  readonly status: Experiment['status'];
}

export type ReportRead = E.Either<ReadError | NotStarted, Computed>;

/** reportDigest names a report by what it says. */
export const reportDigest = (crypto: Crypto, body: ReportBody): Digest =>
  crypto.digest(encodeUtf8(`ledger/experiment_report/1\n${write(body as unknown as JsonObject)}`));

/** numbersOf are those that a conclusion rests on. */
export const numbersOf = (body: ReportBody): JsonObject => {
  const { arms, difference, criterion, guardrails, srm, looks } = body;
  return { arms, difference, criterion, guardrails, srm, looks } as unknown as JsonObject;
};

const warningsOf = (
  body: Pick<ReportBody, 'srm' | 'looks' | 'unreadable' | 'excluded' | 'difference'>,
  { isUnseen }: Sample,
): readonly Warning[] => {
  const { interval } = body.difference;
  const stands: Readonly<Record<Warning, boolean>> = {
    sample_ratio_mismatch: body.srm.mismatch,
    looked_before: body.looks > 0,
    values_unreadable: body.unreadable.count > 0,
    commits_unresolved: body.excluded.some(({ reason }) => reason === 'commit_unresolved'),
    interval_without_width: interval !== null && interval[0] === interval[1],
    sessions_without_event: isUnseen,
  };
  return WARNING_NAMES.filter((name) => stands[name]);
};

const rootAt = (source: Source, size: number): Read<Digest> =>
  source.look((mirror) => {
    const root = mirror.tree().rootAt(size);
    if (root === undefined) throw new MirrorDamaged('the tree has no root there');
    return formatHex(root) as Digest;
  });

const bodyOf = (plan: Plan, looks: number, sample: Sample) => {
  const { arms, missing, counts, guarded, excluded, unreadable } = sample;
  const difference = compare(arms, plan.analysis);
  const guardrails = plan.guardrails.flatMap((guardrail, at) => {
    const samples = guarded[at];
    return samples === undefined ? [] : [guard(guardrail, samples)];
  });
  const p = rounded(shareTest(counts.control, counts.treatment, plan.shares.control));
  const told = {
    srm: { p, mismatch: p < MISMATCH },
    looks,
    false_alarm_pct: plan.analysis.confidence === 0.95 ? falseAlarm(looks + 1) : null,
    excluded,
    unreadable: { count: unreadable.length, listed: unreadable.slice(0, MOST_LISTED) },
  };
  return {
    metric: plan.metric.name,
    arms: {
      control: summaryOf(arms.control, missing.control),
      treatment: summaryOf(arms.treatment, missing.treatment),
    },
    difference,
    criterion: { ...plan.criterion, ...judge(plan, arms, difference, guardrails) },
    guardrails,
    ...told,
    warnings: warningsOf({ ...told, difference }, sample),
  };
};

/** reportSteps computes the report of an experiment at a size. */
export function* reportSteps(
  crypto: Crypto,
  source: Source,
  id: string,
  size: number,
): Steps<ReportRead> {
  const told = yield* storySteps(crypto, source, id, size);
  if (E.isLeft(told)) return told;
  const story = told.right;
  const { experiment, looks } = story;
  if (!('started' in experiment))
    return E.left({ _tag: 'NotStarted', experiment: id, status: experiment.status });
  const root = rootAt(source, size);
  if (E.isLeft(root)) return root;
  const { plan, digest: plan_digest, status } = experiment;
  const sample = yield* sampleSteps(crypto, source, plan, story, size);
  if (E.isLeft(sample)) return sample;
  yield;
  const at = { size, root: root.right };
  const rest = bodyOf(plan, looks.size, sample.right);
  const body: ReportBody = { experiment: id, at, method: METHOD, plan_digest, ...rest };
  const report = { ...body, status, digest: reportDigest(crypto, body) };
  return E.right({ report, plan, story, sample: sample.right });
}

/** makeReport does so without giving way to anything. */
export const makeReport = (...asked: Parameters<typeof reportSteps>): ReportRead =>
  atOnce(reportSteps(...asked));
