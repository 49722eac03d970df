/**
 * A set that stands in the chain and that this gate cannot read: another release adopted it. It is
 * in force all the same. What it asks, of keys and of policies too, nobody here can tell, so the
 * gate lets nothing in: whatever was sealed under it would be judged otherwise by a release that
 * reads it.
 */
import { policySetDigest } from '../../ledger/chain/governance.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { loadSet } from './load.ts';
import type { PolicySet } from './set.ts';

/** unreadableSet stands for documents that cannot be read. */
export const unreadableSet = (crypto: Crypto, documents: JsonObject): PolicySet => {
  const nothing = loadSet(crypto, { nothing: { version: 1 } });
  if (nothing._tag === 'Left') throw new Error('a set that asks nothing cannot be read');
  const digest = policySetDigest(crypto, documents);
  return { ...nothing.right, digest, documents, isReadable: false };
};
