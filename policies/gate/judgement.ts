/**
 * Composing what rules say. A judgement is a set of contributions, so the order and the number of
 * times in which they arrive mean nothing; the strongest outcome wins, and those that give it are
 * *contributing*, the others *discarded*. All of it is told before any override, so that an
 * overridden refusal stays on record.
 */
import type { Monoid } from 'fp-ts/lib/Monoid.js';
import { concatAll } from 'fp-ts/lib/Monoid.js';
import { write } from '../../ledger/json/format.ts';
import type { Json } from '../../ledger/json/value.ts';
import type { RuleOutcome } from '../outcome.ts';
import { compareOutcomes } from '../outcome.ts';
import type { Contribution } from './contribution.ts';

/** Sorted by rule, then by canonical text, without repeats. */
export type Judgement = readonly Contribution[];

const textOf = (contribution: Contribution): string => write(contribution as unknown as Json);

const compare = (a: Contribution, b: Contribution): number => {
  if (a.rule !== b.rule) return a.rule < b.rule ? -1 : 1;
  const [left, right] = [textOf(a), textOf(b)];
  if (left === right) return 0;
  return left < right ? -1 : 1;
};

const isJudgement = (contributions: readonly Contribution[]): boolean =>
  contributions.every((each, i, all) => i === 0 || compare(all[i - 1] ?? each, each) < 0);

/**
 * judgementOf makes a judgement of contributions in whatever order: what `judgements` come to that
 * hold one each, in one go.
 */
export const judgementOf = (contributions: readonly Contribution[]): Judgement =>
  isJudgement(contributions)
    ? contributions
    : contributions
        .toSorted(compare)
        .filter((each, i, all) => i === 0 || compare(all[i - 1] ?? each, each) !== 0);

/** judgements compose: empty is the judgement of no rule. */
export const judgements: Monoid<Judgement> = {
  empty: [],
  concat: (a, b) => (a.length === 0 ? b : judgementOf([...a, ...b])),
};

/** composed is what several judgements come to. */
export const composed = concatAll(judgements);

export interface Weighed {
  /** Undefined where nothing contributed. */
  readonly outcome: RuleOutcome | undefined;
  readonly contributing: Judgement;
  readonly discarded: Judgement;
}

/** weigh tells the strongest outcome and what it is made of. */
export const weigh = (judgement: Judgement): Weighed => {
  const strongest = judgement.reduce<RuleOutcome | undefined>(
    (most, { outcome }) =>
      most === undefined || compareOutcomes(outcome, most) > 0 ? outcome : most,
    undefined,
  );
  if (judgement.every(({ outcome }) => outcome === strongest))
    return { outcome: strongest, contributing: judgement, discarded: [] };
  return {
    outcome: strongest,
    contributing: judgement.filter(({ outcome }) => outcome === strongest),
    discarded: judgement.filter(({ outcome }) => outcome !== strongest),
  };
};
