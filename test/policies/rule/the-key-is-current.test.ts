/**
 * The key is current: it counts how a key stands when its event comes in, never when it says that
 * it signed.
 */
import { describe, expect, it } from 'vitest';
import type { Time } from '../../../ledger/name.ts';
import {
  ALICE,
  BOB,
  CAROL,
  DAVE,
  EVE,
  Gatehouse,
  enrolment,
} from '../../../properties/model/gatehouse.ts';
import { signerNamed } from '../../../properties/arbitrary/key.ts';
import { stagedKey } from '../../../policies/explain/stage.ts';
import { STAGE } from '../../../policies/explain/stage.ts';
import { native } from '../../../ledger/crypto/native.ts';
import type { KeyName } from '../../../ledger/name.ts';
import { ask, outcomeOf } from './asked.ts';

const RULE = 'the-key-is-current';
const LOG = stagedKey(native, STAGE as string as KeyName);

const ended = (type: 'key.retired' | 'key.revoked', more = {}): Gatehouse => {
  const at = new Gatehouse();
  at.enter({ type, by: ALICE, payload: { key_id: CAROL.keyId, reason: 'left', ...more } });
  return at;
};

describe(RULE, () => {
  it('holds where a key is enrolled, and where nobody signed', () => {
    const at = new Gatehouse();
    expect(ask(RULE, at, { type: 'a.b', by: CAROL })).toMatchObject({
      outcome: 'allow',
      evidence: { key_id: CAROL.keyId },
    });
    expect(ask(RULE, at, { type: 'a.b' })).toMatchObject({ outcome: 'allow', evidence: {} });
  });

  it('forbids a key that was never enrolled, and takes it from its enrolment on', () => {
    const at = new Gatehouse();
    const before = timeless(at);
    expect(ask(RULE, at, { type: 'a.b', by: EVE })).toMatchObject({
      outcome: 'reject',
      reason: 'the key is not enrolled here',
      overridable: false,
      evidence: { key_id: EVE.keyId, code: 'key_unknown' },
      change: 'have an operator enrol the key, or sign with one that is enrolled',
    });
    at.enter({ type: 'key.enrolled', payload: enrolment(EVE), by: ALICE });
    // Signed before the enrolment, by its own clock: that plays no part.
    expect(outcomeOf(RULE, at, { type: 'a.b', by: EVE, signedAt: before })).toBe('allow');
  });

  it('forbids a public key that was enrolled under another name', () => {
    const other = signerNamed('other-carol', 3);
    const same = signerNamed('same-seed', 3);
    const at = new Gatehouse();
    at.enter({ type: 'key.enrolled', payload: enrolment(other), by: ALICE });
    expect(outcomeOf(RULE, at, { type: 'a.b', by: other })).toBe('allow');
    expect(ask(RULE, at, { type: 'a.b', by: same }).evidence['code']).toBe('key_unknown');
  });

  it.each([
    ['key.retired', 'the key was retired', 'key_retired'],
    ['key.revoked', 'the key was revoked', 'key_revoked'],
  ] as const)(
    'forbids a key after %s, whatever time it says it signed at',
    (type, reason, code) => {
      for (const signedAt of ['1970-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'] as Time[]) {
        const at = ended(type);
        const brought = { type: 'a.b', by: CAROL, signedAt };
        expect(ask(RULE, at, brought)).toMatchObject({
          outcome: 'reject',
          reason,
          overridable: false,
          evidence: { key_id: CAROL.keyId, code },
          change: 'sign with a key that is active and made for such events',
        });
        expect(outcomeOf(RULE, at, { ...brought, by: DAVE })).toBe('allow');
      }
    },
  );

  it('forbids a revoked key also before the time from which it is distrusted', () => {
    const at = ended('key.revoked', { compromised_at: '9998-01-01T00:00:00.000Z' });
    expect(outcomeOf(RULE, at, { type: 'a.b', by: CAROL })).toBe('reject');
  });

  it('takes a log key for no event, and a recovery key for key events alone', () => {
    const at = new Gatehouse();
    at.enter({ type: 'key.enrolled', by: ALICE, payload: enrolment(LOG, 'verified', 'log') });
    at.enter({ type: 'key.enrolled', by: ALICE, payload: enrolment(EVE, 'verified', 'recovery') });
    const payload = { key_id: BOB.keyId, reason: 'left' };
    for (const by of [LOG, EVE])
      expect(ask(RULE, at, { type: 'a.b', by })).toMatchObject({
        outcome: 'reject',
        reason: 'the key is not for such events',
        overridable: false,
        evidence: { code: 'key_purpose' },
      });
    expect(outcomeOf(RULE, at, { type: 'key.retired', payload, by: LOG })).toBe('reject');
    expect(outcomeOf(RULE, at, { type: 'key.retired', payload, by: EVE })).toBe('allow');
    const adoption = { type: 'policy.adopted', payload: { documents: {} }, by: EVE };
    expect(outcomeOf(RULE, at, adoption)).toBe('reject');
  });

  it('may reject on every surface, the tool’s own among them', () => {
    const at = ended('key.retired');
    for (const type of ['ledger.verified', 'policy.refused', 'break_glass.reviewed', 'key.retired'])
      expect(outcomeOf(RULE, at, { type, by: CAROL })).toBe('reject');
  });
});

/** A moment before anything in the house. */
const timeless = ({ now }: Gatehouse): Time => now.replace('2026', '2006') as Time;
