/**
 * Replaying a history: what was sealed is decided again to the byte, and what was altered is
 * noticed.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import type { Policy } from '../../ledger/event/header.ts';
import { write } from '../../ledger/json/format.ts';
import type { Json } from '../../ledger/json/value.ts';
import type { Digest, RuleId } from '../../ledger/name.ts';
import { replay } from '../../policies/explain/replay.ts';
import { summarize } from '../../policies/explain/summary.ts';
import { sealOf } from '../../policies/gate/decision.ts';
import { proposeAgain } from '../../policies/proposal.ts';
import type { Recorded } from '../../policies/state/past.ts';
import { FORCED, OPEN, STRICT, WARNED, altered, history, resealed } from './history.ts';

const differing = (events: readonly Recorded[]): readonly number[] =>
  [...replay(native, events, OPEN)].filter(({ isSame }) => isSame !== true).map(({ seq }) => seq);

describe('a replay under the sets then in force', () => {
  it('seals every decision again, byte for byte', () => {
    const { recorded } = history();
    const again = [...replay(native, recorded, OPEN)];
    expect(again.map(({ isSame }) => isSame)).toEqual(recorded.map(() => true));
    for (const [i, { header }] of recorded.entries()) {
      const judged = again[i]?.again;
      const sealed = judged === undefined ? undefined : sealOf(judged);
      expect(write((sealed ?? null) as unknown as Json)).toBe(
        write(header.policy as unknown as Json),
      );
    }
    expect(recorded[WARNED]?.header.policy.outcome).toBe('warn');
    expect(recorded[FORCED]?.header.policy.outcome).toBe('break_glass');
  });

  it('gives back what was proposed', () => {
    const [, , , , event] = history().recorded;
    if (event === undefined) throw new Error('there is one');
    expect(proposeAgain('append', event)).toMatchObject({ payload: {}, payloadText: '{}' });
    expect(proposeAgain('append', { ...event, payload: undefined })).toBeUndefined();
  });

  it.each<readonly [string, number, Partial<Policy>]>([
    [
      'a warning made of nothing',
      4,
      { outcome: 'warn', contributing: ['agents-are-watched' as RuleId] },
    ],
    ['a broken glass that was none', 6, { outcome: 'break_glass', contributing: ['x' as RuleId] }],
    ['another rule', WARNED, { contributing: ['the-cause-exists' as RuleId] }],
    ['one rule more', FORCED, { contributing: ['a' as RuleId, 'the-tier-is-enough' as RuleId] }],
    ['another set', 5, { policy_set: 'ab'.repeat(32) as Digest }],
  ])('notices %s at the event where it stands', (_, seq, policy) => {
    expect(differing(resealed(seq, policy))).toEqual([seq]);
    expect(differing(history().recorded)).toEqual([]);
  });

  it('notices a refusal that was sealed as let in', () => {
    const unsigned = altered(
      12,
      ({ header: { attestation: _attestation, ...header }, ...rest }) => ({
        ...rest,
        header,
      }),
    );
    const last = [...replay(native, unsigned, OPEN)].at(-1);
    expect(last).toMatchObject({ isSame: false, again: { outcome: 'reject' } });
  });

  it('does not judge what was withheld, and goes on behind it', () => {
    const withheld = altered(5, (event) => ({ ...event, payload: undefined }));
    const judged = [...replay(native, withheld, OPEN, STRICT)];
    expect(judged[5]).toEqual({
      seq: 5,
      type: 'a.b',
      sealed: { outcome: 'allow', policy_set: OPEN.digest },
      again: undefined,
      isSame: undefined,
      other: undefined,
      isSeen: false,
    });
    expect(judged.filter(({ isSame }) => isSame !== true)).toHaveLength(1);
    expect(summarize(judged)).toMatchObject({
      events: 13,
      same: 9,
      unjudged: 1,
      altered: { count: 0, first: [] },
    });
  });
});
