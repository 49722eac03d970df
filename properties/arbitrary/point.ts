/**
 * Points, keys and signatures as an attacker would choose them: of small order, of mixed order, not
 * canonically encoded, on no curve, of no fitting length.
 */
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { Point } from '@noble/ed25519';
import { bytes, edited, edits } from './bytes.ts';
import { signer } from './key.ts';
import { native } from '../../ledger/crypto/native.ts';

const P = 2n ** 255n - 19n;
const ORDER = Point.CURVE().n;

const littleEndian = (value: bigint): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));

const valueOf = (digits: Uint8Array): bigint =>
  BigInt(`0x${Buffer.from(digits.toReversed()).toString('hex')}`);

/** A point of order 8; its multiples are all eight of small order. */
const EIGHTH = Point.fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a');
const SMALL = Array.from({ length: 8 }, (_, n) => EIGHTH.multiply(BigInt(n), false));

const smallY = SMALL.map((point) => valueOf(point.toBytes()) & (2n ** 255n - 1n));
const encodings = [...smallY, ...smallY.map((y) => y + P), 2n, P - 1n, P, P + 1n, 2n ** 255n - 1n]
  .filter((y) => y < 2n ** 255n)
  .flatMap((y) => [y, y + 2n ** 255n])
  .map(littleEndian);

/** 32 bytes that a key or the first half of a signature might be, or not even that. */
export const nearlyPoint: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.constantFrom(...encodings),
  signer.map(({ publicKey }) => publicKey),
  fc.uint8Array({ minLength: 32, maxLength: 32 }),
  fc.tuple(signer, edits).map(([{ publicKey }, changes]) => edited(publicKey, changes)),
  bytes,
);

const scalar = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
  fc.bigInt({ min: 0n, max: 3n }).map((n) => n * ORDER),
  fc.bigInt({ min: 0n, max: 9n }),
);

export const nearlySignature: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.tuple(nearlyPoint, scalar).map(([r, s]) => Uint8Array.of(...r, ...littleEndian(s))),
  fc.tuple(signer, bytes).map(([{ seed }, message]) => native.sign(seed, message)),
  bytes,
);

const mixed = (scalarOf: bigint, part: number): Uint8Array =>
  Point.BASE.multiply(scalarOf, false)
    .add(SMALL[part] ?? Point.ZERO)
    .toBytes();

export interface MixedOrder {
  readonly key: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  readonly isGood: boolean;
}

/**
 * Signatures by A = aB + mT and R = rB + nT, T of order 8, with S = r + ka. Without cofactor the
 * equation asks for n + km = 0 modulo 8; with it, all of them would be good. Where a or r is 0 the
 * point is of small order, and refused whatever the equation says.
 */
export const mixedOrder: fc.Arbitrary<MixedOrder> = fc
  .record({
    a: fc.oneof(fc.constant(0n), fc.bigInt({ min: 1n, max: ORDER - 1n })),
    r: fc.oneof(fc.constant(0n), fc.bigInt({ min: 1n, max: ORDER - 1n })),
    m: fc.nat(7),
    n: fc.nat(7),
    message: bytes,
  })
  .map(({ a, r, m, n, message }) => {
    const key = mixed(a, m);
    const commitment = mixed(r, n);
    const input = Buffer.concat([commitment, key, message]);
    const k = valueOf(createHash('sha512').update(input).digest()) % ORDER;
    const s = littleEndian((r + k * a) % ORDER);
    const isGood = a > 0n && r > 0n && (BigInt(n) + k * BigInt(m)) % 8n === 0n;
    return { key, message, signature: Uint8Array.of(...commitment, ...s), isGood };
  });
