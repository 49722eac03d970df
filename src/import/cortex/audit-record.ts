/**
 * The records beside a log in which a user attests a row: the signature stands there and not in the
 * row. What else such a file records is taken as it is.
 *
 *     {"id":"aud_…","actor_json":{"event_id":"evt_…","key_id":…,"kind":"user",
 *      "signature_hex":…,"signed_at":…},"operation":"ingest_user_attested",…}
 */
import * as E from 'fp-ts/lib/Either.js';
import { parseHex } from '../../../ledger/encoding/hex.ts';
import { decodeUtf8 } from '../../../ledger/encoding/utf8.ts';
import type { Fault } from '../defect.ts';
import { fault } from '../defect.ts';
import { rawMembers } from '../raw-json.ts';
import { momentOf } from './row.ts';

export interface Attesting {
  readonly eventId: string;
  readonly key: string;
  readonly signature: string;
  /** With six digits of its fraction. */
  readonly signedAt: string;
}

const isHex = (text: unknown, digits: number): text is string =>
  typeof text === 'string' && text.length === digits && parseHex(text) !== undefined;

const malformed = (reason: string) => E.left(fault('attestation_malformed', reason));

/** readAuditRecord reads a line; undefined where it attests nothing. */
export const readAuditRecord = (bytes: Uint8Array): E.Either<Fault, Attesting | undefined> => {
  const members = rawMembers(bytes);
  if (E.isLeft(members)) return malformed('it is no JSON object');
  if (members.right.some(({ odd }) => odd.has('repeated_key')))
    return malformed('a key stands twice');
  const actor = members.right.find(({ key }) => key === 'actor_json');
  if (actor === undefined) return E.right(undefined);
  const told = JSON.parse(decodeUtf8(actor.bytes)) as unknown;
  const by = new Map<string, unknown>(
    Object.entries(typeof told === 'object' && told !== null ? told : {}),
  );
  const signature = by.get('signature_hex');
  if (signature === undefined) return E.right(undefined);
  const [eventId, key] = [by.get('event_id'), by.get('key_id')];
  const signedAt = momentOf(String(by.get('signed_at')), 6);
  if (!isHex(signature, 128) || !isHex(key, 64) || typeof eventId !== 'string' || !signedAt)
    return malformed('it has not the row, key, moment and signature of one');
  return E.right({ eventId, key, signature, signedAt });
};
