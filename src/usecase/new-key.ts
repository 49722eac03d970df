/**
 * Making a key: it is said to be made once it is on the disk.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { KeyRefused, Signer } from '../../ledger/key/key.ts';
import { signerOf } from '../../ledger/key/key.ts';
import type { KeyName } from '../../ledger/name.ts';
import type { DiskFailed } from '../storage/disk.ts';
import type { KeyFileRefused } from '../storage/key-file.ts';
import { keepKey } from '../storage/key-file.ts';
import { keepFolder } from '../storage/whole-file.ts';
import type { Ports } from './ports.ts';

export type KeyError = KeyFileRefused | DiskFailed | KeyRefused;

const SEED_BYTES = 32;

/** newKey makes a key, of a seed where one is brought, and keeps it. */
export const newKey = (
  { crypto, disk, random }: Pick<Ports, 'crypto' | 'disk' | 'random'>,
  keys: string,
  name: KeyName,
  seed = random(SEED_BYTES),
): E.Either<KeyError, Signer> => {
  const signer = signerOf(crypto, name, seed);
  if (E.isLeft(signer)) return signer;
  const made = keepFolder(disk, keys);
  if (E.isLeft(made)) return made;
  const kept = keepKey(disk, keys, signer.right);
  return E.isLeft(kept) ? kept : signer;
};
