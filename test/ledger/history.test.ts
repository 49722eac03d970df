/**
 * What a verifier remembers: ids that are nearly the same, more of them than a table first holds,
 * and positions far apart.
 */
import { describe, expect, it } from 'vitest';
import { memoryHistory } from '../../ledger/chain/history.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { native } from '../../ledger/crypto/native.ts';
import type { Digest, EventId, KeyId, Seq, Time } from '../../ledger/name.ts';

const KEY = new Uint8Array(32).fill(9);
const id = (text: string): EventId => text as EventId;
const at = (seq: number): Seq => seq as Seq;
const digest = (digits: string): Digest => digits.repeat(32) as Digest;

describe('claiming an id', () => {
  it('tells the position of whoever bore it first, from 0 on', () => {
    const { claimId } = memoryHistory(native, KEY);
    expect(claimId(id('a'), 0)).toBe(undefined);
    expect(claimId(id('b'), 1)).toBe(undefined);
    expect([claimId(id('a'), 2), claimId(id('b'), 3), claimId(id('a'), 4)]).toEqual([0, 1, 0]);
  });

  it('tells ids apart by their first character, their last and their length', () => {
    const { claimId } = memoryHistory(native, KEY);
    const ids = ['xbcd', 'abcd', 'abcx', 'abc', 'ab', 'a', 'b', 'c'.repeat(128), 'c'.repeat(127)];
    for (const [i, each] of ids.entries()) expect(claimId(id(each), i)).toBe(undefined);
    for (const [i, each] of ids.entries()) expect(claimId(id(each), 99)).toBe(i);
  });

  it('remembers a short id whatever longer one stood before it', () => {
    const { claimId } = memoryHistory(native, KEY);
    expect(claimId(id('a'), 0)).toBe(undefined);
    expect(claimId(id('zzzzzz'), 1)).toBe(undefined);
    expect(claimId(id('a'), 2)).toBe(0);
  });

  it('remembers each of five thousand', () => {
    const { claimId } = memoryHistory(native, KEY);
    for (let i = 0; i < 5000; i++) expect(claimId(id(`e-${i}`), i)).toBe(undefined);
    for (let i = 0; i < 5000; i++) expect(claimId(id(`e-${i}`), 1)).toBe(i);
  });

  it('remembers an id whose hash is nothing but zeros, whatever follows', () => {
    const crypto: Crypto = {
      ...native,
      sha256: (bytes) => (bytes.at(-1) === 0x7a ? new Uint8Array(32) : native.sha256(bytes)),
    };
    const { claimId } = memoryHistory(crypto, KEY);
    expect(claimId(id('z'), 7)).toBe(undefined);
    for (let i = 0; i < 1000; i++) expect(claimId(id(`e-${i}`), i)).toBe(undefined);
    expect(claimId(id('z'), 99)).toBe(7);
  });

  it('hashes the key, then the id, and nothing behind it', () => {
    const asked: string[] = [];
    const crypto: Crypto = {
      ...native,
      sha256: (bytes) => {
        asked.push(Buffer.from(bytes).toString('latin1'));
        return native.sha256(bytes);
      },
    };
    const { claimId } = memoryHistory(crypto, KEY);
    claimId(id('longer'), 0);
    claimId(id('id'), 1);
    const key = Buffer.from(KEY).toString('latin1');
    expect(asked).toEqual([`${key}longer`, `${key}id`]);
  });

  it('tells hashes apart by any bit of their first twelve bytes', () => {
    const crypto: Crypto = {
      ...native,
      sha256: (bytes) => {
        const bit = (bytes.at(-1) ?? 0) - 0x20;
        return new Uint8Array(32).with(Math.floor(bit / 8), 1 << (bit % 8));
      },
    };
    const { claimId } = memoryHistory(crypto, KEY);
    // The last id has none of these bits.
    const ids = Array.from({ length: 97 }, (_, bit) => id(String.fromCharCode(0x20 + bit)));
    for (const [i, each] of ids.entries()) expect(claimId(each, i)).toBe(undefined);
    for (const [i, each] of ids.entries()) expect(claimId(each, 99)).toBe(i);
  });

  it.each([0, 255])('finds a slot for many whose hash begins with %i', (byte) => {
    const crypto: Crypto = {
      ...native,
      sha256: (bytes) => new Uint8Array(32).fill(byte, 0, 4).with(7, bytes.at(-1) ?? 0),
    };
    const { claimId } = memoryHistory(crypto, KEY);
    const ids = Array.from('abcdefghijklmnopqrstuvwxyz', id);
    for (const [i, each] of ids.entries()) expect(claimId(each, i)).toBe(undefined);
    for (const [i, each] of ids.entries()) expect(claimId(each, 99)).toBe(i);
  });
});

describe('recording a line', () => {
  const { record, hashAt, isGoverning } = memoryHistory(native, KEY);
  const seqs = [0, 1, 255, 256, 257, 65_536, Number.MAX_SAFE_INTEGER];
  for (const [i, seq] of seqs.entries()) record(at(seq), digest(`a${i}`), i % 2 === 1);

  it('gives each hash back at its position, and whether its event governs', () => {
    for (const [i, seq] of seqs.entries()) {
      expect(hashAt(at(seq))).toBe(digest(`a${i}`));
      expect(isGoverning(at(seq))).toBe(i % 2 === 1);
    }
  });

  it('gives nothing at positions that were not recorded', () => {
    for (const seq of [2, 254, 258, 512, 65_535, 65_537]) {
      expect(hashAt(at(seq))).toBe(undefined);
      expect(isGoverning(at(seq))).toBe(false);
    }
  });

  it('remembers a hash of nothing but zeros', () => {
    record(at(3), digest('00'), false);
    expect(hashAt(at(3))).toBe(digest('00'));
  });
});

describe('notes of the history', () => {
  it('keeps what is withheld until it is erased', () => {
    const { withhold, erase, withheld } = memoryHistory(native, KEY);
    withhold(at(1), digest('a1'));
    withhold(at(2), digest('a2'));
    erase(at(1));
    expect([...withheld()]).toEqual([[2, digest('a2')]]);
  });

  it('keeps authorisations and the latest use of a key', () => {
    const { authorize, isAuthorized, use, lastUse } = memoryHistory(native, KEY);
    authorize(id('a'));
    expect([isAuthorized(id('a')), isAuthorized(id('b'))]).toEqual([true, false]);
    const key = 'alice+00000000' as KeyId;
    expect(lastUse(key)).toBe(undefined);
    use(key, '2026-01-01T00:00:00.000Z' as Time);
    use(key, '2026-01-02T00:00:00.000Z' as Time);
    expect(lastUse(key)).toBe('2026-01-02T00:00:00.000Z');
  });
});

describe('the memory of a history', () => {
  it('grows by less than 150 bytes with an event', () => {
    const events = 10_000;
    const before = process.memoryUsage().arrayBuffers;
    const history = memoryHistory(native, KEY);
    for (let i = 0; i < events; i++) {
      history.claimId(id(`e-${i}`), i);
      history.record(at(i), digest('ab'), false);
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(150 * events);
    expect(history.hashAt(at(events - 1))).toBe(digest('ab'));
  });
});

describe('the latest use of a key', () => {
  it('is the greatest time of all, whichever came last', () => {
    const { use, lastUse } = memoryHistory(native, KEY);
    const key = 'alice+00000000' as KeyId;
    for (const time of ['2026-01-02', '2026-01-03', '2026-01-01'])
      use(key, `${time}T00:00:00.000Z` as Time);
    expect(lastUse(key)).toBe('2026-01-03T00:00:00.000Z');
  });
});
