/**
 * Laws of altered proofs. A statement is an index, a size, a leaf, a root and a proof; alter one of
 * them and it is false, with the one exception that `model/shape.ts` explains: numbers under which
 * the steps stand on the same sides make the same statement about the same hashes.
 */
import fc from 'fast-check';
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { Proof } from '../../ledger/tree/proof.ts';
import { verifyConsistency, verifyInclusion } from '../../ledger/tree/verify.ts';
import { flipped } from '../arbitrary/bytes.ts';
import { hugePlace, pseudo } from '../arbitrary/tree.ts';
import { consistencyShape, inclusionShape, oldRootAlong, rootAlong } from '../model/shape.ts';
import { alterations } from './proof.ts';

/** Places near and far: other numbers that a forger would try first. */
const others = (index: bigint, size: bigint): readonly (readonly [bigint, bigint])[] => {
  const near = [-2n, -1n, 1n, 2n].flatMap((by): [bigint, bigint][] => [
    [index + by, size],
    [index, size + by],
    [index + by, size + by],
  ]);
  const far = [size, size * 2n, size * 2n + 1n, 2n ** 64n].flatMap((by): [bigint, bigint][] => [
    [index + by, size],
    [index, size + by],
    [-index, -size],
  ]);
  return [...near, ...far, [size, index], [0n, 0n], [0n, 1n], [1n, 1n], [size - index, size]];
};

const allBits = (hash: Uint8Array, bit: number): readonly Uint8Array[] =>
  Array.from(hash, (_, at) => flipped(hash, at * 8 + (bit % 8)));

const isSameShape = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** True as stated at any size, and false however one part of it is altered. */
export const inclusionIsOneStatement = (crypto: Crypto) =>
  fc.property(hugePlace, fc.nat(), fc.nat(7), ([size, index], seed, bit) => {
    const sides = inclusionShape(index, size) ?? [];
    const leaf = pseudo(seed);
    const proof = sides.map((_, i) => pseudo(seed, i));
    const root = rootAlong(leaf, proof, sides);
    const isProved = (
      i: bigint,
      n: bigint,
      parts: { leaf?: Uint8Array; root?: Uint8Array; proof?: Proof } = {},
    ): boolean =>
      verifyInclusion(crypto, i, n, parts.leaf ?? leaf, parts.root ?? root, parts.proof ?? proof);
    if (!isProved(index, size)) return false;
    const isFalse = (parts: Parameters<typeof isProved>[2]): boolean =>
      !isProved(index, size, parts);
    return (
      alterations(proof, bit, pseudo(seed, 'extra')).every((altered) =>
        isFalse({ proof: altered }),
      ) &&
      allBits(leaf, bit).every((altered) => isFalse({ leaf: altered })) &&
      allBits(root, bit).every((altered) => isFalse({ root: altered })) &&
      (size === 1n || isFalse({ leaf: root, root: leaf })) &&
      isFalse({ root: root.subarray(1) }) &&
      isFalse({ leaf: leaf.subarray(1) }) &&
      others(index, size).every(
        ([i, n]) => isProved(i, n) === isSameShape(inclusionShape(i, n), sides),
      )
    );
  });

export const consistencyIsOneStatement = (crypto: Crypto) =>
  fc.property(hugePlace, fc.nat(), fc.nat(7), ([size, below], seed, bit) => {
    const old = below + 1n;
    const shape = consistencyShape(old, size);
    if (shape === undefined) return false;
    const start = pseudo(seed);
    const steps = shape.sides.map((_, i) => pseudo(seed, i));
    const oldRoot = oldRootAlong(start, steps, shape.sides);
    const root = rootAlong(start, steps, shape.sides);
    const proof = shape.from === 'first' ? [start, ...steps] : steps;
    const isProved = (
      m: bigint,
      n: bigint,
      parts: { oldRoot?: Uint8Array; root?: Uint8Array; proof?: Proof } = {},
    ): boolean =>
      verifyConsistency(
        crypto,
        m,
        n,
        parts.oldRoot ?? oldRoot,
        parts.root ?? root,
        parts.proof ?? proof,
      );
    if (!isProved(old, size)) return false;
    const isFalse = (parts: Parameters<typeof isProved>[2]): boolean => !isProved(old, size, parts);
    return (
      alterations(proof, bit, pseudo(seed, 'extra')).every((altered) =>
        isFalse({ proof: altered }),
      ) &&
      allBits(oldRoot, bit).every((altered) => isFalse({ oldRoot: altered })) &&
      allBits(root, bit).every((altered) => isFalse({ root: altered })) &&
      // Where the sizes are equal the roots are, and swapping them is no alteration.
      (old === size || isFalse({ oldRoot: root, root: oldRoot })) &&
      isFalse({ root: root.subarray(1) }) &&
      isFalse({ oldRoot: oldRoot.subarray(1) }) &&
      others(old, size).every(
        ([m, n]) => isProved(m, n) === isSameShape(consistencyShape(m, n), shape),
      )
    );
  });
