/**
 * Inclusion proofs, one behind the other in the order of their events:
 *
 *     {"index":7,"proof":["<base64>",…]}
 */
import { formatBase64, parseBase64 } from '../../ledger/encoding/base64.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { parseHex } from '../../ledger/encoding/hex.ts';
import { decodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { Digest } from '../../ledger/name.ts';
import type { Proof } from '../../ledger/tree/proof.ts';
import { HASH_BYTES, nodeHash } from '../../ledger/tree/tree.ts';
import { isSameHash, verifyInclusion } from '../../ledger/tree/verify.ts';
import type { BundleCode } from './report.ts';

/** proofLine writes one. */
export const proofLine = (index: number, proof: Proof): string =>
  `${JSON.stringify({ index, proof: proof.map(formatBase64) })}\n`;

const HASH = '"[A-Za-z0-9+/]{43}="';
const FORM = new RegExp(
  `^\\{"index":(0|[1-9]\\d{0,15}),"proof":\\[((?:${HASH}(?:,${HASH})*)?)\\]\\}\\n$`,
);

/** A step with its quotes and the comma behind it, which the last one has not. */
const STEP = 47;

/** The first steps of a list; undefined where one is no hash. */
const stepsOf = (list: string, count: number): Proof | undefined => {
  const steps = Array.from({ length: count }, (_, at) =>
    parseBase64(list.slice(at * STEP + 1, (at + 1) * STEP - 2)),
  );
  return steps.every((step) => step?.length === HASH_BYTES) ? (steps as Proof) : undefined;
};

/** A leaf and the nodes above it, as its first steps have them. */
const nodesOf = (crypto: Crypto, index: number, leaf: Uint8Array, steps: Proof): Proof => {
  const nodes = [leaf];
  let node = leaf;
  for (const [height, step] of steps.entries()) {
    const isRight = Math.floor(index / 2 ** height) % 2 === 1;
    node = isRight ? nodeHash(crypto, step, node) : nodeHash(crypto, node, step);
    nodes.push(node);
  }
  return nodes;
};

/** How far above two leaves the first node is that both stand under. */
const heightOver = (a: number, b: number): number => {
  let height = 0;
  while (Math.floor(a / 2 ** height) !== Math.floor(b / 2 ** height)) height++;
  return height;
};

/** How high the largest whole subtree is that a leaf stands in. */
const heightIn = (index: number, size: number): number => {
  let height = 0;
  while ((Math.floor(index / 2 ** (height + 1)) + 1) * 2 ** (height + 1) <= size) height++;
  return height;
};

/** A proof that was good: its steps as text, and the nodes of the whole subtrees on its way. */
interface Good {
  readonly index: number;
  readonly list: string;
  readonly nodes: Proof;
}

/** Proofs takes them one after the other, as events ask for them. */
export class Proofs {
  private readonly lines: Iterator<Uint8Array, undefined>;
  private readonly crypto: Crypto;
  private readonly size: number;
  private readonly root: Uint8Array;
  private good: Good | undefined;

  constructor(
    crypto: Crypto,
    lines: Iterator<Uint8Array, undefined>,
    size: number,
    root: Uint8Array,
  ) {
    this.crypto = crypto;
    this.lines = lines;
    this.size = size;
    this.root = root;
  }

  /** check says what is wrong with the proof that comes next, which must be that of the event. */
  check(seq: number, hash: Digest): BundleCode | undefined {
    const { done, value } = this.lines.next();
    if (done === true) return 'proof_missing';
    const [, index = '', list = ''] = FORM.exec(decodeUtf8(value)) ?? [];
    const leaf = parseHex(hash);
    if (index === '' || Number(index) !== seq || leaf === undefined) return 'proof_missing';
    if (this.isNear(seq, leaf, list)) return undefined;
    const steps = stepsOf(list, Math.floor((list.length + 1) / STEP));
    if (steps === undefined) return 'proof_missing';
    const { crypto, size, root } = this;
    if (!verifyInclusion(crypto, BigInt(seq), BigInt(size), leaf, root, steps))
      return 'proof_wrong';
    const within = steps.slice(0, heightIn(seq, size));
    this.good = { index: seq, list, nodes: nodesOf(crypto, seq, leaf, within) };
    return undefined;
  }

  /**
   * Most of its way a proof shares with the one before. Where both are the same from a node on that
   * both events stand under, and the steps up to there lead to that node, they lead to the root.
   */
  private isNear(seq: number, leaf: Uint8Array, list: string): boolean {
    if (this.good === undefined || this.good.index === seq) return false;
    const { index, list: before, nodes } = this.good;
    const height = heightOver(index, seq);
    const node = nodes[height];
    if (node === undefined || list.slice(height * STEP) !== before.slice(height * STEP))
      return false;
    const steps = stepsOf(list, height);
    if (steps === undefined) return false;
    const own = nodesOf(this.crypto, seq, leaf, steps);
    if (!isSameHash(own[height] ?? leaf, node)) return false;
    this.good = { index: seq, list, nodes: [...own, ...nodes.slice(height + 1)] };
    return true;
  }

  /** isEnded says whether no event asked in vain, and none was left. */
  isEnded(): boolean {
    return this.lines.next().done === true;
  }
}
