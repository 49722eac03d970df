/**
 * The tier is enough: the key stands as high as the type asks, for every pair of tiers.
 */
import { describe, expect, it } from 'vitest';
import { TIERS } from '../../../ledger/chain/keyring.ts';
import {
  ALICE,
  CAROL,
  DAVE,
  EVE,
  Gatehouse,
  enrolment,
  setOf,
} from '../../../properties/model/gatehouse.ts';
import { ask, outcomeOf } from './asked.ts';

const RULE = 'the-tier-is-enough';
const house = (tier: string, match = 'a.*'): Gatehouse =>
  new Gatehouse(setOf({ types: [{ match, tier }] }));

describe(RULE, () => {
  it.each(TIERS.flatMap((has, i) => TIERS.map((needs, j) => [has, needs, i >= j] as const)))(
    'given a key of tier %s where %s is asked for, it is enough: %s',
    (has, needs, isEnough) => {
      const at = house(needs);
      at.enter({ type: 'key.enrolled', payload: enrolment(EVE, has), by: ALICE });
      expect(outcomeOf(RULE, at, { type: 'a.b', by: EVE })).toBe(isEnough ? 'allow' : 'reject');
    },
  );

  it('names the key, its tier and the one it takes', () => {
    expect(ask(RULE, house('verified'), { type: 'a.b', by: DAVE })).toMatchObject({
      outcome: 'reject',
      reason: 'the tier of the key is too low',
      overridable: true,
      evidence: { key_id: DAVE.keyId, tier: 'observed', needs: 'verified' },
      change: 'sign with a key of tier verified or higher',
    });
    expect(ask(RULE, house('verified'), { type: 'a.b', by: CAROL }).evidence['tier']).toBe(
      'verified',
    );
  });

  it.each([...TIERS])('given no key where tier %s is asked for, rejects', (needs) => {
    expect(ask(RULE, house(needs), { type: 'a.b' })).toMatchObject({
      outcome: 'reject',
      reason: 'no key of that tier answers for it',
      overridable: true,
      evidence: { needs },
      change: `sign with a key of tier ${needs} or higher`,
    });
  });

  it('asks nothing of other types', () => {
    expect(outcomeOf(RULE, house('operator'), { type: 'b.a', by: DAVE })).toBe('allow');
    expect(outcomeOf(RULE, house('operator'), { type: 'b.a' })).toBe('allow');
    expect(outcomeOf(RULE, house('operator'), { type: 'a.b', by: DAVE })).toBe('reject');
  });

  it('asks for the highest of several tiers, in whatever order', () => {
    const types = [
      { match: '*', tier: 'verified' },
      { match: 'a.*', tier: 'operator' },
    ];
    for (const each of [types, types.toReversed()]) {
      const at = new Gatehouse(setOf({ types: each }));
      expect(outcomeOf(RULE, at, { type: 'a.b', by: CAROL })).toBe('reject');
      expect(outcomeOf(RULE, at, { type: 'b.a', by: CAROL })).toBe('allow');
    }
  });

  it('says nothing of what governs: who may govern the format tells', () => {
    const brought = { type: 'break_glass.revoked', by: DAVE };
    expect(outcomeOf(RULE, house('operator', '*'), brought)).toBe('allow');
    expect(outcomeOf(RULE, house('operator', '*'), { type: 'a.b', by: DAVE })).toBe('reject');
  });
});
