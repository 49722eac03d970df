/**
 * `ledger prove SEQ|ID`: that an event stands in the log of the latest checkpoint; with
 * `--consistent-with FILE`: that this log begins with the one of an earlier checkpoint.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Ledger } from '../../ledger.ts';
import { MAX_NOTE_BYTES } from '../../storage/checkpoint-file.ts';
import type { Proof, ProvingError } from '../../usecase/prover.ts';
import type { Command } from '../command.ts';
import type { CliError } from '../error.ts';
import { readTextInput } from '../input.ts';
import { orKeyFault } from '../log-key.ts';
import { LOCK_WAIT, openFor } from '../open.ts';
import { handOut, handOutFault } from '../output.ts';

/** As a command tells it; `path` is where the earlier checkpoint came from. */
const told = (ledger: Ledger, error: ProvingError, path: string): CliError => {
  if (error._tag === 'NoSuchEvent') return { _tag: 'NotFound', kind: 'event', name: error.name };
  const { _tag } = error;
  if (_tag === 'NoteRefused' || _tag === 'CheckpointRefused' || _tag === 'ProofRefused')
    return { _tag: 'OptionRefused', option: '--consistent-with', cause: error };
  if (error._tag !== 'CheckpointDiffers') return orKeyFault(ledger, error);
  const { cause } = error;
  return cause.code === 'checkpoint_origin'
    ? { _tag: 'FileRefused', path, reason: 'other_ledger' }
    : { _tag: 'Disproved', file: 'checkpoint', path, cause };
};

const prove = async (
  ledger: Ledger,
  name: string,
  path: string | undefined,
): Promise<E.Either<CliError, Proof>> => {
  const old = path === undefined ? undefined : await readTextInput(path, MAX_NOTE_BYTES);
  if (old?._tag === 'Left') return old;
  const proof = await (old === undefined ? ledger.prove(name) : ledger.proveGrown(old.right));
  return E.mapLeft((error: ProvingError) => told(ledger, error, path ?? ''))(proof);
};

export const command: Command = {
  options: {
    out: { type: 'text', describe: 'the file to write it to (stdout)' },
    'consistent-with': { type: 'text', describe: 'an earlier checkpoint (- for stdin)' },
    ...LOCK_WAIT,
  },
  examples: [
    ['prove 7 --out 7.tlog-proof', 'that event 7 was recorded'],
    ['prove --consistent-with held.note --out grown.json', 'that nothing before it changed'],
  ],
  run: async (given, terminal) => {
    const since = given.text('consistent-with');
    if ((since === undefined) === (given.words.length === 0))
      return given.usage('prove takes SEQ or ID, or else --consistent-with FILE');
    const ledger = openFor(given, terminal);
    if (E.isLeft(ledger)) return ledger;
    const place = handOutFault(given, 'out', ledger.right.layout.folder, ['consistent-with']);
    if (E.isLeft(place)) return place;
    const proof = await prove(ledger.right, given.word(0), since);
    await ledger.right.close();
    if (E.isLeft(proof)) return proof;
    return handOut(terminal, given.text('out'), proof.right.text, proof.right.about);
  },
};
