/**
 * The gate. It evaluates the rules itself: no one hands a decision in, and what it decides follows
 * from proposal, state and policies alone.
 */
import { judgeAttestation } from '../../ledger/chain/attested.ts';
import type { History } from '../../ledger/chain/history.ts';
import type { Header } from '../../ledger/event/header.ts';
import type { RuleId } from '../../ledger/name.ts';
import type { Context } from '../expression/expression.ts';
import type { Proposal } from '../proposal.ts';
import { isProposal } from '../proposal.ts';
import { contextOf } from '../rule/document-rule.ts';
import { GATE_NAMES, ruleId } from '../rule/name.ts';
import type { RuleName } from '../rule/name.ts';
import type { Case, Reach, Rule } from '../rule/rule.ts';
import { STANDARD } from '../rule/standard.ts';
import type { PolicySet, Requirements } from '../set/set.ts';
import type { Power } from '../surface.ts';
import { SURFACES, powerOf } from '../surface.ts';
import type { View } from '../view.ts';
import type { Contribution, Verdict } from './contribution.ts';
import { HOLDS, IDLE, MAX_REASON, verdictOf } from './contribution.ts';
import type { Decision } from './decision.ts';
import type { Judgement } from './judgement.ts';
import { composed, judgementOf, weigh } from './judgement.ts';
import type { Permit } from './permit.ts';
import { permit } from './permit.ts';
import { released } from './release.ts';

const [NOTHING_SPOKE, NOT_PERMITTED, NOT_PROPOSED, NOT_READ] = GATE_NAMES;

const rejection = (rule: RuleId, reason: string, evidence: Verdict['evidence']): Contribution => ({
  rule,
  outcome: 'reject',
  reason,
  overridable: false,
  evidence,
});

/** The evidence where it is the gate that is at fault, and nothing that an author brought. */
export const BROKEN = { broken: true } as const;

/** Judging an attestation asks nothing of a history but notes that are not taken here. */
const NO_HISTORY = {} as History;

/** caseOf gathers what rules look at. */
export const caseOf = (proposal: Proposal, view: View, set: PolicySet): Case => {
  const { claim, attestation } = proposal;
  const header: Header = {
    ...claim,
    ...(attestation === undefined ? {} : { attestation }),
    policy: { outcome: 'allow', policy_set: set.digest },
    prev_event_hash: view.journal.head,
    recorded_at: view.now,
    seq: view.seq,
  };
  const means = { crypto: view.crypto, history: NO_HISTORY };
  const payload = attestation === undefined ? undefined : proposal.payload;
  const judged = judgeAttestation(means, view.keyring, header, payload);
  const key = judged.by === 'self' ? undefined : judged.by;
  const requirements = set.requirementsOf(claim.event_type);
  const found = { proposal, view, set, requirements, header, judged, key };
  let context: Context | undefined;
  return { ...found, context: () => (context ??= contextOf(found)) };
};

interface Asked {
  readonly id: RuleId;
  readonly reach: Reach;
  readonly judge: (given: Case) => Verdict;
  /** What it contributes where it has nothing against the proposal: made once. */
  readonly holds: Contribution;
  readonly idle: Contribution;
}

const askedAs = (id: RuleId, reach: Reach, judge: Asked['judge']): Asked => {
  const as = (verdict: Verdict): Contribution => Object.freeze({ rule: id, ...verdict });
  return { id, reach, judge, holds: as(HOLDS), idle: as(IDLE) };
};

const contribute = ({ id, judge, holds, idle }: Asked, given: Case): Contribution => {
  try {
    const verdict = verdictOf(judge(given));
    if (verdict === HOLDS) return holds;
    if (verdict === IDLE) return idle;
    if (verdict === undefined) return rejection(id, 'the rule gave no answer that is one', BROKEN);
    const { outcome, reason, overridable, evidence } = verdict;
    return { rule: id, outcome, reason, overridable, evidence };
  } catch {
    // Whatever a rule throws is its failure, and what cannot be judged does not enter.
    return rejection(id, 'the rule failed', BROKEN);
  }
};

const mayBlock = (power: Power, reach: Reach): boolean =>
  reach === 'integrity' || power === 'ordinary' || (power === 'governing' && reach === 'built-in');

/** What a reason ends in where the rule may not do more. */
export const WARNS = ' (here it may only warn)';

const capped = (contribution: Contribution, power: Power, reach: Reach): Contribution => {
  const { outcome, reason } = contribution;
  if (outcome === 'allow' || outcome === 'warn' || mayBlock(power, reach)) return contribution;
  return {
    ...contribution,
    outcome: 'warn',
    reason: reason.slice(0, MAX_REASON - WARNS.length) + WARNS,
  };
};

const OBJECTED = 'the authorization does not permit it: ';

const objected = ({ id, ...found }: Permit): Contribution =>
  rejection(ruleId(NOT_PERMITTED), `${OBJECTED}${found.objections.join(', ')}`, {
    authorization: id,
    ...found,
  });

const byId = (a: Asked, b: Asked): number => (a.id < b.id ? -1 : 1);

/** In the order that a judgement has, so that nothing is left to sort. */
const askedOf = (standard: readonly Rule[], { rules }: Requirements): readonly Asked[] =>
  [
    ...standard.map(({ name, reach, judge }) => askedAs(ruleId(name), reach, judge)),
    ...rules.map(({ id, judge }) => askedAs(id, 'documents', judge)),
  ].toSorted(byId);

/** Requirements are remembered by their set, so whom to ask is found out once for a type. */
const remembered = new WeakMap<Requirements, readonly Asked[]>();
const standardAsked = (requirements: Requirements): readonly Asked[] => {
  const known = remembered.get(requirements);
  if (known !== undefined) return known;
  const asked = askedOf(STANDARD, requirements);
  remembered.set(requirements, asked);
  return asked;
};

/** speak asks every rule; the set of what they say is what a decision is made of. */
export const speak = (given: Case, standard: readonly Rule[] = STANDARD): Judgement => {
  const power = powerOf(given.proposal.surface);
  const { requirements } = given;
  const asked =
    standard === STANDARD ? standardAsked(requirements) : askedOf(standard, requirements);
  return judgementOf(
    asked.map((each) => capped(released(contribute(each, given), given), power, each.reach)),
  );
};

const withMissing = (judgement: Judgement, silent: readonly RuleName[]): Judgement => {
  if (judgement.length === 0)
    return [rejection(ruleId(NOTHING_SPOKE), 'no rule has spoken', BROKEN)];
  const missing = silent.map((name) => [
    rejection(ruleId(name), 'the rule must speak here and did not', BROKEN),
  ]);
  return composed([judgement, ...missing]);
};

/** decide makes a decision of what the rules have said. */
export const decide = (judgement: Judgement, { proposal, view, set }: Case): Decision => {
  const { required } = SURFACES[proposal.surface];
  const hasSpoken = (name: string): boolean => judgement.some(({ rule }) => rule === name);
  const silent = required.filter((name) => !hasSpoken(name));
  const whole = withMissing(judgement, silent);
  const permitted = permit(whole, proposal, view, set);
  const isPermitted = permitted?.objections.length === 0;
  const final =
    permitted === undefined || isPermitted ? whole : composed([whole, [objected(permitted)]]);
  const { outcome, contributing, discarded } = weigh(final);
  return {
    outcome: isPermitted ? 'break_glass' : (outcome ?? 'reject'),
    contributing,
    discarded,
    required: silent.length === 0 ? required : required.filter(hasSpoken),
    policy_set: set.digest,
    ...(isPermitted ? { authorization: permitted.id } : {}),
  };
};

/** caseFor is the case of a proposal, undefined where it is none, or what to ask cannot be read. */
export const caseFor = (proposal: Proposal, view: View, set: PolicySet): Case | undefined =>
  isProposal(proposal) && set.isReadable ? caseOf(proposal, view, set) : undefined;

/** uncased is what becomes of anything that makes no case. */
export const uncased = ({ digest, isReadable }: PolicySet): Decision => ({
  outcome: 'reject',
  contributing: [
    isReadable
      ? rejection(ruleId(NOT_PROPOSED), 'it was not made of a whole draft', {})
      : rejection(ruleId(NOT_READ), 'this release cannot read the policies in force', {}),
  ],
  discarded: [],
  required: [],
  policy_set: digest,
});

/** judge decides about a proposal. */
export const judge = (proposal: Proposal, view: View, set: PolicySet): Decision => {
  const given = caseFor(proposal, view, set);
  return given === undefined ? uncased(set) : decide(speak(given), given);
};
