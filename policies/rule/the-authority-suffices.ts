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

/** By the first thing that the format has against it. */
const ADVICE: Readonly<Record<string, string>> = {
  attestation_missing: 'have an operator sign it',
  not_authorised: 'have an operator sign it',
  payload_invalid: 'mend the payload',
  key_enrolled_before: 'enrol another key: one is enrolled once, under one name',
  key_not_live: 'name a key that is enrolled and has not ended',
  log_key_name: 'enrol a log key that bears the name of the ledger',
  last_operator: 'enrol another operator first',
  last_recovery: 'enrol an operator or another recovery key first',
  erasure_mismatch: 'name seq and event_hash of an event of this ledger',
  erasure_of_governing: 'leave it: what governs is never erased',
};

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

/** What is refused says who or what would do instead. */
const refuse = (reason: string, change: string, evidence: JsonObject = {}): Verdict =>
  forbids(reason, { ...evidence, change });

const UNKNOWN = [
  'it names no authorization of this ledger',
  'name the id of a break_glass.authorized in authorization',
] as const;
const ENDED = 'leave it: it has ended already';

type Ask = (given: Case, payload: JsonObject) => Verdict | undefined;

const named = ({ view: { standing } }: Case, id: unknown) =>
  standing.authorizations.get(id as EventId);

const byAnOperator: Ask = ({ key }) =>
  key !== undefined && isOperator(key)
    ? undefined
    : refuse('it takes the key of an operator', 'have an operator sign it');

const wellMeant = (payload: JsonObject, member: 'reason' | 'note'): Verdict | undefined =>
  payload[member] !== undefined && text(payload[member], member).length === 0
    ? undefined
    : refuse('it does not say why', `say why in ${member}`, { member });

const authorized: Ask = (_given, payload) => {
  const scope = parseScope(payload);
  return scope._tag === 'Right'
    ? undefined
    : refuse(
        'the authorization is not of the form that one has',
        `mend ${scope.left.map(({ path }) => path || 'the payload').join(', ')}`,
        { problems: scope.left.map((each) => ({ ...each })) },
      );
};

const revoked: Ask = (given, payload) => {
  const authorization = named(given, payload['authorization']);
  if (authorization === undefined) return refuse(...UNKNOWN);
  if (authorization.revokedBy !== undefined)
    return refuse('the authorization was revoked before', ENDED, { by: authorization.revokedBy });
  return byAnOperator(given, payload) ?? wellMeant(payload, 'reason');
};

const reviewed: Ask = (given, payload) => {
  const authorization = named(given, payload['authorization']);
  if (authorization === undefined) return refuse(...UNKNOWN);
  if (authorization.reviewedBy !== undefined)
    return refuse('the authorization was reviewed before', ENDED, {
      by: authorization.reviewedBy,
    });
  const by = given.key?.key.keyId;
  const { issuer, used } = authorization;
  if (given.set.exceptions.separate && [issuer, ...used.map((use) => use.by)].includes(by))
    return refuse(
      'who gave or used an authorization does not review it',
      'have an operator review it who neither gave nor used it',
      { key_id: String(by) },
    );
  return byAnOperator(given, payload) ?? wellMeant(payload, 'note');
};

const heldBy = ({ view: { standing, past } }: Case, payload: JsonObject): Hold | Verdict => {
  const hold = standing.holds.get(payload['hold'] as EventId);
  if (hold === undefined)
    return refuse('it names nothing that was held here', 'name the id of a policy.held in hold');
  if (hold.discardedBy !== undefined)
    return refuse('what it names was discarded', ENDED, { by: hold.discardedBy });
  const entered = past.find(hold.draft);
  return entered === undefined
    ? hold
    : refuse('what it names has entered already', ENDED, { seq: entered.seq });
};

const byEnough: Ask = ({ key, set }) =>
  key !== undefined && key.purpose === 'author' && isEnough(key.tier, set.releaseTier)
    ? undefined
    : refuse(
        'it takes a key of a higher tier',
        `have an author’s key of tier ${set.releaseTier} or higher sign it`,
        { needs: set.releaseTier },
      );

const released: Ask = (given, payload) => {
  const hold = heldBy(given, payload);
  if ('outcome' in hold) return hold;
  if (payload['payload_hash'] !== hold.payload_hash)
    return refuse(
      'it does not name the payload that was held',
      `state ${hold.payload_hash} as payload_hash`,
    );
  const { rules } = payload;
  const isOfHold = (each: unknown): boolean => hold.rules.some((rule) => rule === each);
  if (!Array.isArray(rules) || rules.length === 0 || !rules.every(isOfHold))
    return refuse(
      'it does not name rules that held it',
      `name in rules one or more of ${hold.rules.join(', ')}, and no other`,
      { rules: hold.rules },
    );
  if (hold.author !== undefined && hold.author === given.key?.key.keyId)
    return refuse('who wrote what was held does not release it', 'have another key release it', {
      key_id: hold.author,
    });
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
    const { claim, surface } = given.proposal;
    const type = claim.event_type;
    const isJudged = isGoverned(type) || isFounding(given.header);
    const refused = isJudged ? byTheFormat(given) : undefined;
    if (refused !== undefined) return refused;
    const ask = ASKS.get(type);
    const isUnheardOf = surface === 'break_glass' || isUnknownKeyEvent(type);
    if (ask === undefined && isUnheardOf)
      return refuse('there are no such events', 'use a type that there is');
    if (ask === undefined) return isJudged ? holds() : idle();
    const { payload } = given.proposal;
    if (!isObject(payload))
      return refuse('its payload is no object', 'bring an object as the payload');
    return ask(given, payload) ?? holds();
  },
  remedy: ({ codes, change, member }) => {
    if (change !== undefined) return words(change);
    const [first] = Array.isArray(codes) ? codes.map(words) : [];
    const advice = ADVICE[first ?? ''] ?? 'see FORMAT.md, keys';
    return member === undefined ? advice : `${advice}: ${words(member)}`;
  },
};
