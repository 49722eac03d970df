/**
 * Exceptions are reviewed: where the glass was broken, somebody has looked at that in time. It
 * never keeps an event out; it goes on saying so until somebody has.
 */
import { millisecondsOf } from '../time.ts';
import type { View } from '../view.ts';
import type { Rule } from './rule.ts';
import { holds, idle, words } from './rule.ts';

const MAX_SHOWN = 20;

/** overdue counts the authorizations that were used longer ago than a review may take. */
export const overdue = ({ standing, now }: View, withinMs: number) => {
  const { unreviewed } = standing;
  const count = unreviewed.countWhile(
    ({ used: [first] }) =>
      first !== undefined && millisecondsOf(now) - millisecondsOf(first.at) > withinMs,
  );
  const authorizations = unreviewed.first(Math.min(count, MAX_SHOWN)).map(({ id }) => id as string);
  return { authorizations, count };
};

export const exceptionsAreReviewed: Rule = {
  name: 'exceptions-are-reviewed',
  claim: 'every broken glass was reviewed in time',
  reach: 'built-in',
  judge: ({ view, set }) => {
    const { reviewWithinMs: withinMs } = set.exceptions;
    if (withinMs === undefined || view.standing.unreviewed.size === 0) return idle();
    const late = overdue(view, withinMs);
    return late.count === 0
      ? holds()
      : {
          outcome: 'warn',
          reason: 'a broken glass was not reviewed in time',
          overridable: true,
          evidence: late,
        };
  },
  remedy: ({ authorizations }) =>
    'have an operator with no part in it review it: ledger break-glass review ' +
    words(authorizations),
};
