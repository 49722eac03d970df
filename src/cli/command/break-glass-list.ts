/**
 * `ledger break-glass list`: who may do what is otherwise refused, and which uses wait for review.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Authorized } from '../authorization.ts';
import { authorizations } from '../authorization.ts';
import { columns } from '../columns.ts';
import type { Command } from '../command.ts';
import { withLedger } from '../open.ts';
import { jsonLine } from '../terminal.ts';

const dataOf = ({ scope, ...rest }: Authorized): object => ({ ...rest, ...scope });

const spanOf = ({ not_before: from, expires_at: until }: Authorized['scope']): string =>
  from === undefined ? `until ${until}` : `from ${from} until ${until}`;

const rowOf = ({ id, state, used, needs_review, issuer, scope }: Authorized): readonly string[] => [
  id,
  needs_review ? `${state.replaceAll('_', ' ')}, to be reviewed` : state.replaceAll('_', ' '),
  `used ${used} of ${scope.uses}`,
  spanOf(scope),
  `${scope.types.join(', ')} past ${scope.rules.join(', ')}`,
  `by ${issuer}: ${scope.reason_code}: ${scope.reason}`,
];

export const command: Command = {
  options: {},
  examples: [['break-glass list --json', 'a line per authorization']],
  run: (given, terminal) =>
    withLedger(given, terminal, async ({ reader }) => {
      const all = authorizations(reader);
      if (E.isLeft(all)) return all;
      await terminal.out(
        terminal.isJson
          ? all.right.map((each) => jsonLine(dataOf(each))).join('')
          : columns(all.right.map(rowOf)),
      );
      return E.right(undefined);
    }),
};
