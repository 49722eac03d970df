/**
 * Long work in steps: between two of them whoever has it done may give way to what waits, such as a
 * signal, or go straight on.
 */

/** Work that tells where it may be left for a moment, or for good. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** So many lines or rows are a step, or so many bytes of them. */
const STEP = 1000;
const STEP_BYTES = 1 << 22;

/** Pace tells where a step ends. */
export class Pace {
  private lines = 0;
  private bytes = 0;

  /** isOver counts a line or row, and says whether the step ends with it. */
  isOver(bytes: number): boolean {
    this.lines++;
    this.bytes += bytes;
    if (this.lines < STEP && this.bytes < STEP_BYTES) return false;
    this.lines = this.bytes = 0;
    return true;
  }
}

/** atOnce does it without giving way to anything. */
export const atOnce = <T>(work: Steps<T>): T => {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
};
