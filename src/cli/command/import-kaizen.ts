/**
 * `ledger import kaizen DIR`: what waits in the outboxes of kaizen, old and new, and its
 * experiments.
 */
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
    const checksum = await loadChecksum();
    const path = resolve(given.word(0));
    return runImport(given, terminal, { tool: 'kaizen', path }, () =>
      surveyKaizen({ ...WORLD, checksum }, path),
    );
  },
};
