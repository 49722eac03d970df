/**
 * Four eyes have seen it: another key of enough tier approved the very subject, beforehand, once.
 */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../ledger/json/value.ts';
import { formatVkey } from '../../../ledger/key/key.ts';
import type { Brought } from '../../../properties/model/gatehouse.ts';
import {
  ALICE,
  BOB,
  CAROL,
  DAVE,
  EVE,
  Gatehouse,
  enrolment,
  setOf,
} from '../../../properties/model/gatehouse.ts';
import { ask, askOf, outcomeOf } from './asked.ts';

const RULE = 'four-eyes-have-seen-it';

const house = (document: JsonObject = { corrections: { four_eyes: 'verified' } }) =>
  new Gatehouse(setOf(document));

const correction = (supersedes: string, by = DAVE): Brought => ({
  type: 'a.corrected',
  by,
  author: { supersedes },
});

/** A house with an event in it that is to be corrected. */
const withEvent = (document?: JsonObject) => {
  const at = house(document);
  return { at, id: at.enter({ type: 'a.b', by: DAVE }) };
};

/** How many keys are looked up after so many approvals that do not count. */
const lookups = (count: number): number => {
  const { at, id } = withEvent({ corrections: { four_eyes: 'operator' } });
  for (let i = 0; i < count; i++) at.approve(id, CAROL);
  let asked = 0;
  const { byId, ...keyring } = at.view.keyring;
  const counting = new Map(byId);
  counting.get = (key) => {
    asked++;
    return byId.get(key);
  };
  const view = { ...at.view, keyring: { ...keyring, byId: counting } };
  const { outcome } = askOf(RULE, at, at.propose(correction(id)), view);
  expect(outcome).toBe('reject');
  return asked;
};

describe(RULE, () => {
  describe('given that corrections take the approval of a verified key', () => {
    it('rejects one that nobody approved, and names the subject and the tier', () => {
      const { at, id } = withEvent();
      expect(ask(RULE, at, correction(id))).toMatchObject({
        outcome: 'reject',
        reason: 'nobody else has approved it',
        overridable: true,
        evidence: { subject: id, needs: 'verified' },
        change: `have another key of tier verified approve it: ledger approve ${id}`,
      });
      expect(outcomeOf(RULE, at, { type: 'a.b', by: DAVE })).toBe('allow');
    });

    it('holds once another key approved it, and names the approval', () => {
      const { at, id } = withEvent();
      const approval = at.approve(id, CAROL);
      expect(ask(RULE, at, correction(id))).toMatchObject({
        outcome: 'allow',
        evidence: { subject: id, approved_by: CAROL.keyId, approval },
      });
    });

    it('takes no approval by the author, nor by a key of too low a tier, nor of another', () => {
      const { at, id } = withEvent();
      at.approve(id, CAROL);
      expect(outcomeOf(RULE, at, correction(id, CAROL))).toBe('reject');
      const low = withEvent();
      low.at.approve(low.id, DAVE);
      expect(outcomeOf(RULE, low.at, correction(low.id, CAROL))).toBe('reject');
      low.at.approve('e-2', ALICE);
      expect(outcomeOf(RULE, low.at, correction(low.id, CAROL))).toBe('reject');
      low.at.approve(low.id, ALICE);
      expect(outcomeOf(RULE, low.at, correction(low.id, CAROL))).toBe('allow');
    });

    it('takes no review of another meaning, of another type, or without a subject', () => {
      const { at, id } = withEvent();
      const payload = { subject: id };
      at.enter({ type: 'review.approved', payload, by: CAROL, meaning: 'authored' });
      at.enter({ type: 'review.approved', payload, by: CAROL, meaning: 'reviewed' });
      at.enter({ type: 'review.done', payload, by: CAROL, meaning: 'approved' });
      at.enter({ type: 'review.approved', payload: id, by: CAROL, meaning: 'approved' });
      at.enter({ type: 'review.approved', payload: [id], by: CAROL, meaning: 'approved' });
      at.enter({ type: 'review.approved', payload });
      expect(outcomeOf(RULE, at, correction(id))).toBe('reject');
    });

    it('takes each approval for one correction', () => {
      const { at, id } = withEvent();
      at.approve(id, CAROL);
      at.enter(correction(id));
      expect(outcomeOf(RULE, at, correction(id))).toBe('reject');
      at.approve(id, CAROL);
      expect(outcomeOf(RULE, at, correction(id))).toBe('allow');
    });

    it('takes no approval that itself came over the event', () => {
      const at = house({ types: [{ match: 'a.corrected', four_eyes: 'verified' }] });
      const id = at.enter({ type: 'a.b', by: DAVE });
      const approval = { type: 'review.approved', by: CAROL, meaning: 'approved' };
      at.enter({ ...approval, payload: { subject: id }, author: { supersedes: id } });
      expect(outcomeOf(RULE, at, correction(id))).toBe('reject');
      at.approve(id, CAROL);
      expect(outcomeOf(RULE, at, correction(id))).toBe('allow');
    });

    it('takes no approval that was given before the event was there', () => {
      const at = house();
      at.approve('to-come', CAROL);
      at.enter({ type: 'a.b', by: DAVE, author: { id: 'to-come' } });
      expect(outcomeOf(RULE, at, correction('to-come'))).toBe('reject');
      at.approve('to-come', CAROL);
      expect(outcomeOf(RULE, at, correction('to-come'))).toBe('allow');
    });

    it.each([
      ['with no time from when', {}, 'reject'],
      ['from before the approval', { compromised_at: '2026-11-20T08:00:00.000Z' }, 'reject'],
      ['from after the approval', { compromised_at: '2026-11-20T10:00:00.000Z' }, 'allow'],
    ])('given that the approver was revoked since, %s', (_, more, outcome) => {
      const { at, id } = withEvent();
      at.approve(id, CAROL);
      const payload = { key_id: CAROL.keyId, reason: 'stolen', ...more };
      at.enter({ type: 'key.revoked', payload, by: ALICE });
      expect(outcomeOf(RULE, at, correction(id))).toBe(outcome);
    });

    it('takes the approval of a key that retired since', () => {
      const { at, id } = withEvent();
      at.approve(id, CAROL);
      const payload = { key_id: CAROL.keyId, reason: 'left' };
      at.enter({ type: 'key.retired', payload, by: ALICE });
      expect(outcomeOf(RULE, at, correction(id))).toBe('allow');
    });

    it('asks as much of the past after many approvals as after one', () => {
      expect(lookups(200)).toBe(lookups(1));
    });

    it('rejects what nobody answers for, approved or not', () => {
      const { at, id } = withEvent();
      at.approve(id, CAROL);
      expect(ask(RULE, at, { ...correction(id), by: undefined })).toMatchObject({
        outcome: 'reject',
        reason: 'nobody answers for it, so no one else can be told',
      });
    });
  });

  it.each([
    ['operator', 'verified'],
    ['operator', 'untrusted'],
    ['verified', 'operator'],
  ])('asks for the higher tier where corrections take %s and the type %s', (all, type) => {
    const { at, id } = withEvent({
      corrections: { four_eyes: all },
      types: [{ match: 'a.corrected', four_eyes: type }],
    });
    at.approve(id, CAROL);
    expect(ask(RULE, at, correction(id))).toMatchObject({
      outcome: 'reject',
      evidence: { needs: 'operator' },
    });
  });

  it('asks for the higher tier where the type and corrections both take one', () => {
    const { at, id } = withEvent({
      corrections: { four_eyes: 'verified' },
      types: [{ match: 'a.corrected', four_eyes: 'operator' }],
    });
    at.approve(id, CAROL);
    expect(ask(RULE, at, correction(id)).evidence['needs']).toBe('operator');
    at.approve(id, BOB);
    expect(outcomeOf(RULE, at, correction(id))).toBe('allow');
    expect(ask(RULE, at, { type: 'a.corrected', by: DAVE })).toMatchObject({
      outcome: 'reject',
      reason: 'it names nothing that could have been approved',
      change: 'name what it corrects, and have another key of tier operator approve that',
    });
  });
});

const keys = () => house({ types: [{ match: 'key.*', four_eyes: 'operator' }] });
const enrol = (more: JsonObject = {}): Brought => ({
  type: 'key.enrolled',
  payload: { ...enrolment(EVE), ...more },
  by: ALICE,
});
const retire = (key = CAROL, more: JsonObject = {}, by = ALICE): Brought => ({
  type: 'key.retired',
  payload: { key_id: key.keyId, reason: 'left', ...more },
  by,
});

describe('four-eyes-have-seen-it, given that key events take the approval of an operator', () => {
  it('an enrolment is approved by the key_id of its vkey', () => {
    const at = keys();
    expect(ask(RULE, at, enrol())).toMatchObject({
      outcome: 'reject',
      overridable: true,
      evidence: { subject: EVE.keyId },
    });
    at.approve(EVE.keyId, CAROL);
    at.approve(EVE.keyId, ALICE);
    expect(outcomeOf(RULE, at, enrol())).toBe('reject');
    at.approve(EVE.keyId, BOB);
    expect(outcomeOf(RULE, at, enrol())).toBe('allow');
  });

  it('what else stands in a payload is not what the event is about', () => {
    const at = keys();
    expect(outcomeOf(RULE, at, enrol({ key_id: ALICE.keyId }))).toBe('reject');
    at.approve(EVE.keyId, BOB);
    expect(outcomeOf(RULE, at, retire(CAROL, { vkey: formatVkey(EVE) }))).toBe('reject');
    expect(outcomeOf(RULE, at, enrol({ key_id: CAROL.keyId }))).toBe('allow');
    at.approve(CAROL.keyId, BOB);
    expect(outcomeOf(RULE, at, retire(CAROL, { vkey: formatVkey(EVE) }))).toBe('allow');
    const unread = { ...enrol({ vkey: 'no key', key_id: CAROL.keyId }) };
    expect(ask(RULE, at, unread).reason).toBe('it names nothing that could have been approved');
  });

  it('an approval is used up by what came over the key since', () => {
    const at = keys();
    at.approve(EVE.keyId, BOB);
    at.enter(enrol());
    expect(outcomeOf(RULE, at, retire(EVE))).toBe('reject');
    at.approve(EVE.keyId, BOB);
    at.enter(retire(EVE));
    expect(outcomeOf(RULE, at, { ...retire(EVE), type: 'key.revoked' })).toBe('reject');
    at.approve(EVE.keyId, BOB);
    expect(outcomeOf(RULE, at, { ...retire(EVE), type: 'key.revoked' })).toBe('allow');
  });

  it('a key may always end itself, and a recovery key end any', () => {
    const at = new Gatehouse();
    at.enter({ type: 'key.enrolled', payload: enrolment(EVE, 'verified', 'recovery'), by: ALICE });
    at.ground = { ...at.ground, set: keys().ground.set };
    expect(outcomeOf(RULE, at, retire(CAROL))).toBe('reject');
    expect(ask(RULE, at, retire(CAROL, {}, CAROL)).evidence['exempt']).toContain('end itself');
    expect(ask(RULE, at, retire(CAROL, {}, EVE)).evidence['exempt']).toContain('second person');
  });

  it('one operator who is left changes keys alone; two do not', () => {
    const at = keys();
    expect(outcomeOf(RULE, at, enrol())).toBe('reject');
    at.enter(retire(BOB, {}, BOB));
    expect(ask(RULE, at, enrol())).toMatchObject({
      outcome: 'allow',
      evidence: { exempt: 'nobody else is left who could approve' },
    });
  });

  it('one operator who is left changes no key alone where others could approve it', () => {
    const at = house({ types: [{ match: 'key.*', four_eyes: 'verified' }] });
    at.approve(BOB.keyId, CAROL);
    at.enter(retire(BOB));
    expect(ask(RULE, at, enrol())).toMatchObject({ outcome: 'reject', evidence: {} });
    at.approve(EVE.keyId, CAROL);
    expect(ask(RULE, at, enrol()).evidence['approved_by']).toBe(CAROL.keyId);
    at.approve(CAROL.keyId, CAROL);
    at.enter(retire(CAROL, {}, CAROL));
    expect(ask(RULE, at, enrol()).evidence['exempt']).toBe('nobody else is left who could approve');
  });

  it('who can no longer sign, and who signs it, are not among those left to approve', () => {
    const at = keys();
    expect(ask(RULE, at, retire(BOB)).outcome).toBe('reject');
    at.enter(retire(BOB, {}, BOB));
    at.ground = { ...at.ground, set: setOf({}) };
    at.enter({ type: 'key.enrolled', payload: enrolment(EVE, 'operator', 'recovery'), by: ALICE });
    at.ground = { ...at.ground, set: keys().ground.set };
    expect(ask(RULE, at, retire(CAROL)).evidence['exempt']).toBeDefined();
  });

  it('it holds back nothing else that governs, and nothing of the tool’s own', () => {
    const at = house({ types: [{ match: '*', four_eyes: 'operator' }] });
    for (const type of ['policy.adopted', 'break_glass.revoked', 'policy.released'])
      expect(ask(RULE, at, { type, by: ALICE })).toMatchObject({
        outcome: 'allow',
        evidence: { exempt: 'what governs can always be replaced' },
      });
    expect(outcomeOf(RULE, at, { type: 'ledger.verified' })).toBe('allow');
    expect(outcomeOf(RULE, at, { type: 'a.b', by: ALICE })).toBe('reject');
  });
});
