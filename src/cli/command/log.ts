/**
 * `ledger log`: events, filtered, forwards, backwards, or as they come.
 */
import * as E from 'fp-ts/lib/Either.js';
import { setTimeout } from 'node:timers/promises';
import type { Ledger } from '../../ledger.ts';
import type { Found, Query } from '../../usecase/query.ts';
import type { ReadError } from '../../usecase/reader.ts';
import type { Command } from '../command.ts';
import { enrolledId } from '../enrolled.ts';
import { lineText } from '../event-text.ts';
import { openFor } from '../open.ts';
import { FILTERS, queryOf } from '../query-option.ts';
import type { Terminal } from '../terminal.ts';

const POLL_MS = 200;
/** So many events are printed at once. */
const PAGE = 1000;

/** Prints the events of a query; gives the position of the last. */
const print = async (
  terminal: Terminal,
  { reader }: Ledger,
  query: Query,
): Promise<E.Either<ReadError, Query>> => {
  const textOf = terminal.isJson ? ({ line }: Found): string => `${line}\n` : lineText;
  for (let rest = query; ;) {
    const limit = Math.min(rest.limit ?? PAGE, PAGE);
    const page = reader.page({ ...rest, limit });
    if (E.isLeft(page)) return page;
    await terminal.out(page.right.map(textOf).join(''));
    const left = rest.limit === undefined ? undefined : rest.limit - page.right.length;
    rest = { ...rest, after: page.right.at(-1)?.seq ?? rest.after, limit: left };
    if (page.right.length < limit || left === 0) return E.right(rest);
  }
};

type Printed = Awaited<ReturnType<typeof print>>;

/** Prints what comes, until somebody stops it or as many came as were asked for. */
const follow = async (terminal: Terminal, ledger: Ledger, before: Printed): Promise<Printed> => {
  let printed = before;
  while (E.isRight(printed) && printed.right.limit !== 0) {
    await setTimeout(POLL_MS);
    printed = await print(terminal, ledger, printed.right);
  }
  return printed;
};

export const command: Command = {
  options: {
    ...FILTERS,
    follow: { type: 'flag', describe: 'go on with what comes' },
  },
  examples: [
    ['log --type "invoice.*" --since 2026-11-01', 'invoices of November'],
    ['log --reverse --limit 10', 'the last ten'],
    ['log --follow --json', 'every event, as it stands in the journal'],
  ],
  run: async (given, terminal) => {
    const isFollowing = given.flag('follow');
    if (isFollowing && given.flag('reverse'))
      return given.usage('--follow reads forwards, and --reverse backwards');
    const ledger = openFor(given, terminal);
    if (E.isLeft(ledger)) return ledger;
    const query = queryOf(given, (text) => enrolledId(ledger.right.reader, text));
    if (E.isLeft(query)) return query;
    const printed = await print(terminal, ledger.right, query.right);
    const followed = isFollowing ? await follow(terminal, ledger.right, printed) : printed;
    await ledger.right.close();
    return E.map(() => undefined)(followed);
  },
};
