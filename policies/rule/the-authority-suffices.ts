/**
 * The authority suffices: whoever governs may govern so, by the rules of the format for keys,
 * policies, authorizations and erasures, and by those here for exceptions and what was held.
 */
import { isGoverned, judgeAuthority } from '../../ledger/chain/attested.ts';
import { govern, isUnknownKeyEvent } from '../../ledger/chain/governance.ts';
import { isOperator } from '../../ledger/chain/keyring.ts';
import type { Header } from '../../ledger/event/header.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { EventId } from '../../ledger/name.ts';
import type { Verdict } from '../gate/contribution.ts';
import { parseScope, text } from '../state/authorization.ts';
import { historyOf } from '../state/past.ts';
import type { Hold } from '../state/hold.ts';
import type { Case, Rule } from './rule.ts';
import { forbids, holds, idle, isEnough, words } from './rule.ts';

const isFounding = ({ event_type: type }: Header): boolean => (type as string) === 'ledger.created';

const byTheFormat = (given: Case): Verdict | undefined => {
  const { header, judged, proposal, view } = given;
  // Nobody is there yet who could attest the event that founds a ledger.
  const authority = isFounding(header) ? [] : judgeAuthority(header, proposal.payload, judged);
  const means = { crypto: view.crypto, history: historyOf(view.past) };
  const before = { keyring: view.keyring, policySet: undefined };
  const findings =
    authority.length > 0 ? authority : govern(means, before, header, proposal.payload).findings;
  const [first] = findings;
  if (first === undefined) return undefined;
  return forbids('it may not be done, or not so, by the rules of the format', {
    codes: findings.map(({ code }) => code),
    ...(first.member === undefined ? {} : { member: first.member }),
  });
};

type Ask = (given: Case, payload: JsonObject) => Verdict | undefined;

const named = ({ view: { standing } }: Case, id: unknown) =>
  standing.authorizations.get(id as EventId);

const byAnOperator: Ask = ({ key }) =>
  key !== undefined && isOperator(key) ? undefined : forbids('it takes the key of an operator');

const wellMeant = (payload: JsonObject, member: 'reason' | 'note'): Verdict | undefined =>
  payload[member] !== undefined && text(payload[member], member).length === 0
    ? undefined
    : forbids('it does not say why', { member });

const authorized: Ask = (_given, payload) => {
  const scope = parseScope(payload);
  return scope._tag === 'Right'
    ? undefined
    : forbids('the authorization is not of the form that one has', {
        problems: scope.left.map((each) => ({ ...each })),
      });
};

const revoked: Ask = (given, payload) => {
  const authorization = named(given, payload['authorization']);
  if (authorization === undefined) return forbids('it names no authorization of this ledger');
  if (authorization.revokedBy !== undefined)
    return forbids('the authorization was revoked before', { by: authorization.revokedBy });
  return byAnOperator(given, payload) ?? wellMeant(payload, 'reason');
};

const reviewed: Ask = (given, payload) => {
  const authorization = named(given, payload['authorization']);
  if (authorization === undefined) return forbids('it names no authorization of this ledger');
  if (authorization.reviewedBy !== undefined)
    return forbids('the authorization was reviewed before', { by: authorization.reviewedBy });
  const by = given.key?.key.keyId;
  const { issuer, used } = authorization;
  if (given.set.exceptions.separate && [issuer, ...used.map((use) => use.by)].includes(by))
    return forbids('who gave or used an authorization does not review it', { key_id: String(by) });
  return byAnOperator(given, payload) ?? wellMeant(payload, 'note');
};

const heldBy = ({ view: { standing } }: Case, payload: JsonObject): Hold | Verdict => {
  const hold = standing.holds.get(payload['hold'] as EventId);
  if (hold === undefined) return forbids('it names nothing that was held here');
  return hold.discardedBy === undefined
    ? hold
    : forbids('what it names was discarded', { by: hold.discardedBy });
};

const byEnough: Ask = ({ key, set }) =>
  key !== undefined && key.purpose === 'author' && isEnough(key.tier, set.releaseTier)
    ? undefined
    : forbids('it takes a key of a higher tier', { needs: set.releaseTier });

const released: Ask = (given, payload) => {
  const hold = heldBy(given, payload);
  if ('outcome' in hold) return hold;
  if (payload['payload_hash'] !== hold.payload_hash)
    return forbids('it does not name the payload that was held');
  const { rules } = payload;
  const isOfHold = (each: unknown): boolean => hold.rules.some((rule) => rule === each);
  if (!Array.isArray(rules) || rules.length === 0 || !rules.every(isOfHold))
    return forbids('it does not name rules that held it', { rules: hold.rules });
  if (hold.author !== undefined && hold.author === given.key?.key.keyId)
    return forbids('who wrote what was held does not release it', { key_id: hold.author });
  return byEnough(given, payload);
};

const discarded: Ask = (given, payload) => {
  const hold = heldBy(given, payload);
  if ('outcome' in hold) return hold;
  return byEnough(given, payload) ?? wellMeant(payload, 'reason');
};

const ASKS: ReadonlyMap<string, Ask> = new Map([
  ['break_glass.authorized', authorized],
  ['break_glass.revoked', revoked],
  ['break_glass.reviewed', reviewed],
  ['policy.released', released],
  ['policy.discarded', discarded],
]);

export const theAuthoritySuffices: Rule = {
  name: 'the-authority-suffices',
  claim: 'whoever governs may govern so',
  reach: 'integrity',
  judge: (given) => {
    const { claim, payload, surface } = given.proposal;
    const type = claim.event_type;
    const isJudged = isGoverned(type) || isFounding(given.header);
    const refused = isJudged ? byTheFormat(given) : undefined;
    if (refused !== undefined) return refused;
    const ask = ASKS.get(type);
    const isUnheardOf = surface === 'break_glass' || isUnknownKeyEvent(type);
    if (ask === undefined && isUnheardOf) return forbids('there are no such events');
    if (ask === undefined) return isJudged ? holds() : idle();
    if (!isObject(payload)) return forbids('its payload is no object');
    return ask(given, payload) ?? holds();
  },
  remedy: ({ codes }) =>
    codes === undefined
      ? 'see what the reason names, and who may do it'
      : `see FORMAT.md, keys, for ${words(codes)}`,
};
