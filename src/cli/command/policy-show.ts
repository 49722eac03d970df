/**
 * `ledger policy show`: the documents of a set, that in force or another that was.
 */
import * as E from 'fp-ts/lib/Either.js';
import { stringify } from 'yaml';
import { visible } from '../../../ledger/render/render.ts';
import type { Adopted } from '../adopted.ts';
import { adoptedSets } from '../adopted.ts';
import type { Command } from '../command.ts';
import { withLedger } from '../open.ts';
import { jsonLine } from '../terminal.ts';

const textOf = ({ policy_set, documents }: Adopted): string => {
  const shown = Object.entries(documents).map(([name, document]) => {
    const lines = stringify(document).trimEnd().split('\n').map(visible);
    return `# ${visible(name)}\n${lines.join('\n')}\n`;
  });
  return `# policy set ${policy_set}\n\n${shown.join('\n')}`;
};

export const command: Command = {
  options: {},
  examples: [
    ['policy show', 'what is in force, as YAML'],
    ['policy show 12 --json', 'what event 12 adopted; a digest does as well'],
  ],
  run: (given, terminal) =>
    withLedger(given, terminal, async ({ reader }) => {
      const sets = adoptedSets(reader);
      if (E.isLeft(sets)) return sets;
      const [name] = given.words;
      const set = sets.right.findLast(({ in_force, seq, policy_set }) =>
        name === undefined ? in_force : String(seq) === name || policy_set === name,
      );
      if (set === undefined)
        return E.left({ _tag: 'NotFound', kind: 'policy set', name: name ?? '' });
      await terminal.out(terminal.isJson ? jsonLine(set) : textOf(set));
      return E.right(undefined);
    }),
};
