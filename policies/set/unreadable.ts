/**
 * A set that stands in the chain and that this gate cannot read: another release adopted it. It is
 * in force all the same, so nothing ordinary is let in until one that can be read is adopted, or a
 * gate that can read it judges.
 */
import { policySetDigest } from '../../ledger/chain/governance.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { loadSet } from './load.ts';
import type { PolicySet } from './set.ts';

const CLOSED: JsonObject = {
  version: 1,
  rules: [
    {
      id: 'the-set-in-force-can-be-read',
      match: ['*'],
      when: 'true',
      outcome: 'reject',
      overridable: false,
      reason: 'this release cannot read the policies in force: use one that can, or adopt others',
    },
  ],
};

/** unreadableSet stands for documents that cannot be read. */
export const unreadableSet = (crypto: Crypto, documents: JsonObject): PolicySet => {
  const closed = loadSet(crypto, { closed: CLOSED });
  if (closed._tag === 'Left') throw new Error('the closed set cannot be read');
  const digest = policySetDigest(crypto, documents);
  return { ...closed.right, digest, documents, isReadable: false };
};
