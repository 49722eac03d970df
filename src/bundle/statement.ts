/**
 * Who vouches for a bundle: an in-toto statement about the digest of every file, in a DSSE envelope
 * that one key signed. It covers all but itself and the list of files that names it.
 *
 *     {"payload":"<base64>","payloadType":"application/vnd.in-toto+json",
 *      "signatures":[{"keyid":"alice+c9c082b4","sig":"<base64>"}]}
 *
 * Signed is "DSSEv1 28 application/vnd.in-toto+json LENGTH STATEMENT", lengths in bytes.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { formatBase64, parseBase64 } from '../../ledger/encoding/base64.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { write } from '../../ledger/json/format.ts';
import { parseString } from '../../ledger/json/parse.ts';
import type { Json } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Signer } from '../../ledger/key/key.ts';
import type { Claim } from './claim.ts';
import { FILE } from './layout.ts';
import type { Digests } from './manifest.ts';

const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
const PREDICATE_TYPE = 'urn:sealed-ledger:export:1';
export const MAX_STATEMENT_BYTES = 1 << 20;

/** statementOf writes the statement about the files. */
export const statementOf = ({ origin, checkpoint }: Claim, digests: Digests): string => {
  const covered = [...digests].filter(
    ([name]) => name !== FILE.statement && name !== FILE.tagManifest,
  );
  return write({
    _type: STATEMENT_TYPE,
    subject: covered
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, sha256]) => ({ name, digest: { sha256 } })),
    predicateType: PREDICATE_TYPE,
    predicate: { origin, checkpoint: { ...checkpoint } },
  });
};

const signedBytes = (statement: string): Uint8Array => {
  const { length } = encodeUtf8(statement);
  return encodeUtf8(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${length} ${statement}`);
};

const envelopeOf = (statement: string, keyid: string, sig: string): string =>
  `${write({
    payload: formatBase64(encodeUtf8(statement)),
    payloadType: PAYLOAD_TYPE,
    signatures: [{ keyid, sig }],
  })}\n`;

/** signStatement puts a statement into an envelope. */
export const signStatement = (crypto: Crypto, signer: Signer, statement: string): string =>
  envelopeOf(
    statement,
    signer.keyId,
    formatBase64(crypto.sign(signer.seed, signedBytes(statement))),
  );

export interface Envelope {
  readonly keyId: string;
  /** Whether the statement in it is the one that is expected. */
  readonly isAbout: boolean;
  readonly isSignedBy: (crypto: Crypto, publicKey: Uint8Array) => boolean;
}

/** openEnvelope reads an envelope, undefined where it is not to the byte what we write. */
export const openEnvelope = (text: string, statement: string): Envelope | undefined => {
  const parsed = parseString(text.slice(0, -1));
  const value: Json = E.isRight(parsed) ? parsed.right : null;
  const signatures = isObject(value) ? value['signatures'] : undefined;
  const first = Array.isArray(signatures) ? (signatures as readonly Json[])[0] : undefined;
  const { keyid, sig } = isObject(first) ? first : {};
  if (typeof keyid !== 'string' || typeof sig !== 'string') return undefined;
  const signature = parseBase64(sig);
  const payload = isObject(value) ? value['payload'] : undefined;
  const isText = typeof payload === 'string' && parseBase64(payload) !== undefined;
  if (signature === undefined || !isText) return undefined;
  return {
    keyId: keyid,
    isAbout: envelopeOf(statement, keyid, sig) === text,
    isSignedBy: (crypto, publicKey) => crypto.verify(publicKey, signedBytes(statement), signature),
  };
};
