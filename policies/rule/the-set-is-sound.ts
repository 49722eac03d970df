/**
 * The set is sound: what is to be adopted can be read by this gate, is what the event says of it,
 * and enough people are there to live by it. A set that could not be read would lock the ledger.
 */
import { isOperator, stateOf } from '../../ledger/chain/keyring.ts';
import { write } from '../../ledger/json/format.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import { adoptionOf } from '../set/adoption.ts';
import { loadSet } from '../set/load.ts';
import type { Rule } from './rule.ts';
import { forbids, holds, idle, words } from './rule.ts';

const MAX_SHOWN = 10;

const UNTRUE = {
  policy_set: 'the digest it states is not that of its documents',
  changes: 'the changes it states are not those from the set in force to its documents',
} as const;

export const theSetIsSound: Rule = {
  name: 'the-set-is-sound',
  claim: 'the policies to be adopted can be read and lived by',
  reach: 'integrity',
  judge: ({ proposal: { claim, payload }, view, key }) => {
    if (claim.event_type !== 'policy.adopted') return idle();
    // To read a set takes effort, which is not spent on whoever could not adopt it.
    if (key === undefined || !isOperator(key))
      return forbids('it was not read, since whoever brings it may not adopt it', {
        takes: 'operator',
      });
    const documents = isObject(payload) ? payload['documents'] : undefined;
    if (!isObject(documents)) return forbids('it bears no documents');
    const loaded = loadSet(view.crypto, documents);
    if (loaded._tag === 'Left')
      return forbids('its documents cannot be read', {
        problems: loaded.left.slice(0, MAX_SHOWN).map((each) => ({ ...each })),
        count: loaded.left.length,
      });
    const due = adoptionOf({ documents: view.inForce }, loaded.right);
    for (const member of ['policy_set', 'changes'] as const) {
      const stated = (payload as JsonObject)[member] ?? null;
      if (write(stated) !== write(due[member]))
        return forbids(UNTRUE[member], { member, stated, actual: due[member] });
    }
    const operators = [...view.keyring.byId.values()]
      .filter(isOperator)
      .filter((record) => stateOf(record) === 'active').length;
    const evidence = { operators, needs: loaded.right.operators };
    return operators >= loaded.right.operators
      ? holds(evidence)
      : forbids('there are too few operators for it', evidence);
  },
  remedy: ({ needs, takes, member, problems }) => {
    if (takes !== undefined) return 'have an operator sign it';
    if (needs !== undefined) return `enrol operators until ${words(needs)} are active`;
    if (member !== undefined)
      return `adopt it by the command, which states ${words(member)} itself`;
    return problems === undefined
      ? 'bear the documents of the set'
      : 'mend the documents: ledger policy test says where';
  },
};
