/**
 * A set that another release adopted and this one cannot read: it stays in force, and lets in
 * nothing that it might have refused.
 */
import { describe, expect, it } from 'vitest';
import { policySetDigest } from '../../ledger/chain/governance.ts';
import { native } from '../../ledger/crypto/native.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { EventId, Seq } from '../../ledger/name.ts';
import { explain } from '../../policies/explain/explain.ts';
import { judgeAgain } from '../../policies/explain/replay.ts';
import { sealOf } from '../../policies/gate/decision.ts';
import { refusalOf } from '../../policies/record/record.ts';
import { adoptionOf } from '../../policies/set/adoption.ts';
import { readyMade } from '../../policies/set/ready-made.ts';
import { follow } from '../../policies/state/ground.ts';
import type { Recorded } from '../../policies/state/past.ts';
import type { Brought } from '../../properties/model/gatehouse.ts';
import { ALICE, Gatehouse, enrolment, told } from '../../properties/model/gatehouse.ts';
import { signer } from '../build/ledger.ts';

const LATER: JsonObject = { later: { version: 99, demands: 'what nobody here knows' } };
const DIGEST = policySetDigest(native, LATER);
const SIGNED = readyMade(native, 'signed');

/** A house in which a later release adopted something; the adoption, and the ground before it. */
const house = () => {
  const at = new Gatehouse();
  at.adopt({ signed: SIGNED.documents['signed'] ?? {} });
  const known = at.recorded.at(-1);
  if (known === undefined) throw new Error('nothing was adopted');
  const header = { ...known.header, id: 'later' as EventId, seq: at.ground.end.size as Seq };
  const payload = { documents: LATER, policy_set: DIGEST, changes: [] };
  const adoption: Recorded = { ...known, header, payload };
  const before = at.ground;
  at.ground = follow(native, before, adoption);
  return { at, before, adoption };
};

describe('a set in force that cannot be read', () => {
  it('lets nothing in, and is named in what it refuses', () => {
    const { at } = house();
    expect(at.ground.set).toMatchObject({ isReadable: false, digest: DIGEST, documents: LATER });
    const brought: readonly Brought[] = [
      { type: 'note.taken', by: ALICE },
      { type: 'key.enrolled', payload: enrolment(signer('erin'), 'operator'), by: ALICE },
      { type: 'policy.adopted', payload: adoptionOf(at.ground.set, SIGNED), by: ALICE },
      { type: 'policy.refused', payload: {} },
    ];
    for (const each of brought) {
      const refused = at.judge(each);
      expect([each.type, told(refused)]).toEqual([
        each.type,
        'reject: the-set-in-force-can-be-read',
      ]);
      // What is sealed here would be judged otherwise by whoever reads the set.
      expect([refused.policy_set, sealOf(refused)]).toEqual([DIGEST, undefined]);
      expect(refused.contributing.every(({ overridable }) => !overridable)).toBe(true);
      const proposal = at.propose(each);
      expect(refusalOf(proposal, refused, at.view, at.ground.set)).toBe('not_kept');
    }
  });

  it('tells what to do about it', () => {
    const { at } = house();
    const { rows } = explain(at.propose({ type: 'note.taken' }), at.view, at.ground.set);
    expect(rows.map(({ change }) => change)).toEqual([
      'use a release that can read them, such as the one that adopted them',
    ]);
  });

  it('says nothing of whether it was right to adopt it, nor what was decided by it', () => {
    const { at, before, adoption } = house();
    const unjudged = { isSame: undefined, isSeen: false };
    expect(judgeAgain(native, before, adoption)).toMatchObject(unjudged);
    const [first] = at.recorded;
    if (first === undefined) throw new Error('nothing was recorded');
    const { header } = first;
    const later = { ...first, header: { ...header, seq: at.ground.end.size as Seq } };
    expect(judgeAgain(native, at.ground, later)).toMatchObject(unjudged);
  });

  it('is in force no more behind another that can be read', () => {
    const { at, adoption } = house();
    const header = { ...adoption.header, id: 'last' as EventId, seq: at.ground.end.size as Seq };
    const payload = adoptionOf(at.ground.set, SIGNED);
    at.ground = follow(native, at.ground, { ...adoption, header, payload });
    expect(told(at.judge({ type: 'note.taken', by: ALICE }))).toBe('allow');
    expect(told(at.judge({ type: 'note.taken' }))).toBe('reject: an-attestation-is-there');
  });
});
