/**
 * Signers' keys on the disk: one flat file for each, which nobody but its owner may read.
 *
 *     keys/alice+4180d57d      PRIVATE+KEY+alice+4180d57d+AQEC…  and LF
 *     keys/example.com%2Facme+eda4bc15
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { decodeUtf8, encodeUtf8, invalidUtf8At } from '../../ledger/encoding/utf8.ts';
import type { KeyReason, Signer } from '../../ledger/key/key.ts';
import { formatSkey, parseSkey } from '../../ledger/key/key.ts';
import type { KeyId } from '../../ledger/name.ts';
import type { Disk, DiskFailed, Done, File } from './disk.ts';
import { readFully } from './line-reader.ts';
import { closing, putWhole } from './whole-file.ts';

export interface KeyFileRefused {
  readonly _tag: 'KeyFileRefused';
  readonly path: string;
  readonly reason:
    | 'missing'
    | 'not_a_file'
    | 'linked'
    | 'readable_by_others'
    | 'too_long'
    | 'open_ssh'
    | KeyReason;
  /** What the file is to be called, where it bears the name of another key. */
  readonly name?: string;
}

/** A key of ours is shorter. */
const MAX_BYTES = 1024;
const OWNER_ONLY = 0o600;
const OTHERS = 0o077;

/** nameOfKey tells what the file of an id is called. */
export const nameOfKey = (id: KeyId): string => id.replaceAll('/', '%2F');

/** keyPath tells where the key of an id lies. */
export const keyPath = (keys: string, id: KeyId): string => join(keys, nameOfKey(id));

const refused = (path: string, reason: KeyFileRefused['reason']): E.Either<KeyFileRefused, never> =>
  E.left({ _tag: 'KeyFileRefused', path, reason });

const readText = (file: File, most: number): E.Either<KeyFileRefused | DiskFailed, string> => {
  const stat = file.stat();
  if (E.isLeft(stat)) return stat;
  if (stat.right.kind !== 'file') return refused(file.path, 'not_a_file');
  if (stat.right.links !== 1) return refused(file.path, 'linked');
  if ((stat.right.mode & OTHERS) !== 0) return refused(file.path, 'readable_by_others');
  const bytes = new Uint8Array(most + 1);
  const read = readFully(file, bytes, 0);
  if (E.isLeft(read)) return read;
  if (read.right > most) return refused(file.path, 'too_long');
  const text = bytes.subarray(0, read.right);
  return invalidUtf8At(text) === -1 ? E.right(decodeUtf8(text)) : refused(file.path, 'bad_form');
};

/** readPrivate reads a file of somebody's own; one that others could have read is refused. */
export const readPrivate = (
  disk: Disk,
  path: string,
  most: number,
): E.Either<KeyFileRefused | DiskFailed, string> => {
  const file = disk.open(path, 'read');
  if (E.isRight(file)) return closing(file.right, readText(file.right, most));
  if (file.left.errno === 'ENOENT') return refused(path, 'missing');
  return file.left.errno === 'ELOOP' ? refused(path, 'not_a_file') : file;
};

/** reasonOf tells a key of OpenSSH, which has no name yet, from what is no key. */
const reasonOf = (text: string, reason: KeyReason): KeyFileRefused['reason'] =>
  text.startsWith('-----BEGIN OPENSSH PRIVATE KEY-----') ? 'open_ssh' : reason;

/** signerIn reads a signer's key out of what stands at a path. */
export const signerIn = (
  crypto: Crypto,
  path: string,
  text: string,
): E.Either<KeyFileRefused, Signer> => {
  if (text.length > MAX_BYTES) return refused(path, 'too_long');
  const signer = parseSkey(crypto, text.replace(/\r?\n$/, ''));
  return E.isLeft(signer) ? refused(path, reasonOf(text, signer.left.reason)) : signer;
};

/** readKey reads a signer's key. */
export const readKey = (
  crypto: Crypto,
  disk: Disk,
  path: string,
): E.Either<KeyFileRefused | DiskFailed, Signer> => {
  const text = readPrivate(disk, path, MAX_BYTES);
  return E.isLeft(text) ? text : signerIn(crypto, path, text.right);
};

/** keepKey writes a signer's key where only its owner may read it. */
export const keepKey = (disk: Disk, keys: string, signer: Signer): Done<string> => {
  const path = keyPath(keys, signer.keyId);
  const put = putWhole(disk, path, encodeUtf8(`${formatSkey(signer)}\n`), OWNER_ONLY);
  return E.isLeft(put) ? put : E.right(path);
};

/** listKeys lists the ids that keys are kept for. */
export const listKeys = (disk: Disk, keys: string): Done<readonly KeyId[]> =>
  E.map((names: readonly string[]) =>
    names
      .filter((name) => !name.endsWith('.part'))
      .map((name) => name.replaceAll('%2F', '/') as KeyId),
  )(disk.list(keys));
