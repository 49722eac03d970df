/**
 * Proofs of RFC 6962 sections 2.1.1 and 2.1.2: that a leaf stands in a tree, and that a tree is the
 * beginning of a larger one. Making them takes the hashes of complete subtrees, which `append`
 * gives out as they are completed; checking them (`verify.ts`) takes nothing but the proof.
 *
 *     inclusion of leaf 2 in 5:  [e3, n(0,1), e4]    consistency of 3 and 5:  [e2, e3, n(0,1), e4]
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../crypto/port.ts';
import { HASH_BYTES, nodeHash } from './tree.ts';

export type Proof = readonly Uint8Array[];

/**
 * Gives the hash of the complete subtree over the leaves from index 2^height to (index + 1)
 * 2^height. What is not 32 bytes is no hash, and counts as missing.
 */
export type NodeAt = (height: number, index: number) => Uint8Array | undefined;

export interface ProofRefused {
  readonly _tag: 'ProofRefused';
  readonly reason: 'out_of_range' | 'node_missing';
}

type Hashes = readonly (Uint8Array | undefined)[];

/** The largest power of two below n, for n of at least 2; by doubling, since `<<` has 32 bits. */
const split = (n: number): number => {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
};

/** The root over the leaves from `low` to `high`, made of stored nodes. */
const rangeHash = (
  crypto: Crypto,
  nodeAt: NodeAt,
  low: number,
  high: number,
): Uint8Array | undefined => {
  const n = high - low;
  const k = n === 1 ? 1 : split(n);
  if (n === 1 || n === 2 * k) {
    const node = nodeAt(Math.log2(n), low / n);
    return node?.length === HASH_BYTES ? node : undefined;
  }
  const left = rangeHash(crypto, nodeAt, low, low + k);
  const right = rangeHash(crypto, nodeAt, low + k, high);
  return left === undefined || right === undefined ? undefined : nodeHash(crypto, left, right);
};

const complete = (hashes: Hashes): E.Either<ProofRefused, Proof> => {
  const proof = hashes.filter((hash) => hash !== undefined);
  return proof.length === hashes.length
    ? E.right(proof)
    : E.left({ _tag: 'ProofRefused', reason: 'node_missing' });
};

const OUT_OF_RANGE = E.left<ProofRefused>({ _tag: 'ProofRefused', reason: 'out_of_range' });

/** proveInclusion makes the audit path of the leaf at `index` in the tree of `size` leaves. */
export const proveInclusion = (
  crypto: Crypto,
  nodeAt: NodeAt,
  index: number,
  size: number,
): E.Either<ProofRefused, Proof> => {
  const isInside = Number.isSafeInteger(index) && Number.isSafeInteger(size) && index < size;
  if (!isInside || index < 0) return OUT_OF_RANGE;
  const path = (low: number, high: number): Hashes => {
    if (high - low === 1) return [];
    const middle = low + split(high - low);
    return index < middle
      ? [...path(low, middle), rangeHash(crypto, nodeAt, middle, high)]
      : [...path(middle, high), rangeHash(crypto, nodeAt, low, middle)];
  };
  return complete(path(0, size));
};

/** proveConsistency shows that the tree of `size` leaves begins with the tree of `old` leaves. */
export const proveConsistency = (
  crypto: Crypto,
  nodeAt: NodeAt,
  old: number,
  size: number,
): E.Either<ProofRefused, Proof> => {
  const isInside = Number.isSafeInteger(old) && Number.isSafeInteger(size) && old <= size;
  if (!isInside || old < 1) return OUT_OF_RANGE;
  // `isOld` while the range still begins where the old tree begins, whose root the verifier has.
  const steps = (low: number, high: number, isOld: boolean): Hashes => {
    if (old === high) return isOld ? [] : [rangeHash(crypto, nodeAt, low, high)];
    const middle = low + split(high - low);
    return old <= middle
      ? [...steps(low, middle, isOld), rangeHash(crypto, nodeAt, middle, high)]
      : [...steps(middle, high, false), rangeHash(crypto, nodeAt, low, middle)];
  };
  return complete(steps(0, size, true));
};
