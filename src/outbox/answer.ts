/**
 * What came back, and what it means.
 */

/** Why there is no answer, or none that says anything. */
export type Failure =
  'refused' | 'unreachable' | 'reset' | 'timeout' | 'tls' | 'redirect' | 'bad_response';

export interface Answered {
  readonly status: number;
  readonly retryAfterMs?: number | undefined;
  readonly received?: number | undefined;
  readonly deduped?: number | undefined;
  /** What the receiver names its own receipt. */
  readonly receipt?: string | undefined;
}

export interface Failed {
  readonly failure: Failure;
  readonly status?: number | undefined;
  /** A connection that was kept from earlier posts ended before any answer. */
  readonly isStale?: boolean | undefined;
}

export type Answer = Answered | Failed;

export type Meaning =
  | 'delivered'
  | 'before'
  /** The same, later. */
  | 'busy'
  | 'failing'
  /** Whoever sends it has to be mended. */
  | 'unauthorized'
  /** Less at a time. */
  | 'too_large'
  /** Something in it. */
  | 'rejected';

/** Of the 4xx these speak of the moment and not of what was sent. */
const BUSY = new Set([408, 425, 429]);

/** meaningOf tells what an answer means. */
export const meaningOf = (answer: Answer): Meaning => {
  if ('failure' in answer) return 'failing';
  const { status } = answer;
  if (status >= 200 && status < 300) return 'delivered';
  if (status === 409) return 'before';
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 413) return 'too_large';
  if (BUSY.has(status) || status === 503) return 'busy';
  return status >= 400 && status < 500 ? 'rejected' : 'failing';
};

/** reasonOf names why a batch was not delivered, for what is recorded. */
export const reasonOf = (answer: Answer): string =>
  'failure' in answer ? answer.failure : `status_${answer.status}`;
