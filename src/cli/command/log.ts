/**
 * `ledger log`: events, filtered, forwards, backwards, or as they come.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Ledger } from '../../ledger.ts';
import type { Found, Query } from '../../usecase/query.ts';
import type { Read, ReadError } from '../../usecase/reader.ts';
import type { Answer, Command } from '../command.ts';
import { enrolledId } from '../enrolled.ts';
import { errorText } from '../error-text.ts';
import type { Given } from '../given.ts';
import { tellLag } from '../lag.ts';
import { heed } from '../leave.ts';
import { LogText } from '../log-text.ts';
import { openFor } from '../open.ts';
import { FILTERS, queryOf } from '../query-option.ts';
import type { Terminal } from '../terminal.ts';

type Show = (found: readonly Found[]) => string;

/** The journal's own lines, or columns for people. */
const showFor = (given: Given, terminal: Terminal): Show => {
  if (terminal.isJson) return (found) => found.map(({ line }) => `${line}\n`).join('');
  const text = new LogText(terminal, given.flag('relative'));
  return (found) => text.page(found);
};

/** Prints what there is, a page at a time; gives what is left to ask for. */
const print = async (
  terminal: Terminal,
  { reader }: Ledger,
  query: Query,
  show: Show,
): Promise<Read<Query>> => {
  let { after, limit = Infinity } = query;
  while (limit > 0) {
    const page = reader.page({ ...query, after, limit });
    if (E.isLeft(page)) return page;
    if (page.right.length === 0) break;
    await terminal.out(show(page.right));
    await heed();
    after = page.right.at(-1)?.seq;
    limit -= page.right.length;
  }
  return E.right({ ...query, after, limit });
};

/** A mirror that is gone is made anew by the next append; whoever follows waits for it. */
const isAwaited = (error: ReadError): boolean =>
  error._tag === 'DatabaseFailed' && error.code === 'SQLITE_CANTOPEN';

const follow = async (
  terminal: Terminal,
  events: AsyncIterable<Read<Found>>,
  show: Show,
): Answer => {
  for await (const found of events) {
    if (E.isRight(found)) await terminal.out(show([found.right]));
    else if (isAwaited(found.left)) terminal.note(`${errorText(found.left).message}: waiting`);
    else return found;
  }
  return E.right(undefined);
};

export const command: Command = {
  options: {
    ...FILTERS,
    follow: {
      type: 'flag',
      describe: 'go on with what comes; that nobody reads it any more shows with the next',
    },
    relative: { type: 'flag', describe: 'how long ago, in the place of when' },
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
    const show = showFor(given, terminal);
    const rest = await print(terminal, ledger.right, query.right, show);
    const printed =
      isFollowing && E.isRight(rest)
        ? await follow(terminal, ledger.right.follow(rest.right), show)
        : E.map(() => undefined)(rest);
    if (!isFollowing) await tellLag(terminal, ledger.right);
    await ledger.right.close();
    return printed;
  },
};
