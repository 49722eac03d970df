/**
 * The smallest trees, and the bounds of what is proved and restored.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { proveConsistency, proveInclusion } from '../../ledger/tree/proof.ts';
import { EMPTY, append, frontierOf, nodeHash, peaks, root } from '../../ledger/tree/tree.ts';
import { isSameHash, verifyConsistency, verifyInclusion } from '../../ledger/tree/verify.ts';

const leaf = (i: number): Uint8Array => native.sha256(encodeUtf8(`leaf ${i}`));

const treeOf = (size: number) => {
  const nodes = new Map<string, Uint8Array>();
  let frontier = EMPTY;
  for (let i = 0; i < size; i++)
    frontier = append(native, frontier, leaf(i), (height, index, hash) =>
      nodes.set(`${height},${index}`, hash),
    );
  const nodeAt = (height: number, index: number) => nodes.get(`${height},${index}`);
  return { frontier, nodeAt, root: root(native, frontier) };
};

const refused = (reason: string) => E.left({ _tag: 'ProofRefused', reason });

describe('a frontier restored', () => {
  it.each([0, 1, 2, 3, 5, 8])('of %i leaves is the one that was stored', (size) => {
    const { frontier } = treeOf(size);
    expect(frontierOf(size, peaks(frontier))).toEqual(frontier);
  });

  it('needs as many hashes of 32 bytes as the size has ones', () => {
    const [one, short] = [leaf(0), new Uint8Array(31)];
    const unfit: readonly (readonly [number, readonly Uint8Array[]])[] = [
      [-1, []],
      [0.5, []],
      [2 ** 53, [one]],
      [0, [one]],
      [1, []],
      [1, [one, one]],
      [3, [one]],
      [1, [short]],
    ];
    for (const [size, hashes] of unfit) expect(frontierOf(size, hashes)).toBe(undefined);
  });
});

const { nodeAt } = treeOf(7);

const without = (height: number, index: number) => (h: number, i: number) =>
  h === height && i === index ? undefined : nodeAt(h, i);

describe('making a proof', () => {
  it('of inclusion is refused for a leaf that is not in the tree', () => {
    for (const [index, size] of [
      [-1, 7],
      [7, 7],
      [0.5, 7],
      [0, 6.5],
      [0, 0],
    ] as const)
      expect(proveInclusion(native, nodeAt, index, size)).toEqual(refused('out_of_range'));
  });

  it('of consistency is refused for a tree that is none or larger', () => {
    for (const [old, size] of [
      [0, 7],
      [-1, 7],
      [8, 7],
      [1.5, 7],
      [1, 6.5],
    ] as const)
      expect(proveConsistency(native, nodeAt, old, size)).toEqual(refused('out_of_range'));
  });

  it('is refused where a node is missing, on either side of a join', () => {
    for (const at of [without(1, 2), without(0, 6)])
      expect(proveInclusion(native, at, 0, 7)).toEqual(refused('node_missing'));
    expect(proveConsistency(native, without(1, 2), 4, 7)).toEqual(refused('node_missing'));
  });
});

type Triple = [Uint8Array, Uint8Array, Uint8Array];

describe('checking a proof', () => {
  it('takes nothing but hashes of 32 bytes', () => {
    const tree = treeOf(2);
    const long = new Uint8Array(33);
    const other = leaf(1);
    expect(verifyInclusion(native, 0n, 2n, leaf(0), tree.root, [other])).toBe(true);
    expect(verifyInclusion(native, 0n, 2n, leaf(0), tree.root, [long])).toBe(false);
    expect(verifyInclusion(native, 0n, 1n, long, long, [])).toBe(false);
    expect(verifyConsistency(native, 1n, 2n, leaf(0), tree.root, [other])).toBe(true);
    expect(verifyConsistency(native, 1n, 2n, long, tree.root, [other])).toBe(false);
    for (const step of [long, other.subarray(1)])
      expect(verifyConsistency(native, 1n, 2n, leaf(0), tree.root, [step])).toBe(false);
  });

  it('takes no step beyond the root', () => {
    const above = (hash: Uint8Array): Uint8Array => nodeHash(native, leaf(9), hash);
    const [two, three, four] = [2, 3, 4].map((size) => treeOf(size).root) as Triple;
    expect(verifyInclusion(native, 0n, 1n, leaf(0), leaf(0), [])).toBe(true);
    expect(verifyInclusion(native, 0n, 1n, leaf(0), above(leaf(0)), [leaf(9)])).toBe(false);
    expect(verifyInclusion(native, 1n, 2n, leaf(1), two, [leaf(0)])).toBe(true);
    expect(verifyInclusion(native, 1n, 2n, leaf(1), above(two), [leaf(0), leaf(9)])).toBe(false);
    const steps = [leaf(2), leaf(3), two];
    const further = [...steps, leaf(9)];
    expect(verifyConsistency(native, 3n, 4n, three, four, steps)).toBe(true);
    expect(verifyConsistency(native, 3n, 4n, above(three), above(four), further)).toBe(false);
  });

  it('takes a tree for its own beginning only where nothing else is claimed', () => {
    const tree = treeOf(3);
    expect(verifyConsistency(native, 3n, 3n, tree.root, tree.root, [])).toBe(true);
    expect(verifyConsistency(native, 3n, 3n, tree.root, tree.root, [leaf(0)])).toBe(false);
    expect(verifyConsistency(native, 3n, 3n, tree.root, leaf(0), [])).toBe(false);
    expect(verifyConsistency(native, 0n, 3n, tree.root, tree.root, [])).toBe(false);
    expect(verifyConsistency(native, 3n, 2n, tree.root, tree.root, [])).toBe(false);
  });

  it('tells hashes apart by length and by any byte', () => {
    expect(isSameHash(leaf(0), leaf(0).slice())).toBe(true);
    expect(isSameHash(leaf(0), leaf(0).subarray(1))).toBe(false);
    expect(isSameHash(leaf(0).subarray(0, 31), leaf(0))).toBe(false);
    for (let i = 0; i < 32; i++)
      expect(isSameHash(leaf(0), leaf(0).with(i, (leaf(0)[i] ?? 0) ^ 1))).toBe(false);
  });
});

describe('a leaf that is no hash', () => {
  it.each([0, 31, 33, 100])('of %i bytes stops the caller, whose mistake it is', (length) => {
    expect(() => append(native, EMPTY, new Uint8Array(length))).toThrow('a leaf is 32 bytes');
  });
});

describe('stored nodes that are no hashes', () => {
  it.each([0, 1, 31, 33, 64, 65])('of %i bytes count as missing', (length) => {
    const odd = () => new Uint8Array(length).fill(7);
    const last = (h: number, i: number) => (h === 0 && i === 6 ? odd() : nodeAt(h, i));
    for (const at of [odd, last])
      for (const index of [0, 3, 6])
        expect([index, proveInclusion(native, at, index, index === 6 ? 8 : 7)]).toEqual([
          index,
          refused('node_missing'),
        ]);
    expect(proveConsistency(native, odd, 3, 7)).toEqual(refused('node_missing'));
    expect(proveConsistency(native, last, 3, 7)).toEqual(refused('node_missing'));
  });
});

describe('a node of what are no hashes', () => {
  it.each([
    [0, 0],
    [31, 32],
    [32, 31],
    [32, 33],
    [64, 0],
  ])('of %i and %i bytes stops the caller, whose mistake it is', (left, right) => {
    const join = () => nodeHash(native, new Uint8Array(left), new Uint8Array(right));
    expect(join).toThrow(
      new RangeError(`a node is made of 2 × 32 bytes, not ${left} and ${right}`),
    );
  });
});

describe('a log that is full', () => {
  const hashes = Array.from({ length: 53 }, (_, i) => leaf(i));
  const full = frontierOf(Number.MAX_SAFE_INTEGER, hashes) ?? EMPTY;

  it('takes no further leaf, and has a root', () => {
    expect(full.size).toBe(2 ** 53 - 1);
    expect(() => append(native, full, leaf(0))).toThrow(RangeError);
    expect(() => append(native, full, leaf(0))).toThrow('at most 2^53 - 1 leaves');
    expect(root(native, full).length).toBe(32);
  });

  it('takes its last leaf', () => {
    const nearly = frontierOf(2 ** 53 - 2, hashes.slice(1)) ?? EMPTY;
    expect(append(native, nearly, leaf(0)).size).toBe(2 ** 53 - 1);
  });
});
