/**
 * `ledger experiment report`: what the numbers say. A look before the end is recorded.
 */
import * as E from 'fp-ts/lib/Either.js';
import { pageOf } from '../../experiment/page.ts';
import type { Command } from '../command.ts';
import { REPORTING, computeFor } from '../experiment/look.ts';
import { withExperiment } from '../experiment/named.ts';
import { reportText } from '../experiment/report-text.ts';
import { handOutFault, writeFileWhole } from '../output.ts';
import { jsonLine } from '../terminal.ts';
import { WRITING } from '../writing.ts';

export const command: Command = {
  options: {
    ...REPORTING,
    html: { type: 'text', describe: 'write it as a page of its own to this file (- for stdout)' },
    ...WRITING,
  },
  examples: [
    ['experiment report smaller-model', 'how it stands; that you looked is recorded'],
    ['experiment report smaller-model --at 30 --json', 'the same bytes for ever'],
    ['experiment report smaller-model --html report.html', 'a page with drawings'],
  ],
  run: (given, terminal) =>
    withExperiment(given, terminal, async (ledger, experiment) => {
      const place = handOutFault(given, 'html', ledger.layout.folder, ['sign']);
      if (E.isLeft(place)) return place;
      const computed = await computeFor(given, terminal, ledger, experiment);
      if (E.isLeft(computed)) return computed;
      const { at, digest } = computed.right.report;
      const told = 'conclusion' in experiment ? experiment.conclusion.report : undefined;
      if (told !== undefined && told.at.size === at.size && told.digest !== digest)
        terminal.note(
          `This is not the report that was concluded, which is ${told.digest}: something that it ` +
            'rests on was erased since, or is not what it was. Run ledger verify.',
        );
      const path = given.text('html');
      const isPage = path === '-' && !terminal.isJson;
      if (path !== undefined && path !== '-') {
        const written = writeFileWhole(path, pageOf(computed.right));
        if (E.isLeft(written)) return written;
      }
      const text = isPage ? pageOf(computed.right) : reportText(computed.right);
      await terminal.out(terminal.isJson ? jsonLine(computed.right.report) : text);
      return E.right(undefined);
    }),
};
