/**
 * The source keeps its rate: of the latest events so many are its own, and one more is too many.
 */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../ledger/json/value.ts';
import { ALICE, CAROL, DAVE, Gatehouse, setOf } from '../../../properties/model/gatehouse.ts';
import { WARNS, ask, outcomeOf } from './asked.ts';

const RULE = 'the-source-keeps-its-rate';
const house = (...rates: JsonObject[]): Gatehouse =>
  new Gatehouse(setOf({ types: rates.map((rate) => ({ match: 'a.*', rate })) }));
const from = (name: string, kind = 'tool') => ({ type: 'a.b', author: { source: { kind, name } } });
const others = (at: Gatehouse, count: number): void => {
  for (let i = 0; i < count; i++) at.enter({ type: 'b.c', by: ALICE });
};

describe(RULE, () => {
  it('given two of the latest four, takes the second and rejects the third', () => {
    const at = house({ events: 2, window: 4 });
    at.enter(from('till'));
    expect(outcomeOf(RULE, at, from('till'))).toBe('allow');
    at.enter(from('till'));
    expect(ask(RULE, at, from('till'))).toMatchObject({
      outcome: 'reject',
      reason: 'the source is over its limit',
      overridable: true,
      evidence: { source: 'unsigned', count: 2, events: 2, window: 4 },
      change: 'wait until others have written: the limit is over 4 events',
    });
  });

  it('asks nothing of what the tool writes about itself, however much was written', () => {
    const at = new Gatehouse(setOf({ types: [{ match: '*', rate: { events: 1, window: 100 } }] }));
    at.enter(from('till'));
    expect(ask(RULE, at, from('till')).outcome).toBe('reject');
    for (const type of ['ledger.verified', 'policy.refused', 'outbox.delivered'])
      expect(ask(RULE, at, { type, payload: {} })).toMatchObject({
        outcome: 'allow',
        reason: 'does not apply',
      });
    expect(outcomeOf(RULE, at, { type: 'policy.released' })).toBe('warn');
  });

  it('takes it again exactly when enough others have written', () => {
    const at = house({ events: 2, window: 4 });
    at.enter(from('till'));
    at.enter(from('till'));
    others(at, 2);
    expect(outcomeOf(RULE, at, from('till'))).toBe('reject');
    others(at, 1);
    expect(outcomeOf(RULE, at, from('till'))).toBe('allow');
  });

  it('knows a source by its key where one signed, whatever the event says of itself', () => {
    const at = house({ events: 1, window: 100 });
    at.enter({ ...from('till'), by: DAVE });
    expect(ask(RULE, at, { ...from('other'), by: DAVE })).toMatchObject({
      outcome: 'reject',
      evidence: { source: DAVE.keyId },
    });
    expect(outcomeOf(RULE, at, { ...from('till'), by: CAROL })).toBe('allow');
    expect(outcomeOf(RULE, at, from('till'))).toBe('allow');
  });

  it('knows all that nobody signed as one source, whatever names it gives itself', () => {
    const at = house({ events: 1, window: 100 });
    at.enter(from('till'));
    for (const name of ['till', 'other'])
      for (const kind of ['tool', 'agent', 'user'])
        expect(outcomeOf(RULE, at, from(name, kind))).toBe('reject');
    expect(outcomeOf(RULE, at, { ...from('till'), by: CAROL })).toBe('allow');
  });

  it('keeps to every limit that is stated, and says which one it broke', () => {
    const at = house({ events: 3, window: 100 }, { events: 1, window: 2 });
    at.enter(from('till'));
    expect(ask(RULE, at, from('till')).evidence).toMatchObject({ events: 1, window: 2 });
    others(at, 2);
    at.enter(from('till'));
    others(at, 2);
    at.enter(from('till'));
    others(at, 2);
    expect(ask(RULE, at, from('till')).evidence).toMatchObject({ events: 3, window: 100 });
  });

  it('counts events of every type, and asks of the named ones alone', () => {
    const at = house({ events: 1, window: 9 });
    at.enter({ ...from('till'), type: 'b.a' });
    expect(outcomeOf(RULE, at, { ...from('till'), type: 'b.a' })).toBe('allow');
    expect(outcomeOf(RULE, at, from('till'))).toBe('reject');
  });

  it('neither asks nor counts what the tool writes, and only warns of what governs', () => {
    const rate = { events: 1, window: 100 };
    const at = new Gatehouse(setOf({ types: [{ match: '*', rate }] }));
    for (let i = 0; i < 3; i++) at.enter({ type: 'ledger.verified' });
    expect(outcomeOf(RULE, at, { type: 'ledger.verified' })).toBe('allow');
    expect(outcomeOf(RULE, at, from('till'))).toBe('allow');
    const payload = { key_id: CAROL.keyId, reason: 'left' };
    const asked = ask(RULE, at, { type: 'key.retired', payload, by: ALICE });
    expect([asked.outcome, asked.reason.endsWith(WARNS)]).toEqual(['warn', true]);
  });
});
