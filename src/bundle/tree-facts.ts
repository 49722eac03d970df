/**
 * What the tree of a log says of a range: what shows that it is a part of the log.
 */
import * as E from 'fp-ts/lib/Either.js';
import { formatHex } from '../../ledger/encoding/hex.ts';
import type { Digest } from '../../ledger/name.ts';
import { formatConsistencyFile } from '../../ledger/note/consistency-file.ts';
import type { Proof } from '../../ledger/tree/proof.ts';
import { proveConsistency } from '../../ledger/tree/proof.ts';
import { MirrorDamaged } from '../storage/attempt.ts';
import type { Tree } from '../storage/mirror/tree.ts';
import type { Making } from './make.ts';

/** The hashes of the largest subtrees that the first events make. */
const peaksOf = ({ nodeAt }: Tree, size: number): readonly Uint8Array[] => {
  const hashes: Uint8Array[] = [];
  for (let height = 52, from = 0; height >= 0; height--) {
    const width = 2 ** height;
    if (size - from < width) continue;
    const node = nodeAt(height, from / width);
    if (node === undefined) throw new MirrorDamaged('a hash of the tree is missing');
    hashes.push(node);
    from += width;
  }
  return hashes;
};

/** sound gives a proof that the tree has the hashes for. */
export const sound = (proof: E.Either<unknown, Proof>): Proof => {
  if (E.isLeft(proof)) throw new MirrorDamaged('a hash of the tree is missing');
  return proof.right;
};

/** treeFacts gives what the tree says of the range, and of a later checkpoint. */
export const treeFacts = (
  { crypto, reader, note, latest, selection }: Making,
  size: number,
  later: number,
) =>
  reader.look((mirror) => {
    const tree = mirror.tree();
    const grown =
      later > size ? sound(proveConsistency(crypto, tree.nodeAt, size, later)) : undefined;
    return {
      root: formatHex(tree.rootAt(size) ?? new Uint8Array()) as Digest,
      peaks: peaksOf(tree, selection.from),
      proof: sound(proveConsistency(crypto, tree.nodeAt, selection.to, size)),
      consistency:
        grown === undefined
          ? undefined
          : formatConsistencyFile({ old: note, new: latest, proof: grown }),
    };
  });
