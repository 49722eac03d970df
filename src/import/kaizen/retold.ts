/**
 * An experiment that kaizen tells again, held against what the ledger has of it. What can still
 * happen to it happens. Anything else was told otherwise before, or came too late: it is kept as a
 * fact that changes nothing, and somebody is told.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../../ledger/crypto/port.ts';
import { write } from '../../../ledger/json/format.ts';
import type { Standing } from '../../experiment/decider.ts';
import { decide, evolve } from '../../experiment/decider.ts';
import { happenedIn, isNote } from '../../experiment/event.ts';
import type { Incoming, Recorded } from '../plan.ts';
import { shortDigest } from './origin.ts';
import type { StepDraft } from './to-experiment.ts';

export type Retold = Omit<Incoming, 'where'>;

const NOWHERE = { seq: 0, id: '', time: '' };

/** A plan that is another one than the last that was taken amends it, where that is possible. */
const amending = (recorded: Recorded, experiment: string, draft: StepDraft): StepDraft => {
  const start = `kaizen:amended:${experiment}:`;
  const earlier = [...recorded.under(start)];
  const digest = shortDigest(write(draft.payload));
  const last = earlier.at(-1);
  if (last === undefined && recorded.known(draft) !== 'other') return draft;
  const isLast = last?.endsWith(`:${digest}`) === true;
  const id = isLast ? last : `${start}${earlier.length + 1}:${digest}`;
  return { ...draft, id, event_type: 'experiment.amended' };
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
    return `session ${session} is tagged ${variant} now`;
  const kind = event_type.slice('experiment.'.length);
  return kind === 'created' || kind === 'amended'
    ? 'its plan is another one now'
    : `it is ${kind} otherwise now`;
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
    warning: `${saidOf(draft)}, and the ledger has it otherwise: it is kept, and changes nothing`,
  };
};

/** retold gives the steps as they come in. */
export function* retold(
  crypto: Crypto,
  recorded: Recorded,
  id: string,
  steps: readonly StepDraft[],
): Generator<Retold, void> {
  let { experiment } = recorded.standing(id, undefined);
  for (const step of steps) {
    const draft = step.event_type === 'experiment.created' ? amending(recorded, id, step) : step;
    const known = recorded.known(draft);
    const { session } = step.payload;
    const { tag } = recorded.standing(id, typeof session === 'string' ? session : undefined);
    const next = known === 'no' ? after(crypto, { experiment, tag }, draft) : undefined;
    if (next !== undefined) ({ experiment } = next);
    yield known === 'same' || next !== undefined ? { draft } : unheeded(draft);
  }
}

/** The session of a tag that was taken, by its digest. */
const SESSION = /:([0-9a-f]{32}):[a-z]+$/;
const sessionOf = (name: string): string | undefined => SESSION.exec(name)?.[1];

/** withdrawn tells what was taken before, and is not said of an experiment any more. */
export const withdrawn = (
  recorded: Recorded,
  id: string,
  steps: readonly StepDraft[],
): string | undefined => {
  const tagged = new Set([...recorded.under(`kaizen:tagged:${id}:`)].map(sessionOf));
  for (const each of steps) tagged.delete(sessionOf(each.id));
  const untagged = tagged.size === 0 ? [] : [`tags taken away: ${tagged.size}`];
  const undone = ['started', 'concluded', 'archived'].flatMap((kind) => {
    const name = `kaizen:${kind}:${id}`;
    const isSaid = steps.some((each) => each.id === name);
    const wasSaid = recorded.known({ id: name }) !== 'no';
    return wasSaid && !isSaid ? [`it is not ${kind} any more`] : [];
  });
  const all = [...undone, ...untagged];
  return all.length === 0 ? undefined : `${all.join(', ')}, and the ledger keeps what it has`;
};
