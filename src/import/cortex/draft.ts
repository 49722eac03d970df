/**
 * Events out of a cortex store. Each holds where it was taken from and all that a row held: the
 * payload as data where the ledger would write the very same text, else as the text that it was, so
 * that the old hash can be made again of the new event.
 *
 *     {"origin":{"tool":"cortex","file":"events.jsonl","file_sha256":…,"line":2,"row_hash":…},
 *      "row":{"id":"evt_…",…},"payload_text":"{\"a\":-0.0}"}
 */
import * as E from 'fp-ts/lib/Either.js';
import { createHash } from 'node:crypto';
import { decodeUtf8, invalidUtf8At } from '../../../ledger/encoding/utf8.ts';
import { MAX_SET } from '../../../ledger/event/header.ts';
import { write } from '../../../ledger/json/format.ts';
import { isCanonical } from '../../../ledger/json/scan.ts';
import type { Json, JsonObject } from '../../../ledger/json/value.ts';
import { PAYLOAD_DEPTH, isObject } from '../../../ledger/json/value.ts';
import type { EventType } from '../../../ledger/name.ts';
import { isReserved, parseEventType, parseLabel, parseTag } from '../../../ledger/name.ts';
import type { Incoming, Recorded } from '../plan.ts';
import { hasRoom } from '../room.ts';
import type { Item } from './item.ts';
import type { Envelope, Row } from './row.ts';
import { formatRow, momentOf } from './row.ts';

/** Rows whose own type is none here, lines that are no rows, and records of attestations. */
const ROW = 'cortex.row';
const UNREAD = 'cortex.unread';
const RECORD = 'cortex.audit_record';

const SOURCE = { kind: 'external', name: 'cortex' };

const shortDigest = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex').slice(0, 32);

/** bytesOf keeps bytes as what they are. */
export const bytesOf = (bytes: Uint8Array): JsonObject => ({
  base64: Buffer.from(bytes).toString('base64'),
});

/** textOf keeps bytes as text, or as base64 where they are none. */
export const textOf = (bytes: Uint8Array): JsonObject =>
  invalidUtf8At(bytes) < 0 ? { text: decodeUtf8(bytes) } : bytesOf(bytes);

/** keptOf keeps bytes as text where an event has room for it: each control is six bytes there. */
export const keptOf = (bytes: Uint8Array): JsonObject => {
  const asText = textOf(bytes);
  return hasRoom({ payload: asText }) ? asText : bytesOf(bytes);
};

const payloadOf = (payload: Uint8Array): JsonObject =>
  isCanonical(payload, PAYLOAD_DEPTH - 2)
    ? { payload: JSON.parse(decodeUtf8(payload)) as Json }
    : { payload_text: decodeUtf8(payload) };

const bodyOf = (row: Row, bytes: Uint8Array, isOdd: boolean): JsonObject =>
  !isOdd || formatRow(row) === decodeUtf8(bytes)
    ? { row: row.envelope as unknown as JsonObject, ...payloadOf(row.payload) }
    : textOf(bytes);

const typeOf = ({ event_type }: Envelope): string =>
  E.isRight(parseEventType(event_type)) && !isReserved(event_type as EventType) ? event_type : ROW;

const headerOf = (envelope: Envelope): JsonObject => {
  const { session_id, domain_tags, observed_at } = envelope;
  const tags = domain_tags.filter((tag) => E.isRight(parseTag(tag)));
  const set = [...new Set(tags)].toSorted().slice(0, MAX_SET);
  return {
    event_type: typeOf(envelope),
    observed_at: momentOf(observed_at, 3) ?? '',
    ...(E.isRight(parseLabel(session_id)) ? { session_id } : {}),
    ...(set.length === 0 ? {} : { domain_tags: set }),
  };
};

/** What is shorter than this has room, however it must be escaped. */
const SHORT = 1 << 16;

/** What is no digest yet is as long as one: what has room has it with any. */
const SOME_SHA256 = '0'.repeat(64);

/** isLost tells a line of which there can be no event. */
export const isLost = (item: Item): boolean =>
  item.bytes === undefined ||
  (item.bytes.length >= SHORT && draftOf(item, SOME_SHA256, () => 1) === undefined);

const PLAIN_ID = /^[A-Za-z0-9._-]{1,40}$/;

/** The how-manieth it is of what has a name, wherever in its file it stands. */
export type Nth = (name: string, of: 'row' | 'line') => number;

/** draftOf makes the event of a row or a line; undefined where no event could hold it. */
export const draftOf = (item: Item, fileSha256: string, nth: Nth): Incoming | undefined => {
  const made = draftMade(item, fileSha256, nth);
  const { bytes = new Uint8Array() } = item;
  if (made === undefined || bytes.length < SHORT || hasRoom(made.draft)) return made;
  // What must be escaped can be too long as a text, and short enough as bytes.
  const { origin = null } = isObject(made.draft['payload']) ? made.draft['payload'] : {};
  const draft = { ...made.draft, payload: { origin, ...bytesOf(bytes) } };
  return hasRoom(draft) ? { ...made, draft } : undefined;
};

/** apart gives a row an id of its own where another reading of it is recorded under the same. */
export const apart = (incoming: Incoming, recorded: Recorded): Incoming => {
  const { draft } = incoming;
  const { id, payload } = draft;
  if (typeof id !== 'string' || !isObject(payload) || recorded.known(draft) !== 'other')
    return incoming;
  const { origin: _, ...held } = payload;
  return {
    ...incoming,
    draft: { ...draft, id: `${id}:${shortDigest(write(held)).slice(0, 16)}` },
  };
};

const draftMade = (item: Item, fileSha256: string, nth: Nth): Incoming | undefined => {
  const { file, line, bytes, read, isRecord } = item;
  if (bytes === undefined) return undefined;
  const { row } = read;
  const origin = { tool: 'cortex', file, file_sha256: fileSha256, line };
  const where = `${file} line ${line}`;
  if (row === undefined) {
    const [kind, event_type] = isRecord === true ? ['record', RECORD] : ['line', UNREAD];
    const name = `cortex:${kind}:${shortDigest(bytes)}`;
    const id = `${name}:${nth(name, 'line')}`;
    const payload = { origin: { ...origin, row_hash: null }, ...textOf(bytes) };
    return { where, draft: { id, event_type, source: { ...SOURCE }, payload } };
  }
  const { envelope } = row;
  const own = PLAIN_ID.test(envelope.id) ? envelope.id : shortDigest(envelope.id);
  const name = `cortex:${own}:${envelope.event_hash.slice(0, 32)}`;
  const id = `${name}:${nth(name, 'row')}`;
  const payload = {
    origin: { ...origin, row_hash: envelope.event_hash },
    ...bodyOf(row, bytes, read.faults.length > 0),
  };
  return { where, draft: { ...headerOf(envelope), id, source: { ...SOURCE }, payload } };
};

/** payloadText gives back the payload of a row as it stood in the log, undefined for no row. */
export const payloadText = (event: JsonObject): string | undefined => {
  const { payload_text: text, payload } = event;
  if (typeof text === 'string') return text;
  return payload === undefined || !isObject(event['row']) ? undefined : write(payload);
};
