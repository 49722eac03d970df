/**
 * A set that another release adopted and this one cannot read: it stays in force, and lets in
 * nothing that it might have refused.
 */
import { describe, expect, it } from 'vitest';
import { policySetDigest } from '../../ledger/chain/governance.ts';
import { native } from '../../ledger/crypto/native.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { EventId, Seq } from '../../ledger/name.ts';
import { judgeAgain } from '../../policies/explain/replay.ts';
import { sealOf } from '../../policies/gate/decision.ts';
import { adoptionOf } from '../../policies/set/adoption.ts';
import { readyMade } from '../../policies/set/ready-made.ts';
import { follow } from '../../policies/state/ground.ts';
import { ALICE, CAROL, Gatehouse, enrolment, told } from '../../properties/model/gatehouse.ts';
import { signer } from '../build/ledger.ts';

const LATER: JsonObject = { later: { version: 99, demands: 'what nobody here knows' } };
const DIGEST = policySetDigest(native, LATER);
const SIGNED = readyMade(native, 'signed');

/** A house in which a later release adopted something. */
const house = (): Gatehouse => {
  const made = new Gatehouse();
  made.adopt({ signed: SIGNED.documents['signed'] ?? {} });
  const adoption = made.recorded.at(-1);
  if (adoption === undefined) throw new Error('nothing was adopted');
  const header = {
    ...adoption.header,
    id: 'later' as EventId,
    seq: made.ground.end.size as Seq,
  };
  const payload = { documents: LATER, policy_set: DIGEST, changes: [] };
  made.ground = follow(native, made.ground, { ...adoption, header, payload });
  return made;
};

describe('a set in force that cannot be read', () => {
  it('lets nothing ordinary in, and is named in what it refuses', () => {
    const at = house();
    expect(at.ground.set).toMatchObject({ isReadable: false, digest: DIGEST, documents: LATER });
    const refused = at.judge({ type: 'note.taken', by: ALICE });
    expect(told(refused)).toBe('reject: the-set-in-force-can-be-read');
    expect([refused.policy_set, sealOf(refused)]).toEqual([DIGEST, undefined]);
  });

  it('holds up neither keys nor the adoption of another, after which all is as ever', () => {
    const at = house();
    const payload = enrolment(signer('erin'));
    const enrolled = at.judge({ type: 'key.enrolled', payload, by: ALICE });
    expect(sealOf(enrolled)?.policy_set).toBe(DIGEST);
    const adopted = at.judge({
      type: 'policy.adopted',
      payload: adoptionOf(at.ground.set, SIGNED),
      by: ALICE,
    });
    expect(sealOf(adopted)?.policy_set).toBe(DIGEST);
    at.enter({ type: 'policy.adopted', payload: adoptionOf(at.ground.set, SIGNED), by: ALICE });
    expect(told(at.judge({ type: 'note.taken', by: CAROL }))).toBe('allow');
    expect(told(at.judge({ type: 'note.taken' }))).toBe('reject: an-attestation-is-there');
  });

  it('says nothing of whether what was decided by it was right', () => {
    const at = house();
    const { ground } = at;
    at.enter({ type: 'key.enrolled', payload: enrolment(signer('erin')), by: ALICE });
    const event = at.recorded.at(-1);
    if (event === undefined) throw new Error('nothing was recorded');
    expect(judgeAgain(native, ground, event)).toMatchObject({ isSame: undefined, isSeen: false });
  });
});
