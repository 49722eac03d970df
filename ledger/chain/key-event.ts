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
import type { KeyRecord, Purpose, Tier } from './keyring.ts';
import { PURPOSES, TIERS, isDistrusted, lastOf, put, stateOf, wasEnrolled } from './keyring.ts';
import type { Governed, Rule, Ruling } from './ruling.ts';
import { invalid } from './ruling.ts';
import type { Means } from './state.ts';

/** Enrols the key in a member of a payload, where nothing is against that. */
const enrol = (
  means: Means,
  before: Governed,
  header: Header,
  [member, value]: readonly [string, Json | undefined],
  tier: Tier | undefined,
  purpose: Purpose | undefined,
): Ruling => {
  const key = parseVkey(means.crypto, typeof value === 'string' ? value : '');
  if (E.isLeft(key)) return { ...before, findings: [invalid(header, member, key.left.reason)] };
  const { seq, ledger } = header;
  const actual = key.right.keyId;
  const findings: Finding[] = [];
  if (purpose === 'log' && (key.right.name as string) !== ledger)
    findings.push(finding('log_key_name', { seq, member, actual }));
  if (wasEnrolled(before.keyring, key.right))
    findings.push(finding('key_enrolled_before', { seq, member, actual }));
  if (findings.length > 0 || tier === undefined || purpose === undefined)
    return { ...before, findings };
  const record = { key: key.right, tier, purpose, enrolledAt: seq };
  return { ...before, keyring: put(before.keyring, record), findings };
};

const NAMED: readonly (readonly [string, Tier, Purpose])[] = [
  ['log_key', 'verified', 'log'],
  ['operator_key', 'operator', 'author'],
  ['recovery_key', 'verified', 'recovery'],
];

/** The first event founds the ledger and enrols the keys it names. */
export const created: Rule = (means, before, header, payload) => {
  const findings: Finding[] = [];
  if (payload['format'] !== 1) findings.push(invalid(header, 'format'));
  if (payload['origin'] !== header.ledger) findings.push(invalid(header, 'origin'));
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
  const tier = TIERS.find((each) => each === payload['tier']);
  const purpose = PURPOSES.find((each) => each === payload['purpose']);
  const findings = [
    ...(tier === undefined ? [invalid(header, 'tier')] : []),
    ...(purpose === undefined ? [invalid(header, 'purpose')] : []),
  ];
  const ruling = enrol(means, before, header, ['vkey', payload['vkey']], tier, purpose);
  return { ...ruling, findings: [...findings, ...ruling.findings] };
};

interface Ending {
  /** The key that is named, where the payload names one that was enrolled. */
  readonly record: KeyRecord | undefined;
  readonly findings: readonly Finding[];
}

const liveness = (
  { keyring }: Governed,
  { seq, event_type: type }: Header,
  actual: KeyId,
): Finding | undefined => {
  const record = keyring.byId.get(actual);
  if (record === undefined)
    return finding('key_not_live', { seq, reason: 'never_enrolled', actual });
  const reason = stateOf(record);
  if (reason === 'revoked' || (reason === 'retired' && type === 'key.retired'))
    return finding('key_not_live', { seq, reason, actual });
  const last = lastOf(keyring, record);
  return last === undefined ? undefined : finding(last, { seq, actual });
};

/** The key that a retirement or a revocation names, and all that is against ending it. */
const named = (before: Governed, header: Header, payload: JsonObject): Ending => {
  const keyId = parseKeyId(payload['key_id']);
  const fault = E.isLeft(keyId) ? invalid(header, 'key_id') : liveness(before, header, keyId.right);
  const isReasoned = typeof payload['reason'] === 'string';
  return {
    record: E.isLeft(keyId) ? undefined : before.keyring.byId.get(keyId.right),
    findings: [
      ...(fault === undefined ? [] : [fault]),
      ...(isReasoned ? [] : [invalid(header, 'reason')]),
    ],
  };
};

export const retired: Rule = (_means, before, header, payload) => {
  const { record, findings } = named(before, header, payload);
  if (record === undefined || findings.length > 0) return { ...before, findings };
  const keyring = put(before.keyring, { ...record, retiredAt: header.seq });
  return { ...before, keyring, findings };
};

/**
 * A revocation may distrust what the key attested before: a warning, for the past stands as it is.
 */
export const revoked: Rule = (means, before, header, payload) => {
  const { record, findings } = named(before, header, payload);
  const { seq } = header;
  const since = payload['compromised_at'];
  const time = since === undefined ? E.right(undefined) : parseTime(since);
  if (E.isLeft(time)) {
    const fault = invalid(header, 'compromised_at', time.left.reason);
    return { ...before, findings: [...findings, fault] };
  }
  if (record === undefined || findings.length > 0) return { ...before, findings };
  const compromised = time.right === undefined ? {} : { compromisedAt: time.right };
  const after: KeyRecord = { ...record, revokedAt: seq, ...compromised };
  const { keyId: actual } = after.key;
  const lastUse = means.history.lastUse(actual);
  const isWarned = lastUse !== undefined && isDistrusted(after, lastUse);
  const from = time.right === undefined ? {} : { expected: `before ${time.right}` };
  return {
    ...before,
    keyring: put(before.keyring, after),
    findings: isWarned ? [finding('key_distrusted', { seq, actual, ...from })] : [],
  };
};
