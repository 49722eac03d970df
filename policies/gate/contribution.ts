/**
 * What one rule says of a proposal.
 *
 *     {"rule":"key-is-current","outcome":"reject","reason":"the key was retired",
 *      "overridable":false,"evidence":{"key_id":"alice+4180d57d","since_seq":12}}
 *
 * The reason is safe to record where the payload may not be: it bears nothing of the payload.
 * The evidence may, is for people, and is never recorded.
 */
import * as E from 'fp-ts/lib/Either.js';
import { format } from '../../ledger/json/format.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { RuleId } from '../../ledger/name.ts';
import type { RuleOutcome } from '../outcome.ts';
import { RULE_OUTCOMES } from '../outcome.ts';

/** What a rule answers; the gate adds whose answer it is. */
export interface Verdict {
  readonly outcome: RuleOutcome;
  readonly reason: string;
  readonly overridable: boolean;
  readonly evidence: JsonObject;
}

export interface Contribution extends Verdict {
  readonly rule: RuleId;
}

/** In UTF-16 units: room for a sentence of 200 characters of two units, and what is added. */
export const MAX_REASON = 450;

/** HOLDS is what most rules say of most proposals: made and judged once, and nothing changes it. */
export const HOLDS: Verdict = Object.freeze({
  outcome: 'allow',
  reason: 'holds',
  overridable: true,
  evidence: Object.freeze({}),
});

/** IDLE is what a rule says of a proposal that it has nothing to ask about. */
export const IDLE: Verdict = Object.freeze({ ...HOLDS, reason: 'does not apply' });

const isLeaf = (value: unknown): boolean => {
  if (typeof value === 'string') return value.length <= 1000 && value.isWellFormed();
  return typeof value === 'boolean' || (Number.isSafeInteger(value) && !Object.is(value, -0));
};

/** Shown in JSON or not; to list all keys at once takes three times as long (measured). */
const ownMembers = (value: object): number =>
  Object.getOwnPropertyNames(value).length + Object.getOwnPropertySymbols(value).length;

const MOST = 10;

const isFlatList = (list: readonly unknown[]): boolean => {
  const { length } = list;
  const isBare = Object.keys(list).length === length && ownMembers(list) === length + 1;
  if (!isBare || length > MOST) return false;
  // By index, so that a hole is met, which is no leaf.
  for (let i = 0; i < length; i++) if (!isLeaf(list[i])) return false;
  return true;
};

const isFlatMember = (key: string, value: unknown): boolean =>
  key !== '__proto__' &&
  key.isWellFormed() &&
  (Array.isArray(value) ? isFlatList(value) : isLeaf(value));

/** Most evidence is a few short texts and numbers: to tell that is quicker than to write it. */
const isFlat = (value: JsonObject): boolean => {
  try {
    const keys = Object.keys(value);
    const isBare =
      Object.getPrototypeOf(value) === Object.prototype && ownMembers(value) === keys.length;
    return isBare && keys.length <= MOST && keys.every((key) => isFlatMember(key, value[key]));
  } catch {
    return false; // a getter or a proxy threw
  }
};

const isEvidence = (value: unknown): value is JsonObject =>
  isObject(value as Json) && (isFlat(value as JsonObject) || E.isRight(format(value)));

/**
 * verdictOf tells an answer from nonsense, undefined: what a rule gives is not trusted to be of its
 * type. Members beyond the four are left behind.
 */
export const verdictOf = (value: unknown): Verdict | undefined => {
  if (value === HOLDS) return HOLDS;
  if (value === IDLE) return IDLE;
  if (typeof value !== 'object' || value === null) return undefined;
  const { outcome, reason, overridable, evidence } = value as Record<keyof Verdict, unknown>;
  const known = RULE_OUTCOMES.find((each) => each === outcome);
  if (known === undefined || typeof overridable !== 'boolean') return undefined;
  if (typeof reason !== 'string' || reason === '' || reason.length > MAX_REASON) return undefined;
  return reason.isWellFormed() && isEvidence(evidence)
    ? { outcome: known, reason, overridable, evidence }
    : undefined;
};
