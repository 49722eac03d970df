/**
 * The gate: what must never get past one, because it got past others.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { draftOf } from '../../ledger/event/draft.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Digest } from '../../ledger/name.ts';
import type { Verdict } from '../../policies/gate/contribution.ts';
import { MAX_REASON } from '../../policies/gate/contribution.ts';
import { caseOf, decide, judge, speak } from '../../policies/gate/gate.ts';
import type { Proposal } from '../../policies/proposal.ts';
import { RULE_NAMES } from '../../policies/rule/name.ts';
import type { Rule } from '../../policies/rule/rule.ts';
import { holds } from '../../policies/rule/rule.ts';
import { STANDARD } from '../../policies/rule/standard.ts';
import { READY_MADE, readyMade } from '../../policies/set/ready-made.ts';
import { SURFACES } from '../../policies/surface.ts';
import {
  ALICE,
  BOB,
  DAVE,
  EVE,
  Gatehouse,
  enrolment,
  setOf,
  told,
} from '../../properties/model/gatehouse.ts';

const NOTE = { type: 'note.taken' };

const givenIn = (house: Gatehouse) => caseOf(house.propose(NOTE), house.view, house.ground.set);

/** The standard rules, one of them replaced by another answer. */
const answering = (name: string, answer: () => unknown): readonly Rule[] =>
  STANDARD.map((rule) => (rule.name === name ? { ...rule, judge: answer as () => Verdict } : rule));

describe('what passed elsewhere is rejected here', () => {
  it('when nothing contributed', () => {
    const decision = decide([], givenIn(new Gatehouse()));
    expect(decision.outcome).toBe('reject');
    expect(decision.contributing.map(({ rule }) => rule)).toContain('some-rule-has-spoken');
    expect(decision.required).toEqual([]);
  });

  it('when a rule votes for breaking the glass', () => {
    const vote = { outcome: 'break_glass', reason: 'x', overridable: true, evidence: {} };
    const given = givenIn(new Gatehouse());
    const decision = decide(
      speak(
        given,
        answering('the-cause-exists', () => vote),
      ),
      given,
    );
    expect(told(decision)).toBe('reject: the-cause-exists');
    expect(decision.contributing[0]?.reason).toBe('the rule gave no answer that is one');
  });

  it.each([...RULE_NAMES])('when %s has not spoken, where it must', (name) => {
    const given = givenIn(new Gatehouse());
    const others = STANDARD.filter((rule) => rule.name !== name);
    const isRequired = SURFACES.append.required.some((each) => each === name);
    expect(told(decide(speak(given, others), given))).toBe(
      isRequired ? `reject: ${name}` : 'allow',
    );
  });

  it('when a decision was made by hand and handed in', () => {
    const policy = { outcome: 'allow', policy_set: 'ab'.repeat(32) };
    const house = new Gatehouse(setOf({ types: [{ match: '*', attested: true }] }));
    const { payload_hash: _hash, schema_version: _version, ...claim } = house.draft(NOTE).claim;
    const flat = { ...claim, payload: {}, salt: 'a'.repeat(32) } as unknown as JsonObject;
    expect(draftOf(native, flat)._tag).toBe('Right');
    expect(draftOf(native, { ...flat, policy })._tag).toBe('Left');
    const handed = { ...house.draft(NOTE), policy, decision: policy, outcome: 'allow' };
    expect(told(house.take(handed))).toBe('reject: an-attestation-is-there');
    const forged = { ...house.propose(NOTE), policy, decision: policy, outcome: 'allow' };
    expect(told(judge(forged as Proposal, house.view, house.ground.set))).toBe(
      'reject: it-was-proposed',
    );
  });

  it.each([
    ['at another size', { size: 3 }],
    ['at another head', { head: 'ab'.repeat(32) as Digest }],
  ])('when the mirror ends %s', (_, end) => {
    const house = new Gatehouse();
    const { view } = house;
    const parted = { ...view, mirror: { ...view.mirror, ...end } };
    expect(told(judge(house.propose(NOTE), parted, house.ground.set))).toBe(
      'reject: the-mirror-is-in-parity',
    );
    const both = { ...parted, journal: parted.mirror, seq: view.seq };
    const isPlace = parted.mirror.size === view.seq;
    expect(judge(house.propose(NOTE), both, house.ground.set).outcome).toBe(
      isPlace ? 'allow' : 'reject',
    );
  });
});

const thrower = () => {
  throw new Error('lost');
};

describe('a rule that fails rejects by name, and nothing overrides it', () => {
  const fine = { outcome: 'allow', reason: 'holds', overridable: true, evidence: {} };
  it.each<readonly [string, () => unknown]>([
    ['that throws', thrower],
    ['that gives nothing', () => undefined],
    ['that gives text', () => 'allow'],
    ['that gives null', () => null],
    ['that gives an unknown outcome', () => ({ ...fine, outcome: 'maybe' })],
    ['that gives no reason', () => ({ ...fine, reason: '' })],
    ['that gives an endless reason', () => ({ ...fine, reason: 'x'.repeat(MAX_REASON + 1) })],
    ['that gives half a character', () => ({ ...fine, reason: '\ud800' })],
    ['that gives no boolean', () => ({ ...fine, overridable: 'yes' })],
    ['that gives no evidence', () => ({ ...fine, evidence: undefined })],
    ['that gives evidence of no JSON', () => ({ ...fine, evidence: { at: Number.NaN } })],
    ['that gives a list as evidence', () => ({ ...fine, evidence: [] })],
    ['that gives a promise', async () => Promise.resolve(fine)],
    [
      'whose answer throws when looked at',
      () => Object.defineProperty({}, 'outcome', { get: thrower }),
    ],
  ])('%s', (_, answer) => {
    const given = givenIn(new Gatehouse());
    const decision = decide(speak(given, answering('no-secret-is-inside', answer)), given);
    expect(told(decision)).toBe('reject: no-secret-is-inside');
    expect(decision.contributing[0]?.overridable).toBe(false);
  });

  it('while one that answers in full does not', () => {
    const given = givenIn(new Gatehouse());
    expect(
      told(
        decide(
          speak(
            given,
            answering('no-secret-is-inside', () => holds()),
          ),
          given,
        ),
      ),
    ).toBe('allow');
  });
});

describe('the ready-made sets', () => {
  it.each([
    ['open', NOTE, 'allow'],
    ['open', { ...NOTE, author: { supersedes: 'never-was', causation_id: 'nor-this' } }, 'allow'],
    ['open', { ...NOTE, by: EVE }, 'reject: the-key-is-current'],
    ['signed', NOTE, 'reject: an-attestation-is-there'],
    ['signed', { ...NOTE, by: DAVE }, 'allow'],
    [
      'signed',
      { ...NOTE, by: DAVE, author: { supersedes: 'never-was' } },
      'reject: the-correction-fits',
    ],
    ['signed', { ...NOTE, by: DAVE, author: { causation_id: 'never-was' } }, 'allow'],
    [
      'regulated',
      { ...NOTE, by: DAVE, author: { causation_id: 'never-was' } },
      'reject: the-cause-exists',
    ],
    ['regulated', { ...NOTE, by: DAVE }, 'allow'],
    [
      'regulated',
      { type: 'key.enrolled', payload: enrolment(EVE), by: ALICE },
      'reject: four-eyes-have-seen-it',
    ],
  ] as const)('under %s %j is decided: %s', (name, brought, outcome) => {
    const house = new Gatehouse();
    house.adopt({ [name]: READY_MADE[name] });
    expect(told(house.judge(brought))).toBe(outcome);
  });

  it.each(['signed', 'regulated'] as const)('%s keeps all refusals', (name) => {
    expect(readyMade(native, name).refusals).toEqual({
      record: 'all',
      perSource: 100,
      window: 10_000,
    });
    expect(readyMade(native, 'open').refusals.record).toBe('none');
  });

  it.each([
    ['signed', 'the-clocks-are-sane', '2026-11-21T09:00:04.000Z', '2026-11-21T09:00:06.000Z'],
    ['regulated', 'the-clocks-are-sane', '2026-11-20T09:05:04.000Z', '2026-11-20T09:05:06.000Z'],
  ] as const)('%s takes clocks so far ahead and no further', (name, rule, near, far) => {
    const house = new Gatehouse();
    house.adopt({ [name]: READY_MADE[name] });
    const decided = (observed_at: string) =>
      told(house.judge({ ...NOTE, by: DAVE, author: { observed_at } }));
    expect([decided(near), decided(far)]).toEqual(['allow', `reject: ${rule}`]);
  });

  it('regulated takes clocks so far behind and no further', () => {
    const house = new Gatehouse();
    house.adopt({ regulated: READY_MADE.regulated });
    const decided = (observed_at: string) =>
      house.judge({ ...NOTE, by: DAVE, author: { observed_at } }).outcome;
    expect(decided('2016-11-23T09:00:06.000Z')).toBe('allow');
    expect(decided('2016-11-22T09:00:04.000Z')).toBe('reject');
  });

  it('regulated waits for a second operator', () => {
    const house = new Gatehouse();
    const adoption = house.adopting({ regulated: READY_MADE.regulated });
    expect(told(house.judge(adoption))).toBe('allow');
    house.enter({ type: 'key.retired', payload: { key_id: BOB.keyId, reason: 'left' }, by: ALICE });
    expect(told(house.judge(adoption))).toBe('reject: the-set-is-sound');
  });
});
