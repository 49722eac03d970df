/**
 * Holding checkpoints against a chain: what a chain alone cannot show, that its tail was cut off or
 * that all of it was rewritten, a checkpoint kept elsewhere can.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../crypto/port.ts';
import { formatHex } from '../encoding/hex.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../finding.ts';
import type { CheckpointRefused, OpenedCheckpoint } from '../note/checkpoint.ts';
import { openCheckpoint, parseCheckpoint } from '../note/checkpoint.ts';
import type { NoteRefused } from '../note/note.ts';
import { parseNote } from '../note/note.ts';
import { EMPTY, root as rootOf } from '../tree/tree.ts';
import { isSameHash } from '../tree/verify.ts';
import { logKeysAt } from './keyring.ts';
import type { ChainState, Held } from './state.ts';

/** hold reads the size of a checkpoint's note, so that a verifier knows when it will meet it. */
export const hold = (
  crypto: Crypto,
  note: string,
): E.Either<NoteRefused | CheckpointRefused, Held> => {
  const parsed = parseNote(note);
  if (E.isLeft(parsed)) return parsed;
  const checkpoint = parseCheckpoint(crypto, parsed.right.text);
  if (E.isLeft(checkpoint)) return checkpoint;
  const { origin, size } = checkpoint.right;
  return E.right({ note, origin, size });
};

/** Whose a note is: of this origin, and signed by a log key of its size. */
const openHeld = (
  crypto: Crypto,
  { keyring, origin: expected }: ChainState,
  { note, origin, size }: Held,
): E.Either<Finding, OpenedCheckpoint> => {
  if (expected !== undefined && origin !== expected)
    return E.left(finding('checkpoint_origin', { seq: size, expected, actual: origin }));
  return E.mapLeft(({ reason }: NoteRefused | CheckpointRefused) =>
    finding('checkpoint_refused', { seq: size, reason }),
  )(openCheckpoint(crypto, logKeysAt(keyring, size), note));
};

/**
 * judgeCheckpoint compares a note with the log of its size: origin, root, and the log keys of then.
 */
export const judgeCheckpoint = (
  crypto: Crypto,
  state: ChainState,
  root: Uint8Array,
  held: Held,
): readonly Finding[] => {
  const { size: seq } = held;
  // No line so far could be read far enough to tell whose ledger it is.
  if (state.origin === undefined) return [finding('checkpoint_not_reached', { seq })];
  const opened = openHeld(crypto, state, held);
  if (E.isLeft(opened)) return [opened.left];
  const { root: actual } = opened.right;
  if (isSameHash(actual, root)) return [];
  return [
    finding('checkpoint_root_mismatch', {
      seq,
      expected: formatHex(actual),
      actual: formatHex(root),
    }),
  ];
};

/**
 * judgeUnmet judges a checkpoint that is still held at the end. One that is larger than the ledger
 * shows that the tail is gone only where it is the ledger's own: anybody can write a large number.
 */
export const judgeUnmet = (crypto: Crypto, state: ChainState, held: Held): Finding => {
  const { size: seq } = held;
  if (seq <= state.lines) return finding('checkpoint_not_reached', { seq });
  const opened = openHeld(crypto, state, held);
  if (E.isLeft(opened)) return opened.left;
  const [expected, actual] = [String(seq), String(state.lines)];
  return finding('checkpoint_beyond_end', { seq, expected, actual });
};

/** Judges the held checkpoints that the state has reached; the others stay held. */
export const judgeHeld = (
  crypto: Crypto,
  state: ChainState,
): { readonly state: ChainState; readonly findings: readonly Finding[] } => {
  const { held, frontier, lines } = state;
  const [next] = held;
  if (next === undefined || next.size > lines || frontier === undefined)
    return { state, findings: [] };
  const reached = held.filter(({ size }) => size <= lines);
  const findings: Finding[] = [];
  let { matched, matchedSize } = state;
  for (const each of reached) {
    const root = rootOf(crypto, each.size === 0 ? EMPTY : frontier);
    const found = judgeCheckpoint(crypto, state, root, each);
    findings.push(...found);
    if (found.length > 0) continue;
    matched++;
    matchedSize = each.size;
  }
  return { state: { ...state, held: held.slice(reached.length), matched, matchedSize }, findings };
};
