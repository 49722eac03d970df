/**
 * It belongs here: the event names this ledger, it founds it if it is the first and only then, and
 * its type enters by this surface. So nothing that the tool alone may write comes in as an ordinary
 * event.
 */
import { entersBy } from '../surface.ts';
import type { Rule } from './rule.ts';
import { forbids, holds, words } from './rule.ts';

const FOUNDING: string = 'ledger.created';

export const itBelongsHere: Rule = {
  name: 'it-belongs-here',
  claim: 'it names this ledger, and its type enters this way',
  reach: 'integrity',
  judge: ({ proposal: { claim, surface }, view }) => {
    if (claim.ledger !== view.ledger)
      return forbids('it names another ledger', { named: claim.ledger, ledger: view.ledger });
    const { event_type: type } = claim;
    if ((type === FOUNDING) !== (view.seq === 0))
      return forbids('the first event founds the ledger, and no other one', {
        type,
        seq: view.seq,
      });
    const evidence = { type, surface };
    return entersBy(surface, type)
      ? holds(evidence)
      : forbids('events of this type do not enter this way', evidence);
  },
  remedy: ({ seq, ledger }) => {
    if (ledger !== undefined) return `write the event for ${words(ledger)}`;
    if (seq === undefined)
      return 'use the command that writes events of this type, or another type';
    return seq === 0
      ? 'found the ledger first: ledger init'
      : 'leave it: this ledger is founded, and a ledger is founded once';
  },
};
