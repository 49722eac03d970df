/**
 * `ledger experiment amend`: another plan in the place of one that has not been sealed.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Command } from '../command.ts';
import { happen, planGiven } from '../experiment/happen.ts';
import { withExperiment } from '../experiment/named.ts';
import { WRITING } from '../writing.ts';

export const command: Command = {
  options: WRITING,
  examples: [['experiment amend shorter-prompt amended.yaml --sign alice', 'before it is started']],
  run: async (given, terminal) => {
    const plan = await planGiven(given, given.word(1));
    if (E.isLeft(plan)) return plan;
    if (plan.right.id !== given.word(0))
      return given.usage(`the plan is of ${plan.right.id}, not of ${given.word(0)}`);
    return withExperiment(given, terminal, (ledger) =>
      happen(given, terminal, ledger, { kind: 'amended', plan: plan.right }),
    );
  },
};
