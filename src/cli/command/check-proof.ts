/**
 * `ledger check-proof FILE --vkey VKEY`: checks an inclusion or a consistency proof with nothing at
 * hand but the file and the log's key. No ledger is needed, and no network.
 */
import * as E from 'fp-ts/lib/Either.js';
import { native } from '../../../ledger/crypto/native.ts';
import { parseVkey } from '../../../ledger/key/key.ts';
import { checkProof } from '../../usecase/check-proof.ts';
import type { Command } from '../command.ts';
import { asOption } from '../given.ts';
import { readTextInput } from '../input.ts';
import { jsonLine } from '../terminal.ts';

/** The largest proof: a header of 16 KiB in base64, 53 steps and two notes of 100 signatures. */
const MAX_FILE_BYTES = 1_048_576;

export const command: Command = {
  options: {
    vkey: { type: 'text', describe: "the log's key, as its keeper published it", needed: true },
  },
  examples: [
    ['check-proof 7.tlog-proof --vkey example.com/acme+eda4bc15+AbqWoTU3…', 'is event 7 there?'],
    ['check-proof - --vkey VKEY --json < grown.json', 'has the log only grown?'],
  ],
  run: async (given, terminal) => {
    const path = given.word(0);
    const key = asOption('--vkey', parseVkey(native, given.text('vkey') ?? ''));
    if (E.isLeft(key)) return key;
    const text = await readTextInput(path, MAX_FILE_BYTES);
    if (E.isLeft(text)) return text;
    const proved = checkProof(native, [key.right], text.right);
    if (E.isLeft(proved))
      return E.left({ _tag: 'Disproved', file: 'proof', path, cause: proved.left });
    const lines = Object.entries(proved.right).map(([name, value]) => `${name}: ${value}\n`);
    await terminal.out(terminal.isJson ? jsonLine(proved.right) : lines.join(''));
    return E.right(undefined);
  },
};
