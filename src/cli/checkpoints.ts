/**
 * Checkpoints that were kept elsewhere, as a command line names them.
 */
import * as E from 'fp-ts/lib/Either.js';
import { hold } from '../../ledger/chain/checkpoint.ts';
import { MAX_NOTE_BYTES } from '../storage/checkpoint-file.ts';
import { realPorts } from '../wiring.ts';
import type { CliError } from './error.ts';
import type { Given } from './given.ts';
import { asOption } from './given.ts';
import { readTextInput } from './input.ts';

/** checkpointsOf reads them; a file that is none was the wrong one. */
export const checkpointsOf = async (
  given: Given,
): Promise<E.Either<CliError, readonly string[]>> => {
  const checkpoints: string[] = [];
  for (const path of given.list('checkpoint')) {
    const note = await readTextInput(path, MAX_NOTE_BYTES);
    if (E.isLeft(note)) return note;
    const held = asOption(`--checkpoint ${path}`, hold(realPorts.crypto, note.right));
    if (E.isLeft(held)) return held;
    checkpoints.push(note.right);
  }
  return E.right(checkpoints);
};
