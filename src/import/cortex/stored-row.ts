/**
 * A row of the database of cortex, and the line of the log that it was: times are written another
 * way there, and signatures are not kept.
 */
import { MAX_LINE_BYTES } from '../../../ledger/event/header.ts';
import { isSqliteError } from '../../storage/attempt.ts';
import type { Fault } from '../defect.ts';
import { NO_ROOM, fault } from '../defect.ts';

export const COLUMNS = [
  'id',
  'schema_version',
  'observed_at',
  'recorded_at',
  'source_json',
  'event_type',
  'trace_id',
  'session_id',
  'domain_tags_json',
  'payload_json',
  'payload_hash',
  'prev_event_hash',
  'event_hash',
] as const;
type Column = (typeof COLUMNS)[number];

/** A row as the database has it. */
export type Stored = Readonly<Record<Column, string | number | null>> & {
  /** Its rowid, as a text: a double does not hold all of them. */
  readonly place: string;
  readonly is_long: number;
};

/**
 * What is longer than this is so as a line too: in UTF-16 a character has two bytes. `length` would
 * end at the first NUL of a text.
 */
const isLong = (name: Column): string => `octet_length(${name}) > ${2 * MAX_LINE_BYTES}`;

/** A row of the database as a line of the log. */
export interface StoredLine {
  readonly id: string;
  readonly line: string;
}

/** SELECT reads rows: what is no text or is too long for an event comes as what is no row. */
export const SELECT = `SELECT ${COLUMNS.map(
  (name) => `iif(${isLong(name)}, '?', CAST(${name} AS TEXT)) AS ${name}`,
).join(', ')}, ${COLUMNS.map((name) => `ifnull(${isLong(name)}, 0)`).join(' OR ')} AS is_long,
  CAST(rowid AS TEXT) AS place FROM events`;

const json = (value: string | number | null): string => JSON.stringify(value);
/** Times end with Z in the log. */
const time = (value: string | number | null): string =>
  json(typeof value === 'string' ? value.replace(/\+00:00$/, 'Z') : value);

/** lineOf writes a stored row as a line of the log. */
export const lineOf = (row: Stored): string =>
  `{"id":${json(row.id)},"schema_version":${String(row.schema_version)}` +
  `,"observed_at":${time(row.observed_at)},"recorded_at":${time(row.recorded_at)}` +
  `,"source":${String(row.source_json)},"event_type":${json(row.event_type)}` +
  `,"trace_id":${json(row.trace_id)},"session_id":${json(row.session_id)}` +
  `,"domain_tags":${String(row.domain_tags_json)},"payload":${String(row.payload_json)}` +
  `,"payload_hash":${json(row.payload_hash)},"prev_event_hash":${json(row.prev_event_hash)}` +
  `,"event_hash":${json(row.event_hash)}}`;

const lineWithId = (row: Stored): StoredLine | Fault =>
  row.is_long === 1 ? NO_ROOM : { id: String(row.id), line: lineOf(row) };

const unreadable = (thrown: unknown): Fault => {
  if (!isSqliteError(thrown)) throw thrown;
  return fault('database_unreadable', thrown.code);
};

/** linesOf gives rows as lines, and behind the last one why there are no more of them. */
export function* linesOf(rows: Iterable<Stored>): Generator<StoredLine | Fault, void> {
  try {
    for (const row of rows) yield lineWithId(row);
  } catch (thrown) {
    yield unreadable(thrown);
  }
}
