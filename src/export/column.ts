/**
 * An event as a row: the members of its header first, then its hash, the payload as JSON, the salt,
 * and a column for each pointer into the payload that was asked for. Every format that is a table
 * has these columns, each in its own types. What is absent is undefined; no member can be empty.
 */
import type { Json } from '../../ledger/json/value.ts';
import type { Event } from './event.ts';
import type { Pointer } from './pointer.ts';
import { valueAt } from './pointer.ts';

/**
 * A text, one that looks like chance, a whole number, a moment in UTC to the millisecond, or a set
 * of names without spaces.
 */
export type Kind = 'text' | 'digest' | 'whole' | 'time' | 'set';
export type Value = string | number | readonly string[] | undefined;

export interface Column {
  readonly name: string;
  readonly kind: Kind;
}

interface Taken extends Column {
  readonly of: (event: Event) => Value;
}

const member = (name: string, kind: Kind, of: (header: Event['header']) => Value): Taken => ({
  name,
  kind,
  of: ({ header }) => of(header),
});

const TAKEN: readonly Taken[] = [
  member('seq', 'whole', ({ seq }) => seq),
  member('id', 'text', ({ id }) => id),
  member('event_type', 'text', ({ event_type: type }) => type),
  member('recorded_at', 'time', ({ recorded_at: at }) => at),
  member('observed_at', 'time', ({ observed_at: at }) => at),
  member('source_kind', 'text', ({ source }) => source.kind),
  member('source_name', 'text', ({ source }) => source.name),
  member('source_version', 'text', ({ source }) => source.version),
  member('source_model', 'text', ({ source }) => source.model),
  member('source_instance', 'text', ({ source }) => source.instance),
  member('session_id', 'text', ({ session_id: session }) => session),
  member('trace_id', 'text', ({ trace_id: trace }) => trace),
  member('domain_tags', 'set', ({ domain_tags: tags }) => tags),
  member('causation_id', 'text', ({ causation_id: cause }) => cause),
  member('supersedes', 'text', ({ supersedes }) => supersedes),
  member('authorization', 'text', ({ authorization }) => authorization),
  member('policy_outcome', 'text', ({ policy }) => policy.outcome),
  member('policy_contributing', 'set', ({ policy }) => policy.contributing),
  member('policy_set', 'text', ({ policy }) => policy.policy_set),
  member('key_id', 'text', ({ attestation }) => attestation?.key_id),
  member('meaning', 'text', ({ attestation }) => attestation?.meaning),
  member('signed_at', 'time', ({ attestation }) => attestation?.signed_at),
  member('signature', 'digest', ({ attestation }) => attestation?.signature),
  member('seen_seq', 'whole', ({ seen }) => seen?.seq),
  member('seen_event_hash', 'digest', ({ seen }) => seen?.event_hash),
  member('ledger', 'text', ({ ledger }) => ledger),
  member('schema_version', 'whole', ({ schema_version: version }) => version),
  member('payload_hash', 'digest', ({ payload_hash: hash }) => hash),
  member('prev_event_hash', 'digest', ({ prev_event_hash: hash }) => hash),
  { name: 'event_hash', kind: 'digest', of: ({ event_hash: hash }) => hash },
  { name: 'payload', kind: 'text', of: ({ payloadText }) => payloadText },
  { name: 'salt', kind: 'digest', of: ({ salt }) => salt },
];

/** A text as it is, unless no table can hold it; anything else as JSON. */
const shown = (value: Json | undefined): string | undefined => {
  if (value === undefined) return undefined;
  const isPlain = typeof value === 'string' && !value.includes('\0');
  return isPlain ? value : JSON.stringify(value);
};

/** columnsOf names the columns. */
export const columnsOf = (pointers: readonly Pointer[] = []): readonly Column[] => [
  ...TAKEN,
  ...pointers.map(({ text }): Column => ({ name: `payload${text}`, kind: 'text' })),
];

/** valuesOf gives what an event has in each column. */
export const valuesOf = (event: Event, pointers: readonly Pointer[] = []): readonly Value[] => {
  const { payloadText } = event;
  const isRead = pointers.length > 0 && payloadText !== undefined;
  const payload = isRead ? (JSON.parse(payloadText) as Json) : undefined;
  return [
    ...TAKEN.map(({ of }) => of(event)),
    ...pointers.map((pointer) => shown(valueAt(pointer, payload))),
  ];
};
