/**
 * Chance that can be had again: numbers and texts drawn from a seed, by SHA-256 in counter mode.
 */
import { createHash } from 'node:crypto';

export const DIGITS = '0123456789';
export const HEX = '0123456789abcdef';
export const LOWER = 'abcdefghijklmnopqrstuvwxyz';
export const UPPER = LOWER.toUpperCase();
export const BASE62 = DIGITS + UPPER + LOWER;
export const BASE64URL = `${BASE62}-_`;
export const BASE32 = `${UPPER}234567`;

export interface Dice {
  /** A number from 0 to below n. */
  readonly below: (n: number) => number;
  readonly bytes: (length: number) => Buffer;
  /** A text of so many characters of an alphabet. */
  readonly text: (alphabet: string, length: number) => string;
  readonly pick: <A>(from: readonly A[]) => A;
}

export const diceOf = (seed: string): Dice => {
  let block = Buffer.alloc(0);
  let used = 0;
  let count = 0;
  const byte = (): number => {
    if (used === block.length) {
      block = createHash('sha256').update(`${seed} ${count++}`).digest();
      used = 0;
    }
    return block[used++] ?? 0;
  };
  const below = (n: number): number =>
    (byte() * 2 ** 32 + byte() * 2 ** 24 + byte() * 2 ** 16 + byte() * 2 ** 8 + byte()) % n;
  const pick = <A>(from: readonly A[]): A => {
    const picked = from[below(from.length)];
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked;
  };
  return {
    below,
    bytes: (length) => Buffer.from(Array.from({ length }, byte)),
    text: (alphabet, length) =>
      Array.from({ length }, () => alphabet.charAt(below(alphabet.length))).join(''),
    pick,
  };
};
