/**
 * Proofs out of the mirror's tree: that an event stands in the log of the latest checkpoint, and
 * that this log begins with the one of an earlier checkpoint.
 */
import * as E from 'fp-ts/lib/Either.js';
import { hold } from '../../ledger/chain/checkpoint.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { CheckpointRefused } from '../../ledger/note/checkpoint.ts';
import { formatConsistencyFile } from '../../ledger/note/consistency-file.ts';
import type { NoteRefused } from '../../ledger/note/note.ts';
import { formatProofFile } from '../../ledger/note/proof-file.ts';
import type { ProofRefused } from '../../ledger/tree/proof.ts';
import { proveConsistency, proveInclusion } from '../../ledger/tree/proof.ts';
import { write } from '../../ledger/json/format.ts';
import type { Json } from '../../ledger/json/value.ts';
import type { Mirror } from '../storage/mirror/mirror.ts';
import { recordedOf } from '../storage/mirror/mirror.ts';

export type ProveError = ProofRefused | NoteRefused | CheckpointRefused;

export interface Proved {
  /** The file that proves it. */
  readonly text: string;
  /** How many rows of the mirror were read for it. */
  readonly reads: number;
}

/** proveEvent proves that an event stands in the log of a checkpoint. */
export const proveEvent = (
  crypto: Crypto,
  mirror: Mirror,
  seq: number,
  note: string,
): E.Either<ProveError, Proved> => {
  const held = hold(crypto, note);
  if (E.isLeft(held)) return held;
  const tree = mirror.tree();
  const proof = proveInclusion(crypto, tree.nodeAt, seq, held.right.size);
  if (E.isLeft(proof)) return proof;
  const { header } = recordedOf(mirror.lineAt(seq) ?? '');
  const extra = encodeUtf8(write(header as unknown as Json));
  const text = formatProofFile({ extra, index: seq, proof: proof.right, note });
  return E.right({ text, reads: tree.reads() + 1 });
};

/** proveGrowth proves that the log of one checkpoint begins with the log of an earlier one. */
export const proveGrowth = (
  crypto: Crypto,
  mirror: Mirror,
  old: string,
  note: string,
): E.Either<ProveError, Proved> => {
  const earlier = hold(crypto, old);
  if (E.isLeft(earlier)) return earlier;
  const later = hold(crypto, note);
  if (E.isLeft(later)) return later;
  const tree = mirror.tree();
  const sizes = [earlier.right.size, later.right.size] as const;
  const proof = proveConsistency(crypto, tree.nodeAt, ...sizes);
  if (E.isLeft(proof)) return proof;
  return E.right({
    text: formatConsistencyFile({ old, new: note, proof: proof.right }),
    reads: tree.reads(),
  });
};
