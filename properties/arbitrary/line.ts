/**
 * Lines that somebody forged who can hash: their hashes are right, their form may not be.
 */
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { native } from '../../ledger/crypto/native.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import { plainText } from '../model/canonical.ts';
import { plainSealing, sealed } from './draft.ts';
import { json, key } from './json.ts';
import type { ModelledName } from '../model/name.ts';
import { NAMES, nearlyName, spoilt } from './name.ts';

/** Values that stand just inside or outside of some form. */
const oddValue: fc.Arbitrary<Json> = fc.oneof(
  nearlyName,
  ...Object.values(NAMES),
  json,
  fc.constantFrom<Json>(0, 1, 2, -1, 1.5, 999_999_999_999_999, 1e15, 2 ** 53 - 1, null, '', [], {}),
  fc.array(NAMES.tag, { maxLength: 40 }),
  fc.array(NAMES.rule_id, { maxLength: 3 }).map((rules) => rules.toSorted()),
  fc.constantFrom('allow', 'warn', 'break_glass', 'user', 'agent', 'nobody'),
);

const MEMBERS = Object.values({
  header: 'attestation authorization causation_id domain_tags event_type id ledger observed_at seq',
  hashes: 'payload_hash prev_event_hash event_hash policy_set',
  others: 'policy recorded_at schema_version seen session_id source supersedes trace_id',
  inner: 'outcome contributing kind name version model instance key_id meaning signature signed_at',
}).flatMap((members) => members.split(' '));

interface Alteration {
  readonly member: string;
  readonly within: string;
  readonly value: Json;
  readonly isGone: boolean;
}

/** Members by the kind of name they hold, those of inner objects behind a dot. */
const HOLDS: readonly (readonly [ModelledName, string])[] = [
  ['event_id', 'id authorization causation_id supersedes'],
  ['event_type', 'event_type'],
  ['origin', 'ledger'],
  ['time', 'observed_at recorded_at attestation.signed_at'],
  ['digest', 'payload_hash prev_event_hash policy.policy_set seen.event_hash'],
  ['label', 'session_id source.name source.version source.model source.instance'],
  ['trace_id', 'trace_id'],
  ['key_id', 'attestation.key_id'],
  ['meaning', 'attestation.meaning'],
];

const put = (path: string, value: Json): Alteration => {
  const [member = '', within = ''] = path.split('.').toReversed();
  return { member, within, value, isGone: false };
};

/** A member with a value that is nearly of its own kind. */
const nearMiss: fc.Arbitrary<Alteration> = fc.oneof(
  ...HOLDS.map(([kind, paths]) =>
    fc
      .tuple(fc.constantFrom(...paths.split(' ')), fc.oneof(NAMES[kind], spoilt(NAMES[kind])))
      .map(([path, value]) => put(path, value)),
  ),
  // One too many, and digits of the wrong case: near misses that chance would seldom make.
  fc
    .tuple(fc.constantFrom('id', 'authorization', 'causation_id', 'supersedes'), fc.nat(2))
    .map(([path, more]) => put(path, 'a'.repeat(127 + more))),
  fc
    .tuple(fc.constantFrom('payload_hash', 'prev_event_hash', 'seen.event_hash'), NAMES.digest)
    .map(([path, digest]) => put(path, digest.toUpperCase())),
  fc.array(NAMES.tag, { maxLength: 40 }).map((tags) => put('domain_tags', tags)),
  fc.array(NAMES.rule_id, { maxLength: 3 }).map((rules) => put('policy.contributing', rules)),
  fc.constantFrom<Json>(0, 1, 10, 1e14, 1e15, 2 ** 53 - 1, 0.5).map((seq) => put('seq', seq)),
  fc
    .uint8Array({ minLength: 63, maxLength: 66 })
    .map((bytes) => put('attestation.signature', Buffer.from(bytes).toString('base64'))),
);

const anywhere: fc.Arbitrary<Alteration> = fc.record({
  member: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...MEMBERS) },
    { weight: 1, arbitrary: key },
  ),
  within: fc.constantFrom('', '', 'policy', 'source', 'seen', 'attestation'),
  value: oddValue,
  isGone: fc.boolean(),
});

const alteration = fc.oneof(nearMiss, anywhere);

const altered = (object: JsonObject, { member, within, value, isGone }: Alteration): JsonObject => {
  const inner = object[within];
  if (isObject(inner))
    return { ...object, [within]: altered(inner, { member, within: '', value, isGone }) };
  const { [member]: _gone, ...others } = object;
  return isGone ? others : { ...others, [member]: value };
};

const sha256 = (...parts: readonly (string | Uint8Array)[]): string =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');

/** Sound lines with one thing or two altered in the header, and every hash made again. */
export const resealed: fc.Arbitrary<Uint8Array> = fc
  .record({
    made: plainSealing,
    alterations: fc.array(alteration, { maxLength: 2 }),
    payload: fc.option(oddValue, { nil: undefined }),
    isWithheld: fc.boolean(),
  })
  .map(({ made, alterations, payload = null, isWithheld }) => {
    const salt = made.salt;
    const payloadHash = sha256('ledger/payload/1\n', Buffer.from(salt, 'hex'), plainText(payload));
    const before: JsonObject = {
      ...(sealed(native, made).header as unknown as JsonObject),
      payload_hash: payloadHash,
    };
    const header = plainText(alterations.reduce(altered, before));
    const hash = sha256(Uint8Array.of(0), header);
    const rest = isWithheld ? '' : `,"payload":${plainText(payload)},"salt":"${salt}"`;
    return Uint8Array.from(Buffer.from(`{"event_hash":"${hash}","header":${header}${rest}}\n`));
  });
