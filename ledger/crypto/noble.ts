/**
 * Cryptography by @noble/hashes and @noble/ed25519: plain JavaScript, the same wherever JavaScript
 * runs. The library's own `verify` checks the cofactored equation; this one checks the equation
 * without.
 */
import * as ed25519 from '@noble/ed25519';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { formatHex } from '../encoding/hex.ts';
import type { Digest } from '../name.ts';
import type { Crypto } from './port.ts';
import { isStrictInput, seedOf } from './strict.ts';

ed25519.hashes.sha512 = sha512;

const ORDER = ed25519.Point.CURVE().n;

const littleEndian = (bytes: Uint8Array): bigint => {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return value;
};

/** The point R' = [S]B - [k]A, encoded. It equals R exactly where the signature is good. */
const expectedR = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => {
  const a = ed25519.Point.fromBytes(publicKey);
  const hash = sha512.create();
  const digest = hash.update(signature.subarray(0, 32)).update(publicKey).update(message).digest();
  const k = littleEndian(digest) % ORDER;
  const s = littleEndian(signature.subarray(32));
  return ed25519.Point.BASE.multiply(s, false).subtract(a.multiply(k, false)).toBytes();
};

const equation = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean => {
  try {
    return expectedR(publicKey, message, signature).every((byte, i) => byte === signature[i]);
  } catch {
    return false; // the key is the encoding of no point
  }
};

export const noble: Crypto = {
  sha256: (bytes) => sha256(bytes),
  sha256Into: (bytes, target, at) => target.set(sha256(bytes), at),
  digest: (bytes) => formatHex(sha256(bytes)) as Digest,
  publicKey: (seed) => ed25519.getPublicKey(seedOf(seed)),
  sign: (seed, message) => ed25519.sign(message, seedOf(seed)),
  verify: (publicKey, message, signature) =>
    isStrictInput(publicKey, signature) && equation(publicKey, message, signature),
};
