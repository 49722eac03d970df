/**
 * Breaking the glass: an author names an authorization, and what blocks the proposal is let through
 * if the authorization is valid for this very case. What is wrong with one is each a reason of its
 * own, and all of them are told.
 */
import type { EventId } from '../../ledger/name.ts';
import { isBlocking } from '../outcome.ts';
import type { Proposal } from '../proposal.ts';
import { isTrusted } from '../rule/rule.ts';
import type { PolicySet } from '../set/set.ts';
import type { Authorization } from '../state/authorization.ts';
import { powerOf } from '../surface.ts';
import { isOfType } from '../type-pattern.ts';
import type { View } from '../view.ts';
import type { Contribution } from './contribution.ts';
import type { Judgement } from './judgement.ts';

export type Objection =
  | 'unknown'
  | 'revoked'
  | 'reviewed'
  | 'distrusted'
  | 'not_yet_valid'
  | 'expired'
  | 'spent'
  | 'not_for_this_key'
  | 'not_for_this_type'
  | 'not_for_this_source'
  | 'not_for_this_rule'
  | 'not_overridable'
  | 'self_issued';

export interface Permit {
  readonly id: EventId;
  /** Why it does not permit the proposal; empty where it does. */
  readonly objections: readonly Objection[];
  /** The rules that objections are about. */
  readonly rules: readonly string[];
  /** Those among them that nothing overrides. */
  readonly firm: readonly string[];
}

const standingOf = (
  { scope, used, revokedBy, reviewedBy, issuer, at }: Authorization,
  { now, keyring }: View,
) =>
  [
    ['revoked', revokedBy !== undefined],
    ['reviewed', reviewedBy !== undefined],
    ['distrusted', !isTrusted(keyring, issuer, at, 'operator')],
    ['not_yet_valid', scope.not_before !== undefined && now < scope.not_before],
    ['expired', now >= scope.expires_at],
    ['spent', used.length >= scope.uses],
  ] as const;

const scopeOf = ({ scope }: Authorization, { claim, attestation }: Proposal) =>
  [
    [
      'not_for_this_key',
      scope.keys !== undefined &&
        (attestation === undefined || !scope.keys.includes(attestation.key_id)),
    ],
    ['not_for_this_type', !scope.types.some((each) => isOfType(each, claim.event_type))],
    [
      'not_for_this_source',
      scope.sources !== undefined && !scope.sources.includes(claim.source.kind),
    ],
  ] as const;

const namesOf = (contributions: readonly Contribution[]): readonly string[] => [
  ...new Set(contributions.map(({ rule }) => rule)),
];

/**
 * Whether whoever uses it may be the one who gave it: of an unsigned event nobody can tell. What
 * the authorization itself says of signatures is the word of the one who is to be kept apart.
 */
const mayBeOwn = ({ issuer }: Authorization, { attestation }: Proposal): boolean =>
  attestation === undefined || attestation.key_id === issuer;

/**
 * permit judges the authorization that a proposal names against what blocks it, undefined where
 * it names none, or nothing blocks it. One that is not there is told in any case: whoever names it
 * is mistaken, and it would stand in the chain for ever. What the tool writes is let be.
 */
export const permit = (
  judgement: Judgement,
  proposal: Proposal,
  view: View,
  set: PolicySet,
): Permit | undefined => {
  const id = proposal.claim.authorization;
  if (id === undefined) return undefined;
  const blocking = judgement.filter(({ outcome }) => isBlocking(outcome));
  const authorization = view.standing.authorizations.get(id);
  const isLetBe = authorization !== undefined || powerOf(proposal.surface) === 'own';
  if (blocking.length === 0 && isLetBe) return undefined;
  const firm = blocking.filter(({ overridable }) => !overridable);
  if (authorization === undefined)
    return {
      id,
      objections: firm.length > 0 ? ['unknown', 'not_overridable'] : ['unknown'],
      rules: namesOf(firm),
      firm: namesOf(firm),
    };
  const uncovered = blocking.filter(({ rule }) => !authorization.scope.rules.includes(rule));
  const objections = [
    ...standingOf(authorization, view),
    ...scopeOf(authorization, proposal),
    ['not_for_this_rule', uncovered.length > 0] as const,
    ['not_overridable', firm.length > 0] as const,
    ['self_issued', set.exceptions.separate && mayBeOwn(authorization, proposal)] as const,
  ].flatMap(([objection, holds]) => (holds ? [objection] : []));
  const rules = namesOf([...uncovered, ...firm]);
  return { id, objections, rules, firm: namesOf(firm) };
};
