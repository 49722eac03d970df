/**
 * What experiments of kaizen become: the events by which they would have come to where they stand,
 * with the times that kaizen kept. What has no counterpart is told in notes.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../../ledger/crypto/port.ts';
import { write } from '../../../ledger/json/format.ts';
import { parseString } from '../../../ledger/json/parse.ts';
import type { Json, JsonObject } from '../../../ledger/json/value.ts';
import { isObject } from '../../../ledger/json/value.ts';
import { happenedIn } from '../../experiment/event.ts';
import { planDigest, planJson } from '../../experiment/plan.ts';
import type { Scratch } from '../scratch.ts';
import type { Columns, StoredExperiment, StoredTag } from './database.ts';
import { shortDigest } from './origin.ts';
import { planOf } from './to-plan.ts';

const ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const DAY_MS = 86_400_000;

const LATEST_MS = 253_402_300_799_999;
const time = (ms: number): string => new Date(Math.min(LATEST_MS, Math.max(0, ms))).toISOString();

const VARIANTS: Readonly<Record<string, string>> = {
  Control: 'control',
  Treatment: 'treatment',
  Excluded: 'excluded',
};

const MEMBERS = ['id', 'name', 'created_at_ms', 'state', 'concluded_at_ms'] as const;

/** A step as a draft. */
export type StepDraft = {
  readonly id: string;
  readonly event_type: string;
  readonly observed_at: string;
  readonly payload: JsonObject;
};

/** Somebody to tell what is odd. */
type Note = (text: string) => void;

export interface Told {
  readonly isPlanned: boolean;
  readonly notes: readonly string[];
  /** The steps, which may be more than memory holds; it can be asked for more than once. */
  readonly steps: (note: Note) => Iterable<StepDraft>;
}

/** The tags of an experiment. */
export interface Tags {
  readonly count: number;
  readonly each: () => Iterable<StoredTag>;
}

interface Step {
  readonly kind: string;
  readonly at: number;
  readonly payload: JsonObject;
  readonly name?: string;
}

const FIRST = 'first';

function* tagSteps(
  scratch: Scratch,
  id: string,
  at: number,
  tags: Tags,
  note: Note,
): Generator<Step, void> {
  scratch.forget(FIRST);
  for (const { session_id: session, variant: told } of tags.each()) {
    const variant = Object.hasOwn(VARIANTS, told) ? VARIANTS[told] : undefined;
    const name = shortDigest(session);
    const earlier = scratch.get(FIRST, name);
    if (variant === undefined || (earlier !== undefined && earlier !== variant)) {
      note(`session ${session} is tagged ${told}${earlier ? ` and ${earlier}` : ''}`);
      continue;
    }
    if (earlier === undefined) scratch.keep(FIRST, name, variant);
    const payload = { experiment: id, session, variant };
    yield { kind: 'tagged', at, payload, name: `${name}:${variant}` };
  }
}

const conclusion = (
  { id, created_at_ms: from, concluded_at_ms: to }: StoredExperiment,
  days: Json | undefined,
): Step => {
  const until = to ?? from;
  const early = typeof days === 'number' && until - from < days * DAY_MS;
  return { kind: 'concluded', at: until, payload: { experiment: id, early, verdict: 'undecided' } };
};

const isWhole = (columns: Columns): columns is StoredExperiment => {
  const { id, name, created_at_ms: from, metadata, state, concluded_at_ms: to } = columns;
  const areTexts = [id, name, metadata, state].every((each) => typeof each === 'string');
  return areTexts && typeof from === 'number' && typeof to !== 'string';
};

const isEvent = ({ event_type: type, payload }: StepDraft): boolean =>
  happenedIn(type, payload) !== undefined;

const STATES: ReadonlySet<string> = new Set(['Draft', 'Running', 'Concluded', 'Archived']);

/** What is taken otherwise than it is written, since there is no place for it here. */
const alterations = (stored: StoredExperiment): readonly string[] => {
  const { state, created_at_ms: from, concluded_at_ms: to } = stored;
  const isClamped = [from, to ?? from].some((at) => at < 0 || at > LATEST_MS);
  return [
    ...(STATES.has(state) ? [] : [`its state is ${write(state)}, and is taken for Draft`]),
    ...(state === 'Archived' && to === null
      ? ['kaizen kept no time of its end: it is taken for one that never ran']
      : []),
    ...(state === 'Concluded' && to === null
      ? ['kaizen kept no time of its end: it has that of its making']
      : []),
    ...(isClamped ? ['a time of it is no moment that an event can have'] : []),
    ...(to !== null && to < from ? ['it ends before it begins'] : []),
  ];
};

const draftOf = (id: string, { kind, at, payload, name }: Step): StepDraft => ({
  id: `kaizen:${kind}:${id}${name === undefined ? '' : `:${name}`}`,
  event_type: `experiment.${kind}`,
  observed_at: time(at),
  payload,
});

/** none tells why there can be no events. */
export const none = (notes: readonly string[]): Told => ({
  isPlanned: false,
  notes,
  steps: () => [],
});

/** experimentDrafts makes the events of an experiment, or tells why there can be none. */
export const experimentDrafts = (
  crypto: Crypto,
  stored: Columns,
  tags: Tags,
  scratch: Scratch,
): Told => {
  if (!isWhole(stored))
    return none(['a column of it is empty, or no number in range: it has no plan']);
  const { id, created_at_ms: from, state, metadata, concluded_at_ms: to } = stored;
  const notes: string[] = [];
  const parsed = parseString(metadata);
  const told = E.isRight(parsed) && isObject(parsed.right) ? parsed.right : {};
  const differing = MEMBERS.filter(
    (name) => Object.hasOwn(told, name) && told[name] !== stored[name],
  );
  if (differing.length > 0) notes.push(`its columns differ from its text: ${differing.join(', ')}`);
  const plan = ID.test(id) ? planOf(id, told, notes) : undefined;
  if (plan === undefined) return none([...notes, 'it has no plan that can be taken over']);
  notes.push(...alterations(stored));
  const isBegun =
    state === 'Running' || state === 'Concluded' || (state === 'Archived' && to !== null);
  const isOver = isBegun && state !== 'Running';
  if (isBegun)
    notes.push('kaizen kept no time of its start and of its tags: they have that of its making');
  else if (tags.count > 0) notes.push(`${tags.count} tags stand on it, and it never ran`);
  if (isOver) notes.push('kaizen kept no verdict');
  const all = function* (note: Note): Generator<Step, void> {
    yield { kind: 'created', at: from, payload: { plan: planJson(plan) } };
    if (isBegun) {
      const started = { experiment: id, plan_digest: planDigest(crypto, plan) };
      yield { kind: 'started', at: from, payload: started };
      yield* tagSteps(scratch, id, from, tags, note);
    }
    if (isOver) yield conclusion(stored, plan.duration_days);
    if (state === 'Archived')
      yield { kind: 'archived', at: to ?? from, payload: { experiment: id } };
  };
  const steps = function* (note: Note): Generator<StepDraft, void> {
    for (const step of all(note)) {
      const draft = draftOf(id, step);
      if (isEvent(draft)) yield draft;
      else {
        const session = write(step.payload['session'] ?? null);
        note(`session ${session} has no name that one can have here`);
      }
    }
  };
  return { isPlanned: true, notes, steps };
};
