/**
 * The source keeps its rate: of the latest events only so many are its. A source is the key that
 * attested; all that nobody signed is of one source, whatever it says of itself. What the tool
 * writes about itself is of none.
 */
import { UNSIGNED } from '../state/past.ts';
import { powerOf } from '../surface.ts';
import type { Rule } from './rule.ts';
import { holds, idle, rejects, words } from './rule.ts';

export const theSourceKeepsItsRate: Rule = {
  name: 'the-source-keeps-its-rate',
  claim: 'the source stays under its limit',
  reach: 'documents',
  judge: ({ proposal: { surface, attestation }, view, requirements: { rates } }) => {
    if (rates.length === 0 || powerOf(surface) === 'own') return idle();
    const source = attestation?.key_id ?? UNSIGNED;
    for (const { events, window: span } of rates) {
      const from = Math.max(0, view.seq - span) as typeof view.seq;
      const count = view.past.countFrom(source, from);
      if (count >= events)
        return rejects('the source is over its limit', { source, count, events, window: span });
    }
    return holds();
  },
  remedy: ({ window: span }) =>
    `wait until others have written: the limit is over ${words(span)} events`,
};
