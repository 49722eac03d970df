/**
 * What follows from an answer: a pure decision. Time and chance are handed in.
 */
import type { Answer } from './answer.ts';
import { meaningOf } from './answer.ts';
import type { Limits } from './destination.ts';
import { MOST_MS as LONGEST_MS } from './retry-after.ts';

/** A batch that is being sent. */
export interface Sending {
  readonly items: number;
  /** Attempts so far, the one that is answered included. */
  readonly attempts: number;
  /** When it first failed, in this run. */
  readonly failingSince: number | undefined;
  /** How often it was left for later before. */
  readonly failures?: number;
  readonly limits: Pick<Limits, 'attempts' | 'wait_ms'>;
}

export interface Moment {
  readonly now: number;
  /** From 0, below 1. */
  readonly random: number;
}

export type Step =
  | { readonly step: 'delivered'; readonly isBefore: boolean }
  /** In two halves, each a batch of its own. */
  | { readonly step: 'split'; readonly reason: 'too_large' | 'rejected' }
  | { readonly step: 'park'; readonly reason: 'too_large' | 'rejected' }
  | { readonly step: 'stop' }
  /** The same again, at that time. */
  | { readonly step: 'wait'; readonly until: number }
  /** Enough for now. */
  | { readonly step: 'later'; readonly until: number };

export type Failing = Extract<Step, { readonly until: number }>;

const FIRST_MS = 200;
const MOST_MS = 60_000;
/** Of what was left before; its first wait is longer than any of the others can be. */
const LEFT = { attempts: 9, most: 3_600_000 };
const SHORT_MS = 10_000;
/** So far a clock may be set back. */
const LEEWAY_MS = 3_600_000;

/** backoff waits longer after each attempt, jittered over all of it so that nobody is in step. */
export const backoff = (attempts: number, random: number, most = MOST_MS): number =>
  Math.ceil(random * Math.min(most, FIRST_MS * 2 ** Math.min(30, attempts)));

/** rarely waits longer each time that a batch is left. */
export const rarely = (failures: number, random: number): number =>
  failures > 0 ? backoff(LEFT.attempts + failures, random, LEFT.most) : 0;

/** askedOf tells for how long a receiver asks to be left alone; 0 where it does not. */
export const askedOf = (answer: Answer): number =>
  'failure' in answer ? 0 : (answer.retryAfterMs ?? 0);

const again = (sending: Sending, answer: Answer, { now, random }: Moment): Step => {
  const { attempts, failingSince = now, failures = 0, limits } = sending;
  // Never sooner than it asks for; who always asks for little is tried less and less often, too.
  const until = now + Math.max(backoff(attempts, random), askedOf(answer));
  const isOver = attempts >= limits.attempts || until - failingSince > limits.wait_ms;
  return isOver
    ? { step: 'later', until: Math.max(until, now + rarely(failures, random)) }
    : { step: 'wait', until };
};

/** decide tells the next step. */
export const decide = (sending: Sending, answer: Answer, moment: Moment): Step => {
  const meaning = meaningOf(answer);
  switch (meaning) {
    case 'delivered':
    case 'before':
      return { step: 'delivered', isBefore: meaning === 'before' };
    case 'unauthorized':
      return { step: 'stop' };
    case 'too_large':
    case 'rejected':
      return { step: sending.items > 1 ? 'split' : 'park', reason: meaning };
    case 'busy':
    case 'failing':
      return again(sending, answer, moment);
  }
};

/**
 * isAhead says whether a moment is yet to come. One that lies further ahead than anybody is left
 * alone for was told by a clock that was wrong.
 */
export const isAhead = (until: number, now: number): boolean =>
  until > now && until - now <= LONGEST_MS + LEEWAY_MS;

/** isShort says whether a wait is over before anybody reads of it. */
export const isShort = (ms: number): boolean => ms < SHORT_MS;

/** isLeftAlone says whether whoever goes on must know until when: it asked, or it is long. */
export const isLeftAlone = ({ step, until }: Failing, answer: Answer, now: number): boolean =>
  step === 'later' && (askedOf(answer) > 0 || !isShort(until - now));
