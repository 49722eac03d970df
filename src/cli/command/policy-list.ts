/**
 * `ledger policy list`: which sets were in force, since when and by whom.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Adopted } from '../adopted.ts';
import { adoptedSets } from '../adopted.ts';
import { columns } from '../columns.ts';
import type { Command } from '../command.ts';
import { withLedger } from '../open.ts';
import { jsonLine } from '../terminal.ts';

const rowOf = (each: Adopted): readonly string[] => [
  each.in_force ? 'in force' : 'replaced',
  each.policy_set,
  each.seq === null ? 'from the beginning' : `since event ${each.seq}, ${each.recorded_at}`,
  each.adopted_by ?? '',
  Object.keys(each.documents).join(', '),
];

export const command: Command = {
  options: {},
  examples: [['policy list --json', 'a line per adoption, the last is in force']],
  run: (given, terminal) =>
    withLedger(given, terminal, async ({ reader }) => {
      const sets = adoptedSets(reader);
      if (E.isLeft(sets)) return sets;
      const data = sets.right.map(({ documents, ...rest }) => ({
        ...rest,
        documents: Object.keys(documents),
      }));
      const text = terminal.isJson ? data.map(jsonLine).join('') : columns(sets.right.map(rowOf));
      await terminal.out(text);
      return E.right(undefined);
    }),
};
