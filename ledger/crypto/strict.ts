/**
 * What strict Ed25519 verification asks of the bytes before any equation is tried.
 *
 *     public key  32 bytes   y, little-endian, 255 bits | sign of x, 1 bit
 *     signature   64 bytes   R, encoded as a public key is | S, little-endian
 *
 * Both implementations call this first, so that they differ on no input:
 *   - S is below the group order L, else a signature could be altered and stay good;
 *   - y of the key and of R is below p = 2^255 - 19, so that a point has one encoding;
 *   - neither point is of small order, else one signature could fit many messages or keys.
 * What is left to them is the equation without cofactor, [S]B = R + [k]A, with k reduced modulo L.
 */
import { Point } from '@noble/ed25519';
import { parseHex } from '../encoding/hex.ts';

const littleEndian = (hex: string): Uint8Array => (parseHex(hex) ?? new Uint8Array()).toReversed();

const P = littleEndian('7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed');
const L = littleEndian('1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed');

/** The y of the eight points whose order divides 8: orders 4, 1, 2, 8 and 8. */
const SMALL_ORDER_Y = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000001',
  '7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec',
  '05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826',
  '7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7',
].map(littleEndian);

/** compare orders 32-byte little-endian numbers; `topMask` clears bits of a's last byte. */
const compare = (a: Uint8Array, at: number, b: Uint8Array, topMask: number): number => {
  for (let i = 31; i >= 0; i--) {
    const difference = ((a[at + i] ?? 0) & (i === 31 ? topMask : 255)) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};

const isGoodEncoding = (bytes: Uint8Array, at: number): boolean =>
  compare(bytes, at, P, 0x7f) < 0 && SMALL_ORDER_Y.every((y) => compare(bytes, at, y, 0x7f) !== 0);

/** isStrictInput says whether the key and the signature are of the one permitted form. */
export const isStrictInput = (publicKey: Uint8Array, signature: Uint8Array): boolean =>
  publicKey.length === 32 &&
  signature.length === 64 &&
  compare(signature, 32, L, 255) < 0 &&
  isGoodEncoding(publicKey, 0) &&
  isGoodEncoding(signature, 0);

/**
 * seedOf passes on a seed of 32 bytes. Any other length is a mistake of the caller's, which throws
 * alike whichever implementation is asked.
 */
export const seedOf = (bytes: Uint8Array): Uint8Array => {
  if (bytes.length !== 32) throw new RangeError(`a seed is 32 bytes, not ${bytes.length}`);
  return bytes;
};

/**
 * isPublicKey says whether 32 bytes are the canonical encoding of a curve point not of small order.
 */
export const isPublicKey = (bytes: Uint8Array): boolean => {
  if (bytes.length !== 32 || !isGoodEncoding(bytes, 0)) return false;
  try {
    Point.fromBytes(bytes);
    return true;
  } catch {
    return false;
  }
};
