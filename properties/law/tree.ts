/**
 * Laws of the tree: whatever its size, it is the tree of the standard's recursive definition.
 */
import fc from 'fast-check';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { EMPTY, append, frontierOf, peaks, root } from '../../ledger/tree/tree.ts';
import { isSame } from '../arbitrary/bytes.ts';
import { grown, hugeSize, leaves, pseudo } from '../arbitrary/tree.ts';
import type { Counter } from '../model/tree.ts';
import { counted, increment, node, rangesOf, rootOf } from '../model/tree.ts';

const areSame = (a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean =>
  a.length === b.length && a.every((hash, i) => isSame(hash, b[i] ?? new Uint8Array()));

export const streamsToTheDefinition = (crypto: Crypto) =>
  fc.property(leaves(0, 70), (list) =>
    grown(crypto, list).frontiers.every((frontier, size) =>
      isSame(root(crypto, frontier), rootOf(list.slice(0, size))),
    ),
  );

/** The nodes that are given out are the complete subtrees, each where it stands. */
export const givesOutEveryNode = (crypto: Crypto) =>
  fc.property(leaves(1, 40), (list) => {
    const { nodeAt } = grown(crypto, list);
    const range = rangesOf(list);
    for (let height = 0; 2 ** height <= list.length; height++)
      for (let index = 0; (index + 1) * 2 ** height <= list.length; index++) {
        const [low, high] = [BigInt(index * 2 ** height), BigInt((index + 1) * 2 ** height)];
        const given = nodeAt(height, index);
        if (given === undefined || !isSame(given, range(low, high))) return false;
      }
    return true;
  });

/** A frontier goes to storage and comes back, and goes on as if nothing had been. */
export const restoresFromPeaks = (crypto: Crypto) =>
  fc.property(leaves(0, 40), leaves(0, 20), fc.nat(), (list, more, odd) => {
    const before = grown(crypto, list).frontiers.at(-1) ?? EMPTY;
    const stored = peaks(before);
    const restored = frontierOf(list.length, stored);
    if (restored === undefined || !areSame(peaks(restored), stored)) return false;
    const goneOn = more.reduce((frontier, leaf) => append(crypto, frontier, leaf), restored);
    const isRefused =
      frontierOf(list.length, [...stored, pseudo(odd)]) === undefined &&
      (stored.length === 0 || frontierOf(list.length, stored.slice(1)) === undefined) &&
      (stored.length === 0 ||
        frontierOf(list.length, [Uint8Array.of(1), ...stored.slice(1)]) === undefined);
    return isRefused && isSame(root(crypto, goneOn), rootOf([...list, ...more]));
  });

const ones = (size: bigint): number =>
  Array.from(size.toString(2)).filter((bit) => bit === '1').length;

/** The same where no list of leaves could ever be: up to the largest size there is. */
export const countsToTheLargestSize = (crypto: Crypto) =>
  fc.property(hugeSize, fc.nat(), fc.nat(9), (size, seed, wanted) => {
    const bits = size.toString(2);
    const heights = Array.from(bits, (bit, i) => (bit === '1' ? bits.length - 1 - i : -1));
    const held = heights
      .filter((height) => height >= 0)
      .map((height) => [height, pseudo(seed, height)] as const);
    let model: Counter = { size, peaks: new Map(held) };
    let frontier = frontierOf(Number(size), counted(model));
    const room = 2n ** 53n - 1n - size;
    const steps = room < BigInt(wanted) ? Number(room) : wanted;
    for (let i = 0; frontier !== undefined && i < steps; i++) {
      const leaf = pseudo(seed, 'leaf', i);
      const places: boolean[] = [];
      const before = model.size;
      frontier = append(crypto, frontier, leaf, (height, index) => {
        places.push(BigInt(index) === before >> BigInt(height) && height === places.length);
      });
      model = increment(model, leaf);
      if (places.includes(false)) return false;
    }
    if (frontier === undefined || BigInt(frontier.size) !== model.size) return false;
    const hashes = counted(model);
    const expected = hashes
      .slice(0, -1)
      .reduceRight((hash, peak) => node(peak, hash), hashes.at(-1) ?? pseudo());
    const areCounted = hashes.length === ones(model.size) && areSame(peaks(frontier), hashes);
    return areCounted && isSame(root(crypto, frontier), expected);
  });
