/**
 * Laws of proofs: those that are made are those of the standard and verify, and altered in any way
 * they verify no more.
 */
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { proveConsistency, proveInclusion } from '../../ledger/tree/proof.ts';
import type { NodeAt, Proof } from '../../ledger/tree/proof.ts';
import { root } from '../../ledger/tree/tree.ts';
import { verifyConsistency, verifyInclusion } from '../../ledger/tree/verify.ts';
import { flipped, isSame } from '../arbitrary/bytes.ts';
import { grown, hugePlace, leaves, pseudo, treeAndPlaces } from '../arbitrary/tree.ts';
import { consistencyOf, pathOf, rangesOf, rangesOver, rootOf } from '../model/tree.ts';

const areSame = (a: Proof, b: Proof): boolean =>
  a.length === b.length && a.every((hash, i) => isSame(hash, b[i] ?? new Uint8Array()));

export const inclusionIsThatOfTheStandard = (crypto: Crypto) =>
  fc.property(treeAndPlaces, ([list, index, shorter]) => {
    const { nodeAt, frontiers } = grown(crypto, list);
    const size = Math.max(index, shorter) + 1;
    const proof = proveInclusion(crypto, nodeAt, index, size);
    const [frontier] = frontiers.slice(size);
    const [leaf] = list.slice(index);
    if (E.isLeft(proof) || frontier === undefined || leaf === undefined) return false;
    const expected = pathOf(rangesOf(list), BigInt(index), 0n, BigInt(size));
    const place = [BigInt(index), BigInt(size)] as const;
    return (
      areSame(proof.right, expected) &&
      verifyInclusion(crypto, ...place, leaf, root(crypto, frontier), proof.right)
    );
  });

export const consistencyIsThatOfTheStandard = (crypto: Crypto) =>
  fc.property(treeAndPlaces, ([list, one, other]) => {
    const { nodeAt } = grown(crypto, list);
    const [old, size] = [Math.min(one, other) + 1, Math.max(one, other) + 1];
    const proof = proveConsistency(crypto, nodeAt, old, size);
    const expected = consistencyOf(rangesOf(list), BigInt(old), 0n, BigInt(size));
    const roots = [rootOf(list.slice(0, old)), rootOf(list.slice(0, size))] as const;
    return (
      E.isRight(proof) &&
      areSame(proof.right, expected) &&
      verifyConsistency(crypto, BigInt(old), BigInt(size), ...roots, proof.right)
    );
  });

/**
 * Trees of sizes that nobody could build: their complete subtrees are invented, the rest is not.
 */
export const proofsReachTheLargestSize = (crypto: Crypto) =>
  fc.property(hugePlace, fc.nat(), ([size, index], seed) => {
    const complete = (height: number, at: bigint): Uint8Array => pseudo(seed, height, at);
    const nodeAt: NodeAt = (height, at) => complete(height, BigInt(at));
    const range = rangesOver(complete);
    const numbers = [Number(index), Number(size)] as const;
    const inclusion = proveInclusion(crypto, nodeAt, ...numbers);
    const consistency = proveConsistency(crypto, nodeAt, numbers[0] + 1, numbers[1]);
    return (
      E.isRight(inclusion) &&
      E.isRight(consistency) &&
      areSame(inclusion.right, pathOf(range, index, 0n, size)) &&
      areSame(consistency.right, consistencyOf(range, index + 1n, 0n, size))
    );
  });

const isPlace = (value: number, from: number, to: number): boolean =>
  Number.isInteger(value) && value >= from && value <= to;

const nearlyPlace = fc.oneof(fc.integer({ min: -2, max: 43 }), fc.double());

/** What no proof can be made of is refused: places outside, and nodes that are not there. */
export const refusesWhatItCannotProve = (crypto: Crypto) =>
  fc.property(leaves(43, 43), nearlyPlace, nearlyPlace, fc.nat(), (list, a, b, gone) => {
    const { nodeAt } = grown(crypto, list);
    const isInside = isPlace(b, 1, list.length) && isPlace(a, 0, b - 1);
    const isOlder = isPlace(b, 1, list.length) && isPlace(a, 1, b);
    const index = gone % list.length;
    const whole = proveInclusion(crypto, nodeAt, index, list.length);
    const lacking: NodeAt = (height, at) =>
      height === 0 && at === (index ^ 1) ? undefined : nodeAt(height, at);
    const needed = (index ^ 1) < list.length;
    return (
      E.isRight(proveInclusion(crypto, nodeAt, a, b)) === isInside &&
      E.isRight(proveConsistency(crypto, nodeAt, a, b)) === isOlder &&
      E.isRight(whole) &&
      E.isLeft(proveInclusion(crypto, lacking, index, list.length)) === needed
    );
  });

/** Every way in which one list of hashes becomes another that differs from it. */
export const alterations = (proof: Proof, bit: number, extra: Uint8Array): readonly Proof[] => {
  const cut = proof.map((_, i) => proof.toSpliced(i, 1));
  const added = [...proof, extra].map((_, i) => proof.toSpliced(i, 0, extra));
  const repeated = proof.map((step, i) => proof.toSpliced(i, 0, step));
  const flips = proof.flatMap((step, i) =>
    Array.from(step, (_, at) => proof.with(i, flipped(step, at * 8 + (bit % 8)))),
  );
  const short = proof.map((step, i) => proof.with(i, step.subarray(1)));
  const long = proof.map((step, i) => proof.with(i, Uint8Array.of(...step, 0)));
  // Steps all differ, since leaves do: a swap of two is never the proof it was.
  const swapped = proof.flatMap((step, i) =>
    proof.slice(0, i).map((other, j) => proof.with(i, other).with(j, step)),
  );
  return [...cut, ...added, ...repeated, ...flips, ...short, ...long, ...swapped];
};
