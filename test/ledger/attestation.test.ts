/**
 * Attestations: a signature of one claim, by the key that it names.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { formatBase64 } from '../../ledger/encoding/base64.ts';
import { attest, isAttestedBy } from '../../ledger/event/attestation.ts';
import { draftOf } from '../../ledger/event/draft.ts';
import type { Meaning } from '../../ledger/name.ts';
import { ALICE, BOB, ORIGIN, right, timeOf } from '../build/ledger.ts';

describe('an attestation', () => {
  const { claim } = right(
    draftOf(native, {
      event_type: 'note.taken',
      id: 'e-1',
      ledger: ORIGIN,
      observed_at: timeOf(0),
      payload: {},
      salt: '00'.repeat(16),
      source: { kind: 'tool', name: 'test' },
    }),
  );
  const sign = (signer: typeof ALICE) =>
    attest(native, signer, claim, 'authored' as Meaning, timeOf(0));

  it('is by the key that it names and that signed it', () => {
    expect(isAttestedBy(native, ALICE, sign(ALICE), claim)).toBe(true);
    expect(isAttestedBy(native, BOB, sign(ALICE), claim)).toBe(false);
    const misnamed = sign({ ...ALICE, keyId: BOB.keyId });
    expect(isAttestedBy(native, ALICE, misnamed, claim)).toBe(false);
    expect(isAttestedBy(native, BOB, misnamed, claim)).toBe(false);
  });

  it('is of no other event, ledger, meaning or time', () => {
    const signed = sign(ALICE);
    const others: readonly (readonly [object, object])[] = [
      [{}, { id: 'e-2' }],
      [{}, { ledger: 'example.com/another' }],
      [{}, { payload_hash: 'ab'.repeat(32) }],
      [{}, { seen: { event_hash: 'ab'.repeat(32), seq: 0 } }],
      [{ meaning: 'approved' }, {}],
      [{ signed_at: timeOf(1) }, {}],
    ];
    for (const [attestation, altered] of others) {
      const moved = { ...signed, ...attestation };
      expect(isAttestedBy(native, ALICE, moved, { ...claim, ...altered })).toBe(false);
    }
    expect(isAttestedBy(native, ALICE, signed, { ...claim })).toBe(true);
  });

  it('is by nobody where the signature is no base64, or of another length', () => {
    for (const signature of ['', '*', formatBase64(new Uint8Array(63))])
      expect(isAttestedBy(native, ALICE, { ...sign(ALICE), signature }, claim)).toBe(false);
  });
});
