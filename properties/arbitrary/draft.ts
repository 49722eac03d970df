/**
 * Drafts in their flat form, positions, and the lines they become.
 */
import fc from 'fast-check';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { attest } from '../../ledger/event/attestation.ts';
import type { Draft } from '../../ledger/event/draft.ts';
import { draftOf } from '../../ledger/event/draft.ts';
import type { Position } from '../../ledger/event/header.ts';
import type { Sealed } from '../../ledger/event/seal.ts';
import { seal } from '../../ledger/event/seal.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Signer } from '../../ledger/key/key.ts';
import type { Meaning, Time } from '../../ledger/name.ts';
import { byUnits } from '../model/canonical.ts';
import { json } from './json.ts';
import { signer, sound } from './key.ts';
import { NAMES, asciiLabel, label } from './name.ts';

const set = (item: fc.Arbitrary<string>): fc.Arbitrary<readonly string[]> =>
  fc.uniqueArray(item, { minLength: 1, maxLength: 6 }).map((items) => items.toSorted(byUnits));

/** Positions whose digits the quick way reads; larger ones are the plain way's. */
const seq = fc.oneof(fc.nat(9), fc.nat(1_000_000), fc.nat(999_999_999_999_999));

const sourceOf = (name: fc.Arbitrary<string>): fc.Arbitrary<JsonObject> =>
  fc.record(
    {
      kind: fc.constantFrom('user', 'agent', 'tool', 'runtime', 'external', 'correction'),
      name,
      version: name,
      model: name,
      instance: name,
    },
    { requiredKeys: ['kind', 'name'], noNullPrototype: true },
  );

const REQUIRED = ['event_type', 'id', 'ledger', 'observed_at', 'source', 'payload'] as const;

const flatOf = (name: fc.Arbitrary<string>): fc.Arbitrary<JsonObject> =>
  fc.record(
    {
      event_type: NAMES.event_type,
      id: NAMES.event_id,
      ledger: NAMES.origin,
      observed_at: NAMES.time,
      source: sourceOf(name),
      payload: json,
      authorization: NAMES.event_id,
      causation_id: NAMES.event_id,
      domain_tags: set(NAMES.tag),
      seen: fc.record({ event_hash: NAMES.digest, seq }),
      session_id: name,
      supersedes: NAMES.event_id,
      trace_id: NAMES.trace_id,
    },
    { requiredKeys: [...REQUIRED], noNullPrototype: true },
  );

export const flat = fc
  .tuple(flatOf(label), NAMES.salt)
  .map(([form, salt]): JsonObject => ({ ...form, salt }));

const position: fc.Arbitrary<Position> = fc
  .record({
    outcome: fc.constantFrom('allow' as const, 'warn' as const, 'break_glass' as const),
    contributing: set(NAMES.rule_id),
    policy_set: NAMES.digest,
    prev_event_hash: NAMES.digest,
    recorded_at: NAMES.time,
    seq,
  })
  .map(({ outcome, contributing, policy_set, ...rest }) => {
    const named = outcome === 'allow' ? {} : { contributing };
    return { ...rest, policy: { outcome, policy_set, ...named } } as unknown as Position;
  });

export interface Sealing {
  readonly flat: JsonObject;
  readonly salt: string;
  readonly by: Signer | undefined;
  readonly position: Position;
}

/** What a line is made of, and who signs it where anybody does. */
const sealingOf = (forms: fc.Arbitrary<JsonObject>): fc.Arbitrary<Sealing> =>
  fc
    .record({
      form: forms,
      salt: NAMES.salt,
      by: fc.option(signer, { nil: undefined }),
      position,
      id: NAMES.event_id,
    })
    .map(({ form, salt, by, position: place, id }) => {
      // An override names what permits it; without that there is nothing to seal.
      const needs = place.policy.outcome === 'break_glass' && form['authorization'] === undefined;
      const whole = { ...form, salt, ...(needs ? { authorization: id } : {}) };
      return { flat: whole, salt, by, position: place };
    });

/** Those whose header is ASCII and plain, as the quick way answers them. */
export const plainSealing = sealingOf(flatOf(asciiLabel));
export const sealing = fc.oneof(plainSealing, sealingOf(flatOf(label)));

/** drafted makes the draft, signed by whoever signs. */
export const drafted = (crypto: Crypto, { flat: form, by }: Sealing): Draft => {
  const draft = sound(draftOf(crypto, form));
  if (by === undefined) return draft;
  const at = form['observed_at'] as Time;
  return { ...draft, attestation: attest(crypto, by, draft.claim, 'authored' as Meaning, at) };
};

/** sealed makes the line. */
export const sealed = (crypto: Crypto, made: Sealing): Sealed =>
  sound(seal(crypto, drafted(crypto, made), made.position));
