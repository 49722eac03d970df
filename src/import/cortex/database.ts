/**
 * The database that cortex keeps beside its log. It knows no order, so rows are taken along the
 * chain; its times are written another way, and it holds no signatures.
 */
import * as E from 'fp-ts/lib/Either.js';
import { attempt } from '../../storage/attempt.ts';
import type { Fault } from '../defect.ts';
import { fault } from '../defect.ts';
import type { ForeignDatabase } from '../foreign-database.ts';
import { columnsOf } from '../foreign-database.ts';
import type { Scratch } from '../scratch.ts';
import type { Row } from './row.ts';
import { formatRow } from './row.ts';
import type { Stored, StoredLine } from './stored-row.ts';
import { COLUMNS, SELECT, lineOf, linesOf } from './stored-row.ts';
import { Steps, Walk } from './walk.ts';

export class CortexDatabase {
  private readonly database: ForeignDatabase;
  private readonly steps: Steps;
  private readonly byId;
  matched = 0;

  private constructor(database: ForeignDatabase) {
    this.database = database;
    this.steps = new Steps(database.sqlite);
    this.byId = database.sqlite.prepare(`${SELECT} WHERE id = ?`);
  }

  /** open takes a database that has the table. */
  static open(database: ForeignDatabase): E.Either<Fault, CortexDatabase> {
    const columns = columnsOf(database, 'events');
    const missing = COLUMNS.filter((name) => !columns.has(name));
    if (missing.length > 0)
      return E.left(fault('database_unreadable', `the table events lacks ${missing.join(', ')}`));
    // Rows are told apart by what such a column would hide.
    if ([...columns].some((name) => name.toLowerCase() === 'rowid'))
      return E.left(fault('database_unreadable', 'the table events has a column rowid'));
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
    const { sqlite } = this.database;
    return linesOf(
      (function* () {
        for (const row of sqlite.prepare(SELECT).iterate() as IterableIterator<Stored>)
          if (scratch.get('logged', String(row.id)) === undefined) yield row;
      })(),
    );
  }

  /** walk goes along the chain, by rows that are wanted; whoever asked for it closes it. */
  walk(isWanted: (id: string) => boolean = () => true): Walk {
    return new Walk(this.steps, isWanted);
  }
}
