/**
 * Opening a line the plain way: parse it, write it again, compare, hash. Slower than the walk in
 * `scan.ts` and its oracle; it gives every independent finding rather than the first.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../crypto/port.ts';
import { parseHex } from '../encoding/hex.ts';
import { decodeUtf8, encodeUtf8 } from '../encoding/utf8.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../finding.ts';
import { write } from '../json/format.ts';
import { parse } from '../json/parse.ts';
import type { Json, JsonObject } from '../json/value.ts';
import { LINE_DEPTH, isObject } from '../json/value.ts';
import type { Digest } from '../name.ts';
import * as N from '../name.ts';
import { hashHeader, hashPayload } from './hash.ts';
import type { Header } from './header.ts';
import { MAX_HEADER_BYTES, MAX_LINE_BYTES, SCHEMA_VERSION, checkHeader } from './header.ts';
import type { Line } from './line.ts';
import type { Problem } from './shape.ts';

export interface Opened {
  /** Undefined where the line is not well-formed. */
  readonly line: Line | undefined;
  readonly findings: readonly Finding[];
  readonly claims: Claims;
}

/**
 * What a line states of itself and of its place in members that are well-formed, whatever is wrong
 * with others: a verifier compares it, and goes on from there.
 */
export type Claims = Partial<
  Pick<Line, 'seq' | 'id' | 'ledger' | 'recorded_at' | 'prev_event_hash' | 'event_hash'>
>;

const LINE_MEMBERS = ['event_hash', 'header', 'payload', 'salt'];

const memberFinding = ({ path, reason }: Problem, at: { readonly seq?: number }): Finding => {
  if (reason === 'missing') return finding('member_missing', { ...at, member: path });
  if (reason === 'unknown_member') return finding('member_unknown', { ...at, member: path });
  return finding('member_invalid', { ...at, member: path, reason });
};

const checkLine = (value: JsonObject): readonly Problem[] => {
  const problems: Problem[] = [];
  for (const member of ['event_hash', 'header'])
    if (!Object.hasOwn(value, member)) problems.push({ path: member, reason: 'missing' });
  for (const member of Object.keys(value))
    if (!LINE_MEMBERS.includes(member)) problems.push({ path: member, reason: 'unknown_member' });
  const { event_hash: hash, salt } = value;
  if (hash !== undefined && E.isLeft(N.parseDigest(hash)))
    problems.push({ path: 'event_hash', reason: 'bad_form' });
  if (salt !== undefined && E.isLeft(N.parseSalt(salt)))
    problems.push({ path: 'salt', reason: 'bad_form' });
  return problems;
};

/** The hash of a well-formed header, and whether the line and the payload bear what they should. */
const checkHashes = (
  crypto: Crypto,
  value: JsonObject,
  header: JsonObject,
  at: { readonly seq?: number },
): readonly Finding[] => {
  const findings: Finding[] = [];
  const headerBytes = encodeUtf8(write(header));
  if (headerBytes.length > MAX_HEADER_BYTES)
    findings.push(finding('header_too_long', { ...at, actual: String(headerBytes.length) }));
  const stated = N.parseDigest(value['event_hash']);
  const computed = hashHeader(crypto, headerBytes);
  if (E.isRight(stated) && stated.right !== computed)
    findings.push(
      finding('event_hash_mismatch', { ...at, expected: computed, actual: stated.right }),
    );
  const salt = N.parseSalt(value['salt']);
  const expected = N.parseDigest(header['payload_hash']);
  const payload = value['payload'];
  if (E.isLeft(salt) || E.isLeft(expected) || payload === undefined) return findings;
  const saltBytes = parseHex(salt.right) ?? new Uint8Array(16);
  const actual = hashPayload(crypto, saltBytes, encodeUtf8(write(payload)));
  if (actual !== expected.right)
    findings.push(finding('payload_hash_mismatch', { ...at, expected: expected.right, actual }));
  return findings;
};

const lineOf = (value: JsonObject, header: JsonObject): Line => {
  const { policy, attestation, seen, ...rest } = header as unknown as Header;
  return {
    seq: rest.seq,
    id: rest.id,
    event_type: rest.event_type,
    ledger: rest.ledger,
    recorded_at: rest.recorded_at,
    prev_event_hash: rest.prev_event_hash,
    outcome: policy.outcome,
    policy_set: policy.policy_set,
    isAttested: attestation !== undefined,
    hasSeen: seen !== undefined,
    event_hash: value['event_hash'] as Digest,
    headerText: write(header),
    payload: value['payload'] === undefined ? undefined : encodeUtf8(write(value['payload'])),
    salt: parseHex(typeof value['salt'] === 'string' ? value['salt'] : ' '),
  };
};

const claimed = <K extends keyof Claims, A>(member: K, named: N.Named<A>) =>
  (E.isRight(named) ? { [member]: named.right } : {}) as { readonly [k in K]?: A };

const claimsOf = (value: JsonObject): Claims => {
  const header = isObject(value['header']) ? value['header'] : {};
  return {
    ...claimed('seq', N.parseSeq(header['seq'])),
    ...claimed('id', N.parseEventId(header['id'])),
    ...claimed('ledger', N.parseOrigin(header['ledger'])),
    ...claimed('recorded_at', N.parseTime(header['recorded_at'])),
    ...claimed('prev_event_hash', N.parseDigest(header['prev_event_hash'])),
    ...claimed('event_hash', N.parseDigest(value['event_hash'])),
  };
};

const openValue = (crypto: Crypto, value: Json): Opened => {
  if (!isObject(value))
    return {
      line: undefined,
      claims: {},
      findings: [finding('member_invalid', { reason: 'not_object', member: '' })],
    };
  const header = value['header'];
  const claims = claimsOf(value);
  const at = claims.seq === undefined ? {} : { seq: claims.seq };
  const problems = [
    ...checkLine(value),
    ...(header === undefined
      ? []
      : checkHeader(header).map(({ path, reason }): Problem => ({
          path: path === '' ? 'header' : `header.${path}`,
          reason,
        }))),
  ];
  const findings = problems.map((each) => memberFinding(each, at));
  if (value['payload'] === undefined && value['salt'] !== undefined)
    findings.push(finding('payload_missing', at));
  if (value['payload'] !== undefined && value['salt'] === undefined)
    findings.push(finding('salt_missing', at));
  if (!isObject(header)) return { line: undefined, findings, claims };
  const version = header['schema_version'];
  if (Number.isSafeInteger(version) && version !== SCHEMA_VERSION)
    findings.push(
      finding('schema_version_unknown', { ...at, expected: '1', actual: write(version ?? null) }),
    );
  findings.push(...checkHashes(crypto, value, header, at));
  return { line: problems.length === 0 ? lineOf(value, header) : undefined, findings, claims };
};

/** openPlainly proves what a line by itself can show, by parsing it and writing it again. */
export const openPlainly = (crypto: Crypto, bytes: Uint8Array): Opened => {
  const none = { line: undefined, claims: {} };
  const isTerminated = bytes[bytes.length - 1] === 0x0a;
  const torn = isTerminated ? [] : [finding('line_not_terminated')];
  if (bytes.length > MAX_LINE_BYTES) {
    const long = finding('line_too_long', { actual: String(bytes.length) });
    return { ...none, findings: [...torn, long] };
  }
  const body = isTerminated ? bytes.subarray(0, -1) : bytes;
  const value = parse(body, LINE_DEPTH);
  if (E.isLeft(value)) {
    // What a crash leaves of a line, cut off or padded with zeros, is torn; that says it all.
    const { reason, column } = value.left;
    const broken = finding('not_json', { reason, actual: `column ${column}` });
    return { ...none, findings: isTerminated ? [broken] : torn };
  }
  const isCanonical = write(value.right) === decodeUtf8(body);
  const opened = openValue(crypto, value.right);
  const plain = isCanonical
    ? []
    : [finding('not_canonical', opened.claims.seq === undefined ? {} : { seq: opened.claims.seq })];
  return { ...opened, findings: [...torn, ...plain, ...opened.findings] };
};
