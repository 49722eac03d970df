/**
 * Adopting a set: what `policy.adopted` bears, so that a reader sees what changed without comparing
 * documents.
 *
 *     {"changes":["clocks: ahead: new: 5m"],
 *      "documents":{"billing.yaml":{…}},"policy_set":"<digest>"}
 */
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { differenceOf } from './difference.ts';
import type { PolicySet } from './set.ts';

const MAX_CHANGES = 200;

const changesOf = (before: JsonObject, after: JsonObject): readonly string[] => {
  const changes = differenceOf(before, after);
  const more = changes.length - MAX_CHANGES;
  return more > 0 ? [...changes.slice(0, MAX_CHANGES), `and ${more} more`] : changes;
};

/**
 * adoptionOf is the payload of `policy.adopted` that puts one set in the place of another. The gate
 * takes no other diff and no other digest.
 */
export const adoptionOf = (
  before: Pick<PolicySet, 'documents'>,
  after: PolicySet,
): { readonly [member in 'changes' | 'documents' | 'policy_set']: Json } => ({
  changes: changesOf(before.documents, after.documents),
  documents: after.documents,
  policy_set: after.digest,
});
