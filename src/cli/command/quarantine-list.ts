/**
 * `ledger quarantine list`: drafts that wait for somebody else to look at them.
 */
import * as E from 'fp-ts/lib/Either.js';
import { columns } from '../columns.ts';
import type { Command } from '../command.ts';
import type { Held } from '../held.ts';
import { heldData, heldDrafts, typeOf } from '../held.ts';
import { withLedger } from '../open.ts';
import { jsonLine } from '../terminal.ts';

const isWaiting = ({ state }: Held): boolean => state === 'held' || state === 'released';

const rowOf = ({ hold, state, claim }: Held): readonly string[] => [
  hold.id,
  state,
  typeOf(claim),
  hold.draft,
  hold.author ?? 'unsigned',
  hold.rules.join(', '),
];

export const command: Command = {
  options: { all: { type: 'flag', describe: 'those that are released or discarded, too' } },
  examples: [['quarantine list --json', 'a line per draft that waits']],
  run: (given, terminal) =>
    withLedger(given, terminal, async ({ reader }) => {
      const all = heldDrafts(reader);
      if (E.isLeft(all)) return all;
      const told = given.flag('all') ? all.right : all.right.filter(isWaiting);
      await terminal.out(
        terminal.isJson
          ? told.map((each) => jsonLine(heldData(each))).join('')
          : columns(told.map(rowOf)),
      );
      return E.right(undefined);
    }),
};
