/**
 * Destinations as command lines name them, and what is said of them.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Standing } from '../../delivery/standing.ts';
import { standing, standings } from '../../delivery/standing.ts';
import { PROSE } from '../../outbox/check.ts';
import type { OutboxType } from '../../outbox/event.ts';
import { asPayload } from '../../outbox/event.ts';
import type { Reader } from '../../usecase/reader.ts';
import type { Answer, Command } from '../command.ts';
import type { CliError, Usage } from '../error.ts';
import type { Given } from '../given.ts';
import { withLedger } from '../open.ts';
import { WRITING, record } from '../writing.ts';

/** namedStanding gives the one of a name. */
export const namedStanding = (reader: Reader, name: string): E.Either<CliError, Standing> => {
  const found = standing(reader, name);
  if (E.isLeft(found)) return found;
  return found.right === undefined
    ? E.left({ _tag: 'NotFound', kind: 'destination', name })
    : E.right(found.right);
};

/** namedLive gives the one of a name, if there is still something to be said of it. */
export const namedLive = (reader: Reader, name: string): E.Either<CliError, Standing> =>
  E.chain((found: Standing): E.Either<CliError, Standing> =>
    found.state === 'retired'
      ? E.left({ _tag: 'DestinationRetired', destination: name })
      : E.right(found),
  )(namedStanding(reader, name));

/** namedStandings gives those of names, all that are not retired where none is named. */
export const namedStandings = (
  reader: Reader,
  names: readonly string[],
): E.Either<CliError, readonly Standing[]> => {
  const all = standings(reader);
  if (E.isLeft(all)) return all;
  if (names.length === 0) return E.right(all.right.filter(({ state }) => state !== 'retired'));
  const found: Standing[] = [];
  for (const name of names) {
    const each = all.right.find(({ destination }) => destination.name === name);
    if (each === undefined) return E.left({ _tag: 'NotFound', kind: 'destination', name });
    found.push(each);
  }
  return E.right(found);
};

/** reasonOf reads why something is said. */
export const reasonOf = (given: Given): E.Either<Usage, string | undefined> => {
  const reason = given.text('reason');
  return reason === undefined || PROSE(reason, '').length === 0
    ? E.right(reason)
    : given.usage(
        '--reason takes one line: 4096 characters at most, and no control characters among them',
      );
};

/** sayOf makes the commands that say one thing of a destination. */
export const sayOf = (type: OutboxType, examples: Command['examples']): Command => ({
  options: { reason: { type: 'text', describe: 'why' }, ...WRITING },
  examples,
  run: async (given, terminal): Answer => {
    const reason = reasonOf(given);
    if (E.isLeft(reason)) return reason;
    return withLedger(given, terminal, async (ledger) => {
      const name = given.word(0);
      const known = namedLive(ledger.reader, name);
      if (E.isLeft(known)) return known;
      const payload = asPayload({ name, reason: reason.right });
      const stated = { event_type: type, payload };
      return record(given, terminal, ledger, stated, 'outbox_configuration');
    });
  },
});
