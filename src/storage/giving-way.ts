/**
 * Long work that gives way between its steps.
 */
import { setImmediate } from 'node:timers/promises';
import type { Steps } from './steps.ts';

/** givingWay does it, and lets whatever else waits for the process have its turn between steps. */
export const givingWay = async <T>(work: Steps<T>): Promise<T> => {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    await setImmediate();
  }
};
