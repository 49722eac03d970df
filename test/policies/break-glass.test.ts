/**
 * Breaking the glass: a valid authorization lets through what is overridable, the refusal stays on
 * record beside it, and every way in which one can be invalid is a refusal of its own.
 */
import { describe, expect, it } from 'vitest';
import type { Draft } from '../../ledger/event/draft.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Decision } from '../../policies/gate/decision.ts';
import { sealOf } from '../../policies/gate/decision.ts';
import { READY_MADE } from '../../policies/set/ready-made.ts';
import type { Brought } from '../../properties/model/gatehouse.ts';
import {
  ALICE,
  BOB,
  CAROL,
  DAVE,
  EVE,
  Gatehouse,
  enrolment,
  setOf,
  timeOf,
  told,
} from '../../properties/model/gatehouse.ts';

const TIER = 'the-tier-is-enough';
const SET = {
  types: [
    { match: '*', attested: true },
    { match: 'deploy.*', tier: 'verified' },
  ],
  exceptions: { separate: true, review_within: '1h' },
} as const;

const house = (): Gatehouse => new Gatehouse(setOf(SET));

const scope = (over: JsonObject = {}): JsonObject => ({
  expires_at: timeOf(1000),
  reason: 'the disk is gone',
  reason_code: 'incident_response',
  rules: [TIER],
  types: ['deploy.*'],
  uses: 1,
  ...over,
});

const authorize = (at: Gatehouse, over: JsonObject = {}, by = ALICE): string =>
  at.enter({ type: 'break_glass.authorized', payload: scope(over), by });

const payloadOf = (authorization: string): JsonObject => ({ authorization, note: 'looked at' });

const forced = (authorization: string, more: Partial<Brought> = {}): Brought => ({
  type: 'deploy.forced',
  by: DAVE,
  ...more,
  author: { authorization, ...more.author },
});

const objection = ({ contributing }: Decision): string | undefined =>
  contributing.find(({ rule }) => rule === 'the-authorization-permits-it')?.reason;

describe('a valid authorization', () => {
  it('lets through what is overridable, and the refusal stays on record beside it', () => {
    const at = house();
    expect(told(at.judge({ type: 'deploy.forced', by: DAVE }))).toBe(`reject: ${TIER}`);
    const id = authorize(at);
    const decision = at.bring(forced(id));
    expect(told(decision)).toBe(`break_glass: ${TIER}`);
    expect(decision.contributing[0]?.outcome).toBe('reject');
    expect(decision.authorization).toBe(id);
    expect(at.recorded.at(-1)?.header).toMatchObject({
      authorization: id,
      policy: { outcome: 'break_glass', contributing: [TIER] },
    });
  });

  it('changes nothing where nothing is refused', () => {
    const at = house();
    const id = authorize(at);
    expect(told(at.judge(forced(id, { by: CAROL })))).toBe('allow');
    at.bring(forced(id, { by: CAROL }));
    expect(told(at.judge(forced(id)))).toBe(`break_glass: ${TIER}`);
  });

  it('overrides every rule that blocks, or none', () => {
    const at = new Gatehouse(setOf({ ...SET, references: { causes_exist: true } }));
    const author = { causation_id: 'never-was' };
    const one = authorize(at);
    expect(told(at.judge(forced(one, { author })))).toBe(
      `reject: the-authorization-permits-it, the-cause-exists, ${TIER}`,
    );
    const both = authorize(at, { rules: [TIER, 'the-cause-exists'] });
    expect(told(at.judge(forced(both, { author })))).toBe(`break_glass: the-cause-exists, ${TIER}`);
  });

  it('overrides what is held back, too', () => {
    const at = new Gatehouse(setOf({ ...SET, secrets: { find: true } }));
    const payload = { url: ['https://ann', 'k3wQ9zXv7Lp2@example.com/'].join(':') };
    const at1 = authorize(at, { rules: [TIER] });
    expect(told(at.judge(forced(at1, { payload })))).toContain('the-authorization-permits-it');
    const at2 = authorize(at, { rules: [TIER, 'no-secret-is-inside'] });
    expect(at.judge(forced(at2, { payload })).outcome).toBe('break_glass');
  });
});

describe('an authorization does not permit it', () => {
  const cases: readonly (readonly [string, JsonObject, Partial<Brought>, string])[] = [
    ['that is not yet valid', { not_before: timeOf(500) }, {}, 'not_yet_valid'],
    ['that has expired', { expires_at: timeOf(5) }, {}, 'expired'],
    ['for another type', { types: ['invoice.*'] }, {}, 'not_for_this_type'],
    ['for another rule', { rules: ['the-cause-exists'] }, {}, 'not_for_this_rule'],
    ['for another source', { sources: ['agent'] }, {}, 'not_for_this_source'],
    ['for another key', { keys: [CAROL.keyId] }, {}, 'not_for_this_key'],
  ];
  it.each(cases)('%s', (_, over, more, reason) => {
    const at = house();
    const decision = at.judge(forced(authorize(at, over), more));
    expect(decision.outcome).toBe('reject');
    expect(objection(decision)).toBe(`the authorization does not permit it: ${reason}`);
    expect(decision.contributing.map(({ rule }) => rule)).toContain(TIER);
    expect(sealOf(decision)).toBeUndefined();
  });

  it('that nobody gave', () => {
    expect(objection(house().judge(forced('nobody-gave-it')))).toContain('unknown');
  });

  it('that was spent, by an earlier draft of the same batch, too', () => {
    const at = house();
    const id = authorize(at, { uses: 2 });
    const used = [1, 2].map(() => at.bring(forced(id)).outcome);
    expect(used).toEqual(['break_glass', 'break_glass']);
    expect(objection(at.bring(forced(id)))).toContain('spent');
  });

  it('that was revoked', () => {
    const at = house();
    const id = authorize(at);
    const payload = { authorization: id, reason: 'over' };
    at.enter({ type: 'break_glass.revoked', payload, by: BOB });
    expect(objection(at.judge(forced(id)))).toContain('revoked');
  });

  it('that was reviewed, which closes it', () => {
    const at = house();
    const id = authorize(at, { uses: 5 });
    at.bring(forced(id));
    const payload = { authorization: id, note: 'was right' };
    at.enter({ type: 'break_glass.reviewed', payload, by: BOB });
    expect(objection(at.judge(forced(id)))).toContain('reviewed');
  });

  it('to the one who gave it, where the set keeps the two apart', () => {
    const apart = new Gatehouse(
      setOf({ ...SET, types: [{ match: 'deploy.*', sources: ['user'] }] }),
    );
    const rules = ['the-source-may-write-this'];
    const own = authorize(apart, { rules });
    expect(objection(apart.judge(forced(own, { by: ALICE })))).toContain('self_issued');
    const alone = new Gatehouse(setOf({ types: [{ match: 'deploy.*', sources: ['user'] }] }));
    const ownAgain = authorize(alone, { rules });
    expect(alone.judge(forced(ownAgain, { by: ALICE })).outcome).toBe('break_glass');
  });

  it.each([
    ['the-source-may-write-this'],
    ['the-source-may-write-this', 'an-attestation-is-there'],
  ])(
    'to nobody in particular, where the set keeps the two apart, whatever it is for: %j',
    (...rules) => {
      const types = [{ match: 'deploy.*', sources: ['user'] }];
      const decided = (separate: boolean) => {
        const at = new Gatehouse(setOf({ types, exceptions: { separate } }));
        return at.judge(forced(authorize(at, { rules }), { by: undefined }));
      };
      expect(objection(decided(true))).toBe('the authorization does not permit it: self_issued');
      expect(decided(false).outcome).toBe('break_glass');
    },
  );

  it('to nobody in particular, where it is for named keys; else a signature may be missing', () => {
    const at = new Gatehouse(setOf({ types: [{ match: '*', attested: true }] }));
    const decided = (keys?: readonly string[]) => {
      const rules = ['an-attestation-is-there'];
      const id = authorize(at, keys === undefined ? { rules } : { rules, keys });
      return at.judge(forced(id, { by: undefined }));
    };
    expect(objection(decided([CAROL.keyId]))).toContain('not_for_this_key');
    expect(decided().outcome).toBe('break_glass');
  });

  it.each([
    ['was revoked since', {}, 'distrusted'],
    ['fell before it', { compromised_at: timeOf(-60) }, 'distrusted'],
    ['fell after it', { compromised_at: timeOf(600) }, undefined],
  ])('by a key that %s', (_, more, reason) => {
    const at = house();
    const id = authorize(at, {}, BOB);
    expect(at.judge(forced(id)).outcome).toBe('break_glass');
    const payload = { key_id: BOB.keyId, reason: 'stolen', ...more };
    at.enter({ type: 'key.revoked', payload, by: ALICE });
    const decision = at.judge(forced(id));
    expect(decision.outcome).toBe(reason === undefined ? 'break_glass' : 'reject');
    expect(objection(decision)?.split(': ')[1]).toBe(reason);
  });

  it('where a signature is bad or a key is not enrolled', () => {
    const at = house();
    const id = authorize(at, { rules: [TIER, 'the-key-is-current', 'the-attestation-is-good'] });
    expect(objection(at.judge(forced(id, { by: EVE })))).toContain('not_overridable');
    const { attestation } = at.draft(forced(id, { payload: { other: 1 } }));
    const decision = at.take({ ...at.draft(forced(id)), attestation } as Draft);
    expect(decision.outcome).toBe('reject');
    expect(objection(decision)).toContain('not_overridable');
  });
});

describe('an authorization is given', () => {
  it.each([
    ['by an operator', {}, ALICE, 'allow'],
    ['not by anybody else', {}, CAROL, 'reject: the-authority-suffices'],
    ['not without a reason', { reason: ' ' }, ALICE, 'reject: the-authority-suffices'],
    [
      'not for a reason of one’s own',
      { reason_code: 'because' },
      ALICE,
      'reject: the-authority-suffices',
    ],
    ['not for no use', { uses: 0 }, ALICE, 'reject: the-authority-suffices'],
    ['not for half a use', { uses: 1.5 }, ALICE, 'reject: the-authority-suffices'],
    ['not without a scope of types', { types: [] }, ALICE, 'reject: the-authority-suffices'],
    ['not for what is no type', { types: ['**'] }, ALICE, 'reject: the-authority-suffices'],
    ['not without rules', { rules: [] }, ALICE, 'reject: the-authority-suffices'],
    [
      'not to end before it begins',
      { not_before: timeOf(1001) },
      ALICE,
      'reject: the-authority-suffices',
    ],
    ['not with members of one’s own', { forever: true }, ALICE, 'reject: the-authority-suffices'],
  ])('%s', (_, over, by, outcome) => {
    expect(told(house().judge({ type: 'break_glass.authorized', payload: scope(over), by }))).toBe(
      outcome,
    );
  });
});

describe('a review', () => {
  it('is missed by every event once it is late, and by none after it', () => {
    const at = house();
    const id = authorize(at);
    at.bring(forced(id));
    expect(told(at.judge({ type: 'a.b', by: DAVE }))).toBe('allow');
    at.seconds += 3601;
    expect(told(at.judge({ type: 'a.b', by: DAVE }))).toBe('warn: exceptions-are-reviewed');
    at.enter({ type: 'break_glass.reviewed', payload: payloadOf(id), by: BOB });
    expect(told(at.judge({ type: 'a.b', by: DAVE }))).toBe('allow');
  });

  it('takes an operator who neither gave nor used it, once', () => {
    const at = new Gatehouse(setOf({ ...SET, types: [{ match: 'deploy.*', sources: ['user'] }] }));
    at.enter({ type: 'key.enrolled', payload: enrolment(EVE, 'operator'), by: ALICE });
    const id = authorize(at, { rules: ['the-source-may-write-this'] });
    at.bring(forced(id, { by: BOB }));
    const review = (by = EVE) =>
      told(at.judge({ type: 'break_glass.reviewed', payload: payloadOf(id), by }));
    for (const by of [ALICE, BOB, CAROL]) expect(review(by)).toBe('reject: the-authority-suffices');
    expect(review(EVE)).toBe('allow');
    at.enter({ type: 'break_glass.reviewed', payload: payloadOf(id), by: EVE });
    expect(review(EVE)).toBe('reject: the-authority-suffices');
  });

  it('under the regulated set is one of three people', () => {
    const at = new Gatehouse();
    at.adopt({ regulated: READY_MADE.regulated });
    const rules = ['the-cause-exists'];
    const id = authorize(at, { rules });
    const author = { causation_id: 'never-was' };
    expect(objection(at.judge(forced(id, { by: ALICE, author })))).toContain('self_issued');
    expect(objection(at.judge(forced(id, { by: undefined, author })))).toContain('self_issued');
    expect(at.bring(forced(id, { by: DAVE, author })).outcome).toBe('break_glass');
    const review = (by: typeof ALICE) =>
      told(at.judge({ type: 'break_glass.reviewed', payload: payloadOf(id), by }));
    expect([review(ALICE), review(BOB)]).toEqual(['reject: the-authority-suffices', 'allow']);
  });

  it('of what the issuer did alone, her signature left out, there is none under regulated', () => {
    const at = new Gatehouse();
    at.adopt({ regulated: READY_MADE.regulated });
    const rules = ['an-attestation-is-there', 'the-tier-is-enough'];
    const id = authorize(at, { rules, types: ['*'] });
    expect(objection(at.bring(forced(id, { type: 'note.taken', by: undefined })))).toBe(
      'the authorization does not permit it: self_issued',
    );
  });
});
