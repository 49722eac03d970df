/**
 * Judging an attestation at its position: is the key known, was it live and of the right purpose,
 * is the signature good?
 */
import * as E from 'fp-ts/lib/Either.js';
import { claimOf, isAttestedBy } from '../event/attestation.ts';
import type { Header } from '../event/header.ts';
import type { Finding, FindingCode } from '../finding.ts';
import { finding } from '../finding.ts';
import type { Json } from '../json/value.ts';
import { isObject } from '../json/value.ts';
import type { Key } from '../key/key.ts';
import { parseVkey } from '../key/key.ts';
import type { KeyRecord, Keyring } from './keyring.ts';
import { isOperator, stateOf, wasGoverned } from './keyring.ts';
import type { Means } from './state.ts';

export interface Judged {
  readonly findings: readonly Finding[];
  /**
   * Whose attestation it is, where it is a good one; `self` enrols itself as the first operator.
   */
  readonly by: KeyRecord | 'self' | undefined;
}

/** Event types that take the attestation of somebody who governs. */
const GOVERNED = /^(?:key\..*|policy\.adopted|break_glass\.authorized|ledger\.payload_erased)$/;
export const isGoverned = (type: string): boolean => GOVERNED.test(type);

const isKeyEvent = (type: string): boolean => type.startsWith('key.');

/** The key that enrols itself, where nobody was named to govern. */
const selfEnrolling = (
  { crypto }: Means,
  keyring: Keyring,
  header: Header,
  payload: Json | undefined,
): Key | undefined => {
  if (header.event_type !== 'key.enrolled' || wasGoverned(keyring)) return undefined;
  const vkey = isObject(payload) ? payload['vkey'] : undefined;
  const key = typeof vkey === 'string' ? parseVkey(crypto, vkey) : undefined;
  const isOwn =
    key !== undefined && E.isRight(key) && key.right.keyId === header.attestation?.key_id;
  return isOwn ? key.right : undefined;
};

const standing = (record: KeyRecord, type: string): FindingCode | undefined => {
  const isFit = record.purpose === 'author' || (record.purpose === 'recovery' && isKeyEvent(type));
  if (!isFit) return 'key_purpose';
  const state = stateOf(record);
  if (state === 'retired') return 'key_retired';
  return state === 'revoked' ? 'key_revoked' : undefined;
};

/** judgeAttestation finds what is wrong with the attestation of an event, and whose it is. */
export const judgeAttestation = (
  means: Means,
  keyring: Keyring,
  header: Header,
  payload: Json | undefined,
): Judged => {
  const { attestation, event_type: type, seq } = header;
  if (attestation === undefined) return { findings: [], by: undefined };
  const actual = attestation.key_id;
  const record = keyring.byId.get(actual);
  const newcomer =
    record === undefined ? selfEnrolling(means, keyring, header, payload) : undefined;
  const key = record?.key ?? newcomer;
  if (key === undefined)
    return { findings: [finding('key_unknown', { seq, actual })], by: undefined };
  const findings: Finding[] = [];
  const fault = record === undefined ? undefined : standing(record, type);
  if (fault !== undefined) findings.push(finding(fault, { seq, actual }));
  if (!isAttestedBy(means.crypto, key, attestation, claimOf(header)))
    findings.push(finding('signature_invalid', { seq, actual }));
  return { findings, by: findings.length > 0 ? undefined : (record ?? 'self') };
};

/** judgeAuthority finds whether whoever attested a governed event may do so. */
export const judgeAuthority = (
  header: Header,
  payload: Json | undefined,
  { by, findings }: Judged,
): readonly Finding[] => {
  const { event_type: type, seq, attestation } = header;
  if (attestation === undefined) return [finding('attestation_missing', { seq })];
  // What is wrong with the attestation itself has been found already; nothing is left to ask.
  if (by === undefined) return findings.length > 0 ? [] : [finding('not_authorised', { seq })];
  const refused = [finding('not_authorised', { seq, actual: attestation.key_id })];
  if (by === 'self') {
    const isFirst = isObject(payload) && payload['tier'] === 'operator';
    return isFirst && payload['purpose'] === 'author' ? [] : refused;
  }
  if (isOperator(by)) return [];
  if (by.purpose === 'recovery') return []; // it attests key events alone, as judged above
  const isEnding = type === 'key.retired' || type === 'key.revoked';
  const isOwn = isObject(payload) && payload['key_id'] === by.key.keyId;
  return isEnding && isOwn ? [] : refused;
};
