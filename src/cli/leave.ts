/**
 * What a command still has to bring to an end when it is ended: by a signal, or since what it
 * prints goes nowhere. Whoever cannot wait for that sends a signal, or another one.
 */
import { setImmediate } from 'node:timers/promises';
import { givingWay } from '../storage/giving-way.ts';
import type { Steps } from '../storage/steps.ts';

type Why = 'signal' | 'stdout';
type Leaving = (why: Why) => Promise<unknown> | undefined;

let leaving: Leaving | undefined;
let isLeaving = false;
let isDone = false;
let mayStand = false;

/** onLeave says what is done before the process exits. */
export const onLeave = (last: Leaving): void => {
  leaving = last;
};

/** verdictIs keeps the exit that says what was found: it counts although nobody reads on. */
export const verdictIs = (exit: number): void => onLeave(async () => exit);

/** recording says that the command may record something. */
export const recording = (): void => void (mayStand = true);

interface Left {
  /** What there is to say of how to go on. */
  readonly goOn: string | undefined;
  /** What was found by then. */
  readonly verdict: number;
  /** Whether something may be recorded by then. */
  readonly mayStand: boolean;
}

/** leave does it, once. */
export const leave = async (why: Why): Promise<Left> => {
  isLeaving = true;
  const last = leaving;
  leaving = undefined;
  const said = await last?.(why);
  return {
    goOn: typeof said === 'string' ? said : undefined,
    verdict: typeof said === 'number' ? said : 0,
    mayStand,
  };
};

/** done says that the command did all that it does: what is left is to tell of it. */
export const done = (): void => void (isDone = true);

/** wasDone says whether there is nothing that a signal could interrupt. */
export const wasDone = (): boolean => isDone;

/** halt goes on, unless the process is about to end: then nothing does. */
export const halt = async (): Promise<void> => {
  if (isLeaving) await new Promise(() => undefined);
};

/** heed lets a signal be heard that came during work which gives way to nothing, and halts then. */
export const heed = async (): Promise<void> => {
  await setImmediate();
  await halt();
};

/** heeding does long work, and lets a signal be heard between its steps and at its end. */
export const heeding = async <T>(work: Steps<T>): Promise<T> => {
  const made = await givingWay(work);
  await heed();
  return made;
};
