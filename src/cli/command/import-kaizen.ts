/**
 * `ledger import kaizen DIR`: what waits in the outboxes of kaizen, old and new, and its
 * experiments.
 */
import * as E from 'fp-ts/lib/Either.js';
import { resolve } from 'node:path';
import { loadChecksum } from '../../import/kaizen/redb-file.ts';
import { surveyKaizen } from '../../import/kaizen/survey.ts';
import type { Command } from '../command.ts';
import { IMPORTING, WORLD, runImport } from '../importing.ts';

export const command: Command = {
  options: IMPORTING,
  examples: [
    ['import kaizen .kaizen --dry-run', 'what waits there, and what is odd about it'],
    ['import kaizen .kaizen --archive', 'all of it; kaizen finds its files no more'],
  ],
  run: async (given, terminal) => {
    const path = resolve(given.word(0));
    const stat = WORLD.disk.stat(path);
    if (E.isRight(stat) && stat.right?.kind === 'file')
      return given.usage(
        'import kaizen takes the folder in which kaizen.db and hot/ lie, not a file of it',
      );
    const checksum = await loadChecksum();
    return runImport(given, terminal, { tool: 'kaizen', path }, () =>
      surveyKaizen({ ...WORLD, checksum }, path),
    );
  },
};
