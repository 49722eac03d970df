/**
 * The authorizations to break the glass that a ledger knows, and what became of each.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Problem } from '../../ledger/event/shape.ts';
import { SHAPE_TEXTS } from '../../ledger/render/text.ts';
import { isTrusted } from '../../policies/rule/rule.ts';
import type { Authorization } from '../../policies/state/authorization.ts';
import { isUnreviewed, text } from '../../policies/state/authorization.ts';
import type { View } from '../../policies/view.ts';
import type { ReadError, Reader } from '../usecase/reader.ts';
import { stand } from '../usecase/stand.ts';
import { realPorts } from '../wiring.ts';
import type { Answer, Command, Options } from './command.ts';
import type { Usage } from './error.ts';
import type { Given } from './given.ts';
import { withLedger } from './open.ts';
import { beginning } from './policy-set.ts';
import type { Terminal } from './terminal.ts';
import { WRITING, record } from './writing.ts';

export interface Authorized {
  readonly id: string;
  readonly seq: number;
  readonly issuer: string;
  readonly state:
    'not_yet_valid' | 'active' | 'expired' | 'spent' | 'distrusted' | 'revoked' | 'reviewed';
  readonly used: number;
  readonly needs_review: boolean;
  readonly revoked_by?: string | undefined;
  readonly reviewed_by?: string | undefined;
  readonly scope: Authorization['scope'];
}

/** stateAt says how it stands at a moment: it counts from its first one on, until the last. */
export const stateAt = (
  { revokedBy, reviewedBy, used, scope, issuer, at }: Authorization,
  { now, keyring }: Pick<View, 'now' | 'keyring'>,
): Authorized['state'] => {
  if (revokedBy !== undefined) return 'revoked';
  if (reviewedBy !== undefined) return 'reviewed';
  if (!isTrusted(keyring, issuer, at, 'operator')) return 'distrusted';
  if (used.length >= scope.uses) return 'spent';
  if (scope.not_before !== undefined && now < scope.not_before) return 'not_yet_valid';
  return now >= scope.expires_at ? 'expired' : 'active';
};

const authorizedOf = (authorization: Authorization, view: View): Authorized => {
  const { id, seq, issuer, used, revokedBy, reviewedBy, scope } = authorization;
  return {
    id,
    seq,
    issuer,
    state: stateAt(authorization, view),
    used: used.length,
    needs_review: isUnreviewed(authorization),
    revoked_by: revokedBy,
    reviewed_by: reviewedBy,
    scope,
  };
};

/** authorizations lists them, the first of them first. */
export const authorizations = (reader: Reader): E.Either<ReadError, readonly Authorized[]> =>
  stand(realPorts, reader, beginning(), ({ ground, view }) =>
    [...ground.standing.authorizations.values()]
      .map((each) => authorizedOf(each, view))
      .toSorted((a, b) => a.seq - b.seq),
  );

/** The options by whose values members are made, where they are called otherwise. */
const OPTION: Readonly<Record<string, string>> = {
  expires_at: 'expires',
  keys: 'key',
  rules: 'rule',
  sources: 'source',
  types: 'type',
};

/** refuseForm tells what is wrong with an option by what is wrong with what was made of it. */
export const refuseForm = (given: Given, [problem]: readonly Problem[]) => {
  const { path = '', reason = 'missing' } = problem ?? {};
  const member = path.replace(/\[.*/, '');
  return given.usage(`--${OPTION[member] ?? member}: ${SHAPE_TEXTS[reason]}`);
};

/** saidIn reads what somebody says in an option: something, and no more than is taken. */
export const saidIn = (given: Given, option: string): E.Either<Usage, string> => {
  const said = given.text(option) ?? '';
  const problems = text(said, option);
  return problems.length === 0 ? E.right(said) : refuseForm(given, problems);
};

const writeAbout = (
  given: Given,
  terminal: Terminal,
  event_type: string,
  member: 'reason' | 'note',
): Answer =>
  withLedger(given, terminal, async (ledger) => {
    const said = saidIn(given, member);
    if (E.isLeft(said)) return said;
    const known = authorizations(ledger.reader);
    if (E.isLeft(known)) return known;
    const authorization = given.word(0);
    if (!known.right.some(({ id }) => id === authorization))
      return E.left({ _tag: 'NotFound', kind: 'authorization', name: authorization });
    const payload = { authorization, [member]: said.right };
    return record(given, terminal, ledger, { event_type, payload }, 'break_glass');
  });

/** endAuthorization makes the commands that say of an authorization that it is over. */
export const endAuthorization = (
  event_type: 'break_glass.revoked' | 'break_glass.reviewed',
  member: 'reason' | 'note',
  option: Options[string],
  examples: Command['examples'],
): Command => ({
  options: { [member]: option, ...WRITING },
  examples,
  run: (given, terminal) => writeAbout(given, terminal, event_type, member),
});
