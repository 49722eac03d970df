/**
 * Events as CloudEvents 1.0, a line of JSON for each.
 *
 *     {"specversion":"1.0","id":"…","source":"example.com/acme","type":"invoice.paid",
 *      "time":"…","recordedtime":"…","sequence":"0000000000000007","datacontenttype":
 *      "application/json","data":{…},"ledgerhash":"…", …}
 *
 * `source` is the origin, within which an id is unique. `time` is when it happened, `recordedtime`
 * when it was recorded. `sequence` has sixteen digits, so that it sorts as text. Its trace is told
 * as a `traceparent` whose parent is the event itself: the first eight bytes of its hash.
 */
import type { Event } from './event.ts';

const SEQUENCE_DIGITS = 16;
const PARENT_DIGITS = 16;

/** Zeros name no parent. */
const parentOf = (hash: string): string => {
  const parent = hash.slice(0, PARENT_DIGITS);
  return /^0+$/.test(parent) ? hash.slice(-PARENT_DIGITS) : parent;
};

/** cloudEvent is the line of an event. */
export const cloudEvent = ({ header, event_hash: hash, payloadText }: Event): string => {
  const { trace_id: trace, session_id: session, attestation, policy, supersedes } = header;
  const { causation_id: cause, source } = header;
  const attributes = {
    specversion: '1.0',
    id: header.id,
    source: header.ledger,
    type: header.event_type,
    ...(session === undefined ? {} : { subject: session }),
    time: header.observed_at,
    recordedtime: header.recorded_at,
    sequence: String(header.seq).padStart(SEQUENCE_DIGITS, '0'),
    ...(trace === undefined ? {} : { traceparent: `00-${trace}-${parentOf(hash)}-00` }),
    ledgerhash: hash,
    ledgerprevious: header.prev_event_hash,
    ledgeroutcome: policy.outcome,
    ledgersource: `${source.kind}:${source.name}`,
    ...(attestation === undefined ? {} : { ledgerkey: attestation.key_id }),
    ...(cause === undefined ? {} : { ledgercause: cause }),
    ...(supersedes === undefined ? {} : { ledgersupersedes: supersedes }),
    ...(payloadText === undefined
      ? { ledgerwithheld: true }
      : { datacontenttype: 'application/json' }),
  };
  const text = JSON.stringify(attributes);
  return payloadText === undefined ? `${text}\n` : `${text.slice(0, -1)},"data":${payloadText}}\n`;
};
