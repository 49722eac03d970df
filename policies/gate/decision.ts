/**
 * A decision: what becomes of a proposal, by which rules, under which set of policies.
 *
 *     {"outcome":"warn","contributing":[…],"discarded":[…],
 *      "required":["an-attestation-is-there",…],"policy_set":"<digest>"}
 */
import type { Outcome, Policy } from '../../ledger/event/header.ts';
import type { Digest, EventId, RuleId } from '../../ledger/name.ts';
import type { Outcome as AnyOutcome } from '../outcome.ts';
import { isBlocking } from '../outcome.ts';
import type { RuleName } from '../rule/name.ts';
import type { Contribution } from './contribution.ts';

export interface Decision {
  readonly outcome: AnyOutcome;
  /** What has the strongest outcome, before any override. */
  readonly contributing: readonly Contribution[];
  readonly discarded: readonly Contribution[];
  /** The required rules that have spoken. */
  readonly required: readonly RuleName[];
  readonly policy_set: Digest;
  /** What overrides it, where the glass was broken. */
  readonly authorization?: EventId;
}

const rulesOf = (contributions: readonly Contribution[]): readonly RuleId[] =>
  [...new Set(contributions.map(({ rule }) => rule))].toSorted();

/**
 * sealOf gives what a header bears of a decision, undefined where the event may not enter. Where
 * the glass was broken that is every rule which it was broken for: one that would only have held
 * the event back is discarded beside one that refused it, and yet was overridden.
 */
export const sealOf = (decision: Decision): Policy | undefined => {
  const { outcome, policy_set, contributing, discarded } = decision;
  if (isBlocking(outcome)) return undefined;
  if (outcome === 'allow') return { outcome, policy_set };
  const overridden = discarded.filter((each) => isBlocking(each.outcome));
  const named = rulesOf([...contributing, ...overridden]);
  return { outcome: outcome satisfies Outcome, policy_set, contributing: named };
};
