/**
 * The header of an event, every member of it, and what makes a header well-formed.
 *
 *     author's members (the claim)             added when sealed
 *     ----------------------------------       -----------------------------------------
 *     authorization?   observed_at             attestation?      the author's signature
 *     causation_id?    payload_hash            policy            who let it in
 *     domain_tags?     schema_version          prev_event_hash   the link of the chain
 *     event_type       seen?                   recorded_at       when it was sealed
 *     id               session_id?             seq               its position
 *     ledger           source
 *                      supersedes?  trace_id?
 */
import { parseBase64 } from '../encoding/base64.ts';
import type { Json } from '../json/value.ts';
import { isObject } from '../json/value.ts';
import * as N from '../name.ts';
import type { Check, Problem } from './shape.ts';
import { also, name, object, oneOf, setOf } from './shape.ts';

export const SCHEMA_VERSION = 1;
export const MAX_HEADER_BYTES = 16_384;
export const MAX_LINE_BYTES = 1_048_576;
/** The most items of a set: tags, or contributing rules. */
export const MAX_SET = 32;
export const ZERO_HASH = '0'.repeat(64) as N.Digest;

export const SOURCE_KINDS = ['user', 'agent', 'tool', 'runtime', 'external', 'correction'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

export interface Source {
  readonly kind: SourceKind;
  readonly name: N.Label;
  readonly version?: N.Label;
  readonly model?: N.Label;
  readonly instance?: N.Label;
}

export interface Seen {
  readonly event_hash: N.Digest;
  readonly seq: N.Seq;
}

export interface Attestation {
  readonly key_id: N.KeyId;
  readonly meaning: N.Meaning;
  /** 64 bytes in base64. */
  readonly signature: string;
  readonly signed_at: N.Time;
}

export type Outcome = 'allow' | 'warn' | 'break_glass';

export interface Policy {
  readonly outcome: Outcome;
  readonly policy_set: N.Digest;
  readonly contributing?: readonly N.RuleId[];
}

export interface Claim {
  readonly authorization?: N.EventId;
  readonly causation_id?: N.EventId;
  readonly domain_tags?: readonly N.Tag[];
  readonly event_type: N.EventType;
  readonly id: N.EventId;
  readonly ledger: N.Origin;
  readonly observed_at: N.Time;
  readonly payload_hash: N.Digest;
  readonly schema_version: 1;
  readonly seen?: Seen;
  readonly session_id?: N.Label;
  readonly source: Source;
  readonly supersedes?: N.EventId;
  readonly trace_id?: N.TraceId;
}

/** What the ledger adds when it seals. */
export interface Position {
  readonly policy: Policy;
  readonly prev_event_hash: N.Digest;
  readonly recorded_at: N.Time;
  readonly seq: N.Seq;
}

export interface Header extends Claim, Position {
  readonly attestation?: Attestation;
}

const signature: Check = (value, path) =>
  typeof value === 'string' && parseBase64(value)?.length === 64
    ? []
    : [{ path, reason: 'not_base64' }];

/** checkAttestation checks the form; whether the signature is good is another question. */
export const checkAttestation: Check = object(
  {
    key_id: name(N.parseKeyId),
    meaning: name(N.parseMeaning),
    signature,
    signed_at: name(N.parseTime),
  },
  {},
);

const source: Check = object(
  { kind: oneOf(...SOURCE_KINDS), name: name(N.parseLabel) },
  { version: name(N.parseLabel), model: name(N.parseLabel), instance: name(N.parseLabel) },
);

const seen: Check = object({ event_hash: name(N.parseDigest), seq: name(N.parseSeq) }, {});

const outcome = oneOf('allow', 'warn', 'break_glass');

/** Rules are named exactly where the outcome is not a plain `allow`. */
const contributingFits: Check = (value, path) => {
  if (!isObject(value) || outcome(value['outcome'] ?? null, '').length > 0) return [];
  const isNamed = Object.hasOwn(value, 'contributing');
  if (isNamed === (value['outcome'] !== 'allow')) return [];
  return [{ path: `${path}.contributing`, reason: isNamed ? 'not_permitted' : 'missing' }];
};

const policy: Check = also(
  object(
    { outcome, policy_set: name(N.parseDigest) },
    { contributing: setOf(name(N.parseRuleId), MAX_SET) },
  ),
  contributingFits,
);

/** The members that an author may state, by whether they must be there. */
export const AUTHOR_REQUIRED = {
  event_type: name(N.parseEventType),
  id: name(N.parseEventId),
  ledger: name(N.parseOrigin),
  observed_at: name(N.parseTime),
  source,
} as const;

export const AUTHOR_OPTIONAL = {
  authorization: name(N.parseEventId),
  causation_id: name(N.parseEventId),
  domain_tags: setOf(name(N.parseTag), MAX_SET),
  seen,
  session_id: name(N.parseLabel),
  supersedes: name(N.parseEventId),
  trace_id: name(N.parseTraceId),
} as const;

/** An override names what permits it. */
const overrideIsAuthorised: Check = (value) => {
  if (!isObject(value) || !isObject(value['policy'])) return [];
  const needs = value['policy']['outcome'] === 'break_glass';
  return needs && value['authorization'] === undefined
    ? [{ path: 'authorization', reason: 'missing' }]
    : [];
};

/** Any integer passes here: an unknown version has a finding of its own. */
const version: Check = (value, path) =>
  Number.isSafeInteger(value) ? [] : [{ path, reason: 'bad_form' }];

const header: Check = also(
  object(
    {
      ...AUTHOR_REQUIRED,
      payload_hash: name(N.parseDigest),
      policy,
      prev_event_hash: name(N.parseDigest),
      recorded_at: name(N.parseTime),
      schema_version: version,
      seq: name(N.parseSeq),
    },
    { ...AUTHOR_OPTIONAL, attestation: checkAttestation },
  ),
  overrideIsAuthorised,
);

/** Most policies are of this form, which is quickly told; whether there is more is not asked. */
const isAllowed = (by: Policy): boolean =>
  by.outcome === 'allow' &&
  by.contributing === undefined &&
  N.parseDigest(by.policy_set)._tag === 'Right';

/**
 * isPositionSound says of a header that has no member but its own, and whose claim was judged,
 * whether the rest of it is sound.
 */
export const isPositionSound = (value: Header): boolean =>
  (isAllowed(value.policy) ||
    (policy(value.policy as unknown as Json, '').length === 0 &&
      overrideIsAuthorised(value as unknown as Json, '').length === 0)) &&
  N.parseDigest(value.prev_event_hash)._tag === 'Right' &&
  N.parseTime(value.recorded_at)._tag === 'Right' &&
  N.parseSeq(value.seq)._tag === 'Right';

/** checkHeader finds all that is wrong with the form of a header. */
export const checkHeader = (value: Json): readonly Problem[] => header(value, '');
