/**
 * Checkpoints as C2SP tlog-checkpoint has them: a signed note that commits to a whole log.
 *
 *     example.com/payments                              origin, the name of the log key
 *     7                                                 size, in decimal
 *     jpY/LeeRGWGTLOpmRaxW5W5tRUscQOINZ1EmwIthfYk=      base64 of the root
 *
 * Further lines are extensions: accepted where they are not empty, never written.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../crypto/port.ts';
import { formatBase64, parseBase64 } from '../encoding/base64.ts';
import type { Key, Signer } from '../key/key.ts';
import type { Origin } from '../name.ts';
import { parseOrigin } from '../name.ts';
import { EMPTY, HASH_BYTES, root as rootOf } from '../tree/tree.ts';
import { isSameHash } from '../tree/verify.ts';
import type { NoteRefused } from './note.ts';
import { formatNote, openNote, signNote } from './note.ts';

export interface Checkpoint {
  readonly origin: Origin;
  readonly size: number;
  readonly root: Uint8Array;
  readonly extensions: readonly string[];
}

export type CheckpointReason =
  | 'too_short'
  | 'no_final_newline'
  | 'bad_origin'
  | 'bad_size'
  | 'bad_root'
  | 'root_of_nothing'
  | 'empty_line'
  | 'not_signed_by_origin';

export interface CheckpointRefused {
  readonly _tag: 'CheckpointRefused';
  readonly reason: CheckpointReason;
}

const refuse = (reason: CheckpointReason): E.Either<CheckpointRefused, never> =>
  E.left({ _tag: 'CheckpointRefused', reason });

/** parseSize reads a decimal number without sign or leading zero, up to 2^53 - 1. */
export const parseSize = (text: string): number | undefined => {
  const size = /^(?:0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(size) ? size : undefined;
};

/** parseCheckpoint reads the text of a note. */
export const parseCheckpoint = (
  crypto: Crypto,
  text: string,
): E.Either<CheckpointRefused, Checkpoint> => {
  if (!text.endsWith('\n')) return refuse('no_final_newline');
  const [first = '', second, third, ...extensions] = text.slice(0, -1).split('\n');
  if (second === undefined || third === undefined) return refuse('too_short');
  const origin = parseOrigin(first);
  if (E.isLeft(origin)) return refuse('bad_origin');
  const size = parseSize(second);
  if (size === undefined) return refuse('bad_size');
  const root = parseBase64(third);
  if (root?.length !== HASH_BYTES) return refuse('bad_root');
  if (size === 0 && !isSameHash(root, rootOf(crypto, EMPTY))) return refuse('root_of_nothing');
  if (extensions.includes('')) return refuse('empty_line');
  return E.right({ origin: origin.right, size, root, extensions });
};

/** formatCheckpoint writes what parseCheckpoint reads. */
export const formatCheckpoint = (checkpoint: Checkpoint): string =>
  [checkpoint.origin, checkpoint.size, formatBase64(checkpoint.root), ...checkpoint.extensions]
    .map((line) => `${line}\n`)
    .join('');

/** signCheckpoint makes the note that a log publishes. The signer bears the origin's name. */
export const signCheckpoint = (
  crypto: Crypto,
  signer: Signer,
  size: number,
  root: Uint8Array,
): E.Either<NoteRefused | CheckpointRefused, string> => {
  const text = `${signer.name}\n${size}\n${formatBase64(root)}\n`;
  const parsed = parseCheckpoint(crypto, text);
  if (E.isLeft(parsed)) return parsed;
  const note = signNote(crypto, signer, { text });
  return E.isLeft(note) ? note : E.right(formatNote(note.right));
};

export interface OpenedCheckpoint extends Checkpoint {
  readonly signers: readonly Key[];
  readonly unknown: number;
}

/** openCheckpoint accepts a note that a key of the origin's name signed. */
export const openCheckpoint = (
  crypto: Crypto,
  known: readonly Key[],
  note: string,
): E.Either<NoteRefused | CheckpointRefused, OpenedCheckpoint> => {
  const opened = openNote(crypto, known, note);
  if (E.isLeft(opened)) return opened;
  const { text, signers, unknown } = opened.right;
  const checkpoint = parseCheckpoint(crypto, text);
  if (E.isLeft(checkpoint)) return checkpoint;
  const isOwn = signers.some((key) => (key.name as string) === checkpoint.right.origin);
  return isOwn
    ? E.right({ ...checkpoint.right, signers, unknown })
    : refuse('not_signed_by_origin');
};
