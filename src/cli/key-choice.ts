/**
 * Which key is meant: a key_id of `keys/`, the name in it where only one key has that, a file, or a
 * variable of the environment (`env:NAME`).
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Signer } from '../../ledger/key/key.ts';
import { parseSkey } from '../../ledger/key/key.ts';
import type { KeyId } from '../../ledger/name.ts';
import type { DiskFailed } from '../storage/disk.ts';
import type { KeyFileRefused } from '../storage/key-file.ts';
import { keyPath, listKeys, readKey, readPrivate, reasonOf } from '../storage/key-file.ts';
import type { Layout } from '../storage/layout.ts';
import { realPorts } from '../wiring.ts';
import type { KeyAmbiguous, KeyUnreadable } from './error.ts';

export type KeyError = KeyFileRefused | KeyUnreadable | KeyAmbiguous;

const { crypto, disk } = realPorts;

/** A private key of any kind that OpenSSH makes is shorter. */
const MAX_FOREIGN_BYTES = 16_384;

const unreadable = (error: KeyFileRefused | DiskFailed): KeyFileRefused | KeyUnreadable =>
  error._tag === 'DiskFailed'
    ? { _tag: 'KeyUnreadable', path: error.path, errno: error.errno }
    : error;

const refused = (path: string, reason: KeyFileRefused['reason']): E.Either<KeyFileRefused, never> =>
  E.left({ _tag: 'KeyFileRefused', path, reason });

/** readKeyFile reads a key's file; whatever keeps us from it is about the key. */
export const readKeyFile = (path: string): E.Either<KeyError, Signer> =>
  E.mapLeft(unreadable)(readKey(crypto, disk, path));

/** readForeign reads a private key of another program, as warily as one of ours. */
export const readForeign = (path: string): E.Either<KeyError, string> =>
  E.mapLeft(unreadable)(readPrivate(disk, path, MAX_FOREIGN_BYTES));

const fromEnvironment = (variable: string): E.Either<KeyError, Signer> => {
  const text = process.env[variable];
  if (text === undefined) return refused(`env:${variable}`, 'missing');
  const signer = parseSkey(crypto, text.trimEnd());
  return E.isLeft(signer) ? refused(`env:${variable}`, reasonOf(text, signer.left.reason)) : signer;
};

/** matching lists the ids that a person may mean. */
export const matching = (ids: readonly KeyId[], text: string): readonly KeyId[] =>
  ids.filter((id) => id === text || id.startsWith(`${text}+`));

/** chooseKey reads the key that is meant. */
export const chooseKey = (layout: Layout | undefined, text: string): E.Either<KeyError, Signer> => {
  if (text.startsWith('env:')) return fromEnvironment(text.slice('env:'.length));
  const ids = layout === undefined ? E.right([]) : listKeys(disk, layout.keys);
  const [id, ...others] = E.isRight(ids) ? matching(ids.right, text) : [];
  if (id === undefined || layout === undefined) return readKeyFile(text);
  if (others.length > 0)
    return E.left({ _tag: 'KeyAmbiguous', name: text, keyIds: [id, ...others] });
  const path = keyPath(layout.keys, id);
  const signer = readKeyFile(path);
  return E.isRight(signer) && signer.right.keyId !== id ? refused(path, 'id_mismatch') : signer;
};
