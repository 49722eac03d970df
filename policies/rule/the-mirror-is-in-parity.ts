/**
 * The mirror is in parity: journal and mirror end alike, so that what is judged by the mirror is
 * judged by what the journal says.
 */
import { powerOf } from '../surface.ts';
import type { Rule } from './rule.ts';
import { forbids, holds, idle } from './rule.ts';

export const theMirrorIsInParity: Rule = {
  name: 'the-mirror-is-in-parity',
  claim: 'journal and mirror end with the same event, the one before this',
  reach: 'built-in',
  judge: ({ proposal: { surface }, view: { journal, mirror, seq } }) => {
    // What the tool says of a recovery is part of mending the mirror.
    if (powerOf(surface) === 'own') return idle();
    const isEqual = journal.size === mirror.size && journal.head === mirror.head;
    return isEqual && journal.size === seq
      ? holds()
      : forbids('journal and mirror do not end alike', {
          journal: { ...journal },
          mirror: { ...mirror },
        });
  },
  remedy: () => 'let the mirror be rebuilt: ledger replay',
};
