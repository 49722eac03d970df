/**
 * A consistency proof as a file: one line of canonical JSON that shows that the log of the new
 * checkpoint begins with the log of the old one.
 *
 *     {"kind":"ledger/consistency/1","new":"<note>","old":"<note>","proof":["<base64>",…]} LF
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../crypto/port.ts';
import { formatBase64 } from '../encoding/base64.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { write } from '../json/format.ts';
import { parseString } from '../json/parse.ts';
import { isCanonical } from '../json/scan.ts';
import { isObject } from '../json/value.ts';
import type { Key } from '../key/key.ts';
import type { Proof } from '../tree/proof.ts';
import { verifyConsistency } from '../tree/verify.ts';
import type { CheckpointRefused, OpenedCheckpoint } from './checkpoint.ts';
import { openCheckpoint } from './checkpoint.ts';
import type { NoteRefused } from './note.ts';
import type { ProofFileReason, ProofFileRefused } from './proof-file.ts';
import { parseSteps } from './proof-file.ts';

const KIND = 'ledger/consistency/1';
const MEMBERS = ['kind', 'new', 'old', 'proof'];

export interface ConsistencyFile {
  readonly old: string;
  readonly new: string;
  readonly proof: Proof;
}

const refuse = (reason: ProofFileReason): E.Either<ProofFileRefused, never> =>
  E.left({ _tag: 'ProofFileRefused', reason });

/** parseConsistencyFile reads the form; nothing is proved. */
export const parseConsistencyFile = (text: string): E.Either<ProofFileRefused, ConsistencyFile> => {
  const line = text.endsWith('\n') ? text.slice(0, -1) : '';
  if (!line.isWellFormed() || !isCanonical(encodeUtf8(line))) return refuse('bad_form');
  const value = parseString(line);
  if (E.isLeft(value) || !isObject(value.right)) return refuse('bad_form');
  const { kind, old, new: fresh, proof } = value.right;
  const isWhole = Object.keys(value.right).join() === MEMBERS.join() && kind === KIND;
  if (!isWhole || typeof old !== 'string' || typeof fresh !== 'string') return refuse('bad_form');
  const texts = Array.isArray(proof) ? proof.filter((step) => typeof step === 'string') : [];
  if (!Array.isArray(proof) || texts.length < proof.length) return refuse('bad_form');
  const steps = parseSteps(texts);
  return steps === undefined ? refuse('bad_step') : E.right({ old, new: fresh, proof: steps });
};

/** formatConsistencyFile writes what parseConsistencyFile reads. */
export const formatConsistencyFile = (file: ConsistencyFile): string =>
  `${write({ kind: KIND, new: file.new, old: file.old, proof: file.proof.map(formatBase64) })}\n`;

export interface ProvedConsistency {
  readonly old: OpenedCheckpoint;
  readonly new: OpenedCheckpoint;
}

/** openConsistencyFile proves that nothing before the old checkpoint was rewritten. */
export const openConsistencyFile = (
  crypto: Crypto,
  known: readonly Key[],
  text: string,
): E.Either<ProofFileRefused | NoteRefused | CheckpointRefused, ProvedConsistency> => {
  const file = parseConsistencyFile(text);
  if (E.isLeft(file)) return file;
  const old = openCheckpoint(crypto, known, file.right.old);
  if (E.isLeft(old)) return old;
  const fresh = openCheckpoint(crypto, known, file.right.new);
  if (E.isLeft(fresh)) return fresh;
  const [a, b] = [old.right, fresh.right];
  if (a.origin !== b.origin) return refuse('origin_mismatch');
  if (a.size > b.size) return refuse('sizes_swapped');
  const sizes = [BigInt(a.size), BigInt(b.size)] as const;
  return verifyConsistency(crypto, ...sizes, a.root, b.root, file.right.proof)
    ? E.right({ old: a, new: b })
    : refuse('not_proved');
};
