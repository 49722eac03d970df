/**
 * A keyring: what was enrolled once is never enrolled again, by its id or by its public key.
 */
import { describe, expect, it } from 'vitest';
import type { KeyRecord } from '../../ledger/chain/keyring.ts';
import { NO_KEYS, put, wasEnrolled } from '../../ledger/chain/keyring.ts';
import type { Key } from '../../ledger/key/key.ts';
import type { Seq } from '../../ledger/name.ts';
import { ALICE, BOB } from '../build/ledger.ts';

const { name, keyId, publicKey }: Key = ALICE;
const record: KeyRecord = {
  key: { name, keyId, publicKey },
  tier: 'verified',
  purpose: 'author',
  enrolledAt: 1 as Seq,
};
const keyring = put(NO_KEYS, record);

describe('a key that was enrolled', () => {
  it('is known by its id, whatever the public key behind it is', () => {
    expect(wasEnrolled(keyring, { ...ALICE, publicKey: BOB.publicKey })).toBe(true);
  });

  it('is known by its public key, whatever the id before it is', () => {
    expect(wasEnrolled(keyring, { ...BOB, publicKey: ALICE.publicKey.slice() })).toBe(true);
  });

  it('is known after it was ended, and no other is', () => {
    const ended = put(keyring, { ...record, revokedAt: 2 as Seq });
    expect([wasEnrolled(ended, ALICE), wasEnrolled(ended, BOB)]).toEqual([true, false]);
    expect(wasEnrolled(NO_KEYS, ALICE)).toBe(false);
  });
});
