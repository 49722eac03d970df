/**
 * The cause exists: the event that led to another is in this ledger before it.
 */
import { describe, expect, it } from 'vitest';
import { Gatehouse, setOf } from '../../../properties/model/gatehouse.ts';
import { WARNS, ask, outcomeOf } from './asked.ts';

const RULE = 'the-cause-exists';
const house = (causes_exist = true): Gatehouse =>
  new Gatehouse(setOf({ references: { causes_exist } }));
const causedBy = (causation_id: string) => ({ type: 'a.b', author: { causation_id } });

describe(RULE, () => {
  it('rejects a cause that is not here, and holds for one that is', () => {
    const at = house();
    expect(ask(RULE, at, causedBy('e-4'))).toMatchObject({
      outcome: 'reject',
      reason: 'the event that led to it is not in this ledger',
      overridable: true,
      evidence: { causation_id: 'e-4' },
      change: 'record the event that led to it first, or leave causation_id out',
    });
    expect(outcomeOf(RULE, at, causedBy('E-3'))).toBe('reject');
    expect(ask(RULE, at, causedBy('e-3'))).toMatchObject({
      outcome: 'allow',
      evidence: { causation_id: 'e-3' },
    });
    at.enter({ type: 'a.b' });
    expect(outcomeOf(RULE, at, causedBy('e-4'))).toBe('allow');
  });

  it('rejects an event that led to itself', () => {
    const brought = { type: 'a.b', author: { id: 'me', causation_id: 'me' } };
    expect(outcomeOf(RULE, house(), brought)).toBe('reject');
  });

  it('holds where none is named, and where the set does not ask', () => {
    expect(outcomeOf(RULE, house(), { type: 'a.b' })).toBe('allow');
    expect(outcomeOf(RULE, house(false), causedBy('never-was'))).toBe('allow');
  });

  it('only warns where the tool writes', () => {
    const asked = ask(RULE, house(), { ...causedBy('never-was'), type: 'ledger.verified' });
    expect([asked.outcome, asked.reason.endsWith(WARNS)]).toEqual(['warn', true]);
  });
});
