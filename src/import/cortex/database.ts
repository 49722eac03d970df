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

  /** match finds the place of a row that the log has, which is none of the others then. */
  match({ id, event_hash }: Envelope): Answer<string | undefined> {
    return attempt(this.database.path, () => {
      const place = this.steps.placeOf(id, event_hash);
      if (place !== undefined) this.scratch.keep('logged', place);
      return place;
    });
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
