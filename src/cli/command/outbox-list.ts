/**
 * `ledger outbox list`: items, each with its state at a destination.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { ItemState, Listed } from '../../delivery/list.ts';
import { STATES, listItems } from '../../delivery/list.ts';
import { Pace } from '../../storage/steps.ts';
import { columns } from '../columns.ts';
import type { Command } from '../command.ts';
import { heed } from '../leave.ts';
import { withLedger } from '../open.ts';
import { namedStandings } from '../outbox/named.ts';
import { reasonText } from '../outbox/told.ts';
import { jsonLine } from '../terminal.ts';

const rowOf = (listed: Listed): readonly string[] => {
  const { destination, item, seq, state, key, reason = '', status } = listed;
  const why = reasonText(reason, status);
  return [destination, String(seq), item, state, key?.slice(0, 12) ?? '', why];
};

export const command: Command = {
  options: {
    destination: { type: 'text', describe: 'of this destination' },
    state: { type: 'text', describe: 'in this state (all)', choices: STATES },
    limit: { type: 'text', describe: 'so many at most, of each destination and state' },
  },
  examples: [
    ['outbox list --state parked', 'what waits for a person, and why'],
    ['outbox list --destination hooks --state delivered --json', 'a line per item, with its key'],
  ],
  run: (given, terminal) =>
    withLedger(given, terminal, async ({ reader }) => {
      const limit = given.whole('limit');
      if (E.isLeft(limit)) return limit;
      const name = given.text('destination');
      const known = namedStandings(reader, name === undefined ? [] : [name]);
      if (E.isLeft(known)) return known;
      const state = given.text('state') as ItemState | undefined;
      const pace = new Pace();
      for (const now of known.right)
        for (const each of state === undefined ? STATES : [state]) {
          let left = limit.right ?? Infinity;
          for (const listed of listItems(reader, now, each)) {
            if (left-- <= 0) break;
            if (E.isLeft(listed)) return listed;
            const text = terminal.isJson ? jsonLine(listed.right) : columns([rowOf(listed.right)]);
            await terminal.out(text);
            if (pace.isOver(text.length)) await heed();
          }
        }
      return E.right(undefined);
    }),
};
