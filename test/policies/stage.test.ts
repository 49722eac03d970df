/**
 * The stage on which sets are tried out: whatever is adopted there, the set that is tried out stays
 * in force.
 */
import { expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { KeyName } from '../../ledger/name.ts';
import type { Staged } from '../../policies/explain/stage.ts';
import { Stage, stagedDraft, stagedKey } from '../../policies/explain/stage.ts';
import { NOON } from '../../policies/explain/table-shape.ts';
import { adoptionOf } from '../../policies/set/adoption.ts';
import { readyMade } from '../../policies/set/ready-made.ts';
import { sound } from '../../properties/arbitrary/key.ts';
import { setOf, told } from '../../properties/model/gatehouse.ts';

it('the set that is tried out stays in force, whatever is adopted', () => {
  const strict = setOf({ types: [{ match: 'a.*', attested: true }] });
  const stage = new Stage(native, strict, NOON);
  const alice = stagedKey(native, 'alice' as KeyName);
  stage.found([[alice, 'operator']]);
  const bring = (staged: Staged): string => {
    const decision = stage.bring(sound(stagedDraft(native, staged, stage.view.seq, NOON)));
    return decision === undefined ? 'none' : told(decision);
  };
  const payload: JsonObject = adoptionOf(strict, readyMade(native, 'open'));
  expect(bring({ type: 'policy.adopted', by: alice, payload })).toBe('allow');
  expect(bring({ type: 'a.b' })).toBe('reject: an-attestation-is-there');
  expect(bring({ type: 'a.b', by: alice })).toBe('allow');
  expect(stage.view.inForce).toEqual(strict.documents);
  expect(bring({ type: 'policy.adopted', by: alice, payload })).toBe('allow');
});
