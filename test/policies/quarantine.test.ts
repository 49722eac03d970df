/**
 * What is held back, and how it comes free.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { attest } from '../../ledger/event/attestation.ts';
import { write } from '../../ledger/json/format.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Signer } from '../../ledger/key/key.ts';
import type { Meaning } from '../../ledger/name.ts';
import { judge } from '../../policies/gate/gate.ts';
import { propose } from '../../policies/proposal.ts';
import { heldPayload } from '../../policies/record/record.ts';
import type { Brought } from '../../properties/model/gatehouse.ts';
import {
  ALICE,
  BOB,
  CAROL,
  DAVE,
  EVE,
  Gatehouse,
  setOf,
  timeOf,
  told,
} from '../../properties/model/gatehouse.ts';

const SECRET = ['https://ann', 'k3wQ9zXv7Lp2@example.com/'].join(':');
const FINDING = 'no-secret-is-inside';
const SET = {
  types: [{ match: '*', attested: true }],
  secrets: { find: true },
  quarantine: { release_tier: 'verified' },
  rules: [
    {
      id: 'notes-wait',
      match: ['note.*'],
      when: 'payload.size() > 1',
      outcome: 'quarantine',
      reason: 'notes of more than one member wait',
    },
  ],
} as const;

const house = (over: JsonObject = {}): Gatehouse => new Gatehouse(setOf({ ...SET, ...over }));

/** Brings a draft that is held, and records that it was. */
const hold = (at: Gatehouse, brought: Brought) => {
  const draft = at.draft(brought);
  const proposal = propose(native, 'append', draft);
  const decision = judge(proposal, at.view, at.ground.set);
  const id = at.enter({
    type: 'policy.held',
    payload: heldPayload(proposal, decision),
    author: { id: `held-${at.recorded.length}` },
  });
  return { draft, decision, id };
};

const NOTE: Brought = { type: 'note.taken', payload: { url: SECRET, more: 1 }, by: DAVE };

const release = (
  at: Gatehouse,
  { id, draft }: ReturnType<typeof hold>,
  over: JsonObject = {},
  by: Signer | null = CAROL,
) =>
  at.bring({
    type: 'policy.released',
    payload: {
      hold: id,
      payload_hash: draft.claim.payload_hash,
      rules: [FINDING, 'notes-wait'],
      ...over,
    },
    by: by ?? undefined,
  });

describe('a draft that is held', () => {
  it('is named by both rules that hold it, and its record bears no payload', () => {
    const at = house();
    const { decision, draft, id } = hold(at, NOTE);
    expect(told(decision)).toBe(`quarantine: ${FINDING}, notes-wait`);
    const text = write(at.recorded.at(-1)?.payload ?? null);
    expect(text).not.toContain(SECRET);
    expect(text).toContain(draft.claim.payload_hash);
    expect(at.ground.standing.holds.get(id)?.rules).toEqual([FINDING, 'notes-wait']);
  });

  it('enters once it is released, with what held it as a warning', () => {
    const at = house();
    const held = hold(at, NOTE);
    expect(told(release(at, held))).toBe('allow');
    const decision = at.take(held.draft, 'append');
    expect(told(decision)).toBe(`warn: ${FINDING}, notes-wait`);
    expect(decision.contributing[0]?.evidence['released_by']).toBe('e-5');
  });

  it('is held again by what the release does not name', () => {
    const at = house();
    const held = hold(at, NOTE);
    release(at, held, { rules: [FINDING] });
    expect(told(at.take(held.draft, 'append'))).toBe('quarantine: notes-wait');
  });

  it('is released alone: neither another payload nor another claim passes', () => {
    const at = house();
    const held = hold(at, NOTE);
    release(at, held);
    const { id } = held.draft.claim;
    const other = at.draft({ ...NOTE, payload: { url: SECRET, more: 2 }, author: { id } });
    expect(at.take(other, 'append').outcome).toBe('quarantine');
    const renamed = { ...held.draft, claim: { ...held.draft.claim, session_id: 'x' } };
    expect(
      told(judge(propose(native, 'append', renamed as never), at.view, at.ground.set)),
    ).toContain('reject');
    expect(at.take(held.draft, 'append').outcome).toBe('warn');
  });

  it('enters by the hand that brought it, meant as it was, and by no other', () => {
    const at = house();
    const held = hold(at, NOTE);
    release(at, held);
    const signed = (by: Signer, meaning = 'authored') => ({
      ...held.draft,
      attestation: attest(native, by, held.draft.claim, meaning as Meaning, at.now),
    });
    for (const other of [CAROL, ALICE])
      expect(at.take(signed(other), 'append').outcome).toBe('quarantine');
    expect(at.take(signed(DAVE, 'approved'), 'append').outcome).toBe('quarantine');
    expect(at.take(signed(DAVE), 'append').outcome).toBe('warn');
  });

  it('enters unsigned where it was held so, and not signed by who released it', () => {
    const at = house({ types: [] });
    const held = hold(at, { ...NOTE, by: undefined });
    release(at, held, {}, ALICE);
    for (const by of [ALICE, DAVE]) {
      const attestation = attest(native, by, held.draft.claim, 'authored' as Meaning, at.now);
      const decision = at.take({ ...held.draft, attestation }, 'append');
      expect(told(decision)).toBe(`quarantine: ${FINDING}, notes-wait`);
    }
    expect(at.take(held.draft, 'append').outcome).toBe('warn');
  });

  it('is not swapped for another payload under its claim', () => {
    const at = house();
    const held = hold(at, NOTE);
    release(at, held);
    const swapped = { ...held.draft, payload: '{"more":2,"url":"x"}' };
    expect(told(at.take(swapped, 'append'))).toBe('reject: it-was-proposed');
  });

  it.each([
    ['with no time from when', {}, 'quarantine'],
    ['from before the release', { compromised_at: timeOf(-60) }, 'quarantine'],
    ['from after the release', { compromised_at: timeOf(600) }, 'warn'],
  ])('given that who released it was revoked since, %s', (_, more, outcome) => {
    const at = house();
    const held = hold(at, NOTE);
    release(at, held);
    const payload = { key_id: CAROL.keyId, reason: 'stolen', ...more };
    at.enter({ type: 'key.revoked', payload, by: ALICE });
    expect(at.take(held.draft, 'append').outcome).toBe(outcome);
  });

  it('is free by a release of the tier that is asked today', () => {
    const at = house();
    const held = hold(at, NOTE);
    release(at, held);
    at.ground = { ...at.ground, set: setOf({ ...SET, quarantine: { release_tier: 'operator' } }) };
    expect(at.take(held.draft, 'append').outcome).toBe('quarantine');
    release(at, held, {}, ALICE);
    expect(at.take(held.draft, 'append').outcome).toBe('warn');
  });

  it('is judged by the rules in force when it comes free', () => {
    const at = house();
    const held = hold(at, NOTE);
    release(at, held);
    at.ground = { ...at.ground, set: setOf({ ...SET, types: [{ match: '*', tier: 'verified' }] }) };
    expect(told(at.take(held.draft, 'append'))).toBe('reject: the-tier-is-enough');
  });

  it('is not released once it was discarded', () => {
    const at = house();
    const held = hold(at, NOTE);
    release(at, held);
    at.enter({
      type: 'policy.discarded',
      payload: { hold: held.id, reason: 'a password' },
      by: BOB,
    });
    expect(at.take(held.draft, 'append').outcome).toBe('quarantine');
    expect(told(release(at, held))).toBe('reject: the-authority-suffices');
  });
});

describe('a release', () => {
  it.each<readonly [string, JsonObject, Signer | null, string]>([
    ['by another key of enough tier is let in', {}, CAROL, 'allow'],
    ['by the author is not', {}, DAVE, 'reject: the-authority-suffices'],
    ['by nobody is not', {}, null, 'reject: an-attestation-is-there, the-authority-suffices'],
    ['by a stranger is not', {}, EVE, 'reject: the-authority-suffices, the-key-is-current'],
    [
      'of another payload is not',
      { payload_hash: 'ab'.repeat(32) },
      CAROL,
      'reject: the-authority-suffices',
    ],
    ['of nothing is not', { hold: 'e-0' }, CAROL, 'reject: the-authority-suffices'],
    ['from no rule is not', { rules: [] }, CAROL, 'reject: the-authority-suffices'],
    [
      'from a rule that did not hold it is not',
      { rules: ['the-tier-is-enough'] },
      CAROL,
      'reject: the-authority-suffices',
    ],
    [
      'from one that held it and one that did not is not',
      { rules: [FINDING, 'the-tier-is-enough'] },
      CAROL,
      'reject: the-authority-suffices',
    ],
  ])('%s', (_, over, by, outcome) => {
    const at = house();
    expect(told(release(at, hold(at, NOTE), over, by))).toBe(outcome);
  });

  it('takes the tier that the set names', () => {
    const at = house({ quarantine: { release_tier: 'operator' } });
    const held = hold(at, NOTE);
    expect(told(release(at, held))).toBe('reject: the-authority-suffices');
    expect(told(release(at, held, {}, ALICE))).toBe('allow');
  });
});
