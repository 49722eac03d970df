/**
 * merkle.json and proofs.json: roots and proofs that are made again, and proofs good and bad.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { formatHex, parseHex } from '../../ledger/encoding/hex.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { NodeAt, Proof, ProofRefused } from '../../ledger/tree/proof.ts';
import { proveConsistency, proveInclusion } from '../../ledger/tree/proof.ts';
import { EMPTY, append, root } from '../../ledger/tree/tree.ts';
import { verifyConsistency, verifyInclusion } from '../../ledger/tree/verify.ts';
import type { Suite, Vector } from './report.ts';
import { holds, same } from './report.ts';

/** The text that stands for leaf I: `the text "NAME I", I from 0`. */
const leafText = (description: string): ((i: number) => string) => {
  const match = /^the text "([^]*)I([^]*)", I from ([0-9]+)$/.exec(description);
  if (match === null) throw new Error(`leaf_data is not understood: ${description}`);
  const [, before = '', after = '', first = ''] = match;
  return (i) => `${before}${i + Number(first)}${after}`;
};

const leafHash = (crypto: Crypto, text: string): Uint8Array =>
  crypto.sha256(Uint8Array.of(0, ...encodeUtf8(text)));

interface Tree {
  readonly leaves: readonly Uint8Array[];
  readonly roots: readonly Uint8Array[];
  readonly nodeAt: NodeAt;
}

const grow = (crypto: Crypto, leaves: readonly Uint8Array[]): Tree => {
  const nodes = new Map<string, Uint8Array>();
  let frontier = EMPTY;
  const roots = [root(crypto, frontier)];
  for (const leaf of leaves) {
    frontier = append(crypto, frontier, leaf, (height, index, hash) =>
      nodes.set(`${height}/${index}`, hash),
    );
    roots.push(root(crypto, frontier));
  }
  return { leaves, roots, nodeAt: (height, index) => nodes.get(`${height}/${index}`) };
};

const hexProof = (proof: E.Either<ProofRefused, Proof>): string =>
  E.isRight(proof) ? proof.right.map(formatHex).join() : proof.left.reason;

const steps = (each: Vector): readonly string[] =>
  each
    .get('proof')
    .items()
    .map((step) => step.text());

/** Hexadecimal of any length; what is none stands for bytes that no check accepts. */
const bytes = (each: Vector): Uint8Array => parseHex(each.text()) ?? new Uint8Array();

export const merkleVectors = ({ crypto, test }: Suite, file: Vector): void => {
  const text = leafText(file.get('leaf_data').text());
  const expected = file.get('roots').items();
  const leaves = Array.from({ length: Math.max(expected.length - 1, 0) }, (_, i) =>
    leafHash(crypto, text(i)),
  );
  const { roots, nodeAt } = grow(crypto, leaves);
  const none = new Uint8Array();
  for (const [size, each] of expected.entries())
    test(each.path, () => same('root', formatHex(roots[size] ?? none), each.text()));
  for (const each of file.get('inclusion').items())
    test(each.path, () => {
      const [index, size] = [
        Number(each.get('index').integer()),
        Number(each.get('size').integer()),
      ];
      const proof = steps(each);
      const made = proveInclusion(crypto, nodeAt, index, size);
      const [leaf = none, rootHash = none] = [leaves[index], roots[size]];
      const given = each.get('proof').items().map(bytes);
      return [
        ...same('proof', hexProof(made), proof.join()),
        ...holds(
          'the proof does not verify',
          verifyInclusion(crypto, BigInt(index), BigInt(size), leaf, rootHash, given),
        ),
      ];
    });
  for (const each of file.get('consistency').items())
    test(each.path, () => {
      const [old, size] = [Number(each.get('old').integer()), Number(each.get('size').integer())];
      const made = proveConsistency(crypto, nodeAt, old, size);
      const [oldRoot = none, newRoot = none] = [roots[old], roots[size]];
      const given = each.get('proof').items().map(bytes);
      return [
        ...same('proof', hexProof(made), steps(each).join()),
        ...holds(
          'the proof does not verify',
          verifyConsistency(crypto, BigInt(old), BigInt(size), oldRoot, newRoot, given),
        ),
      ];
    });
};

export const proofVectors = ({ crypto, test }: Suite, file: Vector): void => {
  for (const each of file.get('inclusion').items())
    test(`${each.path} (${each.get('why').text()})`, () => {
      const [index, size] = [each.get('index').integer(), each.get('size').integer()];
      const [leaf, rootHash] = [bytes(each.get('leaf')), bytes(each.get('root'))];
      const proof = each.get('proof').items().map(bytes);
      const isGood =
        index !== undefined &&
        size !== undefined &&
        verifyInclusion(crypto, index, size, leaf, rootHash, proof);
      return same('valid', isGood, each.get('valid').flag());
    });
  for (const each of file.get('consistency').items())
    test(`${each.path} (${each.get('why').text()})`, () => {
      const [old, size] = [each.get('old').integer(), each.get('size').integer()];
      const [oldRoot, newRoot] = [bytes(each.get('old_root')), bytes(each.get('root'))];
      const proof = each.get('proof').items().map(bytes);
      const isGood =
        old !== undefined &&
        size !== undefined &&
        verifyConsistency(crypto, old, size, oldRoot, newRoot, proof);
      return same('valid', isGood, each.get('valid').flag());
    });
};
