/**
 * `ledger experiment conclude`: computes the report of what is recorded by now, and records what it
 * says, with the head that it was computed from.
 */
import * as E from 'fp-ts/lib/Either.js';
import { realPorts } from '../../wiring.ts';
import { isEarly } from '../../experiment/decider.ts';
import { numbersOf } from '../../experiment/report.ts';
import type { Command } from '../command.ts';
import { happen } from '../experiment/happen.ts';
import { computeNow, settle } from '../experiment/look.ts';
import { withExperiment } from '../experiment/named.ts';
import { WRITING } from '../writing.ts';

export const command: Command = {
  options: {
    'without-git': {
      type: 'flag',
      describe: 'though the repository of the plan is gone: sessions of new commits are excluded',
    },
    ...WRITING,
  },
  examples: [['experiment conclude smaller-model --sign alice', 'met, not met or undecided']],
  run: (given, terminal) =>
    withExperiment(given, terminal, async (ledger, experiment) => {
      const id = experiment.plan.id;
      const early = isEarly(experiment, realPorts.now());
      const refusable = { kind: 'concluded', experiment: id, early, verdict: 'undecided' } as const;
      // What may not be concluded is refused before it is computed.
      if (experiment.status !== 'running') return happen(given, terminal, ledger, refusable);
      const settled = await settle(given, terminal, ledger, experiment, !given.flag('without-git'));
      if (E.isLeft(settled)) return settled;
      const computed = await computeNow(ledger, experiment);
      if (E.isLeft(computed)) return computed;
      const { report } = computed.right;
      const { at, digest, method, criterion, warnings } = report;
      if (warnings.includes('commits_unresolved') && !given.flag('without-git'))
        return given.usage(
          'git did not answer for all commits of sessions: run it again, where it can read ' +
            'all of their history, or with --without-git; a conclusion is for good',
        );
      return happen(given, terminal, ledger, {
        ...refusable,
        verdict: criterion.verdict,
        report: { at, digest, method, numbers: numbersOf(report) },
      });
    }),
};
