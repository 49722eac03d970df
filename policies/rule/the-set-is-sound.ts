/**
 * The set is sound: what is to be adopted can be read by this gate, and enough people are there to
 * live by it. A set that could not be read would lock the ledger.
 */
import { isOperator, stateOf } from '../../ledger/chain/keyring.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import { loadSet } from '../set/load.ts';
import type { Rule } from './rule.ts';
import { forbids, holds, words } from './rule.ts';

const MAX_SHOWN = 10;

export const theSetIsSound: Rule = {
  name: 'the-set-is-sound',
  claim: 'the policies to be adopted can be read and lived by',
  reach: 'integrity',
  judge: ({ proposal: { claim, payload }, view, key }) => {
    if (claim.event_type !== 'policy.adopted') return holds();
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
    const { policy_set: stated } = payload as JsonObject;
    if (stated !== undefined && stated !== loaded.right.digest)
      return forbids('the digest it states is not that of its documents', {
        stated,
        actual: loaded.right.digest,
      });
    const operators = [...view.keyring.byId.values()]
      .filter(isOperator)
      .filter((record) => stateOf(record) === 'active').length;
    const evidence = { operators, needs: loaded.right.operators };
    return operators >= loaded.right.operators
      ? holds(evidence)
      : forbids('there are too few operators for it', evidence);
  },
  remedy: ({ needs, takes }) => {
    if (takes !== undefined) return 'have an operator sign it';
    return needs === undefined
      ? 'mend the documents: ledger policy test says where'
      : `enrol ${words(needs)} operators first`;
  },
};
