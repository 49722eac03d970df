/**
 * The author's signature. The author signs what the author knows, the claim: the header without
 * `attestation`, `policy`, `prev_event_hash`, `recorded_at` and `seq`. The bytes signed are
 *
 *     "ledger/attestation/1\n" key_id "\n" signed_at "\n" meaning "\n" canonical-claim
 */
import type { Crypto } from '../crypto/port.ts';
import { formatBase64, parseBase64 } from '../encoding/base64.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { write } from '../json/format.ts';
import type { Json } from '../json/value.ts';
import type { Key, Signer } from '../key/key.ts';
import type { KeyId, Meaning, Time } from '../name.ts';
import type { Attestation, Claim, Header } from './header.ts';

/** messageOf gives the bytes that are signed. */
export const messageOf = (
  keyId: KeyId,
  signedAt: Time,
  meaning: Meaning,
  claim: Claim,
): Uint8Array =>
  encodeUtf8(
    `ledger/attestation/1\n${keyId}\n${signedAt}\n${meaning}\n${write(claim as unknown as Json)}`,
  );

/** claimOf takes off a header what the author did not know. */
export const claimOf = (header: Header): Claim => {
  const {
    attestation: _attestation,
    policy: _policy,
    prev_event_hash: _prev,
    recorded_at: _recordedAt,
    seq: _seq,
    ...claim
  } = header;
  return claim;
};

/** attest signs a claim. */
export const attest = (
  crypto: Crypto,
  signer: Signer,
  claim: Claim,
  meaning: Meaning,
  signedAt: Time,
): Attestation => {
  const message = messageOf(signer.keyId, signedAt, meaning, claim);
  return {
    key_id: signer.keyId,
    meaning,
    signature: formatBase64(crypto.sign(signer.seed, message)),
    signed_at: signedAt,
  };
};

/** isAttestedBy says whether the attestation is a signature of the claim by the key. */
export const isAttestedBy = (
  crypto: Crypto,
  key: Key,
  attestation: Attestation,
  claim: Claim,
): boolean => {
  const { key_id: keyId, signed_at: signedAt, meaning, signature } = attestation;
  const bytes = parseBase64(signature);
  if (keyId !== key.keyId || bytes === undefined) return false;
  return crypto.verify(key.publicKey, messageOf(keyId, signedAt, meaning, claim), bytes);
};
