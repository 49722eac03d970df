/**
 * The tree over a stretch of leaves: the complete subtrees that it holds, and how they join the
 * frontier of what came before.
 *
 *     leaves 3 to 8     3   4 5 6 7   8       three subtrees: of one leaf, of four, of one
 */
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { Frontier } from '../../ledger/tree/tree.ts';
import { HASH_BYTES, append, frontierOf, nodeHash, peaks } from '../../ledger/tree/tree.ts';

/** Subtrees in the order of their leaves: how high each is, and their roots side by side. */
export interface Subtrees {
  readonly heights: readonly number[];
  readonly roots: Uint8Array;
}

const MOST = 128;
const HASH_WORDS = HASH_BYTES / 4;
/** Before the first hash: room for the byte that says that two hashes are a node. */
const FRONT = 4;
const NODE = 0x01;

export interface Grower {
  /** Begins anew, with the leaf that comes next at an index of the log. */
  readonly begin: (index: number) => void;
  /** Adds one of the leaves that lie side by side, in words of four bytes. */
  readonly add: (leaves: Int32Array, leaf: number) => void;
  /** What has grown since. */
  readonly subtrees: () => Subtrees;
}

/** growerOf makes a grower. Its hashes lie side by side, so that two are a node's input as is. */
export const growerOf = (crypto: Crypto): Grower => {
  const stack = new Uint8Array(FRONT + MOST * HASH_BYTES);
  const words = new Int32Array(stack.buffer);
  const heights = new Uint8Array(MOST);
  // The byte before two hashes belongs to a third one: it is lent for the time of hashing.
  const pairs = Array.from({ length: MOST - 1 }, (_, i) =>
    stack.subarray(FRONT - 1 + i * HASH_BYTES, FRONT + (i + 2) * HASH_BYTES),
  );
  let top = 0;
  let index = 0;
  const join = (slot: number, height: number): void => {
    const lent = FRONT - 1 + slot * HASH_BYTES;
    const byte = stack[lent] ?? 0;
    stack[lent] = NODE;
    crypto.sha256Into(pairs[slot] ?? stack, stack, lent + 1);
    stack[lent] = byte;
    heights[slot] = height;
  };
  return {
    begin: (first) => {
      top = 0;
      index = first;
    },
    add: (leaves, leaf) => {
      const to = FRONT / 4 + top * HASH_WORDS;
      const from = leaf * HASH_WORDS;
      for (let i = 0; i < HASH_WORDS; i++) words[to + i] = leaves[from + i] ?? 0;
      heights[top++] = 0;
      let height = 0;
      for (let at = index++; at % 2 === 1 && top > 1; at = (at - 1) / 2) {
        if (heights[top - 2] !== height) break;
        top--;
        join(top - 1, ++height);
      }
    },
    subtrees: () => ({
      heights: [...heights.subarray(0, top)],
      roots: stack.slice(FRONT, FRONT + top * HASH_BYTES),
    }),
  };
};

/** graft joins subtrees that begin where the frontier ends. */
export const graft = (
  crypto: Crypto,
  frontier: Frontier,
  { heights, roots }: Subtrees,
): Frontier => {
  const hashes = [...peaks(frontier)];
  let { size } = frontier;
  for (const [i, height] of heights.entries()) {
    let joined: Uint8Array = roots.slice(i * HASH_BYTES, (i + 1) * HASH_BYTES);
    for (let at = size / 2 ** height; at % 2 === 1; at = (at - 1) / 2)
      joined = nodeHash(crypto, hashes.pop() ?? joined, joined);
    hashes.push(joined);
    size += 2 ** height;
  }
  return frontierOf(size, hashes) ?? frontier;
};

/** appendAll adds leaves that lie side by side, one by one. */
export const appendAll = (crypto: Crypto, frontier: Frontier, leaves: Uint8Array): Frontier => {
  let grown = frontier;
  for (let at = 0; at < leaves.length; at += HASH_BYTES)
    grown = append(crypto, grown, leaves.slice(at, at + HASH_BYTES));
  return grown;
};
