/**
 * `ledger experiment sessions`: the arm of each session, and why; of what is concluded, as it was
 * concluded. No number is shown: whoever looks here has not looked at what the experiment says.
 */
import * as E from 'fp-ts/lib/Either.js';
import { columns } from '../columns.ts';
import type { Command } from '../command.ts';
import type { Assigned } from '../../experiment/assign.ts';
import { sampleSteps } from '../../experiment/sample.ts';
import { storySteps } from '../../experiment/story.ts';
import { realPorts } from '../../wiring.ts';
import { concludedAt, withExperiment } from '../experiment/named.ts';
import { words } from '../experiment/report-text.ts';
import { heeding } from '../leave.ts';
import { jsonLine } from '../terminal.ts';

const dataOf = ({ session, arm, reason, by, began }: Assigned): object => ({
  session,
  arm: arm ?? 'excluded',
  by,
  ...(reason === undefined ? {} : { reason }),
  began_seq: began ?? null,
});

const rowOf = ({ session, arm, reason, by }: Assigned): readonly string[] => [
  session,
  arm ?? 'excluded',
  `by ${by}`,
  words(reason ?? ''),
];

export const command: Command = {
  options: {},
  examples: [['experiment sessions smaller-model', 'a line per session']],
  run: (given, terminal) =>
    withExperiment(given, terminal, async ({ reader }, experiment) => {
      const { crypto } = realPorts;
      const { plan } = experiment;
      const size = concludedAt(experiment) ?? Number.MAX_SAFE_INTEGER;
      const story = await heeding(storySteps(crypto, reader, plan.id, size));
      if (E.isLeft(story)) return story;
      const sample = await heeding(sampleSteps(crypto, reader, plan, story.right, size));
      if (E.isLeft(sample)) return sample;
      const { assigned } = sample.right;
      await terminal.out(
        terminal.isJson
          ? assigned.map((each) => jsonLine(dataOf(each))).join('')
          : columns(assigned.map(rowOf)),
      );
      return E.right(undefined);
    }),
};
