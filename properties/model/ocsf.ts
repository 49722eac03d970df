/**
 * What an event of OCSF says, member by member, put together again as the line that is stored.
 */
import { write } from '../../ledger/json/format.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';

const members = (value: Json | undefined): JsonObject => (value ?? {}) as JsonObject;

/** A moment to the millisecond, as a ledger writes it. */
const timeOf = (value: Json | undefined): string => new Date(Number(value)).toISOString();

/** lineOfOcsf makes the stored line again. */
export const lineOfOcsf = (text: string): string => {
  const event = JSON.parse(text) as JsonObject;
  const metadata = members(event['metadata']);
  const actor = members(event['actor']);
  const { payload, salt, withheld: _withheld, ...rest } = members(event['unmapped']);
  const session = members(actor['session'])['uid'];
  const { correlation_uid: trace, labels } = metadata;
  const header = {
    ...rest,
    event_type: metadata['event_code'] ?? null,
    id: metadata['original_event_uid'] ?? null,
    ledger: metadata['log_name'] ?? null,
    observed_at: timeOf(event['time']),
    recorded_at: timeOf(metadata['logged_time']),
    schema_version: Number(metadata['log_version']),
    seq: metadata['sequence'] ?? null,
    ...(session === undefined ? {} : { session_id: session }),
    ...(trace === undefined ? {} : { trace_id: trace }),
    ...(labels === undefined ? {} : { domain_tags: labels }),
  };
  const open = payload === undefined ? {} : { payload, salt: salt ?? null };
  return write({ event_hash: metadata['uid'] ?? null, header, ...open });
};
