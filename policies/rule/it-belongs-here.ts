/**
 * It belongs here: the event names this ledger, and its type enters by this surface. So nothing
 * that the tool alone may write comes in as an ordinary event.
 */
import { entersBy } from '../surface.ts';
import type { Rule } from './rule.ts';
import { forbids, holds, words } from './rule.ts';

export const itBelongsHere: Rule = {
  name: 'it-belongs-here',
  claim: 'it names this ledger, and its type enters this way',
  reach: 'integrity',
  judge: ({ proposal: { claim, surface }, view }) => {
    if (claim.ledger !== view.ledger)
      return forbids('it names another ledger', { named: claim.ledger, ledger: view.ledger });
    const evidence = { type: claim.event_type, surface };
    return entersBy(surface, claim.event_type)
      ? holds(evidence)
      : forbids('events of this type do not enter this way', evidence);
  },
  remedy: ({ surface, ledger }) =>
    surface === undefined
      ? `write the event for ${words(ledger)}`
      : 'use the command that writes events of this type, or another type',
};
