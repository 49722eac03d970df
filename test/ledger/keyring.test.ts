/**
 * Which log keys may sign a checkpoint of which size.
 */
import { describe, expect, it } from 'vitest';
import type { KeyRecord } from '../../ledger/chain/keyring.ts';
import { NO_KEYS, logKeysAt, put } from '../../ledger/chain/keyring.ts';
import type { Seq } from '../../ledger/name.ts';
import { ALICE, LOG } from '../build/ledger.ts';

const record = (enrolledAt: number, ended: Partial<Record<'retiredAt' | 'revokedAt', number>>) =>
  ({ key: LOG, tier: 'verified', purpose: 'log', enrolledAt, ...ended }) as unknown as KeyRecord;

const SIZES = [0, 1, 2, 3, 4];

describe('a log key', () => {
  it.each<readonly [KeyRecord, readonly number[]]>([
    [record(0, {}), [0, 1, 2, 3, 4]],
    [record(1, {}), [2, 3, 4]],
    [record(3, {}), [4]],
    [record(0, { retiredAt: 1 }), [0, 1]],
    [record(0, { revokedAt: 2 }), [0, 1, 2]],
    [record(1, { retiredAt: 2 }), [2]],
    [record(1, { retiredAt: 2, revokedAt: 3 }), [2]],
  ])('such as %j may sign checkpoints of the sizes %j', (each, sizes) => {
    const keyring = put(NO_KEYS, each);
    expect(SIZES.filter((size) => logKeysAt(keyring, size).includes(each.key))).toEqual(sizes);
  });

  it('is one of purpose log alone', () => {
    const author: KeyRecord = {
      key: ALICE,
      tier: 'operator',
      purpose: 'author',
      enrolledAt: 0 as Seq,
    };
    const keyring = put(put(NO_KEYS, author), record(0, {}));
    expect(logKeysAt(keyring, 4).map(({ keyId }) => keyId)).toEqual([LOG.keyId]);
  });
});
