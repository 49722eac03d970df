/**
 * What the kernel asks of cryptography. Two implementations stand behind it, `native.ts` and
 * `noble.ts`, and give the same answer to every input.
 */

import type { Digest } from '../name.ts';

export interface Crypto {
  /** SHA-256 (FIPS 180-4), 32 bytes. */
  readonly sha256: (bytes: Uint8Array) => Uint8Array;
  /** The same, put into `target` at `at`: where there are many, a fresh array each is dear. */
  readonly sha256Into: (bytes: Uint8Array, target: Uint8Array, at: number) => void;
  /** The same in lower-case hexadecimal. */
  readonly digest: (bytes: Uint8Array) => Digest;
  /** The Ed25519 public key of a seed (RFC 8032 section 5.1.5); throws where it is not 32 bytes. */
  readonly publicKey: (seed: Uint8Array) => Uint8Array;
  /** The Ed25519 signature of a message by such a seed (RFC 8032 section 5.1.6). */
  readonly sign: (seed: Uint8Array, message: Uint8Array) => Uint8Array;
  /** Strict Ed25519 verification, see `strict.ts`. Any bytes of any length are a fair question. */
  readonly verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
}
