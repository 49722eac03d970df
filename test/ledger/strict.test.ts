/**
 * Keys and signatures at the bounds of what strict verification lets pass, before any equation.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { noble } from '../../ledger/crypto/noble.ts';
import { isPublicKey, isStrictInput } from '../../ledger/crypto/strict.ts';
import { ALICE, BOB } from '../build/ledger.ts';

/** 2^255 - 19, and the order of the base point. */
const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n;

const littleEndian = (value: bigint): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));

const SIGN = 2n ** 255n;
const SMALL = [0n, 1n, P - 1n].concat(
  [
    '05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826',
    '7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7',
  ].map((digits) => BigInt(`0x${digits}`)),
);

const isStrict = (key: bigint, r: bigint, s: bigint): boolean =>
  isStrictInput(littleEndian(key), Uint8Array.of(...littleEndian(r), ...littleEndian(s)));

describe('the strict form of a key and a signature', () => {
  it('has an S below the order of the base point', () => {
    for (const s of [0n, 1n, L - 1n]) expect(isStrict(3n, 3n, s)).toBe(true);
    for (const s of [L, L + 1n, 2n ** 255n, 2n ** 256n - 1n])
      expect(isStrict(3n, 3n, s)).toBe(false);
  });

  it('has a y below p, of the key and of R, whatever the sign', () => {
    for (const sign of [0n, SIGN]) {
      for (const y of [2n, P - 2n])
        expect([isStrict(sign + y, 3n, 1n), isStrict(3n, sign + y, 1n)]).toEqual([true, true]);
      for (const y of [P, P + 1n, P + 18n])
        expect([isStrict(sign + y, 3n, 1n), isStrict(3n, sign + y, 1n)]).toEqual([false, false]);
    }
  });

  it('has no point of small order, whatever the sign', () => {
    for (const y of SMALL.flatMap((each) => [each, SIGN + each]))
      expect([isStrict(y, 3n, 1n), isStrict(3n, y, 1n)]).toEqual([false, false]);
  });

  it('is of 32 bytes and of 64', () => {
    const [key, signature] = [littleEndian(3n), Uint8Array.of(...littleEndian(3n), 1)];
    const of = (length: number): Uint8Array =>
      Uint8Array.from({ length }, (_, i) => signature[i] ?? 0);
    expect(isStrictInput(key, of(64))).toBe(true);
    for (const length of [0, 63, 65]) expect(isStrictInput(key, of(length))).toBe(false);
    for (const each of [key.subarray(1), Uint8Array.of(...key, 0)])
      expect(isStrictInput(each, of(64))).toBe(false);
  });
});

const power = (base: bigint, exponent: bigint): bigint => {
  if (exponent === 0n) return 1n;
  const half = power((base * base) % P, exponent / 2n);
  return exponent % 2n === 0n ? half : (half * base) % P;
};

/** Euler's criterion for x^2 = (y^2 - 1) / (d y^2 + 1), with d = -121665 / 121666. */
const hasX = (y: bigint): boolean => {
  const d = (-121_665n * power(121_666n, P - 2n)) % P;
  const square = ((y * y - 1n) * (d * y * y + 1n)) % P;
  return power((square + P) % P, (P - 1n) / 2n) === 1n;
};

describe.each([
  ['native', native],
  ['noble', noble],
])('bytes that change under %s', (_, crypto) => {
  it('are another seed and another key', () => {
    const [message, seed] = [Uint8Array.of(1), ALICE.seed.slice()];
    const key = crypto.publicKey(seed);
    const signature = crypto.sign(seed, message);
    expect(crypto.verify(key, message, signature)).toBe(true);
    seed.set(BOB.seed);
    key.set(BOB.publicKey);
    expect(crypto.verify(key, message, signature)).toBe(false);
    expect(crypto.sign(seed, message)).toEqual(native.sign(BOB.seed, message));
    expect(crypto.publicKey(seed)).toEqual(BOB.publicKey);
  });
});

describe('a public key', () => {
  it('is a point of the curve, canonically encoded and not of small order', () => {
    expect(isPublicKey(ALICE.publicKey)).toBe(true);
    expect(isPublicKey(ALICE.publicKey.subarray(1))).toBe(false);
    for (const y of [...SMALL, P, P + 3n]) expect(isPublicKey(littleEndian(y))).toBe(false);
  });

  it('is none where no x satisfies the equation of the curve', () => {
    const ys = Array.from({ length: 30 }, (_, i) => BigInt(i + 2));
    const are = ys.map((y) => isPublicKey(littleEndian(y)));
    expect(are).toEqual(ys.map(hasX));
    expect([are[0], are[1]]).toEqual([false, true]);
  });
});
