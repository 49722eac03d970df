/**
 * What is kept of a refusal: who tried what and why not, within limits.
 */
import { describe, expect, it } from 'vitest';
import { write } from '../../ledger/json/format.ts';
import { native } from '../../ledger/crypto/native.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Signer } from '../../ledger/key/key.ts';
import { judge } from '../../policies/gate/gate.ts';
import type { Proposal } from '../../policies/proposal.ts';
import { propose } from '../../policies/proposal.ts';
import { refusalOf } from '../../policies/record/record.ts';
import type { Brought } from '../../properties/model/gatehouse.ts';
import { ALICE, DAVE, EVE, Gatehouse, setOf } from '../../properties/model/gatehouse.ts';

const SET = {
  types: [{ match: '*', attested: true }],
  refusals: { record: 'all', per_source: 3, window: 100 },
} as const;

const house = (over: JsonObject = {}): Gatehouse => new Gatehouse(setOf({ ...SET, ...over }));

const refuse = (at: Gatehouse, brought: Brought, counted?: ReadonlyMap<string, number>) => {
  const proposal = at.propose(brought);
  const decision = judge(proposal, at.view, at.ground.set);
  return refusalOf(proposal, decision, at.view, at.ground.set, counted);
};
const keep = (at: Gatehouse, brought: Brought): string => {
  const kept = refuse(at, brought);
  if (typeof kept === 'string') return kept;
  if (kept.record === undefined) return `counted for ${kept.author}`;
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

  it('names a key only where it is enrolled and its signature is good', () => {
    const at = house({ types: [{ match: '*', tier: 'operator' }] });
    const authorsOf = (proposal: Proposal): readonly Json[] => {
      const decision = judge(proposal, at.view, at.ground.set);
      const kept = refusalOf(proposal, decision, at.view, at.ground.set);
      return typeof kept === 'string' ? [] : [kept.author, kept.record?.['author'] ?? null];
    };
    const by = (key: Signer) => at.propose({ type: 'a.b', by: key });
    expect(authorsOf(by(DAVE))).toEqual([DAVE.keyId, DAVE.keyId]);
    expect(authorsOf(by(EVE))).toEqual(['unsigned', 'unsigned']);
    const draft = at.draft({ type: 'a.b', by: DAVE });
    const { attestation } = at.draft({ type: 'a.c', by: DAVE });
    if (attestation === undefined) throw new Error('it is signed');
    const forged = propose(native, 'append', { ...draft, attestation });
    expect(authorsOf(forged)).toEqual(['unsigned', 'unsigned']);
    at.enter({ type: 'key.retired', payload: { key_id: DAVE.keyId, reason: 'left' }, by: ALICE });
    expect(authorsOf(by(DAVE))).toEqual(['unsigned', 'unsigned']);
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
      'counted for unsigned',
      'counted for unsigned',
    ]);
    at.ground = {
      ...at.ground,
      set: setOf({ ...SET, refusals: { record: 'all', per_source: 9 } }),
    };
    const counted = new Map([
      ['unsigned', 2],
      [DAVE.keyId, 7],
    ]);
    expect(refuse(at, UNSIGNED, counted)).toMatchObject({ record: { unrecorded: 2 } });
    expect(refuse(at, { ...UNSIGNED, by: EVE }, counted)).toMatchObject({
      author: 'unsigned',
      record: { unrecorded: 2 },
    });
  });

  it('is nothing of what was let in', () => {
    expect(refuse(house(), { type: 'a.b', by: DAVE })).toBe('not_kept');
    expect(refuse(house(), { type: 'a.b' })).not.toBe('not_kept');
  });

  it('may be limited to what was signed, or to nothing', () => {
    const tiers = [{ match: '*', attested: true, tier: 'operator' }] as const;
    const attested = house({ types: tiers, refusals: { record: 'attested' } });
    expect(keep(attested, UNSIGNED)).toBe('not_kept');
    expect(keep(attested, { type: 'a.b', by: EVE })).toBe('not_kept');
    expect(keep(attested, { type: 'a.b', by: DAVE })).toBe('recorded');
    expect(keep(house({ refusals: { record: 'none' } }), UNSIGNED)).toBe('not_kept');
  });
});
