/**
 * The plan of a replay: what is missing where and what would be done about it, found out without a
 * write, beside a running writer too.
 */
import * as E from 'fp-ts/lib/Either.js';
import { isOfOthers } from '../storage/damage.ts';
import type { Database } from '../storage/database.ts';
import { holdsErased } from '../storage/mirror/erased.ts';
import { Mirror } from '../storage/mirror/mirror.ts';
import type { Corrupt, StorageError } from '../storage/outcome.ts';
import type { Steps } from '../storage/steps.ts';
import { hear, isMet, mayGo } from '../storage/tail.ts';
import { sizeOfNote } from '../storage/checkpoint-file.ts';
import { otherHistory } from '../storage/wrong-end.ts';
import type { ReplayRefused, Replaying } from './replay-request.ts';
import { isBack } from './replay-request.ts';
import { remakeOf } from './replay-journal.ts';
import type { Look, MirrorState } from './replay-mirror.ts';
import { lookAt, lookAtMirror, workOnMirror } from './replay-mirror.ts';
import type { Parity } from './replay-parity.ts';
import { parityOf } from './replay-parity.ts';
import { endsElsewhere, relation, saysMore } from './replay-settled.ts';
import type { Step } from './replay-step.ts';
import { fromMirrorSteps, projectionsSteps } from './replay-step.ts';
import type { Bad, Survey } from './replay-survey.ts';
import { surveyJournal } from './replay-survey.ts';

export interface Plan {
  readonly plan: readonly Step[];
  /** Why it would not be done. */
  readonly refused?: Corrupt | ReplayRefused;
  readonly mirror: MirrorState | 'behind' | 'ahead' | 'differs';
  /** What there is to read and to write, and how long that takes on an ordinary machine. */
  readonly estimate: { readonly events: number; readonly bytes: number; readonly seconds: number };
}

/** What a survey of a ledger comes to. */
export interface Situation {
  readonly survey: Survey;
  readonly look: Look;
  /** Undefined where there is no mirror to compare with. */
  readonly parity: Parity | undefined;
  /** Whether what is bad of the journal is a tail that any open sets aside. */
  readonly isTail: boolean;
  /** Whether the mirror meets the journal where it says that it ends. */
  readonly isMet: boolean;
  /** Whether the mirror still has what an erasure took out of the journal, or is about to. */
  readonly hasErased: boolean;
  /** Why the mirror is one of another history, where it is. */
  readonly other: Corrupt | undefined;
}

/** Verified, inserted and compared (measured). */
const SECONDS_PER_EVENT = 50e-6;

const situated = (
  by: Replaying,
  survey: Survey,
  look: Look,
  parity?: Parity,
  mirror?: Mirror,
): E.Either<StorageError, Situation> => {
  const { ports, layout } = by;
  const { bad, segments } = survey;
  const sight = { ...ports, layout };
  const known =
    mirror === undefined
      ? hear({ ...by, ...ports })
      : E.right({ size: look.size, isMet: isMet(sight, mirror, mirror.ended(), segments) });
  if (E.isLeft(known)) return known;
  const may =
    bad?.reason === 'line_refused'
      ? mayGo(sight, segments, { ...bad, seq: bad.size }, known.right)
      : E.right(false);
  const other = mirror && otherHistory(sight, mirror, segments);
  const hasErased = mirror !== undefined && holdsErased(mirror.database);
  const all = { survey, look, parity, isMet: known.right.isMet, hasErased, other };
  return E.map((isTail: boolean) => ({ ...all, isTail }))(may);
};

function* compared(by: Replaying, database: Database): Steps<E.Either<StorageError, Situation>> {
  const begun = database.begin();
  if (E.isLeft(begun)) return begun;
  const look = lookAt(by, database);
  const surveyed = yield* surveyJournal(by);
  if (E.isLeft(surveyed)) return surveyed;
  if (look.state !== 'there') return situated(by, surveyed.right, look);
  const survey = surveyed.right;
  const size = survey.bad?.size ?? survey.state.lines;
  const mirror = new Mirror(database, by.ports.crypto);
  const parity = yield* parityOf(by.ports, survey.segments, size, mirror);
  return E.isLeft(parity) ? parity : situated(by, survey, look, parity.right, mirror);
}

/** examine looks at everything and writes nothing. */
export function* examine(by: Replaying): Steps<E.Either<StorageError, Situation>> {
  const look = lookAtMirror(by);
  // One state of the mirror, and then the journal: that holds all of it, whoever writes meanwhile.
  const situation =
    look.state === 'there'
      ? yield* workOnMirror(by, by.layout.mirror, (database) => compared(by, database))
      : undefined;
  if (situation?._tag === 'Right') return situation.right;
  const state = situation === undefined ? look.state : 'damaged';
  const surveyed = yield* surveyJournal(by);
  return E.isLeft(surveyed) ? surveyed : situated(by, surveyed.right, { ...look, state });
}

/** lineRefused tells of the first place at which a journal is none. */
export const lineRefused = ({ segment, offset, size, reason, findings }: Bad): Corrupt => ({
  _tag: 'Corrupt',
  reason: reason === 'segment_order' ? reason : 'line_refused',
  segment: segment.name,
  offset,
  seq: size,
  findings,
});

/** refusedMirror says of a mirror of others that it is not replaced, unless that is asked for. */
export const refusedMirror = ({ options }: Replaying, { state }: Look): Corrupt | undefined => {
  if (options.from === 'journal') return undefined;
  if (state === 'newer') return { _tag: 'Corrupt', reason: 'mirror_newer' };
  return state === 'foreign' ? { _tag: 'Corrupt', reason: 'origin_differs' } : undefined;
};

/** objection says why a journal is not one to replay from; undefined where it is one. */
export const objection = (
  by: Replaying,
  situation: Situation,
): Corrupt | ReplayRefused | undefined => {
  const { survey, look, isTail, other } = situation;
  const { bad, against, isThere } = survey;
  if (!isThere && look.size > 0)
    return { _tag: 'Corrupt', reason: 'journal_behind_mirror', seq: 0 };
  if (bad !== undefined && !isTail) return lineRefused(bad);
  if (against !== undefined) return against;
  const size = bad?.size ?? survey.state.lines;
  if (look.size > size)
    return { _tag: 'Corrupt', reason: 'journal_behind_mirror', seq: look.size - 1 };
  // Only whoever looks at both can say which of them is to be gone on with.
  if (other !== undefined && by.options.from !== 'journal') return other;
  return refusedMirror(by, look);
};

const projectionSteps = ({ projections }: Replaying, { look }: Situation): readonly Step[] =>
  projections.flatMap(({ name, version }): readonly Step[] => {
    const there = look.projections.find((each) => each.name === name);
    const begin = (reason: string): readonly Step[] => [
      { step: 'begin_projection', reason, projection: name },
    ];
    if (there === undefined) return begin('missing');
    if (there.version !== version) return begin('version');
    if (there.stopped !== undefined) return begin('stopped');
    return there.size < look.size ? begin('stale') : [];
  });

/** asideFrom lists what lies from a bad place on. */
export const asideFrom = (
  { segments }: Survey,
  { segment, offset }: Pick<Bad, 'segment' | 'offset'>,
): readonly { readonly segment: string; readonly offset: number; readonly bytes: number }[] =>
  segments
    .filter(({ first }) => first >= segment.first)
    .map(({ name, first, bytes }) => {
      const from = first === segment.first ? offset : 0;
      return { segment: name, offset: from, bytes: bytes - from };
    })
    .filter(({ bytes }) => bytes > 0);

const goodSteps = (by: Replaying, situation: Situation): readonly Step[] => {
  const { survey, look } = situation;
  const { bad, note, state } = survey;
  const size = bad?.size ?? state.lines;
  const noted = Math.max(...[note, look.note].map((each) => sizeOfNote(by.ports.crypto, each)));
  const aside = bad === undefined ? [] : asideFrom(survey, bad);
  return [
    ...aside.map((each): Step => ({ step: 'set_aside', reason: 'beyond_last_good', ...each })),
    ...(noted > size
      ? ([
          { step: 'move_checkpoints', reason: 'beyond_last_good', size: noted },
          { step: 'replace_log_key', reason: 'checkpoint_undone' },
        ] as const)
      : []),
    ...(saysMore(situation)
      ? [{ step: 'set_mirror_aside', reason: 'beyond_last_good' } as const]
      : []),
    { step: 'rebuild_mirror', reason: 'beyond_last_good', events: size },
    { step: 'record_recovery', reason: 'beyond_last_good', size },
  ];
};

/** What would be made of the mirror, or why nothing is. */
function* planFromMirror(by: Replaying): Steps<Pick<Plan, 'plan' | 'refused'>> {
  const remade = yield* workOnMirror(by, by.layout.mirror, (database) =>
    remakeOf(by, new Mirror(database, by.ports.crypto)),
  );
  const unread: ReplayRefused = { _tag: 'ReplayRefused', reason: 'mirror_unread' };
  const remake = E.isLeft(remade) ? E.left(unread) : remade.right;
  if (E.isRight(remake)) return { plan: fromMirrorSteps(remake.right) };
  const refused = remake.left;
  const isOurs = refused._tag === 'ReplayRefused' || refused._tag === 'Corrupt';
  return { plan: [], refused: isOurs ? refused : unread };
}

const fromJournalSteps = (by: Replaying, situation: Situation): readonly Step[] => {
  const { survey, look, parity } = situation;
  const size = survey.bad?.size ?? survey.state.lines;
  const isElsewhere = endsElsewhere(situation);
  const there = isElsewhere ? 'differs' : relation(situation);
  const folds = projectionSteps(by, situation);
  const tail = survey.bad === undefined ? [] : asideFrom(survey, survey.bad);
  const isSound = parity?.consistent === true && folds.length === 0 && !isElsewhere;
  const isKept = isElsewhere || (there !== 'older' && saysMore(situation));
  return [
    ...tail.map((each): Step => ({ step: 'set_aside', reason: 'torn_tail', ...each })),
    ...(there === 'behind'
      ? [
          {
            step: 'adopt_lines',
            reason: 'behind_recorded_end',
            from: look.size,
            events: size - look.size,
          } as const,
        ]
      : []),
    ...(isKept ? [{ step: 'set_mirror_aside', reason: there } as const] : []),
    ...(isSound
      ? []
      : [
          {
            step: 'rebuild_mirror',
            reason: there === 'there' ? 'projections' : there,
            events: size,
          } as const,
          ...folds,
        ]),
  ];
};

/** needsGood says whether a rebuild up to the last good event has anything to undo. */
export const needsGood = (by: Replaying, situation: Situation): boolean => {
  const refused = objection(by, situation);
  return refused?._tag === 'Corrupt' && !isOfOthers(refused);
};

const stepsOf = (by: Replaying, situation: Situation): readonly Step[] => {
  const all = fromJournalSteps(by, situation);
  const { state, isPatchy = false } = situation.look;
  const isOpened = (state === 'there' && !endsElsewhere(situation)) || isPatchy;
  if (by.options.projectionsOnly === true) return projectionsSteps(by.projections, all, isOpened);
  return isBack(by) && needsGood(by, situation) ? goodSteps(by, situation) : all;
};

/** Whether the mirror has a sound journal end elsewhere: it was made anew, and then a crash. */
export const isMisplaced = ({ survey, look, hasErased, isMet: meets }: Situation): boolean => {
  // It ends elsewhere for what was taken out, which nothing brings back; or more follows there.
  if (hasErased || meets) return false;
  const last = survey.segments.findLast(({ bytes }) => bytes > 0);
  return look.end !== undefined && look.end !== `${last?.first}:${last?.bytes}`;
};

const refusalOf = (by: Replaying, situation: Situation): Plan['refused'] => {
  const against = objection(by, situation);
  if (by.options.from === 'mirror') {
    const isWhole = against === undefined && !isMisplaced(situation);
    if (isWhole) return { _tag: 'ReplayRefused', reason: 'journal_stands' };
    // What is wrong with a checkpoint, a mirror that holds the same does not mend.
    const isOfNote = against?.reason === 'checkpoint_refused' && situation.parity?.consistent;
    return isOfNote ? against : refusedMirror(by, situation.look);
  }
  if (!isBack(by) || !needsGood(by, situation)) return against;
  const { bad, state, stays } = situation.survey;
  const isAnyGood = (bad?.size ?? state.lines) > 0;
  return isAnyGood ? stays : { _tag: 'ReplayRefused', reason: 'nothing_good' };
};

/** planAnew says what is done where there is no mirror: the journal is verified as it is read. */
export const planAnew = (segments: readonly { readonly bytes: number }[]): Plan => ({
  plan: [{ step: 'rebuild_mirror', reason: 'missing', events: 0 }],
  mirror: 'missing',
  estimate: { events: 0, bytes: segments.reduce((sum, each) => sum + each.bytes, 0), seconds: 0 },
});

/** planOf says what would be done. */
export function* planOf(by: Replaying, situation: Situation): Steps<Plan> {
  const refused = refusalOf(by, situation);
  const { survey, look } = situation;
  const events = Math.max(survey.state.lines, look.size);
  const seconds = Math.ceil(events * SECONDS_PER_EVENT);
  const planned =
    by.options.from === 'mirror' && refused === undefined
      ? yield* planFromMirror(by)
      : { plan: refused === undefined ? stepsOf(by, situation) : [] };
  return {
    ...(refused === undefined ? {} : { refused }),
    ...planned,
    mirror: relation(situation),
    estimate: { events, bytes: survey.bytes, seconds },
  };
}
