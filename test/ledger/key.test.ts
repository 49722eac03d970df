/**
 * Keys as text: what each refusal of a verifier's or a signer's key says.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { formatBase64 } from '../../ledger/encoding/base64.ts';
import type { KeyReason } from '../../ledger/key/key.ts';
import { formatSkey, formatVkey, parseSkey, parseVkey, signerOf } from '../../ledger/key/key.ts';
import { ALICE, BOB, right } from '../build/ledger.ts';

const refused = (reason: KeyReason) => E.left({ _tag: 'KeyRefused', reason });
const encoded = (algorithm: number, bytes: Uint8Array): string =>
  formatBase64(Uint8Array.of(algorithm, ...bytes));
const PUBLIC = ALICE.publicKey;
const ID = ALICE.keyId;
const OTHER_ID = `alice+${BOB.keyId.slice(-8)}`;

describe("a verifier's key", () => {
  it.each<readonly [string, KeyReason]>([
    ['', 'bad_form'],
    [ID, 'bad_form'],
    [`x\n+alice+c9c082b4+AA==`, 'bad_form'],
    [`alice+C9C082B4+${encoded(1, PUBLIC)}`, 'bad_form'],
    [`a b+${ID.slice(-8)}+${encoded(1, PUBLIC)}`, 'bad_name'],
    [`${ID}+`, 'bad_base64'],
    [`${ID}+${encoded(1, PUBLIC)}=`, 'bad_base64'],
    [`${ID}+${encoded(2, PUBLIC)}`, 'unknown_algorithm'],
    [`${ID}+${encoded(1, PUBLIC.subarray(1))}`, 'bad_length'],
    [`${ID}+${encoded(1, Uint8Array.of(...PUBLIC, 0))}`, 'bad_length'],
    [`${ID}+${encoded(1, new Uint8Array(32))}`, 'bad_public_key'],
    [`${OTHER_ID}+${encoded(1, PUBLIC)}`, 'id_mismatch'],
  ])('%j is refused as %s', (text, reason) => {
    expect(parseVkey(native, text)).toEqual(refused(reason));
  });

  it('is read as it was written, without the seed', () => {
    const { seed: _seed, ...key } = ALICE;
    expect(right(parseVkey(native, formatVkey(ALICE)))).toEqual(key);
  });
});

describe("a signer's key", () => {
  it.each<readonly [string, KeyReason]>([
    [formatVkey(ALICE), 'bad_form'],
    [formatSkey(ALICE).slice(1), 'bad_form'],
    ['PRIVATE+KEY+alice', 'bad_form'],
    [`PRIVATE+KEY+${ID}+${encoded(1, new Uint8Array(31))}`, 'bad_length'],
    [`PRIVATE+KEY+${OTHER_ID}+${encoded(1, ALICE.seed)}`, 'id_mismatch'],
  ])('%j is refused as %s', (text, reason) => {
    expect(parseSkey(native, text)).toEqual(refused(reason));
  });

  it('is read as it was written', () => {
    expect(right(parseSkey(native, formatSkey(ALICE)))).toEqual(ALICE);
  });

  it('is made of exactly 32 bytes', () => {
    for (const length of [0, 31, 33])
      expect(signerOf(native, ALICE.name, new Uint8Array(length))).toEqual(refused('bad_length'));
    expect(right(signerOf(native, ALICE.name, ALICE.seed))).toEqual(ALICE);
  });
});
