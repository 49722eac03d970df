/**
 * `ledger experiment start`: seals the plan. Sessions count from then on.
 */
import type { Command } from '../command.ts';
import { happen } from '../experiment/happen.ts';
import { withExperiment } from '../experiment/named.ts';
import { WRITING } from '../writing.ts';

export const command: Command = {
  options: WRITING,
  examples: [['experiment start shorter-prompt --sign alice', 'nothing in its plan changes now']],
  run: (given, terminal) =>
    withExperiment(given, terminal, (ledger, experiment) =>
      happen(given, terminal, ledger, {
        kind: 'started',
        experiment: experiment.plan.id,
        plan_digest: experiment.digest,
      }),
    ),
};
