/**
 * The correction fits: what an event supersedes exists and may be corrected. What governs is not
 * corrected but changed by an event of its own; and of two corrections of one event a reader could
 * not tell which counts, so the second is said to be one.
 */
import { isReserved } from '../../ledger/name.ts';
import type { Rule } from './rule.ts';
import { holds, idle, rejects, words } from './rule.ts';

export const theCorrectionFits: Rule = {
  name: 'the-correction-fits',
  claim: 'what it corrects exists and may be corrected',
  reach: 'documents',
  judge: ({ proposal: { claim }, view, set }) => {
    const { supersedes } = claim;
    if (supersedes === undefined || !set.mustExist.corrections) return idle();
    const evidence = { supersedes };
    const named = view.past.find(supersedes);
    if (named === undefined) return rejects('what it corrects is not in this ledger', evidence);
    if (isReserved(named.event_type))
      return rejects('what it corrects is not corrected this way', {
        ...evidence,
        type: named.event_type,
      });
    return named.corrected === undefined
      ? holds(evidence)
      : {
          ...rejects('what it corrects was corrected before', {
            ...evidence,
            by: named.corrected.id,
          }),
          outcome: 'warn',
        };
  },
  remedy: ({ by, type }) => {
    if (by !== undefined)
      return `correct what stands now: ${words(by)}, or what corrects that in turn`;
    return type === undefined
      ? 'name the id of the event to be corrected'
      : 'use the command that changes what that event set';
  },
};
