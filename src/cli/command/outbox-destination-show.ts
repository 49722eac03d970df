/**
 * `ledger outbox destination show`: how destinations are set; secrets are named and never shown.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Command } from '../command.ts';
import { withLedger } from '../open.ts';
import { namedStandings } from '../outbox/named.ts';
import { jsonLine } from '../terminal.ts';
import { visible } from '../../../ledger/render/render.ts';

export const command: Command = {
  options: {},
  examples: [['outbox destination show hooks', 'as it was set last']],
  run: (given, terminal) =>
    withLedger(given, terminal, async ({ reader }) => {
      const known = namedStandings(reader, given.words);
      if (E.isLeft(known)) return known;
      for (const { destination, state, config } of known.right) {
        const { name } = destination;
        const set = JSON.stringify(destination, undefined, 2).split('\n').map(visible).join('\n');
        await terminal.out(
          terminal.isJson
            ? jsonLine({ destination: name, state, seq: config, set: destination })
            : `${name}: ${state}, as event ${config} sets it\n${set}\n`,
        );
      }
      return E.right(undefined);
    }),
};
