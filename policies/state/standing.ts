/**
 * What events have permitted and held back so far: authorizations and holds, as a fold. Both are
 * few, so a state is data that never changes and each event gives a new one.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Header } from '../../ledger/event/header.ts';
import { write } from '../../ledger/json/format.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Digest, EventId, KeyId, RuleId } from '../../ledger/name.ts';
import type { Authorization } from './authorization.ts';
import { parseScope } from './authorization.ts';
import type { Hold } from './hold.ts';
import type { Recorded } from './past.ts';

export interface Standing {
  readonly authorizations: ReadonlyMap<EventId, Authorization>;
  /** By the id of the held event. */
  readonly holds: ReadonlyMap<EventId, Hold>;
}

export const NOTHING_STANDS: Standing = { authorizations: new Map(), holds: new Map() };

type Evolve = (before: Standing, header: Header, payload: JsonObject) => Standing;

const withAuthorization = (before: Standing, authorization: Authorization): Standing => ({
  ...before,
  authorizations: new Map(before.authorizations).set(authorization.id, authorization),
});

const withHold = (before: Standing, hold: Hold): Standing => ({
  ...before,
  holds: new Map(before.holds).set(hold.id, hold),
});

const authorized: Evolve = (before, { id, seq, attestation, recorded_at: at }, payload) => {
  const scope = parseScope(payload);
  if (attestation === undefined || E.isLeft(scope)) return before;
  const issuer = attestation.key_id;
  return withAuthorization(before, { id, seq, issuer, at, scope: scope.right, used: [] });
};

const ended =
  (how: 'revokedBy' | 'reviewedBy'): Evolve =>
  (before, { id }, { authorization }) => {
    const named = before.authorizations.get(authorization as EventId);
    return named === undefined ? before : withAuthorization(before, { ...named, [how]: id });
  };

/** The rules of a sealed decision that held a draft. */
const rulesOf = (decision: JsonObject): readonly RuleId[] => {
  const { contributing } = decision;
  const list = Array.isArray(contributing) ? (contributing as readonly Json[]) : [];
  return list.flatMap((each) => (isObject(each) ? [each['rule'] as RuleId] : []));
};

const held: Evolve = (before, { id, seq }, { claim, attestation, decision }) => {
  if (!isObject(claim) || !isObject(decision)) return before;
  const author = isObject(attestation) ? { author: attestation['key_id'] as KeyId } : {};
  return withHold(before, {
    id,
    seq,
    draft: claim['id'] as EventId,
    payload_hash: claim['payload_hash'] as Digest,
    claim: write(claim),
    rules: rulesOf(decision),
    releases: [],
    ...author,
  });
};

const released: Evolve = (before, header, { hold, payload_hash: hash, rules }) => {
  const { id, attestation, recorded_at: at } = header;
  const named = before.holds.get(hold as EventId);
  if (named === undefined || attestation === undefined) return before;
  if (named.payload_hash !== hash || !Array.isArray(rules)) return before;
  const release = { id, by: attestation.key_id, at, rules: rules as readonly RuleId[] };
  return withHold(before, { ...named, releases: [...named.releases, release] });
};

const discarded: Evolve = (before, { id }, { hold }) => {
  const named = before.holds.get(hold as EventId);
  return named === undefined ? before : withHold(before, { ...named, discardedBy: id });
};

const EVOLVES: ReadonlyMap<string, Evolve> = new Map([
  ['break_glass.authorized', authorized],
  ['break_glass.revoked', ended('revokedBy')],
  ['break_glass.reviewed', ended('reviewedBy')],
  ['policy.held', held],
  ['policy.released', released],
  ['policy.discarded', discarded],
]);

const use = (before: Standing, header: Header): Standing => {
  const { authorization: named, policy, id, seq, recorded_at: at, attestation } = header;
  if (policy.outcome !== 'break_glass' || named === undefined) return before;
  const authorization = before.authorizations.get(named);
  if (authorization === undefined) return before;
  const by = attestation === undefined ? {} : { by: attestation.key_id };
  const used = [...authorization.used, { id, seq, at, ...by }];
  return withAuthorization(before, { ...authorization, used });
};

/** evolve takes the next event. */
export const evolve = (before: Standing, { header, payload }: Recorded): Standing => {
  const after = use(before, header);
  const apply = EVOLVES.get(header.event_type);
  if (apply === undefined || payload === undefined || !isObject(payload)) return after;
  return apply(after, header, payload);
};
