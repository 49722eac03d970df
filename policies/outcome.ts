/**
 * What may become of a proposal, weakest first. A rule answers with any but `break_glass`, which
 * comes from a valid authorisation alone.
 *
 *     allow < warn < break_glass < quarantine < reject
 */

export const OUTCOMES = ['allow', 'warn', 'break_glass', 'quarantine', 'reject'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const RULE_OUTCOMES = ['allow', 'warn', 'quarantine', 'reject'] as const;
export type RuleOutcome = (typeof RULE_OUTCOMES)[number];

const STRENGTH: Readonly<Record<Outcome, number>> = {
  allow: 0,
  warn: 1,
  break_glass: 2,
  quarantine: 3,
  reject: 4,
};

/** compareOutcomes is below zero where the first is the weaker. */
export const compareOutcomes = (a: Outcome, b: Outcome): number => STRENGTH[a] - STRENGTH[b];

/** isBlocking says whether an outcome keeps an event out. */
export const isBlocking = (outcome: Outcome): outcome is 'quarantine' | 'reject' =>
  STRENGTH[outcome] > STRENGTH.break_glass;
