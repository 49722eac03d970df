/**
 * Standard Webhooks: a message per item, signed over its id, its moment and its body. The secret is
 * `whsec_…` (HMAC-SHA-256) or `whsk_…` (Ed25519), each with base64 behind it.
 */
import { formatBase64, parseBase64 } from '../../../ledger/encoding/base64.ts';
import { encodeUtf8 } from '../../../ledger/encoding/utf8.ts';
import type { Preset, Signers, Signing } from './shape.ts';
import { PLAIN } from './shape.ts';

const [SYMMETRIC, PRIVATE] = ['whsec_', 'whsk_'];
const SEED_BYTES = 32;
const LEAST_BYTES = 24;
const MOST_BYTES = 64;

const signature = (by: Signers, { secret, id, body, at }: Signing): string | undefined => {
  const message = Buffer.concat([encodeUtf8(`${id}.${at}.`), body]);
  if (secret.startsWith(PRIVATE)) {
    const key = parseBase64(secret.slice(PRIVATE.length));
    // A seed, or a seed with its public key behind it.
    return key?.length === SEED_BYTES || key?.length === 2 * SEED_BYTES
      ? `v1a,${formatBase64(by.ed25519(key.slice(0, SEED_BYTES), message))}`
      : undefined;
  }
  const bare = secret.startsWith(SYMMETRIC) ? secret.slice(SYMMETRIC.length) : secret;
  const key = parseBase64(bare);
  return key !== undefined && key.length >= LEAST_BYTES && key.length <= MOST_BYTES
    ? `v1,${formatBase64(by.hmac(key, message))}`
    : undefined;
};

export const standardWebhooks: Preset = {
  ...PLAIN,
  name: 'standard-webhooks',
  contentType: 'application/json',
  isSigned: true,
  isSingle: true,
  write: ({ type, at, payload }) => JSON.stringify({ type, timestamp: at, data: payload ?? null }),
  frame: () => ({ before: '', between: '', after: '' }),
  sign: (by, signing) => {
    const signed = signature(by, signing);
    return signed === undefined
      ? undefined
      : {
          'webhook-id': signing.id,
          'webhook-timestamp': String(signing.at),
          'webhook-signature': signed,
        };
  },
};
