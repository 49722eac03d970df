/**
 * What follows from an answer: a pure decision. Time and chance are handed in.
 */
import type { Answer } from './answer.ts';
import { meaningOf } from './answer.ts';
import type { Limits } from './destination.ts';

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
/** Less is over before anybody reads of it. */
const SHORT_MS = 10_000;

/** backoff waits longer after each attempt, jittered over all of it so that nobody is in step. */
export const backoff = (attempts: number, random: number, most = MOST_MS): number =>
  Math.ceil(random * Math.min(most, FIRST_MS * 2 ** Math.min(30, attempts)));

const again = (sending: Sending, answer: Answer, { now, random }: Moment): Step => {
  const asked = 'failure' in answer ? undefined : answer.retryAfterMs;
  const { attempts, failingSince = now, failures = 0, limits } = sending;
  const least =
    failures > 0 ? backoff(LEFT.attempts + failures, random, LEFT.most) : backoff(attempts, random);
  // At once, or at a moment that is over, would be again and again without a pause.
  const waits = asked === undefined || asked === 0 ? least : asked;
  const until = now + waits;
  const isOver = attempts >= limits.attempts || until - failingSince > limits.wait_ms;
  return { step: isOver ? 'later' : 'wait', until };
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

/** isAsked says whether a receiver asks to be left alone for a while. */
export const isAsked = (answer: Answer): boolean =>
  'retryAfterMs' in answer && (answer.retryAfterMs ?? 0) > 0;

/** isLeftAlone says whether whoever goes on must know until when: it asked, or it is long. */
export const isLeftAlone = ({ step, until }: Failing, answer: Answer, now: number): boolean =>
  step === 'later' && (isAsked(answer) || until - now >= SHORT_MS);
