/**
 * The hashes of an event: they depend on what they are given, and on nothing hashed before.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { hashPayload } from '../../ledger/event/hash.ts';

describe('the hash of a payload', () => {
  it.each([0, 15, 17, 32])('with a salt of %i bytes stops the caller', (length) => {
    const hash = () => hashPayload(native, new Uint8Array(length), encodeUtf8('{}'));
    expect(hash).toThrow(new RangeError(`a salt is 16 bytes, not ${length}`));
  });
});
