/**
 * What was seen is here: an author who signed with `seen` had a history before the eyes, and this
 * is that history.
 */
import type { Rule } from './rule.ts';
import { forbids, holds, idle } from './rule.ts';

export const whatWasSeenIsHere: Rule = {
  name: 'what-was-seen-is-here',
  claim: 'the event that the author had seen stands here with that hash',
  reach: 'integrity',
  judge: ({ proposal: { claim }, view }) => {
    const { seen } = claim;
    if (seen === undefined) return idle();
    const evidence = { seq: seen.seq, event_hash: seen.event_hash };
    const isHere = seen.seq < view.seq && view.past.hashAt(seen.seq) === seen.event_hash;
    return isHere ? holds(evidence) : forbids('the author had seen another history', evidence);
  },
  remedy: () => 'look at the head of this ledger again and sign the event anew',
};
