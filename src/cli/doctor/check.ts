/**
 * What the doctor says of one thing that it looked at.
 */

import type { CliError } from '../error.ts';
import { errorText } from '../error-text.ts';

export type State = 'ok' | 'warn' | 'fail';

export interface Check {
  /** Stable: scripts look for it. */
  readonly check: string;
  readonly state: State;
  readonly message: string;
  /** What to do about it, where it is not ok. */
  readonly next?: string;
}

export const ok = (check: string, message: string): Check => ({ check, state: 'ok', message });

export const warn = (check: string, message: string, next: string): Check => ({
  check,
  state: 'warn',
  message,
  next,
});

export const fail = (check: string, message: string, next: string): Check => ({
  check,
  state: 'fail',
  message,
  next,
});

/** asTold says of one thing what an error tells, and what to do about it. */
export const asTold = (say: typeof fail | typeof warn, check: string, error: CliError): Check => {
  const { message, next } = errorText(error);
  return say(check, message, next);
};

const SPANS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

/** spanText tells how long something is, in one unit. */
export const spanText = (ms: number): string => {
  const [unit, length] = SPANS.find(([, each]) => ms >= each) ?? ['second', 1000];
  const count = Math.floor(ms / length);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
};

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** sizeText tells how many bytes something is. */
export const sizeText = (bytes: number): string => {
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
  return `${Math.floor(bytes / 1024 ** power)} ${UNITS[power] ?? ''}`;
};
