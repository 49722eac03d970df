/**
 * The clocks are sane: within bounds to the millisecond, on either side of now.
 */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../ledger/json/value.ts';
import type { Time } from '../../../ledger/name.ts';
import { ALICE, Gatehouse, setOf } from '../../../properties/model/gatehouse.ts';
import { WARNS, ask, outcomeOf } from './asked.ts';

const RULE = 'the-clocks-are-sane';
const HOUR = 3_600_000;

const house = (clocks: JsonObject = { ahead: '1h', behind: '2h' }): Gatehouse =>
  new Gatehouse(setOf({ clocks }));

const off = (at: Gatehouse, ms: number): Time =>
  new Date(Date.parse(at.now) + ms).toISOString() as Time;

describe(RULE, () => {
  it.each([
    ['an hour ahead to the millisecond, and holds', HOUR, 'allow'],
    ['a millisecond more ahead, and rejects', HOUR + 1, 'reject'],
    ['two hours behind to the millisecond, and holds', -2 * HOUR, 'allow'],
    ['a millisecond more behind, and rejects', -2 * HOUR - 1, 'reject'],
    ['right, and holds', 0, 'allow'],
  ])('given bounds of an hour ahead and two behind, it is %s', (_, ms, outcome) => {
    const at = house();
    const time = off(at, ms);
    const observed = { type: 'a.b', author: { observed_at: time } };
    expect(outcomeOf(RULE, at, observed)).toBe(outcome);
    expect(outcomeOf(RULE, at, { type: 'a.b', by: ALICE, signedAt: time })).toBe(outcome);
  });

  it('names the clock, what it said and on which side of now that is', () => {
    const at = house();
    const [early, late] = [off(at, -3 * HOUR), off(at, 3 * HOUR)];
    const brought = { type: 'a.b', by: ALICE, author: { observed_at: early }, signedAt: late };
    const found = [
      { member: 'observed_at', time: early, now: at.now, is: 'behind' },
      { member: 'signed_at', time: late, now: at.now, is: 'ahead' },
    ];
    expect(ask(RULE, at, brought)).toMatchObject({
      outcome: 'reject',
      reason: 'a clock is too far off',
      overridable: true,
      evidence: { found },
      change: 'state an observed_at near to now, the time itself in the payload, and sign anew',
    });
  });

  it.each([
    ['ahead', { ahead: '1h' }, 3, 'reject'],
    ['ahead', { ahead: '1h' }, -300_000, 'allow'],
    ['behind', { behind: '1h' }, -3, 'reject'],
    ['behind', { behind: '1h' }, 300_000, 'allow'],
    ['neither', {}, 300_000, 'allow'],
  ])('given a bound %s alone (%j), %d hours off', (_, clocks, hours, outcome) => {
    const at = house(clocks);
    const author = { observed_at: off(at, hours * HOUR) };
    expect(outcomeOf(RULE, at, { type: 'a.b', author })).toBe(outcome);
  });

  it('only warns where keys change and where the tool writes', () => {
    const at = house();
    const author = { observed_at: off(at, 9 * HOUR) };
    const payload = { key_id: ALICE.keyId, reason: 'lost' };
    for (const brought of [
      { type: 'key.retired', by: ALICE, payload, author },
      { type: 'ledger.verified', author },
    ]) {
      const asked = ask(RULE, at, brought);
      expect(asked.outcome).toBe('warn');
      expect(asked.reason).toBe(`a clock is too far off${WARNS}`);
    }
  });
});
