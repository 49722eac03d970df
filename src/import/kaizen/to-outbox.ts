/**
 * What rows of kaizen's outbox become: what waits there is enqueued here, its payload the text that
 * it was; what was marked as sent, or stands in both files, is history. What waited before is not
 * told once more: it may have been erased here since. What is no text cannot be delivered as what
 * it is: it is kept, and not enqueued.
 */
import { encodeUtf8 } from '../../../ledger/encoding/utf8.ts';
import type { JsonObject } from '../../../ledger/json/value.ts';
import { isObject } from '../../../ledger/json/value.ts';
import type { Said } from '../plan.ts';
import type { Named } from './lineage.ts';
import type { Merged } from './merge.ts';
import { pairOf, rowDigest } from './merge.ts';
import type { OutboxRow } from './outbox-row.ts';
import { PARTS, REPLACEABLE, base64Of, sqliteRow } from './outbox-row.ts';

const ENQUEUED = 'outbox.enqueued';
const KEPT = 'kaizen.outbox_row';

/** What an owner or a kind of an item may be. */
const PROSE = /^[^\p{Cc}\p{Cs}]{0,4096}$/u;

/** isEnqueued tells whether a row waits to be delivered, and can. */
export const isEnqueued = ({ row, fate }: Merged): boolean =>
  fate === 'pending' && row.bytes === undefined && PROSE.test(row.owner) && PROSE.test(row.kind);

/** What a row says: texts, and in base64 what is none. */
const saidOf = (row: OutboxRow): JsonObject =>
  Object.fromEntries(
    PARTS.map((part) => {
      const bytes = row.bytes?.[part];
      return bytes === undefined ? [part, row[part]] : [`${part}_base64`, base64Of(bytes)];
    }),
  );

/** outboxDraft is the type, id and payload of the event that a row becomes. */
export const outboxDraft = (merged: Merged, { id, as }: Named): JsonObject => {
  const { row, fate } = merged;
  const { owner, kind, payload, raw } = row;
  if (as !== undefined)
    return {
      id,
      event_type: KEPT,
      payload: { fate: fate === 'pending' ? 'moved' : fate, as },
    };
  if (isEnqueued(merged))
    return {
      id,
      event_type: ENQUEUED,
      payload: {
        owner,
        kind,
        payload,
        ...(REPLACEABLE.has(kind) ? { replaceable: true } : {}),
      },
    };
  const base64 = raw === undefined || row.bytes !== undefined ? {} : { base64: raw };
  return {
    id,
    event_type: KEPT,
    payload: { fate, ...saidOf(row), ...base64 },
  };
};

/** chainOf names the rows of which the last one is to be the latest. */
export const chainOf = ({ row }: Merged, { event_type: type }: JsonObject): string | undefined =>
  type === ENQUEUED && REPLACEABLE.has(row.kind) ? `outbox ${pairOf(row)}` : undefined;

/** What is told of a row, by the word for it in its id. */
const FATES: Readonly<Record<string, string>> = { waits: 'pending', ended: 'sent' };

/** The row that an event tells, whichever its file was. */
const rowIn = (payload: JsonObject): OutboxRow => {
  const bytesOf = (part: (typeof PARTS)[number]): Uint8Array => {
    const [text, base64] = [payload[part], payload[`${part}_base64`]];
    if (typeof base64 === 'string') return Buffer.from(base64, 'base64');
    return encodeUtf8(typeof text === 'string' ? text : '');
  };
  const [owner, kind, text] = [bytesOf('owner'), bytesOf('kind'), bytesOf('payload')];
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
  const isLeft = fate !== 'waits' || !isEnqueued({ row, fate: 'pending', digest });
  return isKept === isLeft && rowDigest(row) === digest;
};
