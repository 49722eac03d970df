/**
 * Rows of the database of cortex along their chain, each once, however they are linked.
 *
 * Where rows are missing the chain is in pieces. Each is taken from its own first row: those that
 * follow nothing, then those that follow a row that is not there; among these in the order of their
 * times, so that a database that grows does so at its end. Then comes what has no such first row:
 * the second of two rows that follow one, and rings, as they stand in the table.
 */
import type Sqlite from 'better-sqlite3';
import type { Fault } from '../defect.ts';
import { Scratch } from '../scratch.ts';
import type { Stored, StoredLine } from './stored-row.ts';
import { NO_TEXTS, SELECT, hasMark, linesOf, withNoTexts } from './stored-row.ts';

const INDEXES = `CREATE INDEX IF NOT EXISTS temporary_by_prev ON events (prev_event_hash);
  CREATE INDEX IF NOT EXISTS temporary_by_hash ON events (event_hash);
  CREATE INDEX IF NOT EXISTS temporary_by_id ON events (id, event_hash)`;
const FIRST = `SELECT CAST(each.rowid AS TEXT) FROM events AS each WHERE prev_event_hash IS NULL
  OR NOT EXISTS (SELECT 1 FROM events AS other WHERE other.event_hash = each.prev_event_hash)
  ORDER BY prev_event_hash IS NOT NULL, substr(recorded_at, 1, 64), rowid`;
const BY_ID = `SELECT CAST(rowid AS TEXT) FROM events INDEXED BY temporary_by_id
  WHERE id = ?`;
const PLACES = 'SELECT CAST(rowid AS TEXT) FROM events ORDER BY rowid';

type Hash = Stored['event_hash'];

/** Steps knows which row stands before another one, which behind it, and which has an id. */
export class Steps {
  private readonly byPlace;
  private readonly byId;
  private readonly byIdAndHash;
  private readonly byHash;
  private readonly byPrev;
  private readonly firstPlaces;
  private readonly allPlaces;
  private readonly rows;
  private readonly noTexts;
  private readonly isUtf8;

  constructor(sqlite: Sqlite.Database) {
    // The copy is ours.
    sqlite.exec(INDEXES);
    this.byPlace = sqlite.prepare(`${SELECT} WHERE rowid = ?`);
    this.byId = sqlite.prepare(BY_ID).pluck();
    this.byIdAndHash = sqlite.prepare(`${BY_ID} AND event_hash = ?`).pluck();
    // Where these find more than one row, an index has them in the order of the table. To ask for
    // that order makes each of them fifteen times dearer (measured).
    this.byHash = sqlite.prepare(`${SELECT} INDEXED BY temporary_by_hash WHERE event_hash = ?`);
    this.byPrev = sqlite.prepare(
      `${SELECT} INDEXED BY temporary_by_prev WHERE prev_event_hash IS ?`,
    );
    this.firstPlaces = sqlite.prepare(FIRST).pluck();
    this.allPlaces = sqlite.prepare(PLACES).pluck();
    this.rows = sqlite.prepare(SELECT);
    this.noTexts = sqlite.prepare(NO_TEXTS);
    this.isUtf8 = sqlite.pragma('encoding', { simple: true }) === 'UTF-8';
  }

  private whole(row: Stored): Stored {
    if (row.is_long === 1 || (this.isUtf8 && !hasMark(row))) return row;
    return withNoTexts(row, this.noTexts.get(row));
  }

  private one(found: unknown): Stored | undefined {
    return found === undefined ? undefined : this.whole(found as Stored);
  }

  at(place: string): Stored | undefined {
    return this.one(this.byPlace.get(place));
  }

  /** The place of a row of an id: of the one with a hash, should another one have that id too. */
  placeOf(id: string, hash: string): string | undefined {
    return this.exactPlaceOf(id, hash) ?? (this.byId.get(id) as string | undefined);
  }

  exactPlaceOf(id: string, hash: string): string | undefined {
    return this.byIdAndHash.get(id, hash) as string | undefined;
  }

  before(hash: Hash): Stored | undefined {
    return this.one(this.byHash.get(hash));
  }

  /** What follows nothing stands behind null. */
  behind(hash: Hash): Stored | undefined {
    return this.one(this.byPrev.get(hash));
  }

  first(): Iterable<string> {
    return this.firstPlaces.iterate() as IterableIterator<string>;
  }

  all(): Iterable<string> {
    return this.allPlaces.iterate() as IterableIterator<string>;
  }

  /** The rows themselves, in no order. */
  *each(): Generator<Stored, void> {
    for (const row of this.rows.iterate()) yield this.whole(row as Stored);
  }
}

export class Walk {
  private readonly steps: Steps;
  private readonly isWanted: (place: string) => boolean;
  private readonly walked = new Scratch();

  constructor(steps: Steps, isWanted: (place: string) => boolean) {
    this.steps = steps;
    this.isWanted = isWanted;
  }

  /** Whether a walk goes on with a row: it is wanted, and was never come to. */
  private takes(row: Stored | undefined): row is Stored {
    return row !== undefined && this.isWanted(row.place) && this.walked.keep('row', row.place);
  }

  private *rowsBehind(hash: Hash): Generator<Stored, void> {
    for (let row = this.steps.behind(hash); this.takes(row);) {
      yield row;
      row = row.event_hash === null ? undefined : this.steps.behind(row.event_hash);
    }
  }

  /** The way back is remembered as places, so that it may be as long as the table. */
  private *rowsBefore(hash: Hash, end?: Hash): Generator<Stored, void> {
    let count = 0;
    for (let at = hash; at !== end;) {
      const row = this.steps.before(at);
      if (!this.takes(row)) break;
      this.walked.keep('back', String(count++), row.place);
      at = row.prev_event_hash;
    }
    while (count-- > 0) {
      const row = this.steps.at(this.walked.take('back', String(count)) ?? '');
      if (row !== undefined) yield row;
    }
  }

  private *rowsOfPieces(): Generator<Stored, void> {
    for (const place of this.steps.first()) {
      const row = this.steps.at(place);
      if (!this.takes(row)) continue;
      yield row;
      yield* this.rowsBehind(row.event_hash);
    }
  }

  private *rowsOfRest(): Generator<Stored, void> {
    for (const place of this.steps.all()) {
      const row = this.walked.get('row', place) === undefined ? this.steps.at(place) : undefined;
      if (!this.takes(row)) continue;
      yield* this.rowsBefore(row.prev_event_hash);
      yield row;
      yield* this.rowsBehind(row.event_hash);
    }
  }

  /** behind gives the rows that follow a hash, behind null those that follow nothing. */
  behind(hash: string | null): Generator<StoredLine | Fault, void> {
    return linesOf(this.rowsBehind(hash));
  }

  /** before gives the rows that lead up to a hash, from the one behind another on. */
  before(hash: string | null, end: string | null): Generator<StoredLine | Fault, void> {
    return linesOf(this.rowsBefore(hash, end));
  }

  /** pieces gives what was not come to and begins with nothing, or behind what is not there. */
  pieces(): Generator<StoredLine | Fault, void> {
    return linesOf(this.rowsOfPieces());
  }

  /** rest gives what was not come to then: forks, and rings. */
  rest(): Generator<StoredLine | Fault, void> {
    return linesOf(this.rowsOfRest());
  }

  close(): void {
    this.walked.close();
  }
}
