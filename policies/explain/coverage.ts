/**
 * What the cases of a table have tried: of every rule how often it objected, how often it held and
 * how often it did not apply, and of every condition in a rule of the set how often it was true and
 * how often false. A condition that was never both was not tried in full.
 */
import type { RuleId } from '../../ledger/name.ts';
import type { Decision } from '../gate/decision.ts';
import { IDLE } from '../gate/contribution.ts';
import { branchesOf } from '../expression/branch.ts';
import { VARIABLES } from '../rule/document-rule.ts';
import type { Case, DocumentRule } from '../rule/rule.ts';
import type { PolicySet } from '../set/set.ts';

/** A condition, and how often it was true and false where it was asked. */
export interface Branch {
  readonly condition: string;
  readonly wasTrue: number;
  readonly wasFalse: number;
}

export interface Coverage {
  readonly rule: string;
  /** In how many cases it had something against the event. */
  readonly spoke: number;
  readonly held: number;
  /** In how many cases it had nothing to ask. */
  readonly idle: number;
  /** The conditions of a rule of the set. */
  readonly branches: readonly Branch[];
}

/** A case, and what became of it. */
export interface Tried {
  readonly given: Case;
  readonly decision: Decision;
}

const branchesIn = ({ id, when }: DocumentRule, tried: readonly Tried[]): readonly Branch[] => {
  const { sources, ask } = branchesOf(when, VARIABLES);
  const answers = tried
    .filter(({ given }) => given.requirements.rules.some((rule) => rule.id === id))
    .map(({ given }) => ask(given.context()));
  const times = (at: number, answer: boolean): number =>
    answers.filter((each) => each[at] === answer).length;
  return sources.map((condition, i) => ({
    condition,
    wasTrue: times(i, true),
    wasFalse: times(i, false),
  }));
};

/** coverageOf counts. A rule of the set that no case is about is there, with nothing counted. */
export const coverageOf = ({ rules }: PolicySet, tried: readonly Tried[]): readonly Coverage[] => {
  const own = new Map(rules.map((rule) => [rule.id, rule]));
  const counts = new Map(rules.map(({ id }) => [id, { spoke: 0, held: 0, idle: 0 }]));
  for (const { decision } of tried)
    for (const { rule, outcome, reason } of [...decision.contributing, ...decision.discarded]) {
      const count = counts.get(rule) ?? { spoke: 0, held: 0, idle: 0 };
      if (outcome !== 'allow') count.spoke++;
      else if (reason === IDLE.reason) count.idle++;
      else count.held++;
      counts.set(rule, count);
    }
  const branches = (id: RuleId): readonly Branch[] => {
    const rule = own.get(id);
    return rule === undefined ? [] : branchesIn(rule, tried);
  };
  return [...counts]
    .map(([rule, count]) => ({ rule, ...count, branches: branches(rule) }))
    .toSorted((a, b) => (a.rule < b.rule ? -1 : 1));
};
