/**
 * What is kept of a refusal: who tried what and why not, within limits.
 */
import { describe, expect, it } from 'vitest';
import { write } from '../../ledger/json/format.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import { judge } from '../../policies/gate/gate.ts';
import { refusalOf } from '../../policies/record/record.ts';
import type { Brought } from '../../properties/model/gatehouse.ts';
import { DAVE, EVE, Gatehouse, setOf } from '../../properties/model/gatehouse.ts';

const SET = {
  types: [{ match: '*', attested: true }],
  refusals: { record: 'all', per_source: 3, window: 100 },
} as const;

const house = (over: JsonObject = {}): Gatehouse => new Gatehouse(setOf({ ...SET, ...over }));

const refuse = (at: Gatehouse, brought: Brought, unrecorded = 0) => {
  const proposal = at.propose(brought);
  const decision = judge(proposal, at.view, at.ground.set);
  return refusalOf(proposal, decision, at.view, at.ground.set, unrecorded);
};
const keep = (at: Gatehouse, brought: Brought): string => {
  const kept = refuse(at, brought);
  if (typeof kept === 'string') return kept;
  at.enter({ type: 'policy.refused', payload: kept.record });
  return 'recorded';
};

describe('what is kept of a refusal', () => {
  const UNSIGNED: Brought = { type: 'a.b', payload: { colour: 'green' } };

  it('is who tried what and why not, without the payload', () => {
    const kept = refuse(house(), UNSIGNED) as { readonly record: JsonObject };
    expect(kept.record).toMatchObject({
      author: 'unsigned',
      claim: { event_type: 'a.b' },
      decision: { outcome: 'reject', contributing: [{ rule: 'an-attestation-is-there' }] },
    });
    expect(write(kept.record)).not.toContain('green');
    const decision = kept.record['decision'];
    expect(isObject(decision) && Object.hasOwn(decision, 'contributing')).toBe(true);
  });

  it('names a key only where its signature is good', () => {
    const at = house({ types: [{ match: '*', tier: 'operator' }] });
    const authorOf = (brought: Brought): Json =>
      (refuse(at, brought) as { readonly record: JsonObject }).record['author'] ?? null;
    expect(authorOf({ type: 'a.b', by: DAVE })).toBe(DAVE.keyId);
    expect(authorOf({ type: 'a.b', by: EVE })).toBe('unsigned');
  });

  it('ends at the limit, whatever names an unsigned source gives itself, and counts on', () => {
    const at = house();
    const by = (name: string): Brought => ({
      ...UNSIGNED,
      author: { source: { kind: 'agent', name }, id: `try-${name}` },
    });
    expect([0, 1, 2, 3, 4].map((n) => keep(at, by(`a${n}`)))).toEqual([
      'recorded',
      'recorded',
      'recorded',
      'counted',
      'counted',
    ]);
    at.ground = {
      ...at.ground,
      set: setOf({ ...SET, refusals: { record: 'all', per_source: 9 } }),
    };
    expect(refuse(at, UNSIGNED, 2)).toMatchObject({ record: { unrecorded: 2 } });
  });

  it('is nothing of what was let in', () => {
    expect(refuse(house(), { type: 'a.b', by: DAVE })).toBe('not_kept');
    expect(refuse(house(), { type: 'a.b' })).not.toBe('not_kept');
  });

  it('may be limited to what was signed, or to nothing', () => {
    const tiers = [{ match: '*', attested: true, tier: 'operator' }] as const;
    const attested = house({ types: tiers, refusals: { record: 'attested' } });
    expect(keep(attested, UNSIGNED)).toBe('not_kept');
    expect(keep(attested, { type: 'a.b', by: DAVE })).toBe('recorded');
    expect(keep(house({ refusals: { record: 'none' } }), UNSIGNED)).toBe('not_kept');
  });
});
