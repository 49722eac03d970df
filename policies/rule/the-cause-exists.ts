/**
 * The cause exists: the event that led to this one is in this ledger.
 */
import type { Rule } from './rule.ts';
import { holds, idle, rejects } from './rule.ts';

export const theCauseExists: Rule = {
  name: 'the-cause-exists',
  claim: 'the event that led to it is in this ledger',
  reach: 'documents',
  judge: ({ proposal: { claim }, view, set }) => {
    const { causation_id: cause } = claim;
    if (cause === undefined || !set.mustExist.causes) return idle();
    return view.past.find(cause) === undefined
      ? rejects('the event that led to it is not in this ledger', { causation_id: cause })
      : holds({ causation_id: cause });
  },
  remedy: () => 'record the event that led to it first, or leave causation_id out',
};
