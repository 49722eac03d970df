/**
 * `ledger key new NAME`: makes a key in `keys/`, or takes one over from OpenSSH.
 */
import * as E from 'fp-ts/lib/Either.js';
import { visible } from '../../../ledger/render/render.ts';
import { formatVkey } from '../../../ledger/key/key.ts';
import { parseKeyName } from '../../../ledger/name.ts';
import { keyPath } from '../../storage/key-file.ts';
import { newKey } from '../../usecase/new-key.ts';
import { realPorts } from '../../wiring.ts';
import type { Command } from '../command.ts';
import type { CliError } from '../error.ts';
import { asOption } from '../given.ts';
import { readForeign } from '../key-choice.ts';
import { recording } from '../leave.ts';
import { seedOfOpenSsh } from '../open-ssh.ts';
import { openFor } from '../open.ts';
import { jsonLine } from '../terminal.ts';

/** The seed in a file of OpenSSH; none where no file is named. */
const seedIn = (path: string | undefined): E.Either<CliError, Uint8Array | undefined> => {
  if (path === undefined) return E.right(undefined);
  const text = readForeign(path);
  if (E.isLeft(text)) return text;
  const seed = seedOfOpenSsh(text.right);
  return E.isLeft(seed) ? E.left({ _tag: 'OpenSshRefused', path, ...seed.left }) : seed;
};

export const command: Command = {
  options: {
    from: { type: 'text', describe: 'a private key of OpenSSH, Ed25519, unencrypted' },
  },
  examples: [
    ['key new bot', 'a key of its own for bot'],
    ['key new alice --from ~/.ssh/id_ed25519', "alice's key, which she has already"],
  ],
  run: async (given, terminal) => {
    const name = asOption('NAME', parseKeyName(given.word(0)));
    if (E.isLeft(name)) return name;
    const seed = seedIn(given.text('from'));
    if (E.isLeft(seed)) return seed;
    const ledger = openFor(given, terminal);
    if (E.isLeft(ledger)) return ledger;
    const { keys } = ledger.right.layout;
    // Made once more it would be another key of that name.
    recording();
    const signer = newKey(realPorts, keys, name.right, seed.right);
    await ledger.right.close();
    if (E.isLeft(signer)) return signer;
    const { keyId } = signer.right;
    const data = { key_id: keyId, vkey: formatVkey(signer.right), file: keyPath(keys, keyId) };
    const text = Object.entries(data).map(([member, value]) => `${member}: ${visible(value)}\n`);
    await terminal.out(terminal.isJson ? jsonLine(data) : text.join(''));
    return E.right(undefined);
  },
};
