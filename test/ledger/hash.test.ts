/**
 * The hashes of an event: they depend on what they are given, and on nothing hashed before.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { hashHeader, hashHeaderText, hashPayload } from '../../ledger/event/hash.ts';

describe('the hash of a payload', () => {
  it.each([0, 15, 17, 32])('with a salt of %i bytes stops the caller', (length) => {
    const hash = () => hashPayload(native, new Uint8Array(length), encodeUtf8('{}'));
    expect(hash).toThrow(new RangeError(`a salt is 16 bytes, not ${length}`));
  });
});

describe('the hash of a header', () => {
  it.each([0, 1, 16_384, 21_845, 65_535, 65_536, 100_000])(
    'of %i characters is the same as text and as bytes',
    (length) => {
      for (const text of ['a', 'é', '€'].map((letter) => letter.repeat(length))) {
        const bytes = encodeUtf8(text);
        const hash = native.digest(Buffer.concat([Uint8Array.of(0), bytes]));
        expect(hashHeaderText(native, text)).toEqual({ hash, length: bytes.length });
        const within = Buffer.concat([Uint8Array.of(7), bytes, Uint8Array.of(7)]);
        expect(hashHeader(native, within, 1, 1 + bytes.length)).toBe(hash);
      }
    },
  );
});
