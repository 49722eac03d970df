/**
 * The database that cortex keeps beside its log. It knows no order, so rows are taken along the
 * chain; its times are written another way, and it holds no signatures.
 */
import * as E from 'fp-ts/lib/Either.js';
import { MAX_LINE_BYTES } from '../../../ledger/event/header.ts';
import { attempt, isSqliteError } from '../../storage/attempt.ts';
import type { Fault } from '../defect.ts';
import { NO_ROOM, fault } from '../defect.ts';
import type { ForeignDatabase } from '../foreign-database.ts';
import { columnsOf } from '../foreign-database.ts';
import { Scratch } from '../scratch.ts';
import type { Row } from './row.ts';
import { formatRow } from './row.ts';

const COLUMNS = [
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
type Stored = Readonly<Record<Column, string | number | null>> & {
  readonly place: number;
  readonly is_long: number;
};

const TOO_LONG = COLUMNS.map((name) => `ifnull(length(${name}), 0) > ${MAX_LINE_BYTES}`);

/** A row of the database as a line of the log. */
export interface StoredLine {
  readonly id: string;
  readonly line: string;
}

/** What is no text or is too long for an event comes as a text that is no row. */
const SELECT = `SELECT ${COLUMNS.map((name) =>
  name === 'schema_version'
    ? `CAST(schema_version AS TEXT) AS schema_version`
    : `CASE WHEN ${name} IS NULL THEN NULL WHEN length(${name}) > ${MAX_LINE_BYTES} THEN '?'
       ELSE CAST(${name} AS TEXT) END AS ${name}`,
).join(', ')}, ${TOO_LONG.join(' OR ')} AS is_long, rowid AS place FROM events`;

const json = (value: string | number | null): string => JSON.stringify(value);
/** Times end with Z in the log. */
const time = (value: string | number | null): string =>
  json(typeof value === 'string' ? value.replace(/\+00:00$/, 'Z') : value);

/** lineOf writes a stored row as a line of the log. */
const lineOf = (row: Stored): string =>
  `{"id":${json(row.id)},"schema_version":${String(row.schema_version)}` +
  `,"observed_at":${time(row.observed_at)},"recorded_at":${time(row.recorded_at)}` +
  `,"source":${String(row.source_json)},"event_type":${json(row.event_type)}` +
  `,"trace_id":${json(row.trace_id)},"session_id":${json(row.session_id)}` +
  `,"domain_tags":${String(row.domain_tags_json)},"payload":${String(row.payload_json)}` +
  `,"payload_hash":${json(row.payload_hash)},"prev_event_hash":${json(row.prev_event_hash)}` +
  `,"event_hash":${json(row.event_hash)}}`;

const lineWithId = (row: Stored): StoredLine | Fault =>
  row.is_long === 1 ? NO_ROOM : { id: String(row.id), line: lineOf(row) };

export class CortexDatabase {
  private readonly database: ForeignDatabase;
  private readonly byId;
  private readonly after;
  matched = 0;

  private constructor(database: ForeignDatabase) {
    this.database = database;
    const { sqlite } = database;
    // The copy is ours.
    sqlite.exec('CREATE INDEX IF NOT EXISTS temporary_by_prev ON events (prev_event_hash)');
    this.byId = sqlite.prepare(`${SELECT} WHERE id = ?`);
    this.after = sqlite.prepare(`${SELECT} WHERE prev_event_hash IS ?`);
  }

  /** open takes a database that has the table. */
  static open(database: ForeignDatabase): E.Either<Fault, CortexDatabase> {
    const columns = columnsOf(database, 'events');
    const missing = COLUMNS.filter((name) => !columns.has(name));
    if (missing.length > 0)
      return E.left(fault('database_unreadable', `the table events lacks ${missing.join(', ')}`));
    const opened = attempt(database.path, () => new CortexDatabase(database));
    return E.mapLeft(({ code }: { readonly code: string }) => fault('database_unreadable', code))(
      opened,
    );
  }

  /** compare holds a row of the log against the one that is stored. */
  compare({ envelope, payload }: Row): readonly Fault[] {
    const { signature: _apart, ...bare } = envelope;
    const read = attempt(
      this.database.path,
      () => this.byId.get(envelope.id) as Stored | undefined,
    );
    if (E.isLeft(read)) return [fault('database_unreadable', read.left.code)];
    if (read.right === undefined) return [fault('missing_in_sqlite', envelope.id)];
    if (lineOf(read.right) !== formatRow({ envelope: bare, payload }))
      return [fault('parity_mismatch', envelope.id)];
    this.matched++;
    return [];
  }

  /** others gives the rows that the log did not have, in no order. */
  others(scratch: Scratch): Generator<StoredLine | Fault, void> {
    return this.lines(({ id }) => scratch.get('logged', String(id)) === undefined);
  }

  /** rest gives those of them that were not walked to. */
  rest(scratch: Scratch, walked: Scratch): Generator<StoredLine | Fault, void> {
    return this.lines(
      ({ id, place }) =>
        scratch.get('logged', String(id)) === undefined &&
        walked.get('', String(place)) === undefined,
    );
  }

  private *lines(isWanted: (row: Stored) => boolean): Generator<StoredLine | Fault, void> {
    try {
      const all = this.database.sqlite.prepare(`${SELECT} ORDER BY rowid`);
      for (const row of all.iterate() as IterableIterator<Stored>)
        if (isWanted(row)) yield lineWithId(row);
    } catch (thrown) {
      yield unreadable(thrown);
    }
  }

  /** chained gives the rows along the chain, and behind it those that are on no chain. */
  *chained(): Generator<StoredLine | Fault, void> {
    const walked = new Scratch();
    try {
      yield* this.behind(null, walked, () => true);
      yield* this.lines(({ place }) => walked.get('', String(place)) === undefined);
    } finally {
      walked.close();
    }
  }

  /** unlogged gives the rows along the chain behind a hash, up to one that the log has. */
  unlogged(
    hash: string | null,
    scratch: Scratch,
    walked: Scratch,
  ): Generator<StoredLine | Fault, void> {
    return this.behind(hash, walked, ({ id }) => scratch.get('logged', String(id)) === undefined);
  }

  private *behind(
    hash: string | null,
    walked: Scratch,
    isWanted: (row: Stored) => boolean,
  ): Generator<StoredLine | Fault, void> {
    try {
      let row = this.after.get(hash) as Stored | undefined;
      while (row !== undefined && isWanted(row) && walked.keep('', String(row.place))) {
        yield lineWithId(row);
        row = this.after.get(row.event_hash) as Stored | undefined;
      }
    } catch (thrown) {
      yield unreadable(thrown);
    }
  }
}

const unreadable = (thrown: unknown): Fault => {
  if (!isSqliteError(thrown)) throw thrown;
  return fault('database_unreadable', thrown.code);
};
