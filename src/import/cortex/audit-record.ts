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
import type { RawMember } from '../raw-json.ts';
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

/** What a record that attests has, and its actor. */
const MEMBERS = new Set([
  'id',
  'schema_version',
  'actor_json',
  'operation',
  'target_ref',
  'created_at',
  'outcome',
  'correlation_id',
]);
const ACTOR = new Set(['event_id', 'key_id', 'kind', 'signature_hex', 'signed_at']);

const unknown = (keys: Iterable<string>, known: ReadonlySet<string>): readonly Fault[] =>
  [...keys].filter((key) => !known.has(key)).map((key) => fault('unknown_member', key));

/** A record, where it attests a row, and all that is wrong with how it is written. */
export interface ReadRecord {
  readonly attesting?: Attesting;
  readonly faults: readonly Fault[];
}

const malformed = (reason: string): ReadRecord => ({
  faults: [fault('attestation_malformed', reason)],
});

/** Whether a record is written in one piece, as cortex writes JSON. */
const isCompact = (members: readonly RawMember[], bytes: Uint8Array): boolean => {
  const texts = members.map(
    ({ key, bytes: value }) => `${JSON.stringify(key)}:${decodeUtf8(value)}`,
  );
  const isOdd = members.some(({ odd }) => odd.has('white_space') || odd.has('escape'));
  return !isOdd && `{${texts.join(',')}}` === decodeUtf8(bytes);
};

/** readAuditRecord reads a line without its end. */
export const readAuditRecord = (bytes: Uint8Array): ReadRecord => {
  const members = rawMembers(bytes);
  if (E.isLeft(members)) return malformed('it is no JSON object');
  if (members.right.some(({ odd }) => odd.has('repeated_key')))
    return malformed('a key stands twice');
  const actor = members.right.find(({ key }) => key === 'actor_json');
  const faults = isCompact(members.right, bytes)
    ? []
    : [fault('not_canonical', 'it is not written as cortex writes a record')];
  if (actor === undefined) return { faults };
  const told = JSON.parse(decodeUtf8(actor.bytes)) as unknown;
  const by = new Map<string, unknown>(
    Object.entries(typeof told === 'object' && told !== null ? told : {}),
  );
  const signature = by.get('signature_hex');
  if (signature === undefined) return { faults };
  const [eventId, key] = [by.get('event_id'), by.get('key_id')];
  const signedAt = momentOf(String(by.get('signed_at')), 6);
  if (!isHex(signature, 128) || !isHex(key, 64) || typeof eventId !== 'string' || !signedAt)
    return malformed('it has not the row, key, moment and signature of one');
  const names = members.right.map((member) => member.key);
  faults.push(...unknown(names, MEMBERS), ...unknown(by.keys(), ACTOR));
  return { attesting: { eventId, key, signature, signedAt }, faults };
};
