/**
 * `ledger key list`: the keys that this ledger knows, whatever became of them.
 */
import * as E from 'fp-ts/lib/Either.js';
import { visible } from '../../../ledger/render/render.ts';
import type { Command } from '../command.ts';
import type { Enrolled } from '../enrolled.ts';
import { enrolledKeys } from '../enrolled.ts';
import { withLedger } from '../open.ts';
import { jsonLine } from '../terminal.ts';

const textOf = ({ key_id, tier, purpose, state, since_seq }: Enrolled): string =>
  `${[key_id, tier, purpose, `${state} since ${since_seq}`].map(visible).join('  ')}\n`;

export const command: Command = {
  options: {},
  examples: [['key list --json', 'a line per key, with its vkey']],
  run: (given, terminal) =>
    withLedger(given, terminal, async ({ reader }) => {
      const keys = enrolledKeys(reader);
      if (E.isLeft(keys)) return keys;
      await terminal.out(keys.right.map(terminal.isJson ? jsonLine : textOf).join(''));
      return E.right(undefined);
    }),
};
