/**
 * Explaining a decision: rule by rule what was claimed, what was found, and what would have to
 * change for the proposal to pass.
 */
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import type { RuleId } from '../../ledger/name.ts';
import type { Contribution } from '../gate/contribution.ts';
import type { Decision } from '../gate/decision.ts';
import { WARNS, caseFor, decide, speak, uncased } from '../gate/gate.ts';
import type { Proposal } from '../proposal.ts';
import type { GateName } from '../rule/name.ts';
import type { DocumentRule } from '../rule/rule.ts';
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

const ANOTHER = 'have an operator who does not sign it authorize this very case, and name that';

const authorizing = ({ objections, firm }: JsonObject): string => {
  const against = lists(objections);
  if (lists(firm).length > 0)
    return `leave the authorization out, and mend what nothing overrides: ${words(firm)}`;
  if (against.includes('unknown'))
    return `leave the authorization out, name one that there is, or ${ANOTHER}`;
  if (against.length === 1 && against[0] === 'not_yet_valid')
    return `wait until the authorization begins, or ${ANOTHER}`;
  return against.includes('self_issued') ? `sign it, and ${ANOTHER}` : ANOTHER;
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
  [
    'the-set-in-force-can-be-read',
    {
      claim: 'the policies in force can be read by this release',
      remedy: () => 'use a release that can read them, such as the one that adopted them',
    },
  ],
]);

const BROKEN: Told = {
  claim: 'every rule that must speak does',
  remedy: () => 'report it: a rule of the gate is broken, and no other event would mend that',
};

/** filled is a reason with what its braces stand for, where the rule is one of a document. */
export const filled = ({ reason, evidence }: Pick<Contribution, 'reason' | 'evidence'>): string => {
  const { reason: said } = evidence;
  if (typeof said !== 'string') return reason;
  return reason.endsWith(WARNS) ? said + WARNS : said;
};

const TOLD: ReadonlyMap<string, Told> = new Map<string, Told>([
  ...STANDARD.map((rule) => [rule.name, rule] as const),
  ...BY_GATE,
]);

const toldOf = (rule: RuleId, own: readonly DocumentRule[]): Told | undefined =>
  TOLD.get(rule) ?? own.find(({ id }) => id === rule);

/**
 * remedyOf says what would have to change, undefined where it is up to a rule of a document and
 * that is not among those given.
 */
export const remedyOf = (
  { rule, evidence }: Contribution,
  own: readonly DocumentRule[] = [],
): string | undefined =>
  (evidence['broken'] === true ? BROKEN : toldOf(rule, own))?.remedy(evidence);

/** explain judges a proposal and tells all of it. */
export const explain = (proposal: Proposal, view: View, set: PolicySet): Explanation => {
  const given = caseFor(proposal, view, set);
  const decision = given === undefined ? uncased(set) : decide(speak(given), given);
  const own = given?.requirements.rules ?? [];
  const rowOf =
    (standing: Row['standing']) =>
    (contribution: Contribution): Row => {
      const { claim } = toldOf(contribution.rule, own) ?? BROKEN;
      const remedy = remedyOf(contribution, own) ?? BROKEN.remedy({});
      const change = contribution.outcome === 'allow' ? {} : { change: remedy };
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
