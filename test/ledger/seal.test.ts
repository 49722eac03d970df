/**
 * Sealing at its bounds, and what a draft or a header is refused for.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { formatBase64 } from '../../ledger/encoding/base64.ts';
import { decodeUtf8, encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { Draft } from '../../ledger/event/draft.ts';
import { draftOf, flatOf } from '../../ledger/event/draft.ts';
import type { Position } from '../../ledger/event/header.ts';
import { MAX_HEADER_BYTES, MAX_LINE_BYTES, ZERO_HASH } from '../../ledger/event/header.ts';
import { open } from '../../ledger/event/open.ts';
import { seal, unseal, withhold } from '../../ledger/event/seal.ts';
import { finding } from '../../ledger/finding.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import type { Digest, RuleId, Seq, Time } from '../../ledger/name.ts';
import { ALICE, ORIGIN, rehash, right, timeOf } from '../build/ledger.ts';

const FLAT: JsonObject = {
  event_type: 'a.b',
  id: 'e-1',
  ledger: ORIGIN,
  observed_at: timeOf(0),
  payload: 1,
  salt: '0'.repeat(32),
  source: { kind: 'tool', name: 'test' },
};
const POSITION: Position = {
  policy: { outcome: 'allow', policy_set: 'ab'.repeat(32) as Digest },
  prev_event_hash: ZERO_HASH,
  recorded_at: timeOf(1),
  seq: 0 as Seq,
};

const draft = (changes: JsonObject = {}): Draft => right(draftOf(native, { ...FLAT, ...changes }));
const sealed = (each: Draft, position: Position = POSITION) => seal(native, each, position);
const refusal = (answer: E.Either<unknown, unknown>): unknown =>
  E.isLeft(answer) ? answer.left : 'accepted';

const rules = (length: number): readonly RuleId[] =>
  Array.from({ length }, (_, i) => `r${String(i).padStart(2, '0')}` as RuleId);
const policyOf = (policy: Partial<Position['policy']>): Position => ({
  ...POSITION,
  policy: { ...POSITION.policy, ...policy },
});

const textDraft = (length: number): Draft => draft({ payload: 'a'.repeat(length) });

describe('sealing a draft', () => {
  it('makes a line that opens, and that gives the draft back', () => {
    const each = draft({ domain_tags: ['a', 'b'], trace_id: 'ab'.repeat(16) });
    const { bytes, event_hash: hash, header } = right(sealed(each));
    const { line, findings } = open(native, bytes);
    expect(findings).toEqual([]);
    expect([line?.event_hash, line?.seq]).toEqual([hash, 0]);
    expect(header).toEqual({ ...each.claim, ...POSITION });
    expect(line === undefined ? undefined : unseal(line)).toEqual(each);
    const withheld = line === undefined ? bytes : withhold(line);
    const opened = open(native, withheld);
    expect(opened.findings).toEqual([]);
    expect(opened.line === undefined ? 'none' : unseal(opened.line)).toBe(undefined);
  });

  it.each(['user', 'agent', 'tool', 'runtime', 'external', 'correction'])(
    'makes a line of what came from a source of the kind %s',
    (kind) => {
      const { bytes } = right(sealed(draft({ source: { kind, name: 'a' } })));
      expect(open(native, bytes).findings).toEqual([]);
    },
  );

  it('fills a line up to its last byte and no further', () => {
    const room = MAX_LINE_BYTES - right(sealed(textDraft(0))).bytes.length;
    const full = right(sealed(textDraft(room))).bytes;
    expect(full.length).toBe(1_048_576);
    expect(open(native, full).findings).toEqual([]);
    const longer = encodeUtf8(decodeUtf8(full).replace('"payload":"', '"payload":"a'));
    expect(open(native, longer).findings).toEqual([
      finding('line_too_long', { actual: '1048577' }),
    ]);
    const spaced = decodeUtf8(full).replace('"payload":"a', '"payload": "');
    expect(open(native, encodeUtf8(spaced)).findings.map(({ code }) => code)).toEqual([
      'not_canonical',
      'payload_hash_mismatch',
    ]);
    const { claim, payload, salt } = textDraft(room + 1);
    const header = { ...claim, ...POSITION } as unknown as Json;
    const { line } = rehash(header, JSON.parse(payload) as Json, salt);
    expect(open(native, encodeUtf8(line)).findings.map(({ code }) => code)).toEqual([
      'line_too_long',
    ]);
    expect(refusal(sealed(textDraft(room + 1)))).toEqual({
      _tag: 'SealRefused',
      reason: 'line_too_long',
      bytes: MAX_LINE_BYTES + 1,
    });
  });
});

const bad = (path: string, reason: string) => ({
  _tag: 'SealRefused',
  reason: 'bad_header',
  problems: [{ path, reason }],
});

describe('a header that is refused', () => {
  it.each<readonly [Position, string, string]>([
    [policyOf({ outcome: 'warn' }), 'policy.contributing', 'missing'],
    [policyOf({ contributing: rules(1) }), 'policy.contributing', 'not_permitted'],
    [policyOf({ outcome: 'warn', contributing: [] }), 'policy.contributing', 'empty_list'],
    [policyOf({ outcome: 'warn', contributing: rules(33) }), 'policy.contributing', 'too_many'],
    [
      policyOf({ outcome: 'warn', contributing: rules(2).toReversed() }),
      'policy.contributing',
      'not_a_set',
    ],
    [
      policyOf({ outcome: 'warn', contributing: ['r' as RuleId, 'r' as RuleId] }),
      'policy.contributing',
      'not_a_set',
    ],
    [policyOf({ outcome: 'break_glass', contributing: rules(1) }), 'authorization', 'missing'],
    [{ ...POSITION, seq: -1 as Seq }, 'seq', 'out_of_range'],
    [{ ...POSITION, prev_event_hash: 'x' as Digest }, 'prev_event_hash', 'bad_form'],
    [policyOf({ policy_set: 'x' as Digest }), 'policy.policy_set', 'bad_form'],
    [{ ...POSITION, recorded_at: 'now' as Time }, 'recorded_at', 'bad_form'],
  ])('by %j says where and why', (position, path, reason) => {
    expect(refusal(sealed(draft(), position))).toEqual(bad(path, reason));
  });

  it('is accepted with as many rules as there may be', () => {
    const position = policyOf({ outcome: 'warn', contributing: rules(32) });
    expect(E.isRight(sealed(draft(), position))).toBe(true);
  });

  it('is never too long where its members are good', () => {
    const [label, id, seq] = ['\u{10000}'.repeat(256), 'a'.repeat(128), Number.MAX_SAFE_INTEGER];
    const contributing = rules(32).map((rule) => rule.padEnd(128, 'a') as RuleId);
    const longest = draft({
      attestation: {
        key_id: `${id}+00000000`,
        meaning: 'a'.repeat(32),
        signature: formatBase64(new Uint8Array(64)),
        signed_at: timeOf(0),
      },
      authorization: id,
      causation_id: id,
      domain_tags: Array.from({ length: 32 }, (_, i) => `t${i + 10}`.padEnd(64, 'a')),
      event_type: 'a.b'.padEnd(128, 'a'),
      id,
      ledger: id,
      seen: { event_hash: ZERO_HASH, seq },
      session_id: label,
      source: { instance: label, kind: 'correction', model: label, name: label, version: label },
      supersedes: id,
      trace_id: 'ab'.repeat(16),
    });
    const place = { ...policyOf({ outcome: 'break_glass', contributing }), seq: seq as Seq };
    const { header } = right(sealed(longest, place));
    const length = Buffer.byteLength(JSON.stringify(header));
    expect([length > 13_000, length < MAX_HEADER_BYTES]).toEqual([true, true]);
  });
});

describe('a draft that is refused', () => {
  it.each<readonly [JsonObject, string, string]>([
    [{ salt: 'x' }, 'salt', 'bad_form'],
    [{ ledger: 1 }, 'ledger', 'not_text'],
    [{ mood: 1 }, 'mood', 'unknown_member'],
    [{ source: 1 }, 'source', 'not_object'],
    [{ source: { kind: 'tool' } }, 'source.name', 'missing'],
    [{ source: { kind: 'fun', name: 'a' } }, 'source.kind', 'unknown_value'],
    [{ domain_tags: 'a' }, 'domain_tags', 'not_list'],
    [{ domain_tags: ['a', 'B'] }, 'domain_tags[1]', 'bad_form'],
    [{ seen: { seq: 0 } }, 'seen.event_hash', 'missing'],
  ])('for %j says where and why', (changes, path, reason) => {
    expect(refusal(draftOf(native, { ...FLAT, ...changes }))).toEqual({
      _tag: 'DraftRefused',
      problems: [{ path, reason }],
    });
  });

  it('says nothing of its payload where that is good JSON', () => {
    const refused = refusal(draftOf(native, { ...FLAT, salt: 'x' })) as object;
    expect(Object.keys(refused)).toEqual(['_tag', 'problems']);
  });

  it('says what is wrong with its payload as JSON', () => {
    const payload = { a: [1, { 'b/~': 2 ** 53 }] } as Json;
    expect(refusal(draftOf(native, { ...FLAT, payload }))).toEqual({
      _tag: 'DraftRefused',
      problems: [],
      value: { _tag: 'ValueRefused', reason: 'unsafe_integer', path: '/a/1/b~1~0' },
    });
  });

  it('names every attestation that is not of 64 bytes in base64', () => {
    const attestation = { key_id: 'a+00000000', meaning: 'authored', signed_at: timeOf(0) };
    for (const signature of [1, '', 'A'.repeat(86), 'A'.repeat(88)])
      expect(
        refusal(draftOf(native, { ...FLAT, attestation: { ...attestation, signature } })),
      ).toEqual({
        _tag: 'DraftRefused',
        problems: [{ path: 'attestation.signature', reason: 'not_base64' }],
      });
  });

  it('is none that is given back flat, attested or not', () => {
    const attestation = {
      key_id: ALICE.keyId,
      meaning: 'a',
      signature: formatBase64(new Uint8Array(64)),
      signed_at: timeOf(0),
    };
    for (const flat of [FLAT, { ...FLAT, attestation }]) {
      const each = right(draftOf(native, flat));
      expect(flatOf(each)).toEqual(flat);
      expect(Object.keys(flatOf(each)).toSorted()).toEqual(Object.keys(flat).toSorted());
      expect(Object.hasOwn(each, 'attestation')).toBe(Object.hasOwn(flat, 'attestation'));
    }
  });
});

describe('a draft that is no object', () => {
  it.each([null, 1, 'a', [], true])('the value %j is refused, and does not throw', (value) => {
    const problems = [{ path: '', reason: 'not_object' }];
    expect(refusal(draftOf(native, value))).toEqual({ _tag: 'DraftRefused', problems });
  });
});
