/**
 * `ledger experiment archive`: nothing happens to it any more. Its events stay.
 */
import type { Command } from '../command.ts';
import { happen } from '../experiment/happen.ts';
import { withExperiment } from '../experiment/named.ts';
import { WRITING } from '../writing.ts';

export const command: Command = {
  options: { reason: { type: 'text', describe: 'why' }, ...WRITING },
  examples: [['experiment archive shorter-prompt --sign alice', 'a draft, or what is concluded']],
  run: (given, terminal) =>
    withExperiment(given, terminal, (ledger) => {
      const reason = given.text('reason');
      const about = reason === undefined ? {} : { reason };
      return happen(given, terminal, ledger, {
        kind: 'archived',
        experiment: given.word(0),
        ...about,
      });
    }),
};
