/**
 * Which key is meant: a key_id of `keys/`, the name in it where only one key has that, a file, or a
 * variable of the environment (`env:NAME`). The latter two may hold a private key of OpenSSH.
 */
import * as E from 'fp-ts/lib/Either.js';
import { decodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { Signer } from '../../ledger/key/key.ts';
import type { DiskFailed } from '../storage/disk.ts';
import type { KeyFileRefused } from '../storage/key-file.ts';
import {
  keyPath,
  listKeys,
  nameOfKey,
  readKey,
  readPrivate,
  signerIn,
} from '../storage/key-file.ts';
import type { Layout } from '../storage/layout.ts';
import { closing } from '../storage/whole-file.ts';
import { realPorts } from '../wiring.ts';
import { matching } from './enrolled.ts';
import type { KeyAmbiguous, KeyUnreadable, OpenSshRefused } from './error.ts';
import { isPem, openSshSigner } from './open-ssh-signer.ts';

export type KeyError = KeyFileRefused | KeyUnreadable | KeyAmbiguous | OpenSshRefused;

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

/** What the line begins with that OpenSSH keeps beside a private key. */
const PUBLIC = /^(?:ssh|ecdsa|sk)-[\w@.-]+ AAAA/;

const isPublic = (path: string): boolean => {
  const file = disk.open(path, 'read');
  if (E.isLeft(file)) return false;
  const bytes = new Uint8Array(64);
  const read = closing(file.right, file.right.read(bytes, 0));
  return E.isRight(read) && PUBLIC.test(decodeUtf8(bytes.subarray(0, read.right)));
};

/** readForeign reads a private key of another program, as warily as one of ours. */
export const readForeign = (path: string): E.Either<KeyError, string> => {
  const text = readPrivate(disk, path, MAX_FOREIGN_BYTES);
  // Whoever may read that one has learnt nothing.
  const isRead = E.isRight(text) || 'reason' in text.left;
  if (isRead && isPublic(path)) return E.left({ _tag: 'OpenSshRefused', path, reason: 'public' });
  return E.mapLeft(unreadable)(text);
};

/** A key as we write it, or one of OpenSSH that the ledger knows by a name. */
const signerOf = (
  layout: Layout | undefined,
  path: string,
  text: string,
): E.Either<KeyError, Signer> =>
  isPem(text) ? openSshSigner(layout, path, text) : signerIn(crypto, path, text);

const fromEnvironment = (
  layout: Layout | undefined,
  variable: string,
): E.Either<KeyError, Signer> => {
  const text = process.env[variable];
  return text === undefined
    ? refused(`env:${variable}`, 'missing')
    : signerOf(layout, `env:${variable}`, text.trimEnd());
};

const fromFile = (layout: Layout | undefined, path: string): E.Either<KeyError, Signer> => {
  const text = readForeign(path);
  return E.isLeft(text) ? text : signerOf(layout, path, text.right);
};

/** keysUnseen tells that nobody may look at which keys are kept here; undefined where one may. */
export const keysUnseen = ({ keys }: Layout): KeyUnreadable | undefined => {
  const ids = listKeys(disk, keys);
  return E.isLeft(ids) && ids.left.errno !== 'ENOENT'
    ? { _tag: 'KeyUnreadable', path: keys, errno: ids.left.errno }
    : undefined;
};

/** How the name of no key begins. */
const IS_PATH = /^\.{0,2}\//;

/** What is no file may be the name of a key that cannot be seen. */
const fromFileOr = (layout: Layout | undefined, text: string): E.Either<KeyError, Signer> => {
  const signer = fromFile(layout, text);
  const isMissing = E.isLeft(signer) && 'reason' in signer.left && signer.left.reason === 'missing';
  const isName = isMissing && !IS_PATH.test(text);
  const unseen = isName && layout !== undefined ? keysUnseen(layout) : undefined;
  return unseen === undefined ? signer : E.left(unseen);
};

/** chooseKey reads the key that is meant. */
export const chooseKey = (layout: Layout | undefined, text: string): E.Either<KeyError, Signer> => {
  if (text.startsWith('env:')) return fromEnvironment(layout, text.slice('env:'.length));
  const ids = layout === undefined ? E.right([]) : listKeys(disk, layout.keys);
  const [id, ...others] = E.isRight(ids) ? matching(ids.right, text) : [];
  if (id === undefined || layout === undefined) return fromFileOr(layout, text);
  if (others.length > 0)
    return E.left({ _tag: 'KeyAmbiguous', name: text, keyIds: [id, ...others] });
  const path = keyPath(layout.keys, id);
  const signer = readKeyFile(path);
  if (E.isLeft(signer) || signer.right.keyId === id) return signer;
  const name = nameOfKey(signer.right.keyId);
  return E.left({ _tag: 'KeyFileRefused', path, reason: 'id_mismatch', name });
};
