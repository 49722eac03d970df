/**
 * Proofs are checked from where they part from the one before; that says the same as to check each
 * alone, in every tree, for every two events, and with any step altered.
 */
import * as E from 'fp-ts/lib/Either.js';
import { expect, it } from 'vitest';
import { native } from '../../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../../ledger/encoding/utf8.ts';
import { formatHex } from '../../../ledger/encoding/hex.ts';
import type { Digest } from '../../../ledger/name.ts';
import type { Proof } from '../../../ledger/tree/proof.ts';
import { proveInclusion } from '../../../ledger/tree/proof.ts';
import type { Frontier } from '../../../ledger/tree/tree.ts';
import { EMPTY, append, root } from '../../../ledger/tree/tree.ts';
import { proofLine, Proofs } from '../../../src/bundle/proof-line.ts';

const leafOf = (seq: number): Uint8Array => native.sha256(encodeUtf8(`leaf ${seq}`));
const hashOf = (seq: number): Digest => formatHex(leafOf(seq)) as Digest;

const treeOf = (size: number) => {
  const nodes = new Map<string, Uint8Array>();
  let frontier: Frontier = EMPTY;
  for (let seq = 0; seq < size; seq++)
    frontier = append(native, frontier, leafOf(seq), (height, index, hash) => {
      nodes.set(`${height}/${index}`, hash);
    });
  const nodeAt = (height: number, index: number) => nodes.get(`${height}/${index}`);
  const proofOf = (seq: number): Proof => {
    const proof = proveInclusion(native, nodeAt, seq, size);
    if (E.isLeft(proof)) throw new Error(JSON.stringify(proof.left));
    return proof.right;
  };
  return { proofOf, root: root(native, frontier) };
};

const flipped = (step: Uint8Array): Uint8Array =>
  step.map((byte, at) => (at === 7 ? byte ^ 1 : byte));

it('a proof is checked behind any other as it is alone', () => {
  for (let size = 1; size <= 20; size++) {
    const tree = treeOf(size);
    const codes = (first: number, then: number, proof: Proof) => {
      const lines = [proofLine(first, tree.proofOf(first)), proofLine(then, proof)];
      const proofs = new Proofs(native, lines.map(encodeUtf8).values(), size, tree.root);
      return [proofs.check(first, hashOf(first)), proofs.check(then, hashOf(then))];
    };
    for (let first = 0; first < size; first++)
      for (let then = 0; then < size; then++) {
        const good = tree.proofOf(then);
        expect([size, first, then, ...codes(first, then, good)]).toEqual([
          size,
          first,
          then,
          undefined,
          undefined,
        ]);
        const bad = [
          ...good.map((_, at) => good.map((step, i) => (i === at ? flipped(step) : step))),
          good.slice(1),
          good.slice(0, -1),
          [...good, leafOf(0)],
        ].filter((proof) => size > 1 || proof.length > 0);
        for (const proof of bad)
          expect([size, first, then, ...codes(first, then, proof)]).toEqual([
            size,
            first,
            then,
            undefined,
            'proof_wrong',
          ]);
      }
  }
});

const JUNK = `"${'A'.repeat(43)}="`;

/** A line with another list of steps. */
const listed = (line: string, change: (list: string) => string): string =>
  line.replace(/(?<=\[).*(?=\])/, change);

it.each([
  ['a step without a comma before it', (list: string) => `${list}${JUNK}`],
  ['a step without a comma behind it', (list: string) => `${JUNK}${list}`],
  ['steps without a comma between them', (list: string) => list.replace(',', '')],
  ['a comma behind the last step', (list: string) => `${list},`],
  ['a comma before the first step', (list: string) => `,${list}`],
  ['two commas', (list: string) => list.replace(',', ',,')],
  ['a blank', (list: string) => list.replace(',', ', ')],
  ['a step that is none', (list: string) => `${list},""`],
])('a proof with %s is none, alone and behind another one', (_, change) => {
  const tree = treeOf(8);
  const line = (seq: number) => proofLine(seq, tree.proofOf(seq));
  const bad = (seq: number) => listed(line(seq), change);
  const codesOf = (lines: readonly string[]) => {
    const proofs = new Proofs(native, lines.map(encodeUtf8).values(), 8, tree.root);
    return lines.map((__, seq) => proofs.check(seq, hashOf(seq)));
  };
  expect(codesOf([line(0), line(1)])).toEqual([undefined, undefined]);
  expect(bad(0)).not.toBe(line(0));
  expect(codesOf([bad(0)])).toEqual(['proof_missing']);
  expect(codesOf([line(0), bad(1)])).toEqual([undefined, 'proof_missing']);
  expect(codesOf([line(0), bad(1), line(2)])).toEqual([undefined, 'proof_missing', undefined]);
});

it('a leaf is not shown where it does not stand, whatever two proofs came before', () => {
  const tree = treeOf(8);
  const [, ...above] = tree.proofOf(2);
  const lines = [
    proofLine(0, tree.proofOf(0)),
    proofLine(2, tree.proofOf(2)),
    proofLine(3, [leafOf(0), ...above]),
  ];
  const proofs = new Proofs(native, lines.map(encodeUtf8).values(), 8, tree.root);
  expect([proofs.check(0, hashOf(0)), proofs.check(2, hashOf(2))]).toEqual([undefined, undefined]);
  expect(proofs.check(3, hashOf(1))).toBe('proof_wrong');
});
