/**
 * The idempotency key of a batch. It follows from the ledger, the destination, the members and what
 * they are sent as, and from nothing else: whoever makes the batch again, after a crash or on a
 * restored copy, makes the same key, and other bytes never have it.
 *
 *     SHA-256("ledger/outbox/key/1\n" origin "\n" destination "\n" body-digest "\n" id "\n" id …)
 */
import type { Crypto } from '../../ledger/crypto/port.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';

/** keyOf makes the key; `body` is the digest of the body, `ids` those of the members in order. */
export const keyOf = (
  crypto: Crypto,
  origin: string,
  destination: string,
  body: string,
  ids: readonly string[],
): string =>
  crypto.digest(encodeUtf8(['ledger/outbox/key/1', origin, destination, body, ...ids].join('\n')));
