/**
 * Sentences for decisions of the gate: which rules were against a draft, why, and what would have
 * to change.
 */
import type { JsonObject } from '../../ledger/json/value.ts';
import { visible } from '../../ledger/render/render.ts';
import { filled, remedyOf } from '../../policies/explain/explain.ts';
import type { Decision } from '../../policies/gate/decision.ts';

/** isBadAttestation tells a signature that is none from what a policy does not want. */
export const isBadAttestation = ({ contributing }: Decision): boolean =>
  contributing.some(({ rule }) => (rule as string) === 'the-attestation-is-good');

/** decisionText says what was against it, and what to do. */
export const decisionText = ({
  contributing,
}: Decision): { readonly what: string; readonly next: string } => {
  const remedies = contributing.map(
    (each) => remedyOf(each) ?? `see what the rule ${each.rule} asks for`,
  );
  const next = visible([...new Set(remedies)].join('; '));
  return {
    what: contributing.map((each) => `${each.rule}: ${visible(filled(each))}`).join('; '),
    next: `${next.slice(0, 1).toUpperCase()}${next.slice(1)}.`,
  };
};

/** decisionData is what scripts are told of a decision; the evidence is for people. */
export const decisionData = ({ outcome, contributing, policy_set }: Decision): JsonObject => ({
  outcome,
  contributing: contributing.map(({ evidence: _evidence, ...rest }) => ({ ...rest })),
  policy_set,
});
