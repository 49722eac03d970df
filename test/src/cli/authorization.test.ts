/**
 * How an authorization stands at a moment: what a list shows is what a gate goes by.
 */
import { describe, expect, it } from 'vitest';
import type { Time } from '../../../ledger/name.ts';
import type { Authorization } from '../../../policies/state/authorization.ts';
import { stateAt } from '../../../src/cli/authorization.ts';

const at = (minute: number): Time => `2026-11-20T10:${minute}:00.000Z` as Time;

const scope = { not_before: at(10), expires_at: at(20), uses: 1 } as Authorization['scope'];
const given = { scope, used: [] } as unknown as Authorization;
const used = { ...given, used: [{}] } as unknown as Authorization;

describe('an authorization', () => {
  it('counts from its first moment on, and at its last no more', () => {
    const moments = ['09:59.999', '10:00.000', '19:59.999', '20:00.000'];
    expect(moments.map((each) => stateAt(given, `2026-11-20T10:${each}Z`))).toEqual([
      'not_yet_valid',
      'active',
      'active',
      'expired',
    ]);
  });

  it('is spent before anything is said of its time, and over where somebody said so', () => {
    expect([stateAt(used, at(15)), stateAt(used, at(25))]).toEqual(['spent', 'spent']);
    const over = { ...used, reviewedBy: 'e-1' } as unknown as Authorization;
    expect(stateAt(over, at(15))).toBe('reviewed');
    expect(stateAt({ ...over, revokedBy: over.reviewedBy ?? over.id }, at(15))).toBe('revoked');
  });
});
