/**
 * What is recorded of a draft that did not enter: who tried what, and why not. The payload is not
 * in it, and of the payload only the salted hash that the claim bears.
 *
 *     policy.held      {"attestation":{…},"claim":{…},"decision":{…}}
 *     policy.refused   {"attestation":{…},"author":"…","claim":{…},"decision":{…},"unrecorded":12}
 */
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import type { Seq } from '../../ledger/name.ts';
import type { Contribution } from '../gate/contribution.ts';
import type { Decision } from '../gate/decision.ts';
import { caseFor } from '../gate/gate.ts';
import { isBlocking } from '../outcome.ts';
import type { Proposal } from '../proposal.ts';
import type { PolicySet } from '../set/set.ts';
import { UNSIGNED } from '../state/past.ts';
import type { View } from '../view.ts';

const withoutEvidence = ({ evidence: _evidence, ...rest }: Contribution): JsonObject => ({
  ...rest,
});

const isSilent = ({ outcome }: Contribution): boolean => outcome === 'allow';

/**
 * decisionRecord is what a ledger keeps of a decision: no evidence, which may quote the payload.
 */
export const decisionRecord = (decision: Decision): JsonObject => {
  const { outcome, contributing, discarded, policy_set } = decision;
  return {
    outcome,
    policy_set,
    contributing: contributing.map(withoutEvidence),
    discarded: discarded.filter((each) => !isSilent(each)).map(withoutEvidence),
    allowed: discarded.filter(isSilent).map(({ rule }) => rule),
  };
};

const attempt = ({ claim, attestation }: Proposal, decision: Decision): JsonObject => ({
  claim: claim as unknown as JsonObject,
  decision: decisionRecord(decision),
  ...(attestation === undefined ? {} : { attestation: attestation as unknown as JsonObject }),
});

/** heldPayload is the payload of `policy.held`. */
export const heldPayload = (proposal: Proposal, decision: Decision): Json =>
  attempt(proposal, decision);

export type Refusal =
  | {
      /** Whose it is: a key that is enrolled and signed it, or one for all others. */
      readonly author: string;
      /** Absent over the limit: it is counted, and the next that is recorded tells the number. */
      readonly record?: JsonObject;
    }
  /** The set does not keep refusals of this kind. */
  | 'not_kept';

/**
 * refusalOf says what is kept of a refusal. `counted` tells how many of an author's were counted
 * since the last that was recorded.
 */
export const refusalOf = (
  proposal: Proposal,
  decision: Decision,
  view: View,
  set: PolicySet,
  counted: Pick<ReadonlyMap<string, number>, 'get'> = new Map(),
): Refusal => {
  const { record, perSource, window: span } = set.refusals;
  const given = caseFor(proposal, view, set);
  // Of what is no proposal nothing can be told, and what is let in is no refusal.
  if (given === undefined || !isBlocking(decision.outcome)) return 'not_kept';
  const author = given.key?.key.keyId ?? UNSIGNED;
  if (record === 'none' || (record === 'attested' && author === UNSIGNED)) return 'not_kept';
  const from = Math.max(0, view.seq - span) as Seq;
  if (view.past.refusalsFrom(author, from) >= perSource) return { author };
  const unrecorded = counted.get(author) ?? 0;
  const more = unrecorded > 0 ? { unrecorded } : {};
  return { author, record: { ...attempt(proposal, decision), author, ...more } };
};
