/**
 * Adopting a set: what the event says of it is true of its documents.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import type { Json } from '../../ledger/json/value.ts';
import { replay } from '../../policies/explain/replay.ts';
import { adoptionOf } from '../../policies/set/adoption.ts';
import { differenceOf } from '../../policies/set/difference.ts';
import { READY_MADE, readyMade } from '../../policies/set/ready-made.ts';
import { ALICE, Gatehouse, setOf, told } from '../../properties/model/gatehouse.ts';

const [OPEN, SIGNED] = [readyMade(native, 'open'), readyMade(native, 'signed')];

const judged = (payload: Json): string =>
  told(new Gatehouse().judge({ type: 'policy.adopted', payload, by: ALICE }));

describe('an adoption', () => {
  it('bears the documents, their digest and what changes, in words', () => {
    const payload = adoptionOf(OPEN, SIGNED);
    expect(payload).toMatchObject({ documents: SIGNED.documents, policy_set: SIGNED.digest });
    expect(payload['changes']).toContain('types *: attested: new: true');
    expect(adoptionOf(SIGNED, SIGNED)['changes']).toEqual([]);
    expect(judged(payload)).toBe('allow');
  });

  it('puts the digest in force, for the event after it', () => {
    const house = new Gatehouse();
    house.enter({ type: 'policy.adopted', payload: adoptionOf(OPEN, SIGNED), by: ALICE });
    expect(house.recorded.at(-1)?.header.policy.policy_set).toBe(OPEN.digest);
    house.enter({ type: 'note.taken', by: ALICE });
    expect(house.recorded.at(-1)?.header.policy.policy_set).toBe(SIGNED.digest);
  });

  it.each([
    ['another digest', { policy_set: OPEN.digest }],
    ['no digest', { policy_set: undefined }],
    ['no changes', { changes: undefined }],
    ['fewer changes', { changes: [] }],
    ['other changes', { changes: ['clocks: ahead: 5m → 4m'] }],
    ['changes in another order', { changes: differenceOf({}, SIGNED.documents).toReversed() }],
    ['changes that are none', { changes: {} }],
  ])('is rejected where it states %s', (_, over) => {
    expect(judged(adoptionOf(OPEN, SIGNED))).toBe('allow');
    const payload = JSON.parse(JSON.stringify({ ...adoptionOf(OPEN, SIGNED), ...over })) as Json;
    expect(judged(payload)).toBe('reject: the-set-is-sound');
  });

  it('is rejected where its changes are from another set than the one in force', () => {
    const house = new Gatehouse();
    house.adopt({ regulated: READY_MADE.regulated });
    const bring = (payload: Json) =>
      told(house.judge({ type: 'policy.adopted', payload, by: ALICE }));
    expect(bring(adoptionOf(OPEN, SIGNED))).toBe('reject: the-set-is-sound');
    expect(bring(adoptionOf(house.ground.set, SIGNED))).toBe('allow');
  });

  it('is judged by what was in force then, whatever set a replay asks', () => {
    const house = new Gatehouse();
    house.adopt({ signed: READY_MADE.signed });
    house.adopt({ open: READY_MADE.open });
    for (const other of [SIGNED, readyMade(native, 'regulated')])
      for (const { type, other: would } of replay(native, house.recorded, OPEN, other))
        if (type === 'policy.adopted') expect(would?.outcome).toBe('allow');
  });

  it('tells two hundred changes, and how many more there are', () => {
    const types = Array.from({ length: 150 }, (_, i) => ({
      match: `a.b${i}`,
      attested: true,
      tier: 'observed',
    }));
    const many = setOf({ types });
    const changes = adoptionOf(OPEN, many)['changes'] as readonly string[];
    expect([changes.length, changes.at(-1)]).toEqual([201, 'and 101 more']);
    expect(judged(adoptionOf(OPEN, many))).toBe('allow');
  });
});
