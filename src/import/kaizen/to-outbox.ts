/**
 * What rows of kaizen's outbox become: what waits there is enqueued here, its payload the text that
 * it was; what was marked as sent, or stands in both files, is history. What waited before is not
 * told once more: it may have been erased here since. What is no text is enqueued as its bytes, and
 * delivery parks it. What would be too long as a text is written as its bytes, too.
 */
import { encodeUtf8 } from '../../../ledger/encoding/utf8.ts';
import type { JsonObject } from '../../../ledger/json/value.ts';
import { isObject } from '../../../ledger/json/value.ts';
import type { Said } from '../plan.ts';
import { bytesOf, hasRoom } from '../room.ts';
import type { Merged } from './merge.ts';
import { pairOf, rowDigest } from './merge.ts';
import type { OutboxRow } from './outbox-row.ts';
import { PARTS, base64Of, isProse, isReplacing, sqliteRow } from './outbox-row.ts';
import type { Named } from './row-name.ts';

const ENQUEUED = 'outbox.enqueued';
export const KEPT = 'kaizen.outbox_row';

/** Earlier versions enqueued no row that was not of this form, and kept it instead. */
const wasKept = ({ owner, kind, bytes }: OutboxRow): boolean =>
  bytes !== undefined || ![owner, kind].every(isProse);

/** What a row says: texts, and in base64 what is none; or what is shorter so, if that is asked. */
const saidOf = (row: OutboxRow, isShort = false): JsonObject =>
  Object.fromEntries(
    PARTS.map((part) => {
      const [text, bytes] = [row[part], row.bytes?.[part]];
      if (bytes === undefined && !isShort) return [part, text];
      const base64 = base64Of(bytes ?? encodeUtf8(text));
      const isText = bytes === undefined && bytesOf(text) <= bytesOf(base64);
      return isText ? [part, text] : [`${part}_base64`, base64];
    }),
  );

/** So many letters have room in a line, however they are written. */
const SOME = 100_000;
const isLong = ({ owner, kind, payload, bytes }: OutboxRow): boolean =>
  bytes !== undefined || owner.length + kind.length + payload.length > SOME;

/** What was no row, as it lay there; its payload is the same bytes. */
const rawOf = ({ raw, bytes }: OutboxRow, isShort: boolean): JsonObject =>
  raw === undefined || bytes !== undefined || isShort ? {} : { base64: raw };

/** outboxDraft is the type, id and payload of the event that a row becomes. */
export const outboxDraft = ({ row, fate }: Merged, { id, as, isKept }: Named): JsonObject => {
  if (as !== undefined)
    return {
      id,
      event_type: KEPT,
      payload: { fate: fate === 'pending' ? 'moved' : fate, as },
    };
  const draftOf = (isShort: boolean): JsonObject =>
    fate === 'pending' && !(isKept === true && wasKept(row))
      ? {
          id,
          event_type: ENQUEUED,
          payload: { ...saidOf(row, isShort), ...(isReplacing(row) ? { replaceable: true } : {}) },
        }
      : {
          id,
          event_type: KEPT,
          payload: { fate, ...saidOf(row, isShort), ...rawOf(row, isShort) },
        };
  const draft = draftOf(false);
  return isLong(row) && !hasRoom(draft) ? draftOf(true) : draft;
};

const WAS_BEFORE =
  'its like was recorded under its number before other files were put aside: it is another one, ' +
  'unless this is one of those files';
const WAS_KEPT =
  'an earlier version kept it, and did not enqueue it: here it waits for nothing; a new ledger ' +
  'enqueues it';

/** warningOf tells what somebody should look at, since something else was recorded of a row. */
export const warningOf = (
  { row, fate }: Merged,
  { isKept = false }: Named,
  wasBefore: boolean,
): string | undefined => {
  if (fate === 'pending' && isKept && wasKept(row)) return WAS_KEPT;
  return wasBefore ? WAS_BEFORE : undefined;
};

/** chainOf names the rows of which the last one is to be the latest. */
export const chainOf = ({ row }: Merged, { event_type: type }: JsonObject): string | undefined =>
  type === ENQUEUED && isReplacing(row) ? `outbox ${pairOf(row)}` : undefined;

/** What is told of a row, by the word for it in its id. */
const FATES: Readonly<Record<string, string>> = { waits: 'pending', ended: 'sent' };

/** The row that an event tells, whichever its file was. */
const rowIn = (payload: JsonObject): OutboxRow => {
  const partIn = (part: (typeof PARTS)[number]): Uint8Array => {
    const [text, base64] = [payload[part], payload[`${part}_base64`]];
    if (typeof base64 === 'string') return Buffer.from(base64, 'base64');
    return encodeUtf8(typeof text === 'string' ? text : '');
  };
  const [owner, kind, text] = [partIn('owner'), partIn('kind'), partIn('payload')];
  return sqliteRow(0n, { owner, kind, payload: text }, false);
};

/**
 * isOutboxDraft tells whether an event is what a row became, by what its id says of the row. What
 * was erased is told by the rest.
 */
export const isOutboxDraft = (
  { event_type, source, payload }: Said,
  { digest, number, fate }: Readonly<Record<'digest' | 'number' | 'fate', string>>,
): boolean => {
  const { instance } = source;
  const place = ` row:${number} content:${digest}`;
  if (typeof instance !== 'string' || !instance.endsWith(place)) return false;
  if (event_type !== KEPT && (event_type !== ENQUEUED || fate !== 'waits')) return false;
  if (payload === undefined) return true;
  if (!isObject(payload)) return false;
  const isKept = event_type === KEPT;
  if (isKept && payload['fate'] !== (FATES[fate] ?? fate)) return false;
  if (typeof payload['as'] === 'string') return fate !== 'waits' && fate !== 'sent';
  if (fate === 'moved' || fate === 'ended') return false;
  const row = rowIn(payload);
  if (isKept && fate === 'waits' && !wasKept(row)) return false;
  return rowDigest(row) === digest;
};
