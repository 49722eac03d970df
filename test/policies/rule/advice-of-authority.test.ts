/**
 * What would have to change where somebody may not govern so: each piece of advice is followed, and
 * the rule has nothing more against it.
 */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../ledger/json/value.ts';
import type { Signer } from '../../../ledger/key/key.ts';
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
} from '../../../properties/model/gatehouse.ts';
import { adviceOf } from './asked.ts';

const RULE = 'the-authority-suffices';

const scope = (over: JsonObject = {}): JsonObject => ({
  expires_at: timeOf(1000),
  reason: 'r',
  reason_code: 'data_migration',
  types: ['*'],
  rules: ['mine'],
  uses: 1,
  ...over,
});
const release = (over: JsonObject = {}): JsonObject => ({
  hold: 'hold',
  payload_hash: 'ab'.repeat(32),
  rules: ['mine'],
  ...over,
});
const end = (over: JsonObject = {}): JsonObject => ({
  authorization: 'one',
  reason: 'over',
  note: 'seen',
  ...over,
});

/** A house with an authorization of Alice's and something that is held. */
const house = (): Gatehouse => {
  const at = new Gatehouse(setOf({ exceptions: { separate: true } }));
  const authorization = { type: 'break_glass.authorized', by: ALICE, payload: scope() };
  at.enter({ ...authorization, author: { id: 'one' } });
  const claim = { id: 'held', payload_hash: 'ab'.repeat(32) };
  const decision = { contributing: [{ rule: 'mine' }] };
  at.enter({ type: 'policy.held', author: { id: 'hold' }, payload: { claim, decision } });
  return at;
};

type Try = readonly [payload: JsonObject | string, by: Signer | undefined];

const retire = (key: Signer): JsonObject => ({ key_id: key.keyId, reason: 'x' });

const CASES: readonly (readonly [type: string, bad: Try, advice: string, good: Try])[] = [
  [
    'policy.adopted',
    [{ documents: {} }, undefined],
    'have an operator sign it',
    [{ documents: {} }, ALICE],
  ],
  ['key.enrolled', [enrolment(EVE), CAROL], 'have an operator sign it', [enrolment(EVE), ALICE]],
  ['key.enrolled', [enrolment(EVE, 'x'), ALICE], 'mend the payload: tier', [enrolment(EVE), ALICE]],
  [
    'key.enrolled',
    [enrolment(BOB), ALICE],
    'enrol another key: one is enrolled once, under one name: vkey',
    [enrolment(EVE), ALICE],
  ],
  [
    'key.retired',
    [retire(EVE), ALICE],
    'name a key that is enrolled and has not ended',
    [retire(DAVE), ALICE],
  ],
  ['break_glass.authorized', [scope({ uses: 0 }), ALICE], 'mend uses', [scope(), ALICE]],
  ['break_glass.authorized', [scope(), CAROL], 'have an operator sign it', [scope(), ALICE]],
  ['break_glass.revoked', [end({ reason: '' }), BOB], 'say why in reason', [end(), BOB]],
  ['break_glass.revoked', [end(), CAROL], 'have an operator sign it', [end(), BOB]],
  [
    'break_glass.reviewed',
    [end({ authorization: 'x' }), BOB],
    'name the id of a break_glass.authorized in authorization',
    [end(), BOB],
  ],
  [
    'break_glass.reviewed',
    [end(), ALICE],
    'have an operator review it who neither gave nor used it',
    [end(), BOB],
  ],
  ['break_glass.reviewed', ['x', BOB], 'bring an object as the payload', [end(), BOB]],
  [
    'policy.released',
    [release({ hold: 'x' }), ALICE],
    'name the id of a policy.held in hold',
    [release(), ALICE],
  ],
  [
    'policy.released',
    [release({ payload_hash: 'x' }), ALICE],
    `state ${'ab'.repeat(32)} as payload_hash`,
    [release(), ALICE],
  ],
  [
    'policy.released',
    [release({ rules: ['mine', 'x'] }), ALICE],
    'name in rules one or more of mine, and no other',
    [release(), ALICE],
  ],
  [
    'policy.released',
    [release(), CAROL],
    'have an author’s key of tier operator or higher sign it',
    [release(), ALICE],
  ],
];

describe('advice of who may govern', () => {
  it.each(CASES)('on %s is followed', (type, [bad, by], advice, [good, other]) => {
    const at = house();
    expect(adviceOf(RULE, at, { type, payload: bad, by })).toBe(advice);
    expect(adviceOf(RULE, at, { type, payload: good, by: other })).toBeUndefined();
  });

  it.each(['revoked', 'reviewed'])('on what has been %s already is to leave it', (how) => {
    const at = house();
    const ending = { type: `break_glass.${how}`, payload: end(), by: BOB };
    at.enter(ending);
    expect(adviceOf(RULE, at, ending)).toBe('leave it: it has ended already');
  });
});
