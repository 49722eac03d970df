/**
 * Adopting a set: what `policy.adopted` bears, so that a reader sees what changed without comparing
 * documents.
 *
 *     {"changes":["clocks: ahead: new: 5m"],
 *      "documents":{"billing.yaml":{…}},"policy_set":"<digest>"}
 */
import type { JsonObject } from '../../ledger/json/value.ts';
import { differenceOf } from './difference.ts';
import type { PolicySet } from './set.ts';

const MAX_CHANGES = 200;

/** adoptionOf is the payload of `policy.adopted` that puts one set in the place of another. */
export const adoptionOf = (before: PolicySet, after: PolicySet): JsonObject => ({
  changes: differenceOf(before.documents, after.documents).slice(0, MAX_CHANGES),
  documents: after.documents,
  policy_set: after.digest,
});
