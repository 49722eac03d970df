/**
 * `ledger experiment untag`: takes a tag back, and says why. Both stay on record.
 */
import type { Command } from '../command.ts';
import { happen } from '../experiment/happen.ts';
import { SESSION, sessionOf, withExperiment } from '../experiment/named.ts';
import { WRITING } from '../writing.ts';

export const command: Command = {
  options: {
    ...SESSION,
    reason: { type: 'text', describe: 'why', needed: true },
    ...WRITING,
  },
  examples: [
    ['experiment untag smaller-model --session s-2 --reason "it was a test run"', 'and tells why'],
  ],
  run: async (given, terminal) => {
    const session = sessionOf(given);
    if (session._tag === 'Left') return session;
    return withExperiment(given, terminal, (ledger) =>
      happen(given, terminal, ledger, {
        kind: 'untagged',
        experiment: given.word(0),
        session: session.right,
        reason: given.text('reason') ?? '',
      }),
    );
  },
};
