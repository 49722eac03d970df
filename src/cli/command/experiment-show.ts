/**
 * `ledger experiment show`: the plan, and all that happened, with who and when.
 */
import * as E from 'fp-ts/lib/Either.js';
import { visible } from '../../../ledger/render/render.ts';
import type { Moment } from '../../experiment/story.ts';
import { storyOf } from '../../experiment/story.ts';
import { realPorts } from '../../wiring.ts';
import { columns } from '../columns.ts';
import type { Command } from '../command.ts';
import { withExperiment } from '../experiment/named.ts';
import { shownExperiment } from '../experiment/shown.ts';
import { jsonLine } from '../terminal.ts';

const aboutOf = ({ happened }: Moment): string => {
  switch (happened.kind) {
    case 'tagged':
      return `${happened.session} ${happened.variant}`;
    case 'untagged':
      return `${happened.session}: ${happened.reason}`;
    case 'concluded':
      return `${happened.verdict.replace('_', ' ')}${happened.early ? ', early' : ''}`;
    case 'looked':
      return `at ${happened.at.size} events`;
    case 'resolved':
      return `${happened.commits.size} commits`;
    case 'archived':
      return happened.reason ?? '';
    case 'created':
    case 'amended':
    case 'started':
      return '';
  }
};

const rowOf = (moment: Moment): readonly string[] => [
  String(moment.seq),
  moment.recorded_at,
  moment.type,
  moment.by ?? 'unsigned',
  aboutOf(moment),
  moment.hasCounted ? '' : 'without effect',
];

const dataOf = ({ seq, id, type, recorded_at, by, hasCounted }: Moment, about: string): object => ({
  seq,
  id,
  event_type: type,
  recorded_at,
  by: by ?? null,
  about,
  counted: hasCounted,
});

export const command: Command = {
  options: {},
  examples: [['experiment show smaller-model', 'its plan, then an event a line']],
  run: (given, terminal) =>
    withExperiment(given, terminal, async ({ reader }, experiment) => {
      const { plan, status } = experiment;
      const story = storyOf(realPorts.crypto, reader, plan.id, Infinity);
      if (E.isLeft(story)) return story;
      const { moments, tags } = story.right;
      if (terminal.isJson) {
        const events = moments.map((moment) => dataOf(moment, aboutOf(moment)));
        const tagged = [...tags].map(([session, { variant }]) => ({ session, variant }));
        await terminal.out(
          jsonLine({ ...shownExperiment(experiment), plan, tags: tagged, events }),
        );
        return E.right(undefined);
      }
      const planned = JSON.stringify(plan, undefined, 2).split('\n').map(visible).join('\n');
      await terminal.out(
        `${visible(plan.id)} ${status}\n${planned}\n${columns(moments.map(rowOf))}`,
      );
      return E.right(undefined);
    }),
};
