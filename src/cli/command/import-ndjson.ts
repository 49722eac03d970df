/**
 * `ledger import ndjson FILE --map MAP`: anything that is JSON line by line.
 */
import * as E from 'fp-ts/lib/Either.js';
import { resolve } from 'node:path';
import { MAX_DOCUMENT } from '../../../policies/document/text.ts';
import { readMap } from '../../import/ndjson/map.ts';
import { surveyNdjson } from '../../import/ndjson/survey.ts';
import type { Command } from '../command.ts';
import { IMPORTING, WORLD, runImport } from '../importing.ts';
import { readInput } from '../input.ts';

const MANUAL = 'src/import/README.md says what a mapping may hold';

export const command: Command = {
  options: {
    map: { type: 'text', describe: 'what of a row becomes what of an event: YAML', needed: true },
    ...IMPORTING,
  },
  examples: [
    ['import ndjson orders.ndjson --map map.yaml --dry-run', 'ten events, and rows that fail'],
    ['import ndjson orders.ndjson --map map.yaml', 'all of them; a second time adds nothing'],
  ],
  run: async (given, terminal) => {
    const map = given.text('map') ?? '';
    const bytes = await readInput(map, MAX_DOCUMENT);
    if (E.isLeft(bytes)) return bytes;
    const mapping = readMap(map, bytes.right);
    if (E.isLeft(mapping))
      return E.left({ _tag: 'PolicyRefused', problems: mapping.left, manual: MANUAL });
    const path = resolve(given.word(0));
    return runImport(given, terminal, { tool: 'ndjson', path }, (onBytes) =>
      surveyNdjson(WORLD, path, mapping.right, onBytes),
    );
  },
};
