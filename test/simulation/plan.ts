/**
 * What goes wrong, and when: before each operation a plan is asked, and may let it fail, cut it
 * short or stop the process. Operations are the calls of the disk, of the databases and the lock.
 */
import type { DiskCall } from '../../src/storage/disk.ts';

export interface Operation {
  readonly process: number;
  readonly call: DiskCall | 'open_database' | 'create_database' | 'begin' | 'commit' | 'lock';
  readonly path: string;
}

/**
 * `before` and `after` it took effect; `lost` is `before`, and a sync that fails so forgets what it
 * was to write: read it is as written, the next sync has nothing to do, power takes it away.
 */
export type Fault =
  | {
      readonly kind: 'fail';
      /** Such as `EIO`, or `SQLITE_FULL` of a database. */
      readonly errno: string;
      readonly when: 'before' | 'after' | 'lost';
    }
  | { readonly kind: 'short'; readonly bytes: number };

export type Plan = (operation: Operation) => Fault | undefined;
export type Which = (operation: Operation) => boolean;

/** Stopped is thrown where a process ends in the middle; nothing but a test may catch it. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

const whichever: Which = () => true;

/** The n-th of the operations in question, from 0. */
const isNth = (n: number, which: Which): Which => {
  let seen = 0;
  return (operation) => which(operation) && seen++ === n;
};

/** calls picks operations by what they are, and by the end of their path. */
export const calls =
  (call: Operation['call'], ending = ''): Which =>
  (operation) =>
    operation.call === call && operation.path.endsWith(ending);

/** failing gives the fault to every operation in question. */
export const failing =
  (fault: Fault, which: Which = whichever): Plan =>
  (operation) =>
    which(operation) ? fault : undefined;

/** failingAt gives the fault to the n-th operation in question, from 0. */
export const failingAt = (n: number, fault: Fault, which: Which = whichever): Plan =>
  failing(fault, isNth(n, which));

/** stoppingAt ends the process before the n-th operation in question, from 0. */
export const stoppingAt = (n: number, which: Which = whichever): Plan => {
  const isIt = isNth(n, which);
  return (operation) => {
    if (isIt(operation)) throw new Stopped(`${operation.call} ${operation.path}`);
    return undefined;
  };
};

/** allOf asks every plan; the first fault counts. */
export const allOf =
  (...plans: readonly Plan[]): Plan =>
  (operation) =>
    plans.map((plan) => plan(operation)).find((fault) => fault !== undefined);
