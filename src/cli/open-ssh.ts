/**
 * A private key as OpenSSH keeps it, unencrypted and Ed25519 (PROTOCOL.key of OpenSSH). Between the
 * two lines that frame it stands in base64, each `string` as a length of four bytes and its bytes:
 *
 *     "openssh-key-v1\0"
 *     string cipher "none"   string kdf "none"   string options ""   uint32 1
 *     string public key
 *     string  uint32 check   uint32 check   string "ssh-ed25519"   string public, 32 bytes
 *             string seed and public, 64 bytes   string comment   padding 1 2 3 …
 */
import * as E from 'fp-ts/lib/Either.js';
import { parseBase64 } from '../../ledger/encoding/base64.ts';
import { decodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { OpenSshRefused } from './error.ts';

type Refused = Pick<OpenSshRefused, 'reason' | 'type'>;

const refuse = (reason: Refused['reason'], type?: string): E.Either<Refused, never> =>
  E.left({ reason, ...(type === undefined ? {} : { type }) });

const FRAME =
  /^-----BEGIN OPENSSH PRIVATE KEY-----\n([^-]+)\n-----END OPENSSH PRIVATE KEY-----\n*$/;
const MAGIC = 'openssh-key-v1\0';
const TYPE = 'ssh-ed25519';
const SEED_BYTES = 32;

class Fields {
  private readonly bytes: Buffer;
  private at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = Buffer.from(bytes);
    this.at = at;
  }

  number(): number | undefined {
    if (this.at + 4 > this.bytes.length) return undefined;
    const value = this.bytes.readUInt32BE(this.at);
    this.at += 4;
    return value;
  }

  string(): Uint8Array | undefined {
    const length = this.number();
    if (length === undefined || this.at + length > this.bytes.length) return undefined;
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  text(): string | undefined {
    const bytes = this.string();
    return bytes === undefined ? undefined : decodeUtf8(bytes);
  }
}

const privatePart = (bytes: Uint8Array): E.Either<Refused, Uint8Array> => {
  const fields = new Fields(bytes, 0);
  const [check, again] = [fields.number(), fields.number()];
  const type = fields.text();
  if (check === undefined || check !== again || type === undefined) return refuse('damaged');
  if (type !== TYPE) return refuse('not_ed25519', type);
  const publicKey = fields.string();
  const secret = fields.string();
  const isWhole = publicKey?.length === SEED_BYTES && secret?.length === 2 * SEED_BYTES;
  if (!isWhole || Buffer.compare(secret.subarray(SEED_BYTES), publicKey) !== 0)
    return refuse('damaged');
  return E.right(Uint8Array.from(secret.subarray(0, SEED_BYTES)));
};

/** seedOfOpenSsh gives the 32 bytes that the key is made of. */
export const seedOfOpenSsh = (text: string): E.Either<Refused, Uint8Array> => {
  const framed = FRAME.exec(text.replaceAll('\r\n', '\n'))?.[1];
  if (framed === undefined) return refuse('not_open_ssh');
  const bytes = parseBase64(framed.replaceAll('\n', ''));
  if (bytes === undefined) return refuse('damaged');
  if (decodeUtf8(bytes.subarray(0, MAGIC.length)) !== MAGIC) return refuse('not_open_ssh');
  const fields = new Fields(bytes, MAGIC.length);
  const cipher = fields.text();
  const [kdf, options, count, publicKey] = [
    fields.text(),
    fields.string(),
    fields.number(),
    fields.string(),
  ];
  const secret = fields.string();
  if (cipher === undefined || kdf === undefined || options === undefined) return refuse('damaged');
  if (cipher !== 'none' || kdf !== 'none') return refuse('encrypted');
  if (count !== 1 || publicKey === undefined || secret === undefined) return refuse('damaged');
  return privatePart(secret);
};
