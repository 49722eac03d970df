/**
 * The authority suffices: for each type that governs, who may write it and what it must say.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../../ledger/crypto/native.ts';
import type { Json, JsonObject } from '../../../ledger/json/value.ts';
import type { Signer } from '../../../ledger/key/key.ts';
import { STAGE } from '../../../policies/explain/stage.ts';
import { readyMade } from '../../../policies/set/ready-made.ts';
import { groundOf, viewOf } from '../../../policies/state/ground.ts';
import {
  ALICE,
  BOB,
  CAROL,
  DAVE,
  EVE,
  Gatehouse,
  enrolment,
  setOf,
  timeOf,
} from '../../../properties/model/gatehouse.ts';
import { ask, askOf, outcomeOf } from './asked.ts';

const RULE = 'the-authority-suffices';
const FORMAT = 'it may not be done, or not so, by the rules of the format';

const SCOPE = {
  expires_at: timeOf(1000),
  reason: 'the disk is gone',
  reason_code: 'incident_response',
  rules: ['the-tier-is-enough'],
  types: ['deploy.*'],
  uses: 1,
} as const;

const house = (exceptions: JsonObject = {}): Gatehouse =>
  new Gatehouse(setOf({ types: [{ match: 'deploy.*', tier: 'verified' }], exceptions }));

const key = (of: Signer) => ({ key_id: of.keyId, reason: 'left' });

describe(RULE, () => {
  it.each<readonly [string, Json, Signer | undefined, string | undefined]>([
    ['key.enrolled', enrolment(EVE), ALICE, undefined],
    ['key.enrolled', enrolment(EVE), CAROL, 'not_authorised'],
    ['key.enrolled', enrolment(EVE), undefined, 'attestation_missing'],
    ['key.enrolled', enrolment(CAROL), ALICE, 'key_enrolled_before'],
    ['key.enrolled', enrolment(EVE, 'admin'), ALICE, 'payload_invalid'],
    ['key.enrolled', enrolment(EVE, 'verified', 'log'), ALICE, 'log_key_name'],
    ['key.enrolled', 'a key', ALICE, 'payload_invalid'],
    ['key.retired', key(CAROL), BOB, undefined],
    ['key.retired', key(CAROL), CAROL, undefined],
    ['key.retired', key(CAROL), DAVE, 'not_authorised'],
    ['key.retired', key(EVE), ALICE, 'key_not_live'],
    ['key.revoked', key(DAVE), DAVE, undefined],
    ['key.revoked', { key_id: DAVE.keyId }, ALICE, 'payload_invalid'],
    ['policy.adopted', { documents: {} }, ALICE, undefined],
    ['policy.adopted', { documents: {} }, CAROL, 'not_authorised'],
    ['policy.adopted', {}, ALICE, 'payload_invalid'],
    ['break_glass.authorized', SCOPE, BOB, undefined],
    ['break_glass.authorized', SCOPE, CAROL, 'not_authorised'],
    ['ledger.payload_erased', { seq: 1, event_hash: 'ab'.repeat(32) }, ALICE, 'erasure_mismatch'],
  ])('given %s of %j, asks the format', (type, payload, by, code) => {
    const asked = ask(RULE, house(), { type, payload, by });
    if (code === undefined) expect(asked.outcome).toBe('allow');
    else
      expect(asked).toMatchObject({
        outcome: 'reject',
        reason: FORMAT,
        overridable: false,
        evidence: { codes: [code] },
      });
  });

  it('names the member that the format refuses', () => {
    const payload = enrolment(EVE, 'admin');
    const { evidence } = ask(RULE, house(), { type: 'key.enrolled', payload, by: ALICE });
    expect(evidence).toEqual({ codes: ['payload_invalid'], member: 'tier' });
  });

  it('lets a payload be erased by its hash, and none of what governs', () => {
    const at = house();
    at.enter({ type: 'a.b', by: DAVE });
    const erase = (seq: number, by = ALICE) => {
      const payload = { seq, event_hash: at.recorded[seq]?.event_hash ?? '' };
      return ask(RULE, at, { type: 'ledger.payload_erased', payload, by });
    };
    expect(erase(4).outcome).toBe('allow');
    expect(erase(4, CAROL).evidence['codes']).toEqual(['not_authorised']);
    expect(erase(1).evidence['codes']).toEqual(['erasure_of_governing']);
  });

  it('keeps the last operator', () => {
    const at = house();
    at.enter({ type: 'key.retired', payload: key(BOB), by: BOB });
    const last = ask(RULE, at, { type: 'key.retired', payload: key(ALICE), by: ALICE });
    expect(last.evidence['codes']).toEqual(['last_operator']);
  });

  it.each(['key.whatever', 'key.enroled', 'break_glass.bought'])('knows no %s', (type) => {
    expect(ask(RULE, house(), { type, by: ALICE })).toMatchObject({
      outcome: 'reject',
      reason: 'there are no such events',
      overridable: false,
      change: 'use a type that there is',
    });
    expect(outcomeOf(RULE, house(), { type: 'a.b', by: ALICE })).toBe('allow');
  });

  it('founds a ledger as the format has it', () => {
    const at = house();
    const empty = viewOf(native, groundOf(readyMade(native, 'open')), STAGE, at.now);
    const found = (payload: JsonObject) =>
      askOf(RULE, at, at.propose({ type: 'ledger.created', payload }), empty);
    expect(found({ format: 1, origin: STAGE }).outcome).toBe('allow');
    expect(found({ format: 2, origin: STAGE }).evidence['member']).toBe('format');
    expect(found({ format: 1, origin: 'elsewhere' }).evidence['member']).toBe('origin');
    expect(found({ format: 1, origin: STAGE, operator_key: 'x' }).outcome).toBe('reject');
  });
});

const given = (exceptions: JsonObject = {}) => {
  const at = house(exceptions);
  const id = at.enter({ type: 'break_glass.authorized', payload: SCOPE, by: ALICE });
  return { at, id };
};
const end = (how: string, authorization: string, by = BOB, more: JsonObject = {}) => ({
  type: `break_glass.${how}`,
  payload: { authorization, reason: 'over', note: 'seen', ...more },
  by,
});

describe('the-authority-suffices for an authorization', () => {
  it.each<readonly [JsonObject, string, string]>([
    [{ uses: 0 }, 'uses', 'out_of_range'],
    [{ uses: 1001 }, 'uses', 'out_of_range'],
    [{ uses: '1' }, 'uses', 'out_of_range'],
    [{ reason: '' }, 'reason', 'empty'],
    [{ reason: 'x'.repeat(1001) }, 'reason', 'too_long'],
    [{ reason: 7 }, 'reason', 'not_text'],
    [{ rules: [] }, 'rules', 'empty_list'],
    [{ rules: 'all' }, 'rules', 'not_list'],
    [{ rules: Array(33).fill('a') }, 'rules', 'too_many'],
    [{ types: ['Deploy.*'] }, 'types[0]', 'bad_form'],
    [{ expires_at: 'never' }, 'expires_at', 'bad_form'],
    [{ not_before: timeOf(1000) }, 'expires_at', 'out_of_range'],
    [{ keys: ['alice'] }, 'keys[0]', 'bad_form'],
    [{ keys: [] }, 'keys', 'empty_list'],
  ])('given a scope with %j, names the member and why', (over, path, reason) => {
    const payload = { ...SCOPE, ...over };
    const asked = ask(RULE, house(), { type: 'break_glass.authorized', payload, by: ALICE });
    expect(asked).toMatchObject({
      outcome: 'reject',
      reason: 'the authorization is not of the form that one has',
      evidence: { problems: [{ path, reason }] },
    });
  });

  it.each<JsonObject>([
    { uses: 1000 },
    { reason: 'x'.repeat(1000) },
    { rules: Array(32).fill('a') },
    { not_before: timeOf(999) },
    { keys: [DAVE.keyId], sources: ['agent'], types: ['*', 'a.b'] },
  ])('takes a scope with %j', (over) => {
    const payload = { ...SCOPE, ...over };
    expect(outcomeOf(RULE, house(), { type: 'break_glass.authorized', payload, by: ALICE })).toBe(
      'allow',
    );
  });

  it.each([
    ['revoked', 'reason'],
    ['reviewed', 'note'],
  ])('lets an operator have it %s once, with words of why', (how, member) => {
    const { at, id } = given();
    const reasonOf = (...args: Parameters<typeof end>) => ask(RULE, at, end(...args)).reason;
    expect(reasonOf(how, id)).toBe('holds');
    expect(reasonOf(how, 'e-0')).toBe('it names no authorization of this ledger');
    expect(reasonOf(how, id, CAROL)).toBe('it takes the key of an operator');
    expect(ask(RULE, at, end(how, id, BOB, { [member]: ' ' }))).toMatchObject({
      outcome: 'reject',
      reason: 'it does not say why',
      overridable: false,
      evidence: { member },
    });
    expect(reasonOf(how, id, BOB, { [member]: 7 })).toBe('it does not say why');
    const by = at.enter(end(how, id));
    expect(ask(RULE, at, end(how, id))).toMatchObject({
      reason: `the authorization was ${how} before`,
      evidence: { by },
    });
  });

  it('lets whoever gave or used it review it only where the set does not keep them apart', () => {
    for (const [separate, outcome] of [[true, 'reject'] as const, [false, 'allow'] as const]) {
      const at = new Gatehouse(
        setOf({ types: [{ match: 'deploy.*', sources: ['user'] }], exceptions: { separate } }),
      );
      const payload = { ...SCOPE, rules: ['the-source-may-write-this'], uses: 2 };
      const id = at.enter({ type: 'break_glass.authorized', payload, by: ALICE });
      // Each who used it, not only the first.
      at.enter({ type: 'deploy.forced', by: DAVE, author: { authorization: id } });
      at.enter({ type: 'deploy.forced', by: BOB, author: { authorization: id } });
      expect(outcomeOf(RULE, at, end('reviewed', id, BOB))).toBe(outcome);
      expect(outcomeOf(RULE, at, end('reviewed', id, ALICE))).toBe(outcome);
    }
  });
});
