/**
 * The database that cortex keeps beside its log. It knows no order, so rows are taken along the
 * chain; its times are written another way, and it holds no signatures.
 */
import * as E from 'fp-ts/lib/Either.js';
import { attempt } from '../../storage/attempt.ts';
import type { Answer } from '../../storage/database.ts';
import type { Fault } from '../defect.ts';
import { fault } from '../defect.ts';
import type { ForeignDatabase } from '../foreign-database.ts';
import { columnsOf } from '../foreign-database.ts';
import type { Scratch } from '../scratch.ts';
import { isDamagedLine } from './damage.ts';
import type { Item } from './item.ts';
import type { Envelope, Row } from './row.ts';
import { formatRow, readRow } from './row.ts';
import type { Stored, StoredLine } from './stored-row.ts';
import { COLUMNS, lineOf, linesOf } from './stored-row.ts';
import { Steps, Walk } from './walk.ts';

export class CortexDatabase {
  private readonly database: ForeignDatabase;
  private readonly steps: Steps;
  /** Remembers the places of rows that the log has. */
  private readonly scratch: Scratch;
  private isMatched = false;
  private hasLeft = false;
  matched = 0;

  private constructor(database: ForeignDatabase, scratch: Scratch) {
    this.database = database;
    this.scratch = scratch;
    this.steps = new Steps(database.sqlite);
  }

  /** open takes a database that has the table. */
  static open(database: ForeignDatabase, scratch: Scratch): E.Either<Fault, CortexDatabase> {
    const columns = columnsOf(database, 'events');
    const missing = COLUMNS.filter((name) => !columns.has(name));
    if (missing.length > 0)
      return E.left(fault('database_unreadable', `the table events lacks ${missing.join(', ')}`));
    // Rows are told apart by what such a column would hide.
    if ([...columns].some((name) => name.toLowerCase() === 'rowid'))
      return E.left(fault('database_unreadable', 'the table events has a column rowid'));
    const opened = attempt(database.path, () => new CortexDatabase(database, scratch));
    return E.mapLeft(({ code }: { readonly code: string }) => fault('database_unreadable', code))(
      opened,
    );
  }

  /** Finds the place of a row that the log has, which is none of the others then. */
  private match({ id, event_hash }: Envelope): Answer<string | undefined> {
    return attempt(this.database.path, () => {
      const place = this.steps.placeOf(id, event_hash);
      if (place !== undefined && !this.isMatched) this.scratch.keep('logged', place);
      return place;
    });
  }

  /**
   * matchAll finds those of all rows, before others are asked for. What is left of a damaged line
   * may have the id of one row and the hashes of another: it is none of them.
   */
  matchAll(items: Iterable<Item>): void {
    if (this.isMatched) return;
    for (const item of items) {
      const { envelope } = item.read.row ?? {};
      if (envelope === undefined) continue;
      const { id, event_hash } = envelope;
      const exact = attempt(this.database.path, () => this.steps.exactPlaceOf(id, event_hash));
      if (E.isRight(exact) && exact.right === undefined && isDamagedLine(item)) {
        this.scratch.keep('left', `${id} ${event_hash}`);
        this.hasLeft = true;
        continue;
      }
      const place = this.match(envelope);
      // The database may have the same row under another id.
      if (E.isRight(place) && place.right === undefined) this.scratch.keep('same', event_hash);
    }
    this.isMatched = true;
  }

  /** isLeft tells what is left of a damaged line. */
  isLeft({ id, event_hash }: Envelope): boolean {
    return this.hasLeft && this.scratch.get('left', `${id} ${event_hash}`) !== undefined;
  }

  /** isSame tells the hash of a row of the log whose id the database does not have: one is that. */
  isSame(hash: string): boolean {
    return this.scratch.take('same', hash) !== undefined;
  }

  private isOther(place: string): boolean {
    return this.scratch.get('logged', place) === undefined;
  }

  /** compare holds a row of the log against the one that is stored. */
  compare({ envelope, payload }: Row): readonly Fault[] {
    const { signature: _apart, ...bare } = envelope;
    const read = E.chain((place: string | undefined) =>
      attempt(this.database.path, () => (place === undefined ? place : this.steps.at(place))),
    )(this.match(envelope));
    if (E.isLeft(read)) return [fault('database_unreadable', read.left.code)];
    if (read.right === undefined) return [fault('missing_in_sqlite', envelope.id)];
    const isSame = lineOf(read.right) === formatRow({ envelope: bare, payload });
    if (!isSame || read.right.noTexts !== undefined) return [fault('parity_mismatch', envelope.id)];
    this.matched++;
    return [];
  }

  private *rowsOfOthers(): Generator<Stored, void> {
    for (const row of this.steps.each()) if (this.isOther(row.place)) yield row;
  }

  /** others gives the rows that the log did not have, in no order. */
  others(): Generator<StoredLine | Fault, void> {
    return linesOf(this.rowsOfOthers());
  }

  /** isTwice tells a row that is not taken, and whose id was met before. */
  isTwice({ line }: StoredLine): boolean {
    const { row } = readRow(line);
    return row !== undefined && !this.scratch.keep('id', row.envelope.id);
  }

  /** walk goes along the chain; whoever asked for it closes it. */
  walk(): Walk {
    return new Walk(this.steps, () => true);
  }

  /** walkOthers does so by rows that the log did not have. */
  walkOthers(): Walk {
    return new Walk(this.steps, (place) => this.isOther(place));
  }
}
