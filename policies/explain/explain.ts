/**
 * Explaining a decision: rule by rule what was claimed, what was found, and what would have to
 * change for the proposal to pass.
 */
import type { JsonObject } from '../../ledger/json/value.ts';
import type { RuleId } from '../../ledger/name.ts';
import type { Contribution } from '../gate/contribution.ts';
import type { Decision } from '../gate/decision.ts';
import { caseFor, decide, speak, unproposed } from '../gate/gate.ts';
import type { Proposal } from '../proposal.ts';
import type { Case } from '../rule/rule.ts';
import { STANDARD } from '../rule/standard.ts';
import type { PolicySet } from '../set/set.ts';
import type { View } from '../view.ts';

export interface Row extends Contribution {
  /** What the rule says of a proposal that passes. */
  readonly claim: string;
  readonly standing: 'contributing' | 'discarded';
  /** What would have to change; absent where the rule has nothing against the proposal. */
  readonly change?: string;
}

export interface Explanation {
  readonly decision: Decision;
  /** What has something against the proposal first, the strongest at the top. */
  readonly rows: readonly Row[];
}

interface Told {
  readonly claim: string;
  readonly remedy: (evidence: JsonObject) => string;
}

const BY_GATE: Told = {
  claim: 'what overrides a rule is valid for this case',
  remedy: () => 'have an operator authorize this very case: ledger break-glass authorize',
};

const tellers = (given: Case | undefined): ReadonlyMap<RuleId, Told> =>
  new Map<RuleId, Told>([
    ...STANDARD.map((rule) => [rule.name as string as RuleId, rule] as const),
    ...(given?.requirements.rules ?? []).map((rule) => [rule.id, rule] as const),
  ]);

/** explain judges a proposal and tells all of it. */
export const explain = (proposal: Proposal, view: View, set: PolicySet): Explanation => {
  const given = caseFor(proposal, view, set);
  const decision = given === undefined ? unproposed(set) : decide(speak(given), given);
  const told = tellers(given);
  const rowOf =
    (standing: Row['standing']) =>
    (contribution: Contribution): Row => {
      const { claim, remedy } = told.get(contribution.rule) ?? BY_GATE;
      const change =
        contribution.outcome === 'allow' ? {} : { change: remedy(contribution.evidence) };
      return { ...contribution, claim, standing, ...change };
    };
  const discarded = decision.discarded.map(rowOf('discarded'));
  return {
    decision,
    rows: [
      ...decision.contributing.map(rowOf('contributing')),
      ...discarded.filter(({ outcome }) => outcome !== 'allow'),
      ...discarded.filter(({ outcome }) => outcome === 'allow'),
    ],
  };
};
