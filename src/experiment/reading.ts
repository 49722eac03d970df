/**
 * Reading numbers and words out of payloads: what a JSON pointer (RFC 6901) leads to, and what of
 * it is a number.
 */
import type { Json } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';

const INDEX = /^(?:0|[1-9]\d{0,8})$/;
const DECIMAL = /^-?(?:0|[1-9]\d{0,17})(?:\.\d{1,17})?$/;

/** stepsOf splits a pointer once, for all the payloads that it is followed in. */
export const stepsOf = (pointer: string | undefined): readonly string[] =>
  (pointer ?? '')
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

/** leadTo follows the steps; undefined where they lead to nothing. */
export const leadTo = (payload: Json | undefined, steps: readonly string[]): Json | undefined => {
  let found = payload;
  for (const step of steps) {
    if (Array.isArray(found)) {
      const items = found as readonly Json[];
      found = INDEX.test(step) ? items[Number(step)] : undefined;
    } else if (isObject(found)) found = Object.hasOwn(found, step) ? found[step] : undefined;
    else return undefined;
  }
  return found;
};

/** numberOf gives the number that a value is; undefined where it is none. */
export const numberOf = (value: Json): number | undefined => {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'string' && DECIMAL.test(value) ? Number(value) : undefined;
};

const LEAST = 1e-30;

/**
 * isMeasure says whether a number is one that is counted with. None that can be read is above 1e18;
 * as none is nearer to 0 than this, no sum, quotient or square of them leaves the doubles, and no
 * one event undoes a report.
 */
export const isMeasure = (value: number): boolean => value === 0 || Math.abs(value) >= LEAST;

/** wordOf gives what a binding compares. */
export const wordOf = (value: Json): string | undefined => {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
};
