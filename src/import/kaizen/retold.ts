/**
 * An experiment that kaizen tells again, held against what the ledger has of it. What can still
 * happen to it happens. Anything else was told otherwise before, or came too late: it is kept as a
 * fact that changes nothing, and somebody is told.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../../ledger/crypto/port.ts';
import { write } from '../../../ledger/json/format.ts';
import type { JsonObject } from '../../../ledger/json/value.ts';
import type { Experiment, Standing } from '../../experiment/decider.ts';
import { decide, evolve } from '../../experiment/decider.ts';
import { happenedIn, isNote } from '../../experiment/event.ts';
import { planJson } from '../../experiment/plan.ts';
import type { Incoming, Recorded } from '../plan.ts';
import type { Scratch } from '../scratch.ts';
import { shortDigest } from './origin.ts';
import type { StepDraft } from './to-experiment.ts';

export type Retold = Omit<Incoming, 'where'>;

const NOWHERE = { seq: 0, id: '', time: '' };

/** A step as it would be recorded, and how ids begin of what is said of the same thing. */
interface Said {
  readonly draft: StepDraft;
  readonly family?: string;
}

/** The id of what was said last of a thing. */
const lastUnder = (recorded: Recorded, family: string): string | undefined =>
  [...recorded.under(family)].at(-1)?.id;

/** Whether something that is no step has the id of one: that is a conflict, and told as one. */
const isTaken = (recorded: Recorded, draft: StepDraft): boolean =>
  recorded.known(draft) === 'other' &&
  ![...recorded.under(draft.id.slice(0, -1))].some(
    ({ id, event_type: type }) => id === draft.id && type === draft.event_type,
  );

/** What is said of a plan, and whether it is begun in the same breath. */
const planSaid = (
  recorded: Recorded,
  { draft, isBegun }: { readonly draft: StepDraft; readonly isBegun: boolean },
  experiment: Experiment,
  id: string,
): Said => {
  if (isTaken(recorded, draft)) return { draft };
  const family = `kaizen:amended:${id}:`;
  const namedAs = (payload: JsonObject): string => `${family}${shortDigest(write(payload))}`;
  const own = namedAs(draft.payload);
  const amended = (name: string): Said => {
    const event_type = 'experiment.amended';
    return { draft: { ...draft, id: name, event_type }, family };
  };
  const last = lastUnder(recorded, family);
  if (last?.startsWith(own) === true) return amended(last);
  // What it begins with is settled: nobody amends it back after that. What the ledger was told by
  // others stays.
  const isStill =
    experiment.status === 'draft' &&
    last?.startsWith(namedAs({ plan: planJson(experiment.plan) })) === true;
  if (isBegun && isStill) {
    const isFirst = recorded.known({ id: own }) === 'no';
    const count = [...recorded.under(`${own}:`)].length;
    return amended(isFirst ? own : `${own}:${count + 2}`);
  }
  return recorded.known(draft) === 'other' ? amended(own) : { draft, family };
};

/** A plan that is another one than the first amends it: to each plan once, until it is begun. */
const saidNow = (
  recorded: Recorded,
  [draft, next]: Two,
  experiment: Experiment,
  id: string,
): Said => {
  if (draft.event_type === 'experiment.tagged')
    return { draft, family: draft.id.slice(0, draft.id.lastIndexOf(':') + 1) };
  if (draft.event_type !== 'experiment.created') return { draft };
  const isBegun = next?.event_type === 'experiment.started' && recorded.known(next) === 'no';
  return planSaid(recorded, { draft, isBegun }, experiment, id);
};

/** Whether something else was taken of the same thing since. */
const isOver = (recorded: Recorded, { draft, family }: Said): boolean => {
  if (family === undefined) return false;
  const last = lastUnder(recorded, family);
  return last !== undefined && last !== draft.id;
};

/** What becomes of an experiment by a step; undefined where it cannot happen. */
const after = (crypto: Crypto, standing: Standing, draft: StepDraft): Standing | undefined => {
  const happened = happenedIn(draft.event_type, draft.payload);
  if (happened === undefined || isNote(happened)) return undefined;
  if (E.isLeft(decide(crypto, standing, happened))) return undefined;
  return evolve(crypto, standing, happened, NOWHERE) ?? standing;
};

const saidOf = ({ event_type, payload }: StepDraft): string => {
  const { session, variant } = payload;
  if (typeof session === 'string' && typeof variant === 'string')
    return `session ${session} is tagged ${variant}`;
  const kind = event_type.slice('experiment.'.length);
  return kind === 'created' || kind === 'amended' ? 'its plan is another one' : `it is ${kind}`;
};

/** What cannot happen any more is told, and kept. */
const unheeded = (draft: StepDraft): Retold => {
  const { id: _, event_type: kind, payload, ...rest } = draft;
  const stated = { kind, payload };
  return {
    draft: {
      ...rest,
      id: `kaizen:step:${shortDigest(write({ ...rest, ...stated }))}`,
      event_type: 'kaizen.experiment_step',
      payload: stated,
    },
    warning: `${saidOf(draft)} now, and the ledger went another way: it changes nothing`,
  };
};

/** A step, and the one after it. */
type Two = readonly [StepDraft, StepDraft | undefined];

function* inTwos(steps: Iterable<StepDraft>): Generator<Two, void> {
  let last: StepDraft | undefined;
  for (const step of steps) {
    if (last !== undefined) yield [last, step];
    last = step;
  }
  if (last !== undefined) yield [last, undefined];
}

/** retold gives the steps as they come in. */
export function* retold(
  crypto: Crypto,
  recorded: Recorded,
  id: string,
  steps: Iterable<StepDraft>,
): Generator<Retold, void> {
  let { experiment } = recorded.standing(id, undefined);
  for (const two of inTwos(steps)) {
    const said = saidNow(recorded, two, experiment, id);
    const { draft } = said;
    const known = recorded.known(draft);
    const isSame = known === 'same' && !isOver(recorded, said);
    let next: Standing | undefined;
    // What is recorded may be since it was asked how the experiment stands; no tag changes that.
    if (known === 'no' || (isSame && draft.event_type !== 'experiment.tagged')) {
      const { session } = draft.payload;
      const { tag } = recorded.standing(id, typeof session === 'string' ? session : undefined);
      next = after(crypto, { experiment, tag }, draft);
      if (next !== undefined) ({ experiment } = next);
    }
    const isTold = isSame || next !== undefined || isTaken(recorded, draft);
    yield isTold ? { draft } : unheeded(draft);
  }
}

/** The session of a tag that was taken, by its digest. */
const SESSION = /:([0-9a-f]{32}):[a-z]+$/;
const sessionOf = (name: string): string | undefined => SESSION.exec(name)?.[1];

const STEPS = ['created', 'started', 'concluded', 'archived'];
const TAGGED = 'tagged';

/** withdrawn tells what was taken before, and is not said of an experiment any more. */
export const withdrawn = (
  recorded: Recorded,
  id: string,
  steps: () => Iterable<StepDraft>,
  scratch: Scratch,
): string | undefined => {
  const left = new Set(
    STEPS.filter((kind) => recorded.known({ id: `kaizen:${kind}:${id}` }) !== 'no'),
  );
  let tags = 0;
  scratch.forget(TAGGED);
  for (const { id: name } of recorded.under(`kaizen:tagged:${id}:`))
    if (scratch.keep(TAGGED, sessionOf(name) ?? '')) tags++;
  if (left.size + tags === 0) return undefined;
  for (const { id: name, event_type: type } of steps()) {
    left.delete(type.slice('experiment.'.length));
    const session = sessionOf(name);
    if (session !== undefined && scratch.take(TAGGED, session) !== undefined) tags--;
  }
  const undone = [...left].map(
    (kind) => `it is not ${kind === 'created' ? 'planned' : kind} any more`,
  );
  const all = [...undone, ...(tags === 0 ? [] : [`tags taken away: ${tags}`])];
  return all.length === 0 ? undefined : `${all.join(', ')}, and the ledger keeps what it has`;
};
