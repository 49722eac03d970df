/**
 * What rows of kaizen's outbox become: what waits there is enqueued here, its payload the text that
 * it was; what was marked as sent, or stands in both files, is history. What waited before is not
 * told once more: it may have been erased here since. What is no text cannot be delivered as what
 * it is: it is kept, and not enqueued.
 */
import type { JsonObject } from '../../../ledger/json/value.ts';
import type { Named } from './lineage.ts';
import type { Merged } from './merge.ts';
import type { OutboxRow } from './outbox-row.ts';
import { PARTS, REPLACEABLE, base64Of } from './outbox-row.ts';

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
      event_type: 'kaizen.outbox_row',
      payload: { fate: fate === 'pending' ? 'moved' : fate, as },
    };
  if (isEnqueued(merged))
    return {
      id,
      event_type: 'outbox.enqueued',
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
    event_type: 'kaizen.outbox_row',
    payload: { fate, ...saidOf(row), ...base64 },
  };
};
