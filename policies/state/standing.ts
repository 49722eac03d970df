/**
 * What events have permitted and held back so far: authorizations and holds, as a fold. A state is
 * data that never changes; each event gives a new one. What a decision looks through is kept apart
 * from what has ended, and so much of it is held for one author and no more.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Header } from '../../ledger/event/header.ts';
import { write } from '../../ledger/json/format.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Digest, EventId, KeyId, Meaning, RuleId } from '../../ledger/name.ts';
import type { Authorization } from './authorization.ts';
import { isUnreviewed, parseScope } from './authorization.ts';
import type { Hold } from './hold.ts';
import type { Recorded } from './past.ts';
import { Sorted } from './sorted.ts';

export interface Standing {
  /** By their id, all there ever were. */
  readonly authorizations: Sorted<Authorization>;
  /** Those that were used and not reviewed, by the time of their first use. */
  readonly unreviewed: Sorted<Authorization>;
  /** By the id of the held event, all there ever were. */
  readonly holds: Sorted<Hold>;
  /** Those that are neither discarded nor over, by the id of their draft. */
  readonly open: Sorted<readonly Hold[]>;
  /** How many of them an author has. */
  readonly openBy: Sorted<number>;
}

export const NOTHING_STANDS: Standing = {
  authorizations: new Sorted(),
  unreviewed: new Sorted(),
  holds: new Sorted(),
  open: new Sorted(),
  openBy: new Sorted(),
};

/** So many drafts of one author are held; whoever signs nothing is one and the same. */
export const MAX_OPEN_HOLDS = 100;

const nameOf = (author: KeyId | undefined): string => author ?? '';

/** mayHold says whether another draft of an author may be held. */
export const mayHold = ({ openBy }: Standing, author: KeyId | undefined): boolean =>
  (openBy.get(nameOf(author)) ?? 0) < MAX_OPEN_HOLDS;

type Evolve = (before: Standing, header: Header, payload: JsonObject) => Standing;

const withAuthorization = (before: Standing, authorization: Authorization): Standing => {
  const { id, used } = authorization;
  const authorizations = before.authorizations.with(id, authorization);
  const [first] = used;
  if (first === undefined) return { ...before, authorizations };
  const due = `${first.at} ${id}`;
  const unreviewed = isUnreviewed(authorization)
    ? before.unreviewed.with(due, authorization)
    : before.unreviewed.without(due);
  return { ...before, authorizations, unreviewed };
};

/** Counts one more, or one less, and keeps no author who has none. */
const counted = (openBy: Sorted<number>, author: KeyId | undefined, more: 1 | -1) => {
  const count = (openBy.get(nameOf(author)) ?? 0) + more;
  return count === 0 ? openBy.without(nameOf(author)) : openBy.with(nameOf(author), count);
};

/** The open holds of a draft, each in the place of what stood under its id. */
const withOpen = (before: Standing, draft: EventId, holds: readonly Hold[]): Standing => ({
  ...before,
  open: holds.length === 0 ? before.open.without(draft) : before.open.with(draft, holds),
});

const begun = (before: Standing, hold: Hold): Standing => ({
  ...withOpen(before, hold.draft, [...(before.open.get(hold.draft) ?? []), hold]),
  holds: before.holds.with(hold.id, hold),
  openBy: counted(before.openBy, hold.author, 1),
});

const changed = (before: Standing, hold: Hold): Standing => {
  const open = before.open.get(hold.draft) ?? [];
  const holds = open.map((each) => (each.id === hold.id ? hold : each));
  return { ...withOpen(before, hold.draft, holds), holds: before.holds.with(hold.id, hold) };
};

const closed = (before: Standing, hold: Hold): Standing => {
  const open = before.open.get(hold.draft) ?? [];
  const rest = open.filter(({ id }) => id !== hold.id);
  if (rest.length === open.length) return before;
  return {
    ...withOpen(before, hold.draft, rest),
    openBy: counted(before.openBy, hold.author, -1),
  };
};

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
  const author = isObject(attestation)
    ? { author: attestation['key_id'] as KeyId, meaning: attestation['meaning'] as Meaning }
    : {};
  return begun(before, {
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
  return changed(before, { ...named, releases: [...named.releases, release] });
};

const discarded: Evolve = (before, { id }, { hold }) => {
  const named = before.holds.get(hold as EventId);
  return named === undefined
    ? before
    : closed(changed(before, { ...named, discardedBy: id }), named);
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

/** An event has one id, so a draft is over once an event of its id is there. */
const arrived = (before: Standing, { id }: Header): Standing =>
  (before.open.get(id) ?? []).reduce(closed, before);

/** evolve takes the next event. */
export const evolve = (before: Standing, event: Recorded): Standing => {
  const { header } = event;
  const after = arrived(use(before, header), header);
  const apply = EVOLVES.get(header.event_type);
  if (apply === undefined) return after;
  const { payload } = event;
  if (payload === undefined || !isObject(payload)) return after;
  return apply(after, header, payload);
};
