/**
 * Both implementations of cryptography where a caller is mistaken, and what they keep of a key.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { noble } from '../../ledger/crypto/noble.ts';

const MESSAGE = Uint8Array.of(1, 2, 3);
const seed = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

describe.each([
  ['native', native],
  ['noble', noble],
])('%s as it is asked', (_, crypto) => {
  it.each([0, 1, 31, 33, 64])('throws for a seed of %i bytes, whose mistake it is', (length) => {
    const words = `a seed is 32 bytes, not ${length}`;
    expect(() => crypto.publicKey(new Uint8Array(length))).toThrow(new RangeError(words));
    expect(() => crypto.sign(new Uint8Array(length), MESSAGE)).toThrow(new RangeError(words));
  });

  it('judges by the bytes that a key holds now, not by those it held before', () => {
    const key = crypto.publicKey(seed(1)).slice();
    const other = crypto.publicKey(seed(2));
    const signature = crypto.sign(seed(1), MESSAGE);
    expect(crypto.verify(key, MESSAGE, signature)).toBe(true);
    key.set(other);
    expect(crypto.verify(key, MESSAGE, signature)).toBe(false);
    expect(crypto.verify(key, MESSAGE, crypto.sign(seed(2), MESSAGE))).toBe(true);
  });

  it('signs by the bytes that a seed holds now', () => {
    const secret = seed(1);
    const [first, second] = [crypto.sign(seed(1), MESSAGE), crypto.sign(seed(2), MESSAGE)];
    expect(crypto.sign(secret, MESSAGE)).toEqual(first);
    secret.fill(2);
    expect(crypto.sign(secret, MESSAGE)).toEqual(second);
    expect(crypto.publicKey(secret)).toEqual(crypto.publicKey(seed(2)));
  });
});
