/**
 * The source keeps its rate: of the latest events only so many are its. A source is the key that
 * attested, or what an unsigned event says of itself.
 */
import { authorOf } from '../state/past.ts';
import type { Rule } from './rule.ts';
import { holds, rejects, words } from './rule.ts';

export const theSourceKeepsItsRate: Rule = {
  name: 'the-source-keeps-its-rate',
  claim: 'the source stays under its limit',
  reach: 'documents',
  judge: ({ header, view, requirements: { rates } }) => {
    for (const { events, window: span } of rates) {
      const source = authorOf(header);
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
