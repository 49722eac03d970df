/**
 * `ledger completion SHELL`: prints a script that completes command lines, to be read by the shell
 * at its start. The script asks this same command, with what was typed behind `--`.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Command } from '../command.ts';
import { candidates } from '../completion/candidate.ts';
import { SHELLS, scriptFor } from '../completion/script.ts';
import { didYouMean } from '../suggestion.ts';
import { jsonLine } from '../terminal.ts';

/** A name that stands in a script as it is. */
const NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;

export const command: Command = {
  options: {
    name: { type: 'text', describe: 'the name that ledger is run by (ledger)' },
  },
  examples: [
    ['completion bash >> ~/.bashrc', 'bash completes from its next start on'],
    ['completion zsh > ~/.zfunc/_ledger', 'zsh, where that folder is in its fpath'],
    ['completion fish > ~/.config/fish/completions/ledger.fish', 'fish, from its next start on'],
  ],
  run: async (given, terminal) => {
    const [shell = '', ...typed] = given.words;
    const script = scriptFor(shell, given.text('name') ?? 'ledger');
    if (script === undefined)
      return given.usage(`completion takes ${SHELLS.join(', ')}${didYouMean(shell, SHELLS)}`);
    const name = given.text('name') ?? 'ledger';
    if (!NAME.test(name)) return given.usage(`--name takes the name of a command, not ${name}`);
    if (typed.length > 0) {
      const found = await candidates(shell, typed);
      await terminal.out(found.map(({ word, about }) => `${word}\t${about}\n`).join(''));
    } else await terminal.out(terminal.isJson ? jsonLine({ shell, script }) : script);
    return E.right(undefined);
  },
};
