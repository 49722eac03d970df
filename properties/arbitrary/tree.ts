/**
 * Trees with their nodes, and trees too large to have leaves at all.
 */
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { NodeAt } from '../../ledger/tree/proof.ts';
import type { Frontier } from '../../ledger/tree/tree.ts';
import { EMPTY, append } from '../../ledger/tree/tree.ts';

/** pseudo gives the hash that a few words name: as good as random, and never the same twice. */
export const pseudo = (...words: readonly (number | bigint | string)[]): Uint8Array =>
  Uint8Array.from(createHash('sha256').update(words.join(' ')).digest());

export interface Grown {
  readonly leaves: readonly Uint8Array[];
  /** By number of leaves, the empty one first. */
  readonly frontiers: readonly Frontier[];
  readonly nodeAt: NodeAt;
}

/** grown appends leaves one by one and keeps every node that is given out. */
export const grown = (crypto: Crypto, leaves: readonly Uint8Array[]): Grown => {
  const nodes = new Map<string, Uint8Array>();
  const frontiers = [EMPTY];
  for (const leaf of leaves)
    frontiers.push(
      append(crypto, frontiers.at(-1) ?? EMPTY, leaf, (height, index, hash) => {
        nodes.set(`${height} ${index}`, hash);
      }),
    );
  return { leaves, frontiers, nodeAt: (height, index) => nodes.get(`${height} ${index}`) };
};

/** Leaves that all differ: with equal ones a proof could be good for another place. */
export const leaves = (minLength: number, maxLength: number): fc.Arbitrary<readonly Uint8Array[]> =>
  fc
    .tuple(fc.nat(), fc.integer({ min: minLength, max: maxLength }))
    .map(([seed, length]) => Array.from({ length }, (_, i) => pseudo('leaf', seed, i)));

/** A tree of 1 to 70 leaves, and two numbers up to its size. */
export const treeAndPlaces = leaves(1, 70).chain((list) =>
  fc.tuple(fc.constant(list), fc.nat(list.length - 1), fc.nat(list.length - 1)),
);

const LIMIT = 2n ** 53n - 1n;
const nearPower = fc
  .tuple(fc.nat(53), fc.bigInt({ min: -3n, max: 3n }))
  .map(([height, around]) => 2n ** BigInt(height) + around);

/** Sizes up to the largest, powers of two and their neighbours first. */
export const hugeSize: fc.Arbitrary<bigint> = fc
  .oneof(
    fc.bigInt({ min: 1n, max: LIMIT }),
    nearPower,
    fc.constantFrom(1n, 2n, 3n, LIMIT, LIMIT - 1n),
  )
  .map((size) => (size < 1n ? 1n : size > LIMIT ? LIMIT : size));

/** A huge size and a position in it. */
export const hugePlace = hugeSize.chain((size) =>
  fc.tuple(
    fc.constant(size),
    fc.oneof(
      fc.bigInt({ min: 0n, max: size - 1n }),
      fc.constantFrom(0n, size - 1n),
      nearPower.map((place) => (place < 0n ? 0n : place >= size ? size - 1n : place)),
    ),
  ),
);
