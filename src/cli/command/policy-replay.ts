/**
 * `ledger policy replay --with DIR`: what another set would have decided of everything that was
 * recorded, and whether what was sealed is what the rules of its time decide.
 */
import * as E from 'fp-ts/lib/Either.js';
import { visible } from '../../../ledger/render/render.ts';
import { replay } from '../../../policies/explain/replay.ts';
import type { Summary } from '../../../policies/explain/summary.ts';
import { Sum } from '../../../policies/explain/summary.ts';
import { Events } from '../../usecase/stand.ts';
import { realPorts } from '../../wiring.ts';
import { columns } from '../columns.ts';
import type { Command } from '../command.ts';
import { heed, verdictIs } from '../leave.ts';
import { withLedger } from '../open.ts';
import { OTHER_SET, beginning, setMeant } from '../policy-set.ts';
import { jsonLine } from '../terminal.ts';

/** Another decision stands there than the rules in force made. */
const ALTERED = 20;

const dataOf = ({ events, same, unjudged, altered, groups }: Summary): object => ({
  events,
  same,
  unjudged,
  altered: {
    count: altered.count,
    first: altered.first.map(({ seq, type, sealed, judged }) => ({
      seq,
      type,
      sealed: sealed.outcome,
      judged: judged.outcome,
    })),
  },
  groups,
});

const textOf = ({ events, same, unjudged, altered, groups }: Summary): string =>
  [
    columns(
      groups.map(({ type, was, would, rules, gone = [], count, first, last }) => [
        `${count} ${type}`,
        `was ${was}, would be ${would}`,
        [
          ...(rules.length > 0 ? [`by ${rules.join(', ')}`] : []),
          ...(gone.length > 0 ? [`no longer by ${gone.join(', ')}`] : []),
        ].join(', '),
        count === 1 ? `event ${first}` : `events ${first} to ${last}`,
      ]),
    ),
    ...altered.first.map(
      ({ seq, type, sealed, judged }) =>
        `altered: event ${seq}, ${visible(type)}: ${sealed.outcome} stands there, ` +
        `the rules of its time say ${judged.outcome}\n`,
    ),
    `${events} events: ${same} decided alike, ` +
      `${unjudged} not judged, since something cannot be seen, ` +
      `${altered.count} sealed otherwise than decided\n`,
  ].join('');

export const command: Command = {
  options: OTHER_SET,
  examples: [
    ['policy replay --with policies/', 'what documents of your own would have changed'],
    ['policy replay --set regulated --json', 'or a set that is ready-made'],
  ],
  run: async (given, terminal) => {
    const set = await setMeant(given, given.list('with'));
    if (E.isLeft(set)) return set;
    const other = set.right;
    if (other === undefined) return given.usage('policy replay takes --with PATH or --set NAME');
    return withLedger(given, terminal, async ({ reader }) => {
      const events = new Events(reader);
      const sum = new Sum();
      for (const judged of replay(realPorts.crypto, events, beginning(), other)) {
        sum.add(judged);
        await heed();
      }
      const summary = sum.summary();
      if (events.error !== undefined) return E.left(events.error);
      const exit = summary.altered.count === 0 ? 0 : ALTERED;
      verdictIs(exit);
      await terminal.out(terminal.isJson ? jsonLine(dataOf(summary)) : textOf(summary));
      return E.right(exit);
    });
  },
};
