/**
 * How an authorization stands at a moment: what a list shows is what a gate goes by.
 */
import { describe, expect, it } from 'vitest';
import type { KeyRecord } from '../../../ledger/chain/keyring.ts';
import type { EventId, KeyId, Time } from '../../../ledger/name.ts';
import type { Authorization } from '../../../policies/state/authorization.ts';
import { stateAt } from '../../../src/cli/authorization.ts';

const at = (time: string): Time => `2026-11-20T10:${time}Z` as Time;

const issuer = 'alice+00000000' as KeyId;
const operator = { tier: 'operator' } as unknown as KeyRecord;

const scope = { not_before: at('10:00.000'), expires_at: at('20:00.000'), uses: 1 };
const given = { issuer, at: at('05:00.000'), scope, used: [] } as unknown as Authorization;
const used = { ...given, used: [{}] } as unknown as Authorization;

const state = (authorization: Authorization, time: string, record = operator) => {
  const keyring = { byId: new Map([[issuer, record]]), publicKeys: new Set<string>() };
  return stateAt(authorization, { now: at(time), keyring });
};

describe('an authorization', () => {
  it('counts from its first moment on, and at its last no more', () => {
    const moments = ['09:59.999', '10:00.000', '19:59.999', '20:00.000'];
    expect(moments.map((each) => state(given, each))).toEqual([
      'not_yet_valid',
      'active',
      'active',
      'expired',
    ]);
  });

  it('is spent before anything is said of its time, and over where somebody said so', () => {
    const moments = ['05:00.000', '15:00.000', '25:00.000'];
    expect(moments.map((each) => state(used, each))).toEqual(['spent', 'spent', 'spent']);
    const [reviewedBy, revokedBy] = ['e-1', 'e-2'] as readonly string[] as readonly EventId[];
    const over = { ...used, reviewedBy } as Authorization;
    expect(state(over, '15:00.000')).toBe('reviewed');
    expect(state({ ...over, revokedBy } as Authorization, '15:00.000')).toBe('revoked');
  });
});
