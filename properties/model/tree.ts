/**
 * The Merkle tree as RFC 6962 section 2.1 defines it, by recursion and in unbounded integers, over
 * any function that gives the root of a complete subtree.
 */
import { createHash } from 'node:crypto';

export const node = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  Uint8Array.from(
    createHash('sha256').update(Uint8Array.of(1)).update(left).update(right).digest(),
  );

/** The largest power of two below n. */
export const split = (n: bigint): bigint => 1n << BigInt((n - 1n).toString(2).length - 1);

/** The root over leaves from low to high. */
export type Range = (low: bigint, high: bigint) => Uint8Array;

/** rangesOf makes the roots of a list of leaf hashes, MTH in the standard. */
export const rangesOf = (leaves: readonly Uint8Array[]): Range => {
  const range: Range = (low, high) => {
    const [only] = leaves.slice(Number(low), Number(low) + 1);
    if (high - low === 1n && only !== undefined) return only;
    if (high === low) return Uint8Array.from(createHash('sha256').digest());
    const middle = low + split(high - low);
    return node(range(low, middle), range(middle, high));
  };
  return range;
};

/** rootOf is the root over all of a list of leaf hashes. */
export const rootOf = (leaves: readonly Uint8Array[]): Uint8Array =>
  rangesOf(leaves)(0n, BigInt(leaves.length));

/**
 * rangesOver makes roots of a function that invents those of complete subtrees: trees of any size.
 */
export const rangesOver = (complete: (height: number, index: bigint) => Uint8Array): Range => {
  const range: Range = (low, high) => {
    const size = high - low;
    if ((size & (size - 1n)) === 0n) return complete(size.toString(2).length - 1, low / size);
    const middle = low + split(size);
    return node(range(low, middle), range(middle, high));
  };
  return range;
};

/** PATH(m, D[n]) of section 2.1.1. */
export const pathOf = (range: Range, index: bigint, low: bigint, high: bigint): Uint8Array[] => {
  if (high - low <= 1n) return [];
  const middle = low + split(high - low);
  return index < middle
    ? [...pathOf(range, index, low, middle), range(middle, high)]
    : [...pathOf(range, index, middle, high), range(low, middle)];
};

/** SUBPROOF(m, D[n], b) of section 2.1.2, between two bounds. */
export const consistencyOf = (
  range: Range,
  old: bigint,
  low: bigint,
  high: bigint,
  isOld = true,
): Uint8Array[] => {
  if (old === high) return isOld ? [] : [range(low, high)];
  const middle = low + split(high - low);
  return old <= middle
    ? [...consistencyOf(range, old, low, middle, isOld), range(middle, high)]
    : [...consistencyOf(range, old, middle, high, false), range(low, middle)];
};

/** The peaks of a size by height, the largest first, as a binary counter holds them. */
export interface Counter {
  readonly size: bigint;
  readonly peaks: ReadonlyMap<number, Uint8Array>;
}

/** increment adds a leaf as a counter carries. */
export const increment = ({ size, peaks }: Counter, leaf: Uint8Array): Counter => {
  const after = new Map(peaks);
  let hash = leaf;
  let height = 0;
  for (let peak = after.get(0); peak !== undefined; peak = after.get(++height)) {
    hash = node(peak, hash);
    after.delete(height);
  }
  return { size: size + 1n, peaks: after.set(height, hash) };
};

/** counted lists the peaks of a counter, the largest first. */
export const counted = ({ peaks }: Counter): readonly Uint8Array[] =>
  [...peaks].toSorted(([a], [b]) => b - a).map(([, hash]) => hash);
