/**
 * A row of the database of cortex, and the line of the log that it was: times are written another
 * way there, and signatures are not kept. SQLite takes any bytes for a text: what is none is kept
 * byte for byte, and is no row.
 */
import { MAX_LINE_BYTES } from '../../../ledger/event/header.ts';
import { isSqliteError } from '../../storage/attempt.ts';
import type { Fault } from '../defect.ts';
import { NO_ROOM, fault } from '../defect.ts';
import type { Hashes } from './row.ts';

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
/** The table that is taken. */
export const TAKEN: ReadonlyMap<string, readonly string[]> = new Map([['events', COLUMNS]]);
type Column = (typeof COLUMNS)[number];

type Columns = Readonly<Record<Column, string | null>>;

/** A row as the database has it. */
export type Stored = Columns & {
  /** Its rowid, as a text: a double does not hold all of them. */
  readonly place: string;
  readonly is_long: number;
  /** Where one of its columns is no text. */
  readonly noTexts?: NoTexts;
};
/** The bytes of those columns. */
type NoTexts = Readonly<Record<Column, Buffer | null>>;

/**
 * What is longer than this is so as a line too: in UTF-16 a character has two bytes. `length` would
 * end at the first NUL of a text.
 */
const isLong = (name: Column): string => `octet_length(${name}) > ${2 * MAX_LINE_BYTES}`;

/** A row of the database as a line of the log. */
export interface StoredLine {
  readonly id: string;
  readonly line: Uint8Array;
  /** Why it is no row, where that is so. */
  readonly noText?: Fault;
  /** Its hashes, whatever else of it can be read. */
  readonly hashes?: Hashes | undefined;
}

/** SELECT reads rows: what is no text or is too long for an event comes as what is no row. */
export const SELECT = `SELECT ${COLUMNS.map(
  (name) => `iif(${isLong(name)}, '?', CAST(${name} AS TEXT)) AS ${name}`,
).join(', ')}, ${COLUMNS.map((name) => `ifnull(${isLong(name)}, 0)`).join(' OR ')} AS is_long,
  CAST(rowid AS TEXT) AS place FROM events`;

/** NO_TEXTS gives the bytes of a row wherever they are not those of the text that was read. */
export const NO_TEXTS = `SELECT ${COLUMNS.map(
  (name) => `nullif(CAST(${name} AS BLOB), CAST(@${name} AS BLOB)) AS ${name}`,
).join(', ')} FROM events WHERE rowid = @place`;

const MARK = '\uFFFD';

/** hasMark tells a row in which bytes may be no UTF-8: they are read as such a mark. */
export const hasMark = (row: Stored): boolean => COLUMNS.some((name) => row[name]?.includes(MARK));

/** withNoTexts adds what NO_TEXTS found to a row. */
export const withNoTexts = (row: Stored, found: unknown): Stored => {
  const noTexts = found as NoTexts;
  return COLUMNS.every((name) => noTexts[name] === null) ? row : { ...row, noTexts };
};

const json = (value: string | null): string => JSON.stringify(value);
/** Times end with Z in the log. */
const time = (value: string | null): string =>
  json(typeof value === 'string' ? value.replace(/\+00:00$/, 'Z') : value);

/** lineOf writes a stored row as a line of the log. */
export const lineOf = (row: Columns): string =>
  `{"id":${json(row.id)},"schema_version":${String(row.schema_version)}` +
  `,"observed_at":${time(row.observed_at)},"recorded_at":${time(row.recorded_at)}` +
  `,"source":${String(row.source_json)},"event_type":${json(row.event_type)}` +
  `,"trace_id":${json(row.trace_id)},"session_id":${json(row.session_id)}` +
  `,"domain_tags":${String(row.domain_tags_json)},"payload":${String(row.payload_json)}` +
  `,"payload_hash":${json(row.payload_hash)},"prev_event_hash":${json(row.prev_event_hash)}` +
  `,"event_hash":${json(row.event_hash)}}`;

/** The bytes of a line, written with a character for each: what must be escaped is ASCII. */
const bytesOf = (row: Stored, noTexts: NoTexts): Uint8Array => {
  const columns = COLUMNS.map((name) => {
    const bytes = noTexts[name] ?? Buffer.from(row[name] ?? '');
    return [name, row[name] === null ? null : bytes.toString('latin1')] as const;
  });
  return Buffer.from(lineOf(Object.fromEntries(columns) as Columns), 'latin1');
};

const HASH = /^[0-9a-f]{64}$/;

const hashesOf = ({ prev_event_hash, event_hash, noTexts }: Stored): Hashes | undefined => {
  const isText = (noTexts?.prev_event_hash ?? noTexts?.event_hash ?? null) === null;
  const isLinked = prev_event_hash === null || HASH.test(prev_event_hash);
  return isText && isLinked && event_hash !== null && HASH.test(event_hash)
    ? { prev_event_hash, event_hash }
    : undefined;
};

const lineWithId = (row: Stored): StoredLine | Fault => {
  if (row.is_long === 1) return NO_ROOM;
  const { noTexts, place } = row;
  const id = String(row.id);
  const hashes = hashesOf(row);
  if (noTexts === undefined) return { id, line: Buffer.from(lineOf(row)), hashes };
  const names = COLUMNS.filter((name) => noTexts[name] !== null).join(', ');
  const noText = fault('invalid_utf8', `${names} at rowid ${place}, of ${id}`);
  return { id, line: bytesOf(row, noTexts), noText, hashes };
};

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
