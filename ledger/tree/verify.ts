/**
 * Checking proofs, as RFC 9162 sections 2.1.3.2 and 2.1.4.2 have it. Sizes are unbounded integers,
 * so that no size a proof could state is rounded; any bytes of any length are a fair question.
 */
import type { Crypto } from '../crypto/port.ts';
import type { Proof } from './proof.ts';
import { HASH_BYTES, nodeHash } from './tree.ts';

/** isSameHash compares two hashes. Nothing here is secret, so the time it takes may tell. */
export const isSameHash = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

const areHashes = (hashes: Proof): boolean => hashes.every((hash) => hash.length === HASH_BYTES);

/** Where a proof stands: the node at `index` of a level whose last node is `last`. */
interface Place {
  index: bigint;
  last: bigint;
}

const climb = (place: Place): void => {
  place.index >>= 1n;
  place.last >>= 1n;
};

/** Whether the next step is a left neighbour; if so, climbs past levels where there is none. */
const isLeftStep = (place: Place): boolean => {
  const isRight = (place.index & 1n) === 1n;
  if (!isRight && place.index !== place.last) return false;
  while ((place.index & 1n) === 0n && place.index !== 0n) climb(place);
  return true;
};

/**
 * verifyInclusion says whether the leaf stands at `index` of the tree of `size` leaves with the
 * root.
 */
export const verifyInclusion = (
  crypto: Crypto,
  index: bigint,
  size: bigint,
  leaf: Uint8Array,
  root: Uint8Array,
  proof: Proof,
): boolean => {
  if (index < 0n || index >= size || !areHashes([leaf, ...proof])) return false;
  const place = { index, last: size - 1n };
  let hash = leaf;
  for (const step of proof) {
    if (place.last === 0n) return false;
    hash = isLeftStep(place) ? nodeHash(crypto, step, hash) : nodeHash(crypto, hash, step);
    climb(place);
  }
  return place.last === 0n && isSameHash(hash, root);
};

/**
 * verifyConsistency says whether the tree of `size` leaves begins with the one of `old`, at least
 * 1.
 */
export const verifyConsistency = (
  crypto: Crypto,
  old: bigint,
  size: bigint,
  oldRoot: Uint8Array,
  root: Uint8Array,
  proof: Proof,
): boolean => {
  if (old < 1n || old > size) return false;
  if (old === size) return proof.length === 0 && isSameHash(oldRoot, root);
  // Where the old tree is complete its root is the first step, and stands in no proof.
  const isComplete = (old & (old - 1n)) === 0n;
  const [first, ...steps] = isComplete ? [oldRoot, ...proof] : proof;
  if (first === undefined || !areHashes([first, ...steps])) return false;
  const place = { index: old - 1n, last: size - 1n };
  while ((place.index & 1n) === 1n) climb(place);
  let oldHash = first;
  let hash = first;
  for (const step of steps) {
    if (place.last === 0n) return false;
    if (isLeftStep(place)) {
      oldHash = nodeHash(crypto, step, oldHash);
      hash = nodeHash(crypto, step, hash);
    } else hash = nodeHash(crypto, hash, step);
    climb(place);
  }
  return place.last === 0n && isSameHash(oldHash, oldRoot) && isSameHash(hash, root);
};
