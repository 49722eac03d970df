/**
 * Replaying: disaster recovery. A plan is made without a write; the work is done under the writer
 * lock, and what stands then is proved to be in parity. A crash at any step is mended by asking for
 * the same again.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Signer } from '../../ledger/key/key.ts';
import type { Surface } from '../../policies/surface.ts';
import type { Corrupt, StorageError } from '../storage/outcome.ts';
import type { Steps } from '../storage/steps.ts';
import { givingWay } from '../storage/giving-way.ts';
import type { Appender } from './append.ts';
import { cutOff, decide, forgetIntent, wanting } from './replay-good.ts';
import { foreignTo, isMoot, isOn } from './replay-intent.ts';
import { lookAtMirror } from './replay-mirror.ts';
import { withNote } from './replay-note.ts';
import type { Plan, Situation } from './replay-plan.ts';
import { examine, needsGood, planAnew, planOf } from './replay-plan.ts';
import type { ReplayError, ReplayRefused, Replayed, Replaying } from './replay-request.ts';
import { isBack } from './replay-request.ts';
import type { Done } from './replay-work.ts';
import type { Step } from './replay-step.ts';
import { patiently, settled } from './replay-settled.ts';
import { notesOf, segmentsIn } from './replay-survey.ts';
import { lostJournal, mirrorFromJournal, projectionsAlone, report } from './replay-work.ts';
import type { Receipt } from './receipt.ts';
import { isTaken } from './receipt.ts';
import type { Intent } from './undone-key.ts';
import { readIntent } from './undone-key.ts';

/** What a ledger that is open lends to a replay. */
export interface Door {
  readonly exclusively: Appender['exclusively'];
  readonly checkpoint: Appender['checkpoint'];
  /** The append use case, for what is to be said of a recovery. */
  readonly record: (
    drafts: readonly (readonly [JsonObject, Surface])[],
    key: Signer | undefined,
  ) => Promise<E.Either<ReplayError, readonly Receipt[]>>;
}

type Answer<T> = E.Either<ReplayError, T>;

interface Worked {
  readonly plan: Plan;
  readonly done: Done;
  /** What the ledger has still to say. */
  readonly intent: Intent | undefined;
}

function* fromMirror(by: Replaying, situation: Situation): Steps<Answer<Worked>> {
  const plan = yield* planOf(by, situation);
  if (plan.refused !== undefined) return E.left(plan.refused);
  return E.map((done: Done) => ({ plan, done, intent: undefined }))(yield* lostJournal(by));
}

function* foldsAlone(by: Replaying, situation: Situation): Steps<Answer<Worked>> {
  const plan = yield* planOf(by, situation);
  if (plan.refused !== undefined) return E.left(plan.refused);
  return E.map((done: Done) => ({ plan, done, intent: undefined }))(yield* projectionsAlone(by));
}

const refusedOf = (
  by: Replaying,
  situation: Situation,
  earlier: Intent | undefined,
): ReturnType<typeof foreignTo> =>
  earlier === undefined ? E.right(undefined) : foreignTo(by, situation, earlier);

/**
 * Makes the mirror anew, of the journal as it stands, back at its last good event where that is
 * asked for and needed, or on with what an earlier attempt had decided on.
 */
function* anew(
  by: Replaying,
  situation: Situation,
  earlier: Intent | undefined,
): Steps<Answer<Worked>> {
  const plan = yield* planOf(by, situation);
  const isBad = needsGood(by, situation);
  if (plan.refused !== undefined) return E.left(plan.refused);
  const foreign = refusedOf(by, situation, earlier);
  if (E.isLeft(foreign)) return foreign;
  if (foreign.right !== undefined) return E.left(foreign.right);
  const on = earlier === undefined ? E.right(!isBad) : isOn(by, situation, earlier);
  if (E.isLeft(on)) return on;
  const intent = on.right ? E.right(earlier) : decide(by, situation, earlier);
  if (E.isLeft(intent)) return intent;
  const cut =
    isBad && intent.right !== undefined ? cutOff(by, situation, intent.right) : E.right(undefined);
  if (E.isLeft(cut)) return cut;
  const asideBytes = intent.right?.bytes ?? 0;
  return E.map((done: Done) => ({
    plan,
    done: { ...done, asideBytes: done.asideBytes + asideBytes },
    intent: intent.right,
  }))(yield* mirrorFromJournal(by, isBad ? 'back' : 'unknown'));
}

/** Whether there is no mirror, and nothing but that to mend, as far as the names of things tell. */
const isBare = (by: Replaying): boolean => {
  const { from, projectionsOnly = false, toLastGood = false } = by.options;
  const isAsked = from !== undefined || projectionsOnly || toLastGood;
  if (isAsked || lookAtMirror(by).state !== 'missing') return false;
  const notes = notesOf(by);
  return E.isRight(notes) && notes.right.none === undefined;
};

/** Makes the mirror of the journal, which is verified line by line before anything is written. */
function* fromNothing(by: Replaying): Steps<Answer<Worked>> {
  const segments = segmentsIn(by.ports.disk, by.layout.journal);
  if (E.isLeft(segments)) return segments;
  const plan = planAnew(segments.right);
  return E.map((done: Done) => ({ plan, done, intent: undefined }))(yield* mirrorFromJournal(by));
}

/** What an earlier attempt had decided on, unless the journal was made whole in another way. */
const stillOpen = (
  by: Replaying,
  situation: Situation,
  earlier: Intent | undefined,
): E.Either<StorageError, Intent | undefined> =>
  earlier === undefined
    ? E.right(undefined)
    : E.map((moot: boolean) => (moot ? undefined : earlier))(isMoot(by, situation, earlier));

/** Forgets what is not to be told of a journal that the mirror made whole. */
function* whole(by: Replaying, earlier: Intent | undefined): Steps<E.Either<StorageError, void>> {
  if (earlier === undefined) return E.right(undefined);
  const situation = yield* examine(by);
  if (E.isLeft(situation)) return situation;
  const pending = stillOpen(by, situation.right, earlier);
  if (E.isLeft(pending)) return pending;
  return pending.right === undefined ? forgetIntent(by) : E.right(undefined);
}

function* work(by: Replaying): Steps<Answer<Worked>> {
  const { from, projectionsOnly } = by.options;
  const earlier = readIntent(by.ports.disk, by.layout);
  if (E.isLeft(earlier)) return earlier;
  if (earlier.right === undefined && isBare(by)) return yield* fromNothing(by);
  // All of it is looked at first: what is wrong in its middle is no reason to mend its tail.
  const situation = yield* examine(by);
  if (E.isLeft(situation)) return situation;
  if (from === 'mirror') {
    const made = yield* fromMirror(by, situation.right);
    const left = E.isLeft(made) ? made : yield* whole(by, earlier.right);
    return E.isLeft(left) ? left : made;
  }
  const pending = stillOpen(by, situation.right, earlier.right);
  if (E.isLeft(pending)) return pending;
  const isDone = earlier.right !== undefined && pending.right === undefined;
  const forgotten = isDone ? forgetIntent(by) : E.right(undefined);
  if (E.isLeft(forgotten)) return forgotten;
  return projectionsOnly === true && pending.right === undefined
    ? yield* foldsAlone(by, situation.right)
    : yield* anew(by, situation.right, pending.right);
}

const surfaceOf = (draft: JsonObject): Surface =>
  draft['event_type'] === 'ledger.recovered' ? 'recovery' : 'key_change';

/** Whether it was recorded by an earlier attempt, with another signature or none. */
const isSaid = (receipt: Receipt): boolean =>
  receipt.status === 'conflict' && receipt.reason === 'id_taken';

/** Lets the ledger say what was done; the intent holds until it has. */
const say = async (by: Replaying, door: Door, intent: Intent): Promise<Answer<void>> => {
  const { operator, newLogKey } = by.options;
  let drafts = intent.drafts.map((draft) => [draft, surfaceOf(draft)] as const);
  while (drafts.length > 0) {
    const said = await door.record(drafts, operator);
    if (E.isLeft(said)) return said;
    const at = said.right.findIndex((receipt) => !isTaken(receipt));
    if (at === -1) break;
    const receipt = said.right[at];
    if (receipt === undefined || !isSaid(receipt)) {
      const receipts = said.right;
      const refused: ReplayRefused = { _tag: 'ReplayRefused', reason: 'not_recorded', receipts };
      return E.left(refused);
    }
    drafts = drafts.slice(at + 1);
  }
  if (intent.isFork && newLogKey !== undefined) {
    const signed = await door.checkpoint(newLogKey);
    if (E.isLeft(signed) && signed.left._tag !== 'Unsigned') return E.left(signed.left);
  }
  return door.exclusively<void, ReplayError>(() => forgetIntent(by));
};

/** What the work still needs, where it goes back or goes on with what was decided before. */
const keysFor = (
  by: Replaying,
  situation: Situation,
  earlier: Intent | undefined,
): E.Either<StorageError, Corrupt | ReplayRefused | undefined> => {
  const foreign = refusedOf(by, situation, earlier);
  if (E.isLeft(foreign) || foreign.right !== undefined) return foreign;
  if (!isBack(by) || !needsGood(by, situation)) return E.right(undefined);
  const on = earlier === undefined ? E.right(false) : isOn(by, situation, earlier);
  if (E.isLeft(on)) return on;
  return on.right ? E.right(undefined) : wanting(by, situation);
};

/** What is still to be recorded is so once the rest is done. */
const toldBy = (earlier: Intent | undefined, plan: Plan): Plan => {
  const isTold = plan.plan.some(({ step }) => step === 'record_recovery');
  if (earlier === undefined || isTold) return plan;
  const { size } = earlier;
  const told = { step: 'record_recovery', reason: 'beyond_last_good', size } as const;
  return { ...plan, plan: [...plan.plan, told] };
};

/** A plan that finds nothing to do asks what an audit finds of the mirror, which sees more. */
const asked = async (by: Replaying, plan: Plan): Promise<Answer<Plan>> => {
  if (plan.plan.length > 0) return E.right(plan);
  const { audit } = await import('../verify/verify.ts');
  const audited = await audit(by);
  // Where the journal changed so much meanwhile that none could be made, this is what was seen.
  if (E.isLeft(audited))
    return audited.left._tag === 'DiskFailed' ? E.left(audited.left) : E.right(plan);
  if (audited.right.verdict !== 'drift') return E.right(plan);
  const { events } = plan.estimate;
  return E.right({ ...plan, plan: [{ step: 'rebuild_mirror', reason: 'differs', events }] });
};

const restores = ({ step }: Step): boolean => step === 'restore_checkpoint';

const foresee = async (by: Replaying): Promise<Answer<Plan>> => {
  const earlier = readIntent(by.ports.disk, by.layout);
  if (E.isLeft(earlier)) return earlier;
  const examined = await givingWay(examine(by));
  if (E.isLeft(examined)) return examined;
  const situation = await settled(by, examined.right);
  const pending = stillOpen(by, situation, earlier.right);
  if (E.isLeft(pending)) return pending;
  const planned = await givingWay(planOf(by, situation));
  if (planned.refused !== undefined) return E.right(planned);
  const plan = toldBy(pending.right, planned);
  const needed = keysFor(by, situation, pending.right);
  if (E.isLeft(needed)) return needed;
  if (needed.right !== undefined) return E.right({ ...plan, plan: [], refused: needed.right });
  const all = await asked(by, plan);
  if (E.isLeft(all)) return all;
  return patiently(
    () => withNote(by, situation, all.right),
    (noted) => E.isLeft(noted) || !noted.right.plan.some(restores),
  );
};

/** replay plans and, where more than a plan is asked for, does what is planned. */
export const replay = async (by: Replaying, door: Door): Promise<Answer<Replayed>> => {
  if (by.options.dryRun === true)
    return E.map((plan: Plan) => ({ plan, report: undefined }))(await foresee(by));
  const worked = await door.exclusively<Worked, ReplayError>(() => givingWay(work(by)));
  if (E.isLeft(worked)) return worked;
  const { plan, done, intent } = worked.right;
  const said = intent === undefined ? E.right(undefined) : await say(by, door, intent);
  if (E.isLeft(said)) return said;
  return door.exclusively<Replayed, ReplayError>(async () =>
    E.map((proved: Replayed['report']) => ({ plan, report: proved }))(
      await givingWay(report(by, done)),
    ),
  );
};
