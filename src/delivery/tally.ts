/**
 * What came of one flush to one destination.
 */

export interface Tally {
  delivered: number;
  parked: number;
  batches: number;
  /** When to go on, where it was left for later. */
  retryAt: number | undefined;
  attempts: number;
  /** Whether it is all that is left for later. */
  isDown: boolean;
}

/** NOTHING came of it. */
export const NOTHING: Readonly<Tally> = {
  delivered: 0,
  parked: 0,
  batches: 0,
  retryAt: undefined,
  attempts: 0,
  isDown: false,
};
