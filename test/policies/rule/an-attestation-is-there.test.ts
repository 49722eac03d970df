/**
 * An attestation is there: somebody answers for what the type asks it for, and for what governs.
 */
import { describe, expect, it } from 'vitest';
import { SURFACES, powerOf } from '../../../policies/surface.ts';
import type { Surface } from '../../../policies/surface.ts';
import { DAVE, Gatehouse, setOf } from '../../../properties/model/gatehouse.ts';
import { ask, outcomeOf } from './asked.ts';

const RULE = 'an-attestation-is-there';
const house = (match = 'a.*'): Gatehouse =>
  new Gatehouse(setOf({ types: [{ match, attested: true }] }));

describe(RULE, () => {
  it('rejects what nobody signed where the type asks, and holds for what somebody did', () => {
    expect(ask(RULE, house(), { type: 'a.b' })).toMatchObject({
      outcome: 'reject',
      reason: 'it takes an attestation and has none',
      overridable: true,
      evidence: { type: 'a.b', attested: false, governed: true },
      change: 'sign the event: --sign KEY',
    });
    expect(ask(RULE, house(), { type: 'a.b', by: DAVE })).toMatchObject({
      outcome: 'allow',
      evidence: { type: 'a.b', attested: true },
    });
    expect(outcomeOf(RULE, house(), { type: 'b.a' })).toBe('allow');
  });

  it('asks where one of several entries asks, whatever the others say', () => {
    const types = [
      { match: '*', attested: true },
      { match: 'a.*', attested: false },
    ];
    for (const each of [types, types.toReversed()])
      expect(outcomeOf(RULE, new Gatehouse(setOf({ types: each })), { type: 'a.b' })).toBe(
        'reject',
      );
  });

  it.each(Object.keys(SURFACES) as readonly Surface[])(
    'on the surface %s, asks as those who write there need',
    (surface) => {
      const power = powerOf(surface);
      const brought = { type: 'a.b', surface };
      expect(outcomeOf(RULE, new Gatehouse(), brought)).toBe(
        power === 'governing' ? 'reject' : 'allow',
      );
      expect(outcomeOf(RULE, house('*'), brought)).toBe(power === 'own' ? 'allow' : 'reject');
      expect(outcomeOf(RULE, house('*'), { ...brought, by: DAVE })).toBe('allow');
    },
  );
});
