/**
 * Looking at a cortex store before anything is taken of it: the log, the database beside it, the
 * anchors, the attestations, and what was noted of the migration.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../../ledger/crypto/port.ts';
import type { JsonObject } from '../../../ledger/json/value.ts';
import type { Disk, Done } from '../../storage/disk.ts';
import type { TakeCopy } from '../../storage/private-copy.ts';
import type { Fault } from '../defect.ts';
import { Defects, NO_ROOM, fault } from '../defect.ts';
import type { ForeignDatabase } from '../foreign-database.ts';
import { leftIn, openForeign } from '../foreign-database.ts';
import type { Incoming, Plan, PlanError } from '../plan.ts';
import { NOTHING } from '../plan.ts';
import { Scratch } from '../scratch.ts';
import type { Seen, SourceFile } from '../source-file.ts';
import { isUnchanged } from '../source-file.ts';
import type { Anchor } from './anchor.ts';
import type { Aside } from './aside.ts';
import { asideDraft, manifestFaults, readAside } from './aside.ts';
import { readAnchors } from './anchor.ts';
import { Chain } from './chain.ts';
import { CortexDatabase } from './database.ts';
import type { Nth } from './draft.ts';
import { apart, draftOf, isLost } from './draft.ts';
import type { Blake3 } from './hash.ts';
import type { From, Item, Rows } from './item.ts';
import { itemsOf, logged } from './item.ts';
import type { Records, TellFault } from './records.ts';
import { readRecords, recordDrafts } from './records.ts';
import { reportOf, untakenOf } from './report.ts';
import { findStore } from './store.ts';
import { TAKEN } from './stored-row.ts';

export interface CortexOptions {
  readonly from?: From | undefined;
  /** Public keys in hexadecimal. */
  readonly keys: readonly string[];
  /** The stem of the log's file when its rows were signed. */
  readonly stem?: string | undefined;
  readonly onBytes?: (done: number, total: number) => void;
}

export interface World {
  readonly disk: Disk;
  readonly crypto: Crypto;
  readonly takeCopy: TakeCopy;
  readonly blake3?: Blake3;
}

const PARITY = ['missing_in_sqlite', 'missing_in_jsonl', 'parity_mismatch'] as const;
const TWICE = fault('duplicate_id', 'its id stands in another row');
const MISSING = fault('missing_in_jsonl', 'only the database has it');

/** Whether there is a row, however it reads; else the database itself could not be read. */
const isStored = ({ bytes, read }: Item): boolean =>
  bytes !== undefined || read.faults.includes(NO_ROOM);

const digestOf = (read: Done<Seen> | undefined): string | undefined =>
  read !== undefined && E.isRight(read) ? read.right.sha256 : undefined;

export class CortexSurvey {
  private readonly world: World;
  private readonly options: CortexOptions;
  private readonly scratch = new Scratch();
  private readonly defects = new Defects();
  private readonly files: Seen[] = [];
  private readonly asides: Aside[] = [];
  private foreign: ForeignDatabase | undefined;
  private logRead: Done<Seen> | undefined;
  private records: Records | undefined;

  constructor(world: World, options: CortexOptions) {
    this.world = world;
    this.options = options;
  }

  private tell(
    file: string,
    faults: Iterable<Fault>,
    at: Pick<Partial<Item>, 'line'> & { id?: string | undefined },
  ): void {
    for (const each of faults) this.defects.add({ ...each, file, ...at });
  }

  /** plan looks at everything. */
  plan(path: string): E.Either<PlanError, Plan> {
    const made = this.look(path);
    if (E.isLeft(made)) this.close();
    return made;
  }

  private look(path: string): E.Either<PlanError, Plan> {
    const { disk } = this.world;
    const store = findStore(disk, path);
    if (E.isLeft(store)) return store;
    if (store.right === undefined) return E.left({ _tag: 'NoSource', tool: 'cortex', path });
    const { log, database: file, orphans, records, anchors, others, defects } = store.right;
    for (const each of defects) this.defects.add(each);
    for (const each of [...anchors, ...others]) {
      const aside = readAside(disk, each);
      if (E.isLeft(aside)) return aside;
      if (aside.right.text === undefined)
        this.tell(each.name, [fault('beside_unread', `${each.bytes} bytes`)], {});
      this.asides.push(aside.right);
      this.files.push(aside.right.seen);
    }
    const database = file === undefined ? E.right(undefined) : this.openDatabase(file);
    if (E.isLeft(database)) return database;
    if (records !== undefined) {
      const tell: TellFault = (each, line) => this.tell(records.name, [each], { line });
      const read = readRecords(disk, records, this.scratch, tell);
      if (E.isLeft(read)) return read;
      this.records = read.right;
      this.files.push(read.right.seen);
    }
    const from = this.options.from ?? (log === undefined ? 'sqlite' : 'jsonl');
    const hasDatabase = file !== undefined || orphans.length > 0;
    if ((from !== 'sqlite' && log === undefined) || (from !== 'jsonl' && !hasDatabase))
      return E.left({ _tag: 'NoSource', tool: 'cortex', path });
    const rows: Rows = {
      disk,
      from,
      log,
      database: database.right,
      databaseName: file?.name ?? '',
      scratch: this.scratch,
      onLog: (read) => void (this.logRead = read),
      onBytes: (done) => this.options.onBytes?.(done, log?.bytes ?? 0),
    };
    return this.judge(rows);
  }

  private openDatabase(file: SourceFile): E.Either<PlanError, CortexDatabase | undefined> {
    const { disk, takeCopy } = this.world;
    const opened = openForeign(disk, file, takeCopy);
    if (E.isLeft(opened)) return opened;
    this.files.push(...opened.right.files);
    const { database: foreign } = opened.right;
    if (E.isLeft(foreign)) {
      this.tell(file.name, [fault('database_unreadable', foreign.left)], {});
      return E.right(undefined);
    }
    this.foreign = foreign.right;
    const { trouble } = foreign.right;
    if (trouble !== undefined) this.tell(file.name, [fault('database_unreadable', trouble)], {});
    const database = CortexDatabase.open(foreign.right, this.scratch);
    if (E.isRight(database)) return database;
    this.tell(file.name, [database.left], {});
    return E.right(undefined);
  }

  private anchors(): readonly Anchor[] {
    return this.asides.flatMap(({ seen: { name }, text }) => {
      if (!name.startsWith('anchor') || text === undefined) return [];
      const { anchors, faults } = readAnchors(text);
      for (const each of faults) this.defects.add({ ...each, file: name });
      return anchors;
    });
  }

  private judge(rows: Rows): E.Either<PlanError, Plan> {
    const { log, database, from } = rows;
    const stem = this.options.stem ?? log?.name.replace(/\.[^.]*$/, '') ?? 'events';
    const { keys } = this.options;
    const { crypto, blake3 } = this.world;
    const anchors = this.anchors();
    const chain = new Chain({
      crypto,
      blake3,
      scratch: this.scratch,
      ledgerId: stem,
      keys,
      anchors,
      isAttested: this.records !== undefined,
    });
    let [held, lost] = [0, this.records?.lost ?? 0];
    for (const item of itemsOf(rows)) {
      const { file, line, read, isLogged } = item;
      const { row } = read;
      const at = { line, id: row?.envelope.id };
      this.tell(file, read.faults, at);
      if (!isLost(item)) held++;
      else if (isStored(item)) lost++;
      if (isLost(item) && item.bytes !== undefined) this.tell(file, [NO_ROOM], at);
      if (row === undefined) this.tell(file, chain.skip(item), at);
      else this.tell(file, chain.take(row, item), at);
      if (database === undefined) continue;
      if (isLogged) this.compare(database, item);
      else if (from === 'both' && isStored(item)) this.tell(file, [MISSING], at);
    }
    if (database !== undefined && log !== undefined && from !== 'both')
      this.compareRest(rows, database);
    if (this.logRead !== undefined && log !== undefined) {
      if (E.isLeft(this.logRead)) return this.logRead;
      if (this.logRead.right.bytes !== log.bytes)
        return E.left({ _tag: 'SourceBusy', path: log.path });
      this.files.push(this.logRead.right);
    }
    for (const { fault: each, where } of chain.end())
      this.defects.add({ ...each, file: log?.name ?? rows.databaseName, ...where });
    for (const { seen, text } of this.asides)
      if (text !== undefined && !seen.name.startsWith('anchor'))
        this.tell(seen.name, manifestFaults(text, chain), {});
    return E.right(this.made(rows, chain, held, lost));
  }

  private compare(database: CortexDatabase, { file, line, read }: Item): void {
    if (read.row === undefined) return;
    const { id } = read.row.envelope;
    this.tell(file, database.compare(read.row), { line, id });
  }

  /** What is in one of them alone, whichever of them rows are taken from. */
  private compareRest(rows: Rows, database: CortexDatabase): void {
    const { from, databaseName: file } = rows;
    if (from === 'sqlite') for (const item of logged(rows)) this.compare(database, item);
    for (const each of database.others()) {
      if ('line' in each) this.tell(file, [MISSING], { id: each.id });
      else if (each === NO_ROOM) this.tell(file, [MISSING], {});
      // What was taken from the database was told all else.
      if (from === 'sqlite') continue;
      if (!('line' in each)) this.tell(file, [each], {});
      else if (database.isTwice(each)) this.tell(file, [TWICE], { id: each.id });
    }
  }

  private made(rows: Rows, chain: Chain, held: number, lost: number): Plan {
    const parity = rows.database &&
      rows.log && {
        matched: rows.database.matched,
        ...Object.fromEntries(PARITY.map((name) => [name, this.defects.counts.get(name) ?? 0])),
      };
    const { from } = rows;
    const beside = new Set(this.asides.map(({ seen }) => seen.name));
    const report: JsonObject = {
      ...reportOf(chain, this.defects, beside, { from, foreign: this.foreign }),
      from,
      ...(lost === 0 ? {} : { not_taken: lost }),
      ...(this.foreign === undefined ? {} : { left: leftIn(this.foreign, TAKEN) }),
      ...(parity === undefined ? {} : { parity }),
    };
    return {
      tool: 'cortex',
      files: this.files,
      defects: this.defects,
      total: held + (this.records?.held ?? 0) + this.asides.length,
      report,
      untaken: untakenOf(rows, this.defects),
      drafts: (recorded) => this.drafts(rows, recorded),
      isCurrent: () => this.isCurrent(),
      close: () => this.close(),
    };
  }

  private again: Done<Seen> | undefined;

  private *drafts(rows: Rows, recorded = NOTHING): Generator<Incoming, void> {
    const digest = (name: string): string =>
      this.files.find((each) => each.name === name)?.sha256 ?? '';
    this.again = undefined;
    const second = { ...rows, onLog: (read: Done<Seen>) => void (this.again = read) };
    const named = new Scratch();
    const [isAgain] = recorded.under('cortex:');
    // No row is there twice whose id was met once.
    const isOnce = !this.defects.counts.has('duplicate_id');
    const nth: Nth = (name, of) => (of === 'row' && isOnce ? 1 : named.nth(of, name));
    try {
      for (const item of itemsOf(second)) {
        const draft = draftOf(item, digest(item.file), nth);
        if (draft !== undefined) yield isAgain ? apart(draft, recorded) : draft;
      }
      if (this.records !== undefined) yield* recordDrafts(this.world.disk, this.records.seen, nth);
    } finally {
      named.close();
    }
    for (const aside of this.asides) yield asideDraft(aside);
  }

  private isCurrent(): boolean {
    const isSame = this.again === undefined || digestOf(this.again) === digestOf(this.logRead);
    const beside = this.asides.map(({ seen }) => seen);
    if (this.records !== undefined) beside.push(this.records.seen);
    const isAsSeen = beside.every((seen) => isUnchanged(this.world.disk, seen));
    return isSame && isAsSeen && (this.foreign?.isCurrent() ?? true);
  }

  private close(): void {
    this.foreign?.close();
    this.scratch.close();
  }
}

/** surveyCortex looks at a store, and tells what an import of it would be. */
export const surveyCortex = (
  world: World,
  path: string,
  options: CortexOptions,
): E.Either<PlanError, Plan> => new CortexSurvey(world, options).plan(path);
