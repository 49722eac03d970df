/**
 * Exceptions are reviewed: a broken glass that nobody has reviewed in time is said with every event
 * until somebody has, and keeps none of them out.
 */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../ledger/json/value.ts';
import { ALICE, BOB, DAVE, Gatehouse, setOf, timeOf } from '../../../properties/model/gatehouse.ts';
import { ask, outcomeOf } from './asked.ts';

const RULE = 'exceptions-are-reviewed';
const SET = { types: [{ match: 'deploy.*', tier: 'verified' }] };

const house = (exceptions: JsonObject = { review_within: '1h' }): Gatehouse =>
  new Gatehouse(setOf({ ...SET, exceptions }));

const authorize = (at: Gatehouse): string =>
  at.enter({
    type: 'break_glass.authorized',
    by: ALICE,
    payload: {
      expires_at: timeOf(90_000),
      reason: 'the disk is gone',
      reason_code: 'incident_response',
      rules: ['the-tier-is-enough'],
      types: ['deploy.*'],
      uses: 3,
    },
  });

const use = (at: Gatehouse, authorization: string): string =>
  at.enter({ type: 'deploy.forced', by: DAVE, author: { authorization } });

const review = (at: Gatehouse, authorization: string): string =>
  at.enter({
    type: 'break_glass.reviewed',
    by: BOB,
    payload: { authorization, note: 'was right' },
  });

const NOTE = { type: 'a.b' };

describe(RULE, () => {
  it('given an hour for a review, holds for an hour from the first use, and then warns', () => {
    const at = house();
    const id = authorize(at);
    const first = at.seconds;
    use(at, id);
    at.seconds = first + 3599;
    use(at, id);
    at.seconds = first + 3600;
    expect(outcomeOf(RULE, at, NOTE)).toBe('allow');
    at.seconds = first + 3601;
    expect(ask(RULE, at, NOTE)).toMatchObject({
      outcome: 'warn',
      reason: 'a broken glass was not reviewed in time',
      evidence: { authorizations: [id], count: 1 },
      change: `have an operator with no part in it review it: ledger break-glass review ${id}`,
    });
  });

  it('warns on every surface, and until the last one was reviewed', () => {
    const at = house();
    const ids = [authorize(at), authorize(at)];
    for (const id of ids) use(at, id);
    at.seconds += 3601;
    for (const type of ['a.b', 'key.retired', 'ledger.verified', 'policy.adopted'])
      expect(outcomeOf(RULE, at, { type, by: ALICE })).toBe('warn');
    review(at, ids[0] ?? '');
    expect(ask(RULE, at, NOTE).evidence).toEqual({ authorizations: [ids[1]], count: 1 });
    review(at, ids[1] ?? '');
    expect(outcomeOf(RULE, at, NOTE)).toBe('allow');
  });

  it('shows twenty at most, and counts them all', () => {
    const at = house();
    for (let i = 0; i < 21; i++) use(at, authorize(at));
    at.seconds += 3700;
    const { authorizations, count } = ask(RULE, at, NOTE).evidence;
    expect([(authorizations as readonly string[]).length, count]).toEqual([20, 21]);
  });

  it('asks for no review of what was not used, nor where the set sets no time', () => {
    const unused = house();
    authorize(unused);
    unused.seconds += 9_000;
    expect(outcomeOf(RULE, unused, NOTE)).toBe('allow');
    const free = house({});
    use(free, authorize(free));
    free.seconds += 9_000;
    expect(outcomeOf(RULE, free, NOTE)).toBe('allow');
  });

  it('asks for it also where the authorization was revoked after its use', () => {
    const at = house();
    const id = authorize(at);
    use(at, id);
    const payload = { authorization: id, reason: 'over' };
    at.enter({ type: 'break_glass.revoked', by: BOB, payload });
    at.seconds += 3700;
    expect(outcomeOf(RULE, at, NOTE)).toBe('warn');
  });
});
