/**
 * JSON Pointers (RFC 6901) into payloads: `/total`, `/lines/0/price`.
 */
import type { Json } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';

export interface Pointer {
  readonly text: string;
  readonly steps: readonly string[];
}

const MAX_POINTER = 256;

/** parsePointer reads one, undefined where it is none. */
export const parsePointer = (text: string): Pointer | undefined => {
  const isPointer = /^(?:\/(?:[^~/]|~[01])*)*$/.test(text) && text.length <= MAX_POINTER;
  if (!isPointer) return undefined;
  const steps = text.split('/').slice(1);
  const plain = steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return { text, steps: plain };
};

const under = (value: Json | undefined, step: string): Json | undefined => {
  if (Array.isArray(value))
    return /^(?:0|[1-9]\d*)$/.test(step) ? (value as readonly Json[])[Number(step)] : undefined;
  return isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
};

/** valueAt gives what a pointer points to, undefined where that is nothing. */
export const valueAt = ({ steps }: Pointer, value: Json | undefined): Json | undefined =>
  steps.reduce(under, value);
