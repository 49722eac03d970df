/**
 * What was seen is here: an author who had seen an event wants it to stand where it stood.
 */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../ledger/json/value.ts';
import { Gatehouse } from '../../../properties/model/gatehouse.ts';
import { ask, outcomeOf } from './asked.ts';

const RULE = 'what-was-seen-is-here';
const seeing = (seen: JsonObject, type = 'a.b') => ({ type, author: { seen } });
const hashOf = (house: Gatehouse, seq: number): string => house.recorded[seq]?.event_hash ?? '';

describe(RULE, () => {
  it('holds for every event that stands there, the head among them, and for none', () => {
    const house = new Gatehouse();
    for (const seq of [0, 1, 2, 3])
      expect(outcomeOf(RULE, house, seeing({ seq, event_hash: hashOf(house, seq) }))).toBe('allow');
    expect(outcomeOf(RULE, house, { type: 'a.b' })).toBe('allow');
  });

  it.each([
    ['another hash', 2, 'ab'.repeat(32)],
    ['the hash of another event', 2, undefined],
    ['a position that is still free', 4, undefined],
    ['a position far ahead', 9_000_000, undefined],
  ])('forbids an event whose author had seen %s', (_, seq, stated) => {
    const house = new Gatehouse();
    const event_hash = stated ?? hashOf(house, 3);
    expect(ask(RULE, house, seeing({ seq, event_hash }))).toMatchObject({
      outcome: 'reject',
      reason: 'the author had seen another history',
      overridable: false,
      evidence: { seq, event_hash },
      change: 'look at the head of this ledger again and sign the event anew',
    });
  });

  it.each(['ledger.verified', 'key.retired', 'policy.adopted'])('may reject %s', (type) => {
    const house = new Gatehouse();
    const event_hash = hashOf(house, 3);
    expect(outcomeOf(RULE, house, seeing({ seq: 2, event_hash }, type))).toBe('reject');
    expect(outcomeOf(RULE, house, seeing({ seq: 3, event_hash }, type))).toBe('allow');
  });
});
