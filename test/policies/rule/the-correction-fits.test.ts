/**
 * The correction fits: what an event supersedes is here, may be corrected, and was not before.
 */
import { describe, expect, it } from 'vitest';
import { Gatehouse, setOf } from '../../../properties/model/gatehouse.ts';
import { WARNS, ask, outcomeOf } from './asked.ts';

const RULE = 'the-correction-fits';
const house = (corrections_exist = true): Gatehouse =>
  new Gatehouse(setOf({ references: { corrections_exist } }));
const correcting = (supersedes: string) => ({ type: 'a.b', author: { supersedes } });

describe(RULE, () => {
  it('rejects a correction of what is not here, and holds for one that is', () => {
    const at = house();
    expect(ask(RULE, at, correcting('never-was'))).toMatchObject({
      outcome: 'reject',
      reason: 'what it corrects is not in this ledger',
      overridable: true,
      evidence: { supersedes: 'never-was' },
      change: 'name the id of the event to be corrected',
    });
    const id = at.enter({ type: 'a.b' });
    expect(ask(RULE, at, correcting(id))).toMatchObject({
      outcome: 'allow',
      evidence: { supersedes: id },
    });
    expect(outcomeOf(RULE, at, { type: 'a.b' })).toBe('allow');
  });

  it('rejects a correction of itself', () => {
    const at = house();
    const brought = { type: 'a.b', author: { id: 'me', supersedes: 'me' } };
    expect(outcomeOf(RULE, at, brought)).toBe('reject');
  });

  it('rejects a correction of what governs, and names its type', () => {
    expect(ask(RULE, house(), correcting('e-1'))).toMatchObject({
      outcome: 'reject',
      reason: 'what it corrects is not corrected this way',
      overridable: true,
      evidence: { supersedes: 'e-1', type: 'key.enrolled' },
      change: 'use the command that changes what that event set',
    });
  });

  it('warns of a second correction, and names the first', () => {
    const at = house();
    const id = at.enter({ type: 'a.b' });
    const by = at.enter(correcting(id));
    expect(ask(RULE, at, correcting(id))).toMatchObject({
      outcome: 'warn',
      reason: 'what it corrects was corrected before',
      evidence: { supersedes: id, by },
      change: `correct what stands now: ${by}, or what corrects that in turn`,
    });
    expect(outcomeOf(RULE, at, correcting(by))).toBe('allow');
    const latest = at.enter(correcting(id));
    expect(ask(RULE, at, correcting(id)).evidence['by']).toBe(latest);
  });

  it('holds for any where the set does not ask', () => {
    expect(outcomeOf(RULE, house(false), correcting('never-was'))).toBe('allow');
    expect(outcomeOf(RULE, house(false), correcting('e-1'))).toBe('allow');
  });

  it('only warns where the tool writes', () => {
    const brought = { ...correcting('never-was'), type: 'ledger.verified' };
    expect(ask(RULE, house(), brought).reason).toContain(WARNS);
    expect(outcomeOf(RULE, house(), brought)).toBe('warn');
  });
});
