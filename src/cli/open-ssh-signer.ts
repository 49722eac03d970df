/**
 * Signing with a private key of OpenSSH as it is: such a key has no name, so that the ledger must
 * know it by one. It signs under the id by which it is enrolled; whether that counts any more is
 * judged as of every key.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Signer } from '../../ledger/key/key.ts';
import { parseVkey } from '../../ledger/key/key.ts';
import type { KeyFileRefused } from '../storage/key-file.ts';
import type { Layout } from '../storage/layout.ts';
import { Reader } from '../usecase/reader.ts';
import { realPorts } from '../wiring.ts';
import type { Enrolled } from './enrolled.ts';
import { enrolledKeys } from './enrolled.ts';
import type { OpenSshRefused } from './error.ts';
import { seedOfOpenSsh } from './open-ssh.ts';

const { crypto } = realPorts;

/** isPem tells a key that is framed as OpenSSH and OpenSSL do it from one of ours. */
export const isPem = (text: string): boolean => text.startsWith('-----BEGIN ');

/** The keys that are known; none where no mirror tells. */
const known = (layout: Layout): readonly Enrolled[] => {
  const reader = new Reader(realPorts, layout);
  const keys = enrolledKeys(reader);
  reader.close();
  return E.isLeft(keys) ? [] : keys.right;
};

/** openSshSigner gives the key its name. */
export const openSshSigner = (
  layout: Layout | undefined,
  path: string,
  text: string,
): E.Either<KeyFileRefused | OpenSshRefused, Signer> => {
  const seed = seedOfOpenSsh(text);
  if (E.isLeft(seed)) return E.left({ _tag: 'OpenSshRefused', path, ...seed.left });
  const publicKey = crypto.publicKey(seed.right);
  // A key is enrolled once, under one name.
  for (const { vkey } of layout === undefined ? [] : known(layout)) {
    const key = parseVkey(crypto, vkey);
    if (E.isRight(key) && Buffer.compare(key.right.publicKey, publicKey) === 0)
      return E.right({ ...key.right, seed: seed.right });
  }
  return E.left({ _tag: 'KeyFileRefused', path, reason: 'open_ssh' });
};
