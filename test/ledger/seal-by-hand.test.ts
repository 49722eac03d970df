/**
 * Headers that were made by hand: what is sealed is all that they hold, and nothing besides.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import type { Draft } from '../../ledger/event/draft.ts';
import { draftOf } from '../../ledger/event/draft.ts';
import type { Position } from '../../ledger/event/header.ts';
import { ZERO_HASH } from '../../ledger/event/header.ts';
import { seal } from '../../ledger/event/seal.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Digest, Seq } from '../../ledger/name.ts';
import { ORIGIN, right, timeOf } from '../build/ledger.ts';

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

const bad = (path: string, reason: string) => ({
  _tag: 'SealRefused',
  reason: 'bad_header',
  problems: [{ path, reason }],
});

/** An object with something more or less than its type has, as a caller without types makes it. */
const odd = (value: object): never => value as never;

describe('a header that its text would not hold', () => {
  const signed = {
    key_id: 'a+00000000',
    meaning: 'authored',
    signature: `${'A'.repeat(85)}A==`,
    signed_at: timeOf(0),
  };
  const seen = { event_hash: 'ab'.repeat(32), seq: 0 };
  const whole = draft({ seen, attestation: signed, trace_id: 'ab'.repeat(16) });
  const place = { ...POSITION, seq: 1 as Seq };
  const claim = (changes: object): Draft => ({
    ...whole,
    claim: odd({ ...whole.claim, ...changes }),
  });

  it('is accepted where nothing in it is unknown', () => {
    expect(E.isRight(sealed(whole, place))).toBe(true);
  });

  it.each<readonly [string, Draft, object]>([
    ['mood', whole, { mood: 1 }],
    ['policy.mood', whole, { policy: { ...POSITION.policy, mood: 1 } }],
    ['mood', claim({ mood: 1 }), {}],
    ['source.mood', claim({ source: { kind: 'tool', name: 'test', mood: 1 } }), {}],
    ['seen.mood', claim({ seen: { ...seen, mood: 1 } }), {}],
    ['attestation.mood', { ...whole, attestation: odd({ ...signed, mood: 1 }) }, {}],
  ])('is refused for its member %s', (path, each, changes) => {
    const answer = sealed(each, odd({ ...place, ...changes }));
    expect(refusal(answer)).toEqual(bad(path, 'unknown_member'));
  });

  it.each(['id', 'ledger'])('is refused where it has no %s, which would be written', (member) => {
    const { [member]: _gone, ...rest } = whole.claim as unknown as JsonObject;
    const missing = bad(member, 'missing');
    expect(refusal(sealed({ ...whole, claim: odd(rest) }, place))).toEqual(missing);
    const swapped = sealed({ ...whole, claim: odd({ ...rest, mood: 1 }) }, place);
    expect(refusal(swapped)).toMatchObject({
      problems: [missing.problems[0], { path: 'mood', reason: 'unknown_member' }],
    });
    expect(refusal(sealed(claim({ [member]: undefined }), place))).toEqual(bad(member, 'not_text'));
  });

  it('is refused for parts that lack a member', () => {
    const nameless = claim({ source: { kind: 'tool' } });
    expect(refusal(sealed(nameless, place))).toEqual(bad('source.name', 'missing'));
    const { meaning: _meaning, ...rest } = signed;
    const unmeant: Draft = { ...whole, attestation: odd(rest) };
    expect(refusal(sealed(unmeant, place))).toEqual(bad('attestation.meaning', 'missing'));
  });

  it('is refused for a member that is there and undefined', () => {
    expect(refusal(sealed(claim({ supersedes: undefined }), place))).toEqual(
      bad('supersedes', 'not_text'),
    );
  });
});

describe('a header that was made by hand', () => {
  const whole = draft({ session_id: 's' });
  const made = (changes: object) =>
    sealed({ ...whole, claim: odd({ ...whole.claim, ...changes }) });

  it.each<readonly [string, string]>([
    ['supersedes', 'a","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736'],
    ['authorization', 'a","causation_id":"b'],
    ['id', 'a","ledger":"b'],
  ])('cannot bring a member along inside its %s', (member, value) => {
    expect(refusal(made({ [member]: value }))).toEqual(bad(member, 'bad_form'));
  });

  it.each<readonly [string, object]>([
    ['an object as id', { id: { toString: () => 'abc' } }],
    ['a source that is none', { source: null }],
    ['no source', { source: undefined }],
    ['nothing as seen', { seen: null }],
    ['a bigint as session', { session_id: 5n }],
    ['a bigint as tag', { domain_tags: [5n] }],
  ])('is refused with %s, and nothing throws', (_, changes) => {
    expect(refusal(made(changes))).toMatchObject({ reason: 'bad_header' });
  });

  it('is refused without a claim, a place or a policy, and nothing throws', () => {
    const answers = [
      sealed({ ...whole, claim: odd(Object.create(null) as object) }),
      sealed(whole, odd({})),
      sealed(whole, odd({ ...POSITION, policy: undefined })),
      sealed(whole, odd({ ...POSITION, seq: 0n })),
      sealed({ ...whole, attestation: odd(Object.create(null) as object) }),
    ];
    for (const answer of answers) expect(refusal(answer)).toMatchObject({ reason: 'bad_header' });
  });
});
