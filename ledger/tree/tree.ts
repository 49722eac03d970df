/**
 * The Merkle tree of RFC 6962 section 2.1 over event hashes, which are leaf hashes as they stand.
 *
 *     node(l, r) = SHA-256( 0x01 | l | r )        the empty tree = SHA-256 of nothing
 *
 *              root of 5          A frontier holds the roots of the complete subtrees that the
 *             /        \          leaves so far make, largest first: for five leaves one of
 *          n(0..3)      e4        four and one of one. That is all an append needs, and their
 *          /     \                number is the number of ones in the size.
 *      n(0,1)  n(2,3)
 */
import type { Crypto } from '../crypto/port.ts';

export const HASH_BYTES = 32;
/** The largest size that a double counts exactly. */
const MAX_SIZE = Number.MAX_SAFE_INTEGER;

/** The complete subtrees of a frontier, the smallest first; `height` 0 is a leaf. */
interface Peak {
  readonly hash: Uint8Array;
  readonly height: number;
  readonly larger: Peak | undefined;
}

export interface Frontier {
  readonly size: number;
  readonly smallest: Peak | undefined;
}

/**
 * Called with every complete subtree as its last leaf arrives: the leaf itself, then its parents.
 */
export type OnNode = (height: number, index: number, hash: Uint8Array) => void;

export const EMPTY: Frontier = { size: 0, smallest: undefined };

const INPUT = Uint8Array.of(1, ...new Uint8Array(2 * HASH_BYTES));

/** nodeHash joins two subtrees. Hashes of another length are the caller's mistake, and throw. */
export const nodeHash = (crypto: Crypto, left: Uint8Array, right: Uint8Array): Uint8Array => {
  if (left.length !== HASH_BYTES || right.length !== HASH_BYTES)
    throw new RangeError(`a node is made of 2 × 32 bytes, not ${left.length} and ${right.length}`);
  INPUT.set(left, 1);
  INPUT.set(right, 1 + HASH_BYTES);
  return crypto.sha256(INPUT);
};

/**
 * append adds a leaf: one node hash on average, however long the log is. A leaf that is not 32
 * bytes, and one more than a log may hold, are the caller's mistake, and throw.
 */
export const append = (
  crypto: Crypto,
  frontier: Frontier,
  leaf: Uint8Array,
  onNode?: OnNode,
): Frontier => {
  if (leaf.length !== HASH_BYTES) throw new RangeError(`a leaf is 32 bytes, not ${leaf.length}`);
  if (frontier.size === MAX_SIZE) throw new RangeError('a log holds at most 2^53 - 1 leaves');
  let hash = leaf;
  let height = 0;
  let index = frontier.size;
  let larger = frontier.smallest;
  onNode?.(height, index, hash);
  while (larger !== undefined && larger.height === height) {
    hash = nodeHash(crypto, larger.hash, hash);
    larger = larger.larger;
    height++;
    index = (index - 1) / 2;
    onNode?.(height, index, hash);
  }
  return { size: frontier.size + 1, smallest: { hash, height, larger } };
};

/** root joins the subtrees of a frontier from the smallest up. */
export const root = (crypto: Crypto, frontier: Frontier): Uint8Array => {
  if (frontier.smallest === undefined) return crypto.sha256(new Uint8Array());
  let { hash, larger } = frontier.smallest;
  for (; larger !== undefined; larger = larger.larger) hash = nodeHash(crypto, larger.hash, hash);
  return hash;
};

/** peaks lists a frontier's subtrees, largest first: what to store in order to go on later. */
export const peaks = (frontier: Frontier): readonly Uint8Array[] => {
  const hashes: Uint8Array[] = [];
  for (let peak = frontier.smallest; peak !== undefined; peak = peak.larger) hashes.push(peak.hash);
  return hashes.toReversed();
};

/** frontierOf restores what `peaks` listed, undefined where the number of hashes does not fit. */
export const frontierOf = (size: number, hashes: readonly Uint8Array[]): Frontier | undefined => {
  if (!Number.isSafeInteger(size) || size < 0) return undefined;
  let smallest: Peak | undefined;
  let used = 0;
  const bits = size.toString(2);
  for (let i = 0; i < bits.length; i++) {
    if (bits[i] === '0') continue;
    const hash = hashes[used++];
    if (hash?.length !== HASH_BYTES) return undefined;
    smallest = { hash, height: bits.length - 1 - i, larger: smallest };
  }
  return used === hashes.length ? { size, smallest } : undefined;
};
