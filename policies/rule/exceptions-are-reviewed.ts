/**
 * Exceptions are reviewed: where the glass was broken, somebody has looked at that in time. It
 * never keeps an event out; it goes on saying so until somebody has.
 */
import { isUnreviewed } from '../state/authorization.ts';
import { millisecondsOf } from '../time.ts';
import type { View } from '../view.ts';
import type { Rule } from './rule.ts';
import { holds, idle, words } from './rule.ts';

/** overdue lists the authorizations that were used longer ago than a review may take. */
export const overdue = ({ standing, now }: View, withinMs: number): readonly string[] =>
  [...standing.authorizations.values()]
    .filter(isUnreviewed)
    .filter(({ used: [first] }) =>
      first === undefined ? false : millisecondsOf(now) - millisecondsOf(first.at) > withinMs,
    )
    .map(({ id }) => id);

export const exceptionsAreReviewed: Rule = {
  name: 'exceptions-are-reviewed',
  claim: 'every broken glass was reviewed in time',
  reach: 'built-in',
  judge: ({ view, set }) => {
    const { reviewWithinMs: withinMs } = set.exceptions;
    if (withinMs === undefined || view.standing.authorizations.size === 0) return idle();
    const late = overdue(view, withinMs);
    return late.length === 0
      ? holds()
      : {
          outcome: 'warn',
          reason: 'a broken glass was not reviewed in time',
          overridable: true,
          evidence: { authorizations: late.slice(0, 20), count: late.length },
        };
  },
  remedy: ({ authorizations }) =>
    'have an operator with no part in it review it: ledger break-glass review ' +
    words(authorizations),
};
