/**
 * Adopting a set: what the event says of it is true of its documents.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { adoptionOf } from '../../policies/set/adoption.ts';
import { readyMade } from '../../policies/set/ready-made.ts';
import { ALICE, Gatehouse, told } from '../../properties/model/gatehouse.ts';

const [OPEN, SIGNED] = [readyMade(native, 'open'), readyMade(native, 'signed')];

const judged = (payload: ReturnType<typeof adoptionOf>): string =>
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

  it('is rejected where it states another digest', () => {
    const payload = { ...adoptionOf(OPEN, SIGNED), policy_set: OPEN.digest };
    expect(judged(payload)).toBe('reject: the-set-is-sound');
  });
});
