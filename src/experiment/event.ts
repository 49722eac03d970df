/**
 * The events of experiments, read strictly: a payload of another form is no event of any.
 *
 *     experiment.created    {"plan":{…}}
 *     experiment.amended    {"plan":{…}}
 *     experiment.started    {"experiment":"…","plan_digest":"…"}
 *     experiment.tagged     {"experiment":"…","session":"…","variant":"control"}
 *     experiment.untagged   {"experiment":"…","session":"…","reason":"…"}
 *     experiment.concluded  {"experiment":"…","early":false,"verdict":"met","report":{…}}
 *     experiment.archived   {"experiment":"…","reason":"…"}
 *     experiment.looked     {"experiment":"…","at":{…},"report_digest":"…"}
 *     experiment.resolved   {"experiment":"…","commits":{"<commit>":"treatment"}}
 *
 * A conclusion that was imported has no `report`: there is nothing that it could be computed from.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import type { Shape, Shaped } from '../../policies/document/shape.ts';
import { anything, boolean, integer, map, object, oneOf } from '../../policies/document/shape.ts';
import type { Recorded } from '../../policies/state/past.ts';
import { variant } from './binding-shape.ts';
import { commit, digest, experimentId, label, session, words } from './form.ts';
import { planJson, planShape } from './plan.ts';

const at = object({ size: integer(0, Number.MAX_SAFE_INTEGER), root: digest }, {});
export const VERDICTS = ['met', 'not_met', 'undecided'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What git says of a commit: the arm that it belongs to, or why to none. */
export const COMMIT_ANSWERS = [
  'control',
  'treatment',
  'contains_both',
  'contains_neither',
  'commit_unknown',
  'history_is_shallow',
] as const;

/** Notes say what was seen; they change nothing of how an experiment stands. */
type Note = Extract<Happened, { kind: 'looked' | 'resolved' }>;

/** isNote tells them from what somebody wanted to happen. */
export const isNote = (happened: Happened): happened is Note =>
  happened.kind === 'looked' || happened.kind === 'resolved';

/** MOST_COMMITS is how many one event can tell of and still be a line. */
export const MOST_COMMITS = 5000;

const OF = { experiment: experimentId };
const PAYLOADS = {
  created: object({ plan: planShape }, {}),
  amended: object({ plan: planShape }, {}),
  started: object({ ...OF, plan_digest: digest }, {}),
  tagged: object({ ...OF, session, variant }, {}),
  untagged: object({ ...OF, session, reason: words }, {}),
  concluded: object(
    { ...OF, early: boolean, verdict: oneOf(...VERDICTS) },
    { report: object({ at, digest, method: label, numbers: anything }, {}) },
  ),
  archived: object(OF, { reason: words }),
  looked: object({ ...OF, at, report_digest: digest }, {}),
  resolved: object({ ...OF, commits: map(commit, oneOf(...COMMIT_ANSWERS), MOST_COMMITS) }, {}),
} satisfies Readonly<Record<string, Shape<unknown>>>;

type Payloads = typeof PAYLOADS;
export type Kind = keyof Payloads;

/** What happened to an experiment. */
export type Happened = { [K in Kind]: { readonly kind: K } & Shaped<Payloads[K]> }[Kind];

const PREFIX = 'experiment.';

/** EXPERIMENT_TYPES are the event types that there are. */
export const EXPERIMENT_TYPES = Object.keys(PAYLOADS).map((kind) => `${PREFIX}${kind}`);

/** isOfExperiment says whether an event is about one; it is asked of every event there is. */
export const isOfExperiment = (type: string): boolean => type.startsWith(PREFIX);

/** readHappened reads an event, undefined where it is none of these or of another form. */
export const readHappened = ({ header, payload }: Recorded): Happened | undefined =>
  happenedIn(header.event_type, payload);

/** happenedIn reads what an event says, or would say. */
export const happenedIn = (type: string, payload: Json | undefined): Happened | undefined => {
  const kind = type.slice(PREFIX.length);
  if (!isOfExperiment(type) || !Object.hasOwn(PAYLOADS, kind) || payload === undefined)
    return undefined;
  const shape: Shape<object> = PAYLOADS[kind as Kind];
  const read = shape(payload, '');
  return E.isLeft(read) ? undefined : ({ kind, ...read.right } as Happened);
};

const payloadOf = (happened: Happened): JsonObject => {
  switch (happened.kind) {
    case 'created':
    case 'amended':
      return { plan: planJson(happened.plan) };
    case 'resolved':
      return { experiment: happened.experiment, commits: Object.fromEntries(happened.commits) };
    case 'started':
    case 'tagged':
    case 'untagged':
    case 'concluded':
    case 'archived':
    case 'looked': {
      const { kind: _, ...rest } = happened;
      return rest;
    }
  }
};

/** isSound says whether it could be read again, once it is recorded. */
export const isSound = (happened: Happened): boolean => {
  const shape: Shape<object> = PAYLOADS[happened.kind];
  return E.isRight(shape(payloadOf(happened), ''));
};

/** experimentOf tells which experiment something happened to. */
export const experimentOf = (happened: Happened): string =>
  'plan' in happened ? happened.plan.id : happened.experiment;

/** statedOf is what a draft of it states. */
export const statedOf = (happened: Happened): JsonObject => ({
  event_type: `${PREFIX}${happened.kind}`,
  payload: payloadOf(happened),
});
