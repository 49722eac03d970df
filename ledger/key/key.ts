/**
 * Keys as C2SP signed-note writes them, Ed25519 only (type byte 0x01).
 *
 *     id    first 4 bytes of SHA-256( name | 0x0A | 0x01 | public key )
 *     vkey  name+hex(id)+base64(0x01 | public key)                      key_id  name+hex(id)
 *     skey  PRIVATE+KEY+name+hex(id)+base64(0x01 | seed)
 *
 *     alice+c9c082b4+AdD3oZ38WACFY3a/V5MIWG3CAIIvPMTtE0T0kOfvV8Yy
 *
 * A name holds no `+`; the last field may.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../crypto/port.ts';
import { isPublicKey } from '../crypto/strict.ts';
import { formatBase64, parseBase64 } from '../encoding/base64.ts';
import { formatHex } from '../encoding/hex.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import type { KeyId, KeyName } from '../name.ts';
import { parseKeyName } from '../name.ts';

const ED25519 = 0x01;
const PRIVATE = 'PRIVATE+KEY+';

export interface Key {
  readonly name: KeyName;
  readonly keyId: KeyId;
  readonly publicKey: Uint8Array;
}

export interface Signer extends Key {
  readonly seed: Uint8Array;
}

export type KeyReason =
  | 'bad_form'
  | 'bad_name'
  | 'bad_base64'
  | 'unknown_algorithm'
  | 'bad_public_key'
  | 'bad_length'
  | 'id_mismatch';

export interface KeyRefused {
  readonly _tag: 'KeyRefused';
  readonly reason: KeyReason;
}

const refuse = (reason: KeyReason): E.Either<KeyRefused, never> =>
  E.left({ _tag: 'KeyRefused', reason });

const idOf = (crypto: Crypto, name: KeyName, publicKey: Uint8Array): string => {
  const input = Uint8Array.of(...encodeUtf8(`${name}\n`), ED25519, ...publicKey);
  return formatHex(crypto.sha256(input).subarray(0, 4));
};

const keyOf = (crypto: Crypto, name: KeyName, publicKey: Uint8Array): Key => ({
  name,
  keyId: `${name}+${idOf(crypto, name, publicKey)}` as KeyId,
  publicKey,
});

/** The name, the id and the 32 bytes behind the algorithm byte of `name+id+base64`. */
const parseFields = (
  text: string,
): E.Either<
  KeyRefused,
  { readonly name: KeyName; readonly id: string; readonly raw: Uint8Array }
> => {
  const match = /^([^+]*)\+([0-9a-f]{8})\+([^]*)$/.exec(text);
  if (match === null) return refuse('bad_form');
  const [, nameText = '', id = '', encoded = ''] = match;
  const name = parseKeyName(nameText);
  if (E.isLeft(name)) return refuse('bad_name');
  const bytes = parseBase64(encoded);
  if (bytes === undefined || bytes.length === 0) return refuse('bad_base64');
  if (bytes[0] !== ED25519) return refuse('unknown_algorithm');
  if (bytes.length !== 33) return refuse('bad_length');
  return E.right({ name: name.right, id, raw: bytes.subarray(1) });
};

/**
 * parseVkey reads a verifier's key; its point must be canonically encoded and not of small order.
 */
export const parseVkey = (crypto: Crypto, text: string): E.Either<KeyRefused, Key> => {
  const fields = parseFields(text);
  if (E.isLeft(fields)) return fields;
  const { name, id, raw } = fields.right;
  if (!isPublicKey(raw)) return refuse('bad_public_key');
  const key = keyOf(crypto, name, raw);
  return key.keyId === `${name}+${id}` ? E.right(key) : refuse('id_mismatch');
};

/** formatVkey writes what parseVkey reads. */
export const formatVkey = (key: Key): string =>
  `${key.keyId}+${formatBase64(Uint8Array.of(ED25519, ...key.publicKey))}`;

/** signerOf makes a key of 32 random bytes. */
export const signerOf = (
  crypto: Crypto,
  name: KeyName,
  seed: Uint8Array,
): E.Either<KeyRefused, Signer> =>
  seed.length === 32
    ? E.right({ ...keyOf(crypto, name, crypto.publicKey(seed)), seed })
    : refuse('bad_length');

/** parseSkey reads a signer's key. */
export const parseSkey = (crypto: Crypto, text: string): E.Either<KeyRefused, Signer> => {
  if (!text.startsWith(PRIVATE)) return refuse('bad_form');
  const fields = parseFields(text.slice(PRIVATE.length));
  if (E.isLeft(fields)) return fields;
  const { name, id, raw } = fields.right;
  const signer = signerOf(crypto, name, raw);
  if (E.isLeft(signer)) return signer;
  return signer.right.keyId === `${name}+${id}` ? signer : refuse('id_mismatch');
};

/** formatSkey writes what parseSkey reads. */
export const formatSkey = (signer: Signer): string =>
  `${PRIVATE}${signer.keyId}+${formatBase64(Uint8Array.of(ED25519, ...signer.seed))}`;
