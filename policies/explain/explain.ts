/**
 * Explaining a decision: rule by rule what was claimed, what was found, and what would have to
 * change for the proposal to pass.
 */
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import type { RuleId } from '../../ledger/name.ts';
import type { Contribution } from '../gate/contribution.ts';
import type { Decision } from '../gate/decision.ts';
import { WARNS, caseFor, decide, speak, unproposed } from '../gate/gate.ts';
import type { Proposal } from '../proposal.ts';
import type { GateName } from '../rule/name.ts';
import type { Case } from '../rule/rule.ts';
import { words } from '../rule/rule.ts';
import { STANDARD } from '../rule/standard.ts';
import type { PolicySet } from '../set/set.ts';
import type { View } from '../view.ts';

/** A contribution for people: its reason is filled, and so not one to record. */
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

const lists = (value: Json | undefined): readonly Json[] =>
  Array.isArray(value) ? (value as readonly Json[]) : [];

const authorizing = ({ objections, firm }: JsonObject): string => {
  if (lists(firm).length > 0)
    return `leave the authorization out, and mend what nothing overrides: ${words(firm)}`;
  const how = 'have an operator who does not sign it authorize this very case, and name that';
  return lists(objections).includes('self_issued') ? `sign it, and ${how}` : how;
};

const BY_GATE: ReadonlyMap<string, Told> = new Map<GateName, Told>([
  [
    'the-authorization-permits-it',
    { claim: 'what overrides a rule is valid for this case', remedy: authorizing },
  ],
  [
    'it-was-proposed',
    {
      claim: 'it is a draft on its way in, read whole',
      remedy: () => 'bring the draft as it was made, with its own payload and salt',
    },
  ],
]);

const BROKEN: Told = {
  claim: 'every rule that must speak does',
  remedy: () => 'report it: a rule of the gate is broken, and no other event would mend that',
};

/** A reason with what its braces stand for, where the rule is one of a document. */
const filled = ({ reason, evidence }: Contribution): string => {
  const { reason: said } = evidence;
  if (typeof said !== 'string') return reason;
  return reason.endsWith(WARNS) ? said + WARNS : said;
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
      const { rule, outcome, evidence } = contribution;
      const { claim, remedy } = told.get(rule) ?? BY_GATE.get(rule) ?? BROKEN;
      const advise = evidence['broken'] === true ? BROKEN.remedy : remedy;
      const change = outcome === 'allow' ? {} : { change: advise(evidence) };
      return { ...contribution, reason: filled(contribution), claim, standing, ...change };
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
