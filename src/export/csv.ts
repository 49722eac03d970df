/**
 * Events as CSV, RFC 4180: a row of names, then a row for each event, CRLF behind each.
 *
 * Programs that show tables take a cell that begins with `= + - @`, a tab or a CR for a formula.
 * Such a cell is written with an apostrophe before it, and so is one that begins with one: whoever
 * takes one away from every cell that begins with one has what was there. A cell with a comma, a
 * quote, a CR or an LF stands in quotes. What is absent is empty; no member can be empty.
 *
 * The members of the header come first, then the payload as JSON, the salt, and a column for each
 * pointer into the payload that was asked for. With payload and salt a row is the whole event.
 */
import type { Header } from '../../ledger/event/header.ts';
import type { Json } from '../../ledger/json/value.ts';
import type { Event } from './event.ts';
import type { Pointer } from './pointer.ts';
import { valueAt } from './pointer.ts';

type Cell = string | number | undefined;

/** The columns of a header, each with where it is taken from. */
const COLUMNS: readonly (readonly [name: string, of: (header: Header) => Cell])[] = [
  ['seq', ({ seq }) => seq],
  ['id', ({ id }) => id],
  ['event_type', ({ event_type: type }) => type],
  ['recorded_at', ({ recorded_at: at }) => at],
  ['observed_at', ({ observed_at: at }) => at],
  ['source_kind', ({ source }) => source.kind],
  ['source_name', ({ source }) => source.name],
  ['source_version', ({ source }) => source.version],
  ['source_model', ({ source }) => source.model],
  ['source_instance', ({ source }) => source.instance],
  ['session_id', ({ session_id: session }) => session],
  ['trace_id', ({ trace_id: trace }) => trace],
  ['domain_tags', ({ domain_tags: tags }) => tags?.join(' ')],
  ['causation_id', ({ causation_id: cause }) => cause],
  ['supersedes', ({ supersedes }) => supersedes],
  ['authorization', ({ authorization }) => authorization],
  ['policy_outcome', ({ policy }) => policy.outcome],
  ['policy_contributing', ({ policy }) => policy.contributing?.join(' ')],
  ['policy_set', ({ policy }) => policy.policy_set],
  ['key_id', ({ attestation }) => attestation?.key_id],
  ['meaning', ({ attestation }) => attestation?.meaning],
  ['signed_at', ({ attestation }) => attestation?.signed_at],
  ['signature', ({ attestation }) => attestation?.signature],
  ['seen_seq', ({ seen }) => seen?.seq],
  ['seen_event_hash', ({ seen }) => seen?.event_hash],
  ['ledger', ({ ledger }) => ledger],
  ['schema_version', ({ schema_version: version }) => version],
  ['payload_hash', ({ payload_hash: hash }) => hash],
  ['prev_event_hash', ({ prev_event_hash: hash }) => hash],
];

const BOM = '\uFEFF';
const CRLF = '\r\n';

const cellOf = (value: Cell): string => {
  const text = value === undefined ? '' : String(value);
  const neutral = /^[=+\-@\t\r']/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(neutral) ? `"${neutral.replaceAll('"', '""')}"` : neutral;
};

const rowOf = (cells: readonly Cell[]): string => `${cells.map(cellOf).join(',')}${CRLF}`;

/** A text as it is, unless no table can hold it; anything else as JSON. */
const shown = (value: Json | undefined): Cell => {
  if (value === undefined) return undefined;
  const isPlain = typeof value === 'string' && !value.includes('\0');
  return isPlain ? value : JSON.stringify(value);
};

export interface CsvOptions {
  readonly pointers?: readonly Pointer[] | undefined;
  /** Whether it begins with a byte order mark, by which some programs know UTF-8. */
  readonly hasBom?: boolean | undefined;
}

/** csvHead is the row of names. */
export const csvHead = ({ pointers = [], hasBom = false }: CsvOptions = {}): string => {
  const names = COLUMNS.map(([name]) => name);
  const own = pointers.map(({ text }) => `payload${text}`);
  return `${hasBom ? BOM : ''}${rowOf([...names, 'event_hash', 'payload', 'salt', ...own])}`;
};

/** csvRow is the row of an event. */
export const csvRow = (event: Event, { pointers = [] }: CsvOptions = {}): string => {
  const { header, event_hash: hash, payloadText, salt } = event;
  const isRead = pointers.length > 0 && payloadText !== undefined;
  const payload = isRead ? (JSON.parse(payloadText) as Json) : undefined;
  return rowOf([
    ...COLUMNS.map(([, of]) => of(header)),
    hash,
    payloadText,
    salt,
    ...pointers.map((pointer) => shown(valueAt(pointer, payload))),
  ]);
};
