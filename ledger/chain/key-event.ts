/**
 * What key events do: the keys that the first event names, `key.enrolled`, `key.retired` and
 * `key.revoked`. A key id, and a public key under whatever name, is enrolled once, ever; the last
 * who could govern cannot fall.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Header } from '../event/header.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../finding.ts';
import type { Json, JsonObject } from '../json/value.ts';
import { parseVkey } from '../key/key.ts';
import type { KeyId } from '../name.ts';
import { parseKeyId, parseTime } from '../name.ts';
import type { KeyRecord, Keyring, Purpose, Tier } from './keyring.ts';
import { PURPOSES, TIERS, isDistrusted, lastOf, put, stateOf, wasEnrolled } from './keyring.ts';
import type { Governed, Rule, Ruling } from './ruling.ts';
import { against } from './ruling.ts';
import type { Means } from './state.ts';

const withKeys = (before: Governed, keyring: Keyring): Ruling => ({
  ...before,
  keyring,
  findings: [],
});

const isOneOf = <A extends string>(values: readonly A[], value: Json | undefined): value is A =>
  (values as readonly (Json | undefined)[]).includes(value);

/** Enrols the key in a member of a payload. */
const enrol = (
  means: Means,
  before: Governed,
  header: Header,
  [member, value]: readonly [string, Json | undefined],
  tier: Tier,
  purpose: Purpose,
): Ruling => {
  const key = parseVkey(means.crypto, typeof value === 'string' ? value : '');
  if (E.isLeft(key))
    return against(before, header, 'payload_invalid', { member, reason: key.left.reason });
  const actual = key.right.keyId;
  if (purpose === 'log' && (key.right.name as string) !== header.ledger)
    return against(before, header, 'log_key_name', { member, actual });
  if (wasEnrolled(before.keyring, key.right))
    return against(before, header, 'key_enrolled_before', { member, actual });
  const record = { key: key.right, tier, purpose, enrolledAt: header.seq };
  return withKeys(before, put(before.keyring, record));
};

const NAMED: readonly (readonly [string, Tier, Purpose])[] = [
  ['log_key', 'verified', 'log'],
  ['operator_key', 'operator', 'author'],
  ['recovery_key', 'verified', 'recovery'],
];

/** The first event founds the ledger and enrols the keys it names. */
export const created: Rule = (means, before, header, payload) => {
  const findings: Finding[] = [];
  if (payload['format'] !== 1)
    findings.push(finding('payload_invalid', { seq: header.seq, member: 'format' }));
  if (payload['origin'] !== header.ledger)
    findings.push(finding('payload_invalid', { seq: header.seq, member: 'origin' }));
  let after: Governed = before;
  for (const [member, tier, purpose] of NAMED) {
    if (payload[member] === undefined) continue;
    const ruling = enrol(means, after, header, [member, payload[member]], tier, purpose);
    findings.push(...ruling.findings);
    after = ruling;
  }
  return { keyring: after.keyring, policySet: after.policySet, findings };
};

export const enrolled: Rule = (means, before, header, payload) => {
  const { tier, purpose, vkey } = payload;
  if (!isOneOf(TIERS, tier)) return against(before, header, 'payload_invalid', { member: 'tier' });
  if (!isOneOf(PURPOSES, purpose))
    return against(before, header, 'payload_invalid', { member: 'purpose' });
  return enrol(means, before, header, ['vkey', vkey], tier, purpose);
};

/** The key that a retirement or a revocation names, or what is wrong with the naming. */
const named = (
  before: Governed,
  header: Header,
  payload: JsonObject,
): E.Either<Ruling, KeyRecord> => {
  const keyId = parseKeyId(payload['key_id']);
  if (E.isLeft(keyId))
    return E.left(against(before, header, 'payload_invalid', { member: 'key_id' }));
  if (typeof payload['reason'] !== 'string')
    return E.left(against(before, header, 'payload_invalid', { member: 'reason' }));
  const record = before.keyring.byId.get(keyId.right);
  const actual: KeyId = keyId.right;
  if (record === undefined)
    return E.left(against(before, header, 'key_not_live', { reason: 'never_enrolled', actual }));
  const state = stateOf(record);
  const isTooLate =
    state === 'revoked' || (state === 'retired' && header.event_type === 'key.retired');
  if (isTooLate) return E.left(against(before, header, 'key_not_live', { reason: state, actual }));
  const last = lastOf(before.keyring, record);
  return last === undefined ? E.right(record) : E.left(against(before, header, last, { actual }));
};

export const retired: Rule = (_means, before, header, payload) => {
  const record = named(before, header, payload);
  if (E.isLeft(record)) return record.left;
  return withKeys(before, put(before.keyring, { ...record.right, retiredAt: header.seq }));
};

/**
 * A revocation may distrust what the key attested before: a warning, for the past stands as it is.
 */
export const revoked: Rule = (means, before, header, payload) => {
  const record = named(before, header, payload);
  if (E.isLeft(record)) return record.left;
  const since = payload['compromised_at'];
  const time = since === undefined ? undefined : parseTime(since);
  if (time !== undefined && E.isLeft(time))
    return against(before, header, 'payload_invalid', {
      member: 'compromised_at',
      reason: time.left.reason,
    });
  const compromised = time === undefined ? {} : { compromisedAt: time.right };
  const after: KeyRecord = { ...record.right, revokedAt: header.seq, ...compromised };
  const { keyId } = after.key;
  const lastUse = means.history.lastUse(keyId);
  const isWarned = lastUse !== undefined && isDistrusted(after, lastUse);
  const from =
    after.compromisedAt === undefined ? {} : { expected: `before ${after.compromisedAt}` };
  return {
    ...before,
    keyring: put(before.keyring, after),
    findings: isWarned
      ? [finding('key_distrusted', { seq: header.seq, actual: keyId, ...from })]
      : [],
  };
};
