/**
 * Keys: signers of chance, and a few made once, since making one costs more than using it.
 */
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { native } from '../../ledger/crypto/native.ts';
import type { Signer } from '../../ledger/key/key.ts';
import { signerOf } from '../../ledger/key/key.ts';
import type { KeyName } from '../../ledger/name.ts';
import { hash } from './bytes.ts';
import { NAMES } from './name.ts';

/** sound takes what an arbitrary made on purpose; that it was refused would be a mistake here. */
export const sound = <A>(made: E.Either<unknown, A>): A => {
  if (E.isLeft(made)) throw new Error(`not sound: ${JSON.stringify(made.left)}`);
  return made.right;
};

/** signerNamed makes the signer of a name and a number. */
export const signerNamed = (name: string, seed: number): Signer =>
  sound(signerOf(native, name as KeyName, new Uint8Array(32).fill(seed)));

export const SIGNERS: readonly Signer[] = Array.from({ length: 10 }, (_, i) =>
  signerNamed(['alice@example.com', 'bob', 'c/d', 'erp-7'][i % 4] ?? '', i + 1),
);

export const signer: fc.Arbitrary<Signer> = fc.constantFrom(...SIGNERS);
export const seed = hash;
export const keyName = NAMES.key_name as fc.Arbitrary<KeyName>;
