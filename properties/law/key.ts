/**
 * Laws of keys: a key has one text, and text that is altered anywhere is no key.
 */
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { formatSkey, formatVkey, parseSkey, parseVkey, signerOf } from '../../ledger/key/key.ts';
import { editedText, edits, isSame } from '../arbitrary/bytes.ts';
import { keyName, seed, signer } from '../arbitrary/key.ts';

export const readsWhatItWrites = (crypto: Crypto) =>
  fc.property(keyName, seed, (name, bytes) => {
    const made = signerOf(crypto, name, bytes);
    if (E.isLeft(made)) return false;
    const vkey = parseVkey(crypto, formatVkey(made.right));
    const skey = parseSkey(crypto, formatSkey(made.right));
    return (
      E.isRight(vkey) &&
      E.isRight(skey) &&
      formatVkey(vkey.right) === formatVkey(made.right) &&
      formatSkey(skey.right) === formatSkey(made.right) &&
      isSame(skey.right.seed, bytes) &&
      vkey.right.keyId === `${name}+${vkey.right.keyId.slice(-8)}`
    );
  });

/** A single character changed, and the id no longer follows, but for a chance of one in 2^32. */
export const findsEveryChange = (crypto: Crypto) =>
  fc.property(signer, edits, fc.boolean(), (made, changes, isPrivate) => {
    const text = isPrivate ? formatSkey(made) : formatVkey(made);
    const changed = editedText(text, changes);
    const parsed = isPrivate ? parseSkey(crypto, changed) : parseVkey(crypto, changed);
    return E.isRight(parsed) === (changed === text);
  });
