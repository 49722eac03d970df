/**
 * `ledger experiment create`: writes down what is asked, before anybody has looked.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Command } from '../command.ts';
import { PLANNING, happen, planGiven } from '../experiment/happen.ts';
import { withLedger } from '../open.ts';
import { WRITING } from '../writing.ts';

export const command: Command = {
  options: { ...PLANNING, ...WRITING },
  examples: [
    ['experiment create plan.yaml --sign alice', 'a plan that can still be amended'],
    [
      'experiment create --id small-prompt --hypothesis "A shorter prompt is as good." ' +
        '--change "The prompt, halved." --metric cost_per_session --relative 10',
      'the same without a file; sessions are tagged by hand',
    ],
  ],
  run: async (given, terminal) => {
    const plan = await planGiven(given, given.words[0]);
    if (E.isLeft(plan)) return plan;
    return withLedger(given, terminal, (ledger) =>
      happen(given, terminal, ledger, { kind: 'created', plan: plan.right }),
    );
  },
};
