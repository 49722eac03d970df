/**
 * What one rule says of a proposal, and what it tells whoever asks what would have to change.
 */
import type { RuleOutcome } from '../../../policies/outcome.ts';
import type { Row } from '../../../policies/explain/explain.ts';
import { explain } from '../../../policies/explain/explain.ts';
import type { Proposal } from '../../../policies/proposal.ts';
import type { RuleName } from '../../../policies/rule/name.ts';
import type { View } from '../../../policies/view.ts';
import type { Brought, Gatehouse } from '../../../properties/model/gatehouse.ts';

type Asked = Pick<Row, 'outcome' | 'reason' | 'overridable' | 'evidence' | 'change'>;

/** askOf asks a rule about a proposal as it stands. */
export const askOf = (
  rule: RuleName,
  house: Gatehouse,
  proposal: Proposal,
  view: View = house.view,
): Asked => {
  const { rows } = explain(proposal, view, house.ground.set);
  const row = rows.find((each) => (each.rule as string) === rule);
  if (row === undefined) throw new Error(`${rule} has not spoken`);
  return row;
};

/** ask asks a rule about what somebody brings to the house. */
export const ask = (rule: RuleName, house: Gatehouse, brought: Brought): Asked =>
  askOf(rule, house, house.propose(brought));

/** outcomeOf is the outcome alone. */
export const outcomeOf = (rule: RuleName, house: Gatehouse, brought: Brought): RuleOutcome =>
  ask(rule, house, brought).outcome;

/** WARNS is what a reason ends in where the rule may not do more. */
export const WARNS = ' (here it may only warn)';

/** adviceOf is what a rule of whatever name would have changed, undefined where it is nothing. */
export const adviceOf = (rule: string, house: Gatehouse, brought: Brought): string | undefined =>
  explain(house.propose(brought), house.view, house.ground.set).rows.find(
    (row) => row.rule === rule,
  )?.change;
