/**
 * Laws of cryptography: two implementations give one answer to every input, hostile ones first.
 */
import fc from 'fast-check';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { isPublicKey, isStrictInput } from '../../ledger/crypto/strict.ts';
import { bytes, flipped, isSame } from '../arbitrary/bytes.ts';
import { seed, signer } from '../arbitrary/key.ts';
import { mixedOrder, nearlyPoint, nearlySignature } from '../arbitrary/point.ts';

export type Pair = readonly [Crypto, Crypto];

export const hashesAgree = ([a, b]: Pair) =>
  fc.property(fc.uint8Array({ maxLength: 300 }), (message) => {
    const hash = a.sha256(message);
    const isOne = isSame(hash, b.sha256(message)) && a.digest(message) === b.digest(message);
    return isOne && hash.length === 32 && Buffer.from(hash).toString('hex') === a.digest(message);
  });

/** Put where it is wanted, a hash is the same, and what stands around it stays as it was. */
export const putsTheHashInItsPlace = (crypto: Crypto) =>
  fc.property(bytes, fc.nat(40), (message, at) => {
    const target = new Uint8Array(at + 40).fill(0xa5);
    crypto.sha256Into(message, target, at);
    const [before, hash, behind] = [0, at, at + 32].map((from, i) =>
      target.subarray(from, [at, at + 32][i]),
    );
    const isAlone = [...(before ?? []), ...(behind ?? [])].every((byte) => byte === 0xa5);
    return isAlone && isSame(hash ?? target, crypto.sha256(message));
  });

export const signaturesAgree = ([a, b]: Pair) =>
  fc.property(seed, bytes, (secret, message) => {
    const key = a.publicKey(secret);
    const signature = a.sign(secret, message);
    const isOne = isSame(key, b.publicKey(secret)) && isSame(signature, b.sign(secret, message));
    const areGood = a.verify(key, message, signature) && b.verify(key, message, signature);
    return isOne && areGood && isPublicKey(key);
  });

/** Any bytes are a fair question, and have one answer. */
export const verdictsAgree = ([a, b]: Pair) =>
  fc.property(nearlyPoint, bytes, nearlySignature, (key, message, signature) => {
    const verdict = a.verify(key, message, signature);
    return (
      verdict === b.verify(key, message, signature) && (!verdict || isStrictInput(key, signature))
    );
  });

/**
 * Keys and commitments with a part of small order: the equation without cofactor holds for an
 * eighth of them or so, and both say for which.
 */
export const verdictsOnMixedOrderAgree = ([a, b]: Pair) =>
  fc.property(mixedOrder, ({ key, message, signature, isGood }) => {
    const verdict = a.verify(key, message, signature);
    return verdict === isGood && b.verify(key, message, signature) === isGood;
  });

const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

const littleEndian = (value: bigint): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));

const valueOf = (digits: Uint8Array): bigint =>
  BigInt(`0x${Buffer.from(digits.toReversed()).toString('hex')}`);

/**
 * A signature is good in one form alone: S + nL, every flipped bit and another message are refused.
 */
export const signaturesHaveOneForm = (crypto: Crypto) =>
  fc.property(
    signer,
    bytes,
    fc.nat(511),
    fc.bigInt({ min: 1n, max: 15n }),
    (by, message, bit, n) => {
      const signature = crypto.sign(by.seed, message);
      const s = valueOf(signature.subarray(32)) + n * ORDER;
      const shifted = Uint8Array.of(...signature.subarray(0, 32), ...littleEndian(s));
      const isGood = (each: Uint8Array, said = message): boolean =>
        crypto.verify(by.publicKey, said, each);
      return (
        isGood(signature) &&
        !isGood(shifted) &&
        !isStrictInput(by.publicKey, shifted) &&
        !isGood(flipped(signature, bit)) &&
        !isGood(signature, Uint8Array.of(...message, 0)) &&
        !crypto.verify(flipped(by.publicKey, bit % 256), message, signature)
      );
    },
  );

const answer = (ask: () => Uint8Array): string => {
  try {
    return Buffer.from(ask()).toString('hex');
  } catch (thrown) {
    return String(thrown);
  }
};

/** A seed is 32 bytes; both refuse any other length, and in the same words. */
export const seedsAgree = ([a, b]: Pair) =>
  fc.property(fc.uint8Array({ maxLength: 70 }), bytes, (secret, message) => {
    const keys = [a, b].map((each) => answer(() => each.publicKey(secret)));
    const signatures = [a, b].map((each) => answer(() => each.sign(secret, message)));
    const refusal = `RangeError: a seed is 32 bytes, not ${secret.length}`;
    return (
      keys[0] === keys[1] &&
      signatures[0] === signatures[1] &&
      (secret.length === 32) === (keys[0] !== refusal) &&
      (secret.length === 32) === (signatures[0] !== refusal)
    );
  });
