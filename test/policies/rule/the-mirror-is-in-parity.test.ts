/**
 * The mirror is in parity: journal and mirror end with the same event, the one before this.
 */
import { describe, expect, it } from 'vitest';
import type { Digest, Seq } from '../../../ledger/name.ts';
import type { View } from '../../../policies/view.ts';
import { ALICE, Gatehouse } from '../../../properties/model/gatehouse.ts';
import { ask, askOf } from './asked.ts';

const RULE = 'the-mirror-is-in-parity';
const OTHER = 'ab'.repeat(32) as Digest;

const parted = (change: (view: View) => Partial<View>, type = 'a.b') => {
  const house = new Gatehouse();
  const { view } = house;
  const proposal = house.propose({ type, by: ALICE });
  return askOf(RULE, house, proposal, { ...view, ...change(view) });
};

const CASES: readonly (readonly [string, (view: View) => Partial<View>])[] = [
  ['the mirror is behind', ({ mirror }) => ({ mirror: { ...mirror, size: mirror.size - 1 } })],
  ['the mirror is ahead', ({ mirror }) => ({ mirror: { ...mirror, size: mirror.size + 1 } })],
  ['the mirror has another head', ({ mirror }) => ({ mirror: { ...mirror, head: OTHER } })],
  ['the journal has another head', ({ journal }) => ({ journal: { ...journal, head: OTHER } })],
  ['both end before it', ({ seq }) => ({ seq: (seq + 1) as Seq })],
  ['both end behind it', ({ seq }) => ({ seq: (seq - 1) as Seq })],
];

describe(RULE, () => {
  it('holds where both end alike, right before this', () => {
    expect(parted(() => ({})).outcome).toBe('allow');
  });

  it.each(CASES)('forbids an event where %s, and tells both ends', (_, change) => {
    const { view } = new Gatehouse();
    const { journal, mirror } = { ...view, ...change(view) };
    expect(parted(change)).toMatchObject({
      outcome: 'reject',
      reason: 'journal and mirror do not end alike',
      overridable: false,
      evidence: { journal, mirror },
      change: 'let the mirror be rebuilt: ledger replay',
    });
    expect(parted(change, 'key.retired').outcome).toBe('reject');
    expect(parted(change, 'policy.adopted').outcome).toBe('reject');
  });

  it.each(CASES)('lets the tool say what it did where %s', (_, change) => {
    expect(parted(change, 'ledger.recovered').outcome).toBe('allow');
    expect(parted(change, 'policy.refused').outcome).toBe('allow');
  });

  it('is judged by what the view says now', () => {
    const house = new Gatehouse();
    house.enter({ type: 'a.b' });
    expect(ask(RULE, house, { type: 'a.b' }).outcome).toBe('allow');
  });
});
