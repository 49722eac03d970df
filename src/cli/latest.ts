/**
 * The latest checkpoint, signed anew where what is asked for lies past it. What is handed out is
 * opened by the kernel before it leaves, as whoever receives it will.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Key } from '../../ledger/key/key.ts';
import { openCheckpoint } from '../../ledger/note/checkpoint.ts';
import type { OpenedCheckpoint } from '../../ledger/note/checkpoint.ts';
import type { Ledger } from '../ledger.ts';
import { readNote } from '../storage/checkpoint-file.ts';
import { realPorts } from '../wiring.ts';
import { logKeys } from './enrolled.ts';
import type { CliError } from './error.ts';
import { logKeyOf } from './log-key.ts';

export interface Latest {
  readonly note: string;
  readonly checkpoint: OpenedCheckpoint;
  /** Who may have signed it. */
  readonly keys: readonly Key[];
}

const opened = (ledger: Ledger, note: string): E.Either<CliError, Latest> => {
  const keys = logKeys(ledger.reader);
  if (E.isLeft(keys)) return keys;
  const checkpoint = openCheckpoint(realPorts.crypto, keys.right, note);
  return E.isLeft(checkpoint)
    ? E.left({ _tag: 'ProofBroken', cause: checkpoint.left })
    : E.right({ note, checkpoint: checkpoint.right, keys: keys.right });
};

/** signLatest signs the log as it stands. */
export const signLatest = async (ledger: Ledger): Promise<E.Either<CliError, Latest>> => {
  const key = logKeyOf(ledger.layout, ledger.origin);
  if (E.isLeft(key)) return key;
  if (key.right === undefined) return E.left({ _tag: 'NoLogKey', origin: ledger.origin });
  const note = await ledger.checkpoint(key.right);
  return E.isLeft(note) ? note : opened(ledger, note.right);
};

/** latestOf gives a checkpoint of at least so many events. */
export const latestOf = async (
  ledger: Ledger,
  size: number,
): Promise<E.Either<CliError, Latest>> => {
  const beside = readNote(realPorts.disk, ledger.layout.checkpoint);
  if (E.isLeft(beside)) return beside;
  const note = beside.right;
  const last = note === undefined ? undefined : opened(ledger, note);
  if (last !== undefined && (E.isLeft(last) || last.right.checkpoint.size >= size)) return last;
  return signLatest(ledger);
};
