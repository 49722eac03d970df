/**
 * The canonical text of a header, quickly: its members are put down in canonical order. Names stand
 * as they are, since their forms hold nothing that JSON escapes; labels and sets are written as
 * JSON. It equals `write` of the same header, which looks at every value and sorts.
 */
import { writeText } from '../json/format.ts';
import type { Attestation, Header, Policy, Seen, Source } from './header.ts';

const name = (key: string, value: string | undefined): string =>
  value === undefined ? '' : `"${key}":"${value}",`;
const label = (key: string, value: string | undefined): string =>
  value === undefined ? '' : `"${key}":${writeText(value)},`;
const further = (key: string, value: string | undefined): string =>
  value === undefined ? '' : `,"${key}":"${value}"`;
const set = (key: string, values: readonly string[] | undefined): string =>
  values === undefined ? '' : `"${key}":${JSON.stringify(values)},`;

const writeAttestation = (attestation: Attestation | undefined): string => {
  if (attestation === undefined) return '';
  const { key_id: keyId, meaning, signature, signed_at: signedAt } = attestation;
  const signer = `"key_id":"${keyId}","meaning":"${meaning}"`;
  return `"attestation":{${signer},"signature":"${signature}","signed_at":"${signedAt}"},`;
};

const writePolicy = ({ contributing, outcome, policy_set: policySet }: Policy): string =>
  `{${set('contributing', contributing)}"outcome":"${outcome}","policy_set":"${policySet}"}`;

const writeSeen = (seen: Seen | undefined): string =>
  seen === undefined ? '' : `"seen":{"event_hash":"${seen.event_hash}","seq":${seen.seq}},`;

const writeSource = ({ instance, kind, model, name: of, version }: Source): string => {
  const before = `${label('instance', instance)}"kind":"${kind}",${label('model', model)}`;
  const behind = version === undefined ? '' : `,"version":${writeText(version)}`;
  return `{${before}"name":${writeText(of)}${behind}}`;
};

/** writeHeader takes a well-formed header. */
export const writeHeader = (header: Header): string =>
  `{${writeAttestation(header.attestation)}${name('authorization', header.authorization)}` +
  `${name('causation_id', header.causation_id)}${set('domain_tags', header.domain_tags)}` +
  `"event_type":"${header.event_type}","id":"${header.id}","ledger":"${header.ledger}",` +
  `"observed_at":"${header.observed_at}","payload_hash":"${header.payload_hash}",` +
  `"policy":${writePolicy(header.policy)},"prev_event_hash":"${header.prev_event_hash}",` +
  `"recorded_at":"${header.recorded_at}","schema_version":${header.schema_version},` +
  `${writeSeen(header.seen)}"seq":${header.seq},${label('session_id', header.session_id)}` +
  `"source":${writeSource(header.source)}${further('supersedes', header.supersedes)}` +
  `${further('trace_id', header.trace_id)}}`;

const count = (...values: readonly unknown[]): number => {
  let there = 0;
  for (const value of values) if (value !== undefined) there++;
  return there;
};

/** Whether an object has the required members, and so many of the optional ones, and no other. */
const isExactly = (object: object, required: number, present: number, optional: number): boolean =>
  present === required && Object.keys(object).length === required + optional;

/** Whether what stands between quotes is text that ends none: nothing in it becomes a member. */
const areNames = (...values: readonly unknown[]): boolean => {
  for (const value of values)
    if (value !== undefined && (typeof value !== 'string' || value.includes('"'))) return false;
  return true;
};

/** Labels are escaped when they are written, so they need only be text. */
const areLabels = (...values: readonly unknown[]): boolean =>
  values.every((value) => value === undefined || typeof value === 'string');

const areNumbers = (...values: readonly unknown[]): boolean =>
  values.every((value) => typeof value === 'number');

const isPolicyWhole = (policy: Policy): boolean =>
  isExactly(policy, 2, count(policy.outcome, policy.policy_set), count(policy.contributing)) &&
  areNames(policy.outcome, policy.policy_set);

const isSourceWhole = (source: Source): boolean =>
  isExactly(
    source,
    2,
    count(source.kind, source.name),
    count(source.instance, source.model, source.version),
  ) &&
  areNames(source.kind) &&
  areLabels(source.name, source.version, source.model, source.instance);

const isSeenWhole = (seen: Seen | undefined): boolean =>
  seen === undefined ||
  (isExactly(seen, 2, count(seen.event_hash, seen.seq), 0) &&
    areNames(seen.event_hash) &&
    areNumbers(seen.seq));

const isAttestationWhole = (by: Attestation | undefined): boolean =>
  by === undefined ||
  (isExactly(by, 4, count(by.key_id, by.meaning, by.signature, by.signed_at), 0) &&
    areNames(by.key_id, by.meaning, by.signature, by.signed_at));

/**
 * isWrittenWhole says whether all that a header holds is in the text that writeHeader makes of it,
 * and nothing else: it leaves out what it does not know, and writes what is not there.
 */
export const isWrittenWhole = (header: Header): boolean =>
  isExactly(
    header,
    11,
    count(header.event_type, header.id, header.ledger, header.observed_at, header.payload_hash) +
      count(header.policy, header.prev_event_hash, header.recorded_at, header.schema_version) +
      count(header.seq, header.source),
    count(header.attestation, header.authorization, header.causation_id, header.domain_tags) +
      count(header.seen, header.session_id, header.supersedes, header.trace_id),
  ) &&
  areNames(header.event_type, header.id, header.ledger, header.observed_at, header.recorded_at) &&
  areNames(header.authorization, header.causation_id, header.supersedes, header.trace_id) &&
  areNames(header.payload_hash, header.prev_event_hash) &&
  areNumbers(header.schema_version, header.seq) &&
  areLabels(header.session_id) &&
  isPolicyWhole(header.policy) &&
  isSourceWhole(header.source) &&
  isSeenWhole(header.seen) &&
  isAttestationWhole(header.attestation);
