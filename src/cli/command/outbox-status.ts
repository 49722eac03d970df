/**
 * `ledger outbox status`: how it goes with each destination; with `--follow` whenever that changes.
 */
import * as E from 'fp-ts/lib/Either.js';
import { setTimeout } from 'node:timers/promises';
import type { Status } from '../../delivery/status.ts';
import { statusOf } from '../../delivery/status.ts';
import type { Reader } from '../../usecase/reader.ts';
import { timeOf } from '../../usecase/fill.ts';
import { columns } from '../columns.ts';
import type { Command } from '../command.ts';
import type { CliError } from '../error.ts';
import { withLedger } from '../open.ts';
import { namedStandings } from '../outbox/named.ts';
import { reasonText } from '../outbox/told.ts';
import { jsonLine } from '../terminal.ts';

const POLL_MS = 500;

const dataOf = ({ lastStatus, lastAt, retryAt, rate, ...status }: Status): object => ({
  ...status,
  rate_per_minute: rate,
  last_status: lastStatus,
  last_at: lastAt,
  retry_at: retryAt === undefined ? undefined : timeOf(retryAt),
});

const rowOf = (status: Status): readonly string[] => {
  const { destination, state, delivered, waiting, parked, oldest, rate } = status;
  const { lastStatus, lastAt = '', reason, since, retryAt } = status;
  return [
    destination,
    state,
    `delivered ${delivered}`,
    `waiting ${waiting}${oldest === undefined ? '' : ` since ${oldest}`}`,
    `parked ${parked}`,
    rate === undefined ? '' : `${rate} a minute`,
    lastStatus === undefined ? '' : `last answer ${lastStatus} at ${lastAt}`,
    reason === undefined ? '' : `${reasonText(reason, status.status)} since ${since ?? ''}`,
    retryAt === undefined ? '' : `again at ${timeOf(retryAt)}`,
  ];
};

const read = (
  reader: Reader,
  names: readonly string[],
  isJson: boolean,
): E.Either<CliError, string> => {
  const known = namedStandings(reader, names);
  if (E.isLeft(known)) return known;
  const all: Status[] = [];
  for (const now of known.right) {
    const status = statusOf(reader, now, Date.now());
    if (E.isLeft(status)) return status;
    all.push(status.right);
  }
  return E.right(
    isJson ? all.map((each) => jsonLine(dataOf(each))).join('') : columns(all.map(rowOf)),
  );
};

export const command: Command = {
  options: { follow: { type: 'flag', describe: 'print it anew whenever it changes' } },
  examples: [
    ['outbox status', 'a row for each; the last answer is the last that is on record'],
    ['outbox status hooks --follow', 'how one gets on, as it does'],
  ],
  run: (given, terminal) =>
    withLedger(given, terminal, async ({ reader }) => {
      for (let before = ''; ;) {
        const text = read(reader, given.words, terminal.isJson);
        if (E.isLeft(text)) return text;
        if (text.right !== before) await terminal.out(text.right);
        if (!given.flag('follow')) return E.right(undefined);
        before = text.right;
        await setTimeout(POLL_MS);
      }
    }),
};
