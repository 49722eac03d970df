/**
 * Long work in steps: between two of them whoever has it done may give way to what waits, such as a
 * signal, or go straight on.
 */

/** Work that tells where it may be left for a moment, or for good. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** So many lines or rows are a step. */
export const STEP = 1000;

/** atOnce does it without giving way to anything. */
export const atOnce = <T>(work: Steps<T>): T => {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
};
