/**
 * How cortex hashes and signs.
 *
 *     payload hash  hex(BLAKE3(payload as it stands in the log))
 *     event hash    hex(BLAKE3(01 | u64le length, text of the previous hash | the same of the
 *                   payload hash)), both as 64 digits; the first row has an empty previous hash
 *     row           Ed25519 of 10 | 0001 | lp(source type) | lp of its fields | lp(id)
 *                   | lp(payload hash) | lp(session or "") | lp(ledger) | link | lp(signed at)
 *                   | lp(key in hex), where lp(x) is the length of x as u64be, then x
 *     link          02 | lp(hex of the first 32 bytes of the signature before), or, where the
 *                   signature is kept apart from the row, 01 | u64be 8 | u64be position
 *     rotation      Ed25519 of 11 | 0001 | lp(old key) | lp(new key) | lp(signed at), keys as bytes
 */
import { blake3 } from '@noble/hashes/blake3.js';
import { createBLAKE3 } from 'hash-wasm';
import { formatHex } from '../../../ledger/encoding/hex.ts';
import type { Envelope } from './row.ts';

/** BLAKE3 in hexadecimal. */
export type Blake3 = (bytes: Uint8Array) => string;

const portable: Blake3 = (bytes) => formatHex(blake3(bytes));

/** loadBlake3 gives the quick one: two hashes of every row are made. */
export const loadBlake3 = async (): Promise<Blake3> => {
  const hash = await createBLAKE3();
  return (bytes) => hash.init().update(bytes).digest('hex');
};

/** payloadHash hashes a payload as it stands in the log. */
export const payloadHash = (payload: Uint8Array, hash: Blake3 = portable): string => hash(payload);

const u64be = (value: number): Uint8Array => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
};

/** eventHash links a payload to the row before it. */
export const eventHash = (prev: string, hash: string, by: Blake3 = portable): string => {
  const bytes = Buffer.alloc(17 + prev.length + hash.length);
  bytes[0] = 1;
  bytes.writeUInt32LE(prev.length, 1);
  bytes.write(prev, 9, 'latin1');
  bytes.writeUInt32LE(hash.length, 9 + prev.length);
  bytes.write(hash, 17 + prev.length, 'latin1');
  return by(bytes);
};

const prefixed = (part: string | Uint8Array): readonly Uint8Array[] => {
  const bytes = typeof part === 'string' ? Buffer.from(part) : part;
  return [u64be(bytes.length), bytes];
};

/** What stands in a source beside its type, in the order in which it is signed. */
const sourceFields = ({ type, model, name }: Envelope['source']): readonly string[] => {
  if (type === 'child_agent') return ['', '', '', model ?? ''];
  return type === 'tool' ? [name ?? ''] : [];
};

/** What a signature is linked to: the signature before it, or a position. */
export type Link = { readonly before: Uint8Array } | { readonly position: number };

const linkBytes = (link: Link): readonly Uint8Array[] =>
  'before' in link
    ? [Uint8Array.of(2), ...prefixed(formatHex(link.before))]
    : [Uint8Array.of(1), ...prefixed(u64be(link.position))];

export interface Signing {
  readonly ledgerId: string;
  readonly link: Link;
  /** With six digits of its fraction. */
  readonly signedAt: string;
  readonly key: Uint8Array;
}

/** rowPreimage is what is signed of a row. */
export const rowPreimage = (
  { source, id, payload_hash, session_id }: Envelope,
  { ledgerId, link, signedAt, key }: Signing,
): Uint8Array =>
  Buffer.concat([
    Uint8Array.of(0x10, 0, 1),
    ...[source.type, ...sourceFields(source), id, payload_hash, session_id ?? '', ledgerId].flatMap(
      prefixed,
    ),
    ...linkBytes(link),
    ...prefixed(signedAt),
    ...prefixed(formatHex(key)),
  ]);

/** rotationPreimage is what the old key signs of a change of keys. */
export const rotationPreimage = (old: Uint8Array, next: Uint8Array, signedAt: string): Uint8Array =>
  Buffer.concat([Uint8Array.of(0x11, 0, 1), ...[old, next, signedAt].flatMap(prefixed)]);
