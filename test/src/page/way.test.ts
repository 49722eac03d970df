/**
 * The way that is drawn from an event up the tree ends with the root, whatever the tree's size.
 */
import * as E from 'fp-ts/lib/Either.js';
import { expect, it } from 'vitest';
import { native } from '../../../ledger/crypto/native.ts';
import { formatBase64 } from '../../../ledger/encoding/base64.ts';
import { formatHex } from '../../../ledger/encoding/hex.ts';
import { encodeUtf8 } from '../../../ledger/encoding/utf8.ts';
import { proveInclusion } from '../../../ledger/tree/proof.ts';
import { EMPTY, append, root } from '../../../ledger/tree/tree.ts';
import { pointsOf, wayText, wayUp } from '../../../src/page/way.ts';

const leaves = Array.from({ length: 33 }, (_, at) => native.sha256(encodeUtf8(`event ${at}`)));

/** The sides on which the neighbours lie, nearest first, and what the way ends with. */
const drawn = (seq: number, size: number): readonly [sides: string, end: string, root: string] => {
  const nodes = new Map<string, Uint8Array>();
  const tree = leaves
    .slice(0, size)
    .reduce(
      (frontier, leaf) =>
        append(native, frontier, leaf, (height, index, hash) =>
          nodes.set(`${height} ${index}`, hash),
        ),
      EMPTY,
    );
  const proof = proveInclusion(native, (height, at) => nodes.get(`${height} ${at}`), seq, size);
  const steps = E.isRight(proof) ? proof.right.map(formatBase64) : [];
  const hash = formatHex(leaves[seq] ?? new Uint8Array());
  const text = wayText(seq, hash, wayUp(seq, size, hash, steps));
  const sides = [...text.matchAll(/^(left|right) of it/gm)].map(([, side]) => side).join(' ');
  const end = /([0-9a-f]{64}) {2}the root$/.exec(text)?.[1] ?? '';
  return [sides, end, formatHex(root(native, tree))];
};

it('ends with the root for every event of every tree of up to 33 events', () => {
  for (let size = 1; size <= leaves.length; size++)
    for (let seq = 0; seq < size; seq++) {
      const [, end, expected] = drawn(seq, size);
      expect([seq, size, end]).toEqual([seq, size, expected]);
    }
});

it.each([
  [0, 1, ''],
  [4, 5, 'left'],
  [5, 6, 'left left'],
  [4, 6, 'right left'],
  [6, 7, 'left left'],
  [5, 7, 'left right left'],
  [8, 9, 'left'],
  [2, 5, 'right left right'],
])('event %i of %i has its neighbours on the right sides: %j', (seq, size, sides) => {
  expect(drawn(seq, size)[0]).toBe(sides);
});

it('is drawn with each node above the one that it is made of, towards its neighbour', () => {
  const step = { other: '', joined: '' };
  const points = pointsOf([
    { side: 'right', ...step },
    { side: 'left', ...step },
    { side: 'left', ...step },
  ]);
  const moves = points
    .slice(1)
    .map(([x, y], at) => [
      Math.sign(x - (points[at]?.[0] ?? 0)),
      Math.sign(y - (points[at]?.[1] ?? 0)),
    ]);
  expect(moves).toEqual([
    [1, -1],
    [-1, -1],
    [-1, -1],
  ]);
});
