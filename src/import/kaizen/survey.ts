/**
 * Looking at a folder of kaizen before anything is taken of it: the old outbox, the database, and
 * what a migration between them left undone.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import type { Crypto } from '../../../ledger/crypto/port.ts';
import type { JsonObject } from '../../../ledger/json/value.ts';
import { isSqliteError } from '../../storage/attempt.ts';
import type { DatabaseFailed } from '../../storage/database.ts';
import type { Disk } from '../../storage/disk.ts';
import type { TakeCopy } from '../../storage/private-copy.ts';
import { Defects, NO_ROOM, fault } from '../defect.ts';
import type { ForeignDatabase } from '../foreign-database.ts';
import { openForeign } from '../foreign-database.ts';
import type { Incoming, Plan, PlanError, Recorded } from '../plan.ts';
import { NOTHING } from '../plan.ts';
import type { Aside } from '../put-aside.ts';
import { asidesOf } from '../put-aside.ts';
import { hasRoom } from '../room.ts';
import type { Seen } from '../source-file.ts';
import { digestFile, isOther, sourceFile } from '../source-file.ts';
import { KaizenDatabase } from './database.ts';
import { experimentsOf } from './experiments.ts';
import type { Legacy } from './legacy.ts';
import { legacyRows, openLegacy } from './legacy.ts';
import { Lineage } from './lineage.ts';
import type { Merged } from './merge.ts';
import { merge, oldRows } from './merge.ts';
import { Notes } from './note.ts';
import { shortDigest, sourceOf } from './origin.ts';
import type { From, OutboxRow } from './outbox-row.ts';
import type { Checksum } from './redb-file.ts';
import { Damaged } from './redb-file.ts';
import { reportOf } from './report.ts';
import { chainOf, outboxDraft, warningOf } from './to-outbox.ts';

export interface World {
  readonly disk: Disk;
  readonly crypto: Crypto;
  readonly takeCopy: TakeCopy;
  readonly checksum: Checksum;
}

const DATABASE = 'kaizen.db';
const LOG = 'kaizen.db-wal';
const LEGACY: readonly (readonly [From, readonly string[]])[] = [
  ['archive', ['hot', 'outbox.redb.migrated-v1']],
  ['redb', ['hot', 'outbox.redb']],
];

export class KaizenSurvey {
  private readonly world: World;
  private readonly folder: string;
  private readonly defects = new Defects();
  private readonly files: Seen[] = [];
  private readonly legacy: Legacy[] = [];
  private foreign: ForeignDatabase | undefined;
  private database: KaizenDatabase | undefined;
  private asides: readonly Aside[] = [];
  /** Why there are no more rows than were given. */
  private stopped: string | undefined;
  /** Old outboxes whose rows the database has already. */
  private readonly migrated = new Set<Legacy>();

  constructor(world: World, folder: string) {
    this.world = world;
    this.folder = folder;
  }

  /** plan looks at everything. */
  plan(): E.Either<PlanError, Plan> {
    const failed = this.openAll();
    const place = { tool: 'kaizen', folder: this.folder } as const;
    const asides =
      failed === undefined ? asidesOf(this.world.disk, place, this.files) : E.left(failed);
    if (E.isLeft(asides)) {
      this.close();
      return asides;
    }
    this.asides = asides.right;
    this.compareMarker();
    return E.right(this.made());
  }

  private openAll(): PlanError | undefined {
    for (const [from, parts] of LEGACY) {
      const source = sourceFile(this.world.disk, join(this.folder, ...parts));
      if (E.isLeft(source)) return source.left;
      if (source.right === undefined) {
        this.tellOther(join(...parts));
        continue;
      }
      const opened = openLegacy(this.world.disk, source.right, from, this.world.checksum);
      if (E.isLeft(opened)) {
        if (opened.left._tag !== 'RedbDamaged') return opened.left;
        const damaged = fault('redb_damaged', opened.left.reason);
        this.defects.add({ ...damaged, file: source.right.name });
        const seen = digestFile(this.world.disk, source.right);
        if (E.isLeft(seen)) return seen.left;
        this.files.push(seen.right);
      } else {
        this.legacy.push(opened.right);
        const { isClean, isNewest } = opened.right.redb;
        const older = 'it was closed, and an older commit than its newest is taken';
        if (isClean && !isNewest)
          this.defects.add({ ...fault('redb_damaged', older), file: source.right.name });
        this.files.push(opened.right.seen);
      }
    }
    return this.openDatabase();
  }

  /** What is there and no plain file holds rows that nobody would miss. */
  private tellOther(name: string): void {
    const path = join(this.folder, name);
    if (isOther(this.world.disk, path))
      this.defects.add({ ...fault('not_a_file', 'it was passed over'), file: name });
  }

  private openDatabase(): PlanError | undefined {
    const { disk, takeCopy } = this.world;
    const source = sourceFile(disk, join(this.folder, DATABASE));
    if (E.isLeft(source)) return source.left;
    for (const name of [DATABASE, LOG]) this.tellOther(name);
    if (source.right === undefined) return this.noDatabase();
    const foreign = openForeign(disk, source.right, takeCopy);
    if (E.isLeft(foreign)) return foreign.left;
    this.files.push(...foreign.right.files);
    const opened = E.chain((each: ForeignDatabase) => {
      this.foreign = each;
      return E.mapLeft(({ code }: DatabaseFailed) => code)(KaizenDatabase.open(each));
    })(foreign.right.database);
    const { trouble } = this.foreign ?? {};
    if (trouble !== undefined)
      this.defects.add({ ...fault('database_unreadable', trouble), file: DATABASE });
    if (E.isRight(opened)) {
      this.database = opened.right;
      if (opened.right.missing.includes('sync_outbox'))
        this.defects.add({ ...fault('database_unreadable', 'it has no outbox'), file: DATABASE });
    } else this.defects.add({ ...fault('database_unreadable', opened.left), file: DATABASE });
    return undefined;
  }

  private noDatabase(): PlanError | undefined {
    const log = sourceFile(this.world.disk, join(this.folder, LOG));
    if (E.isLeft(log)) return log.left;
    const rows = 'what stands in it can be read with its database alone';
    if (log.right !== undefined && log.right.bytes > 0)
      this.defects.add({ ...fault('database_unreadable', rows), file: LOG });
    const isNothing = this.files.length === 0 && this.defects.total === 0;
    return isNothing ? { _tag: 'NoSource', tool: 'kaizen', path: this.folder } : undefined;
  }

  private compareMarker(): void {
    const marker = this.database?.marker;
    if (marker === undefined) return;
    for (const each of this.legacy) if (each.digest === marker) this.migrated.add(each);
    if (this.legacy.length === 0 || this.migrated.size > 0) return;
    const digests = this.legacy.map(({ digest }) => digest).join(', ');
    const reason = `the database has ${marker}, and the rows give ${digests}`;
    this.defects.add({ ...fault('marker_mismatch', reason), file: DATABASE });
  }

  private *rows(): Generator<Merged, void> {
    yield* this.asFar(merge(this.oldOnes(), this.database?.rows() ?? []));
  }

  /** What was not migrated. */
  private *oldOnes(): Generator<OutboxRow, void> {
    const [first, second] = this.legacy.filter((each) => !this.migrated.has(each));
    if (first === undefined) return;
    if (second === undefined) yield* legacyRows(first);
    else
      yield* oldRows(
        () => legacyRows(first),
        () => legacyRows(second),
      );
  }

  /** A page can be bad that nobody looked at before. */
  private *asFar<T>(each: Iterable<T>): Generator<T, void> {
    try {
      yield* each;
    } catch (thrown) {
      if (!isSqliteError(thrown) && !(thrown instanceof Damaged)) throw thrown;
      this.stopped = thrown.message;
    }
  }

  private sha256(name: string): string {
    return this.files.find((each) => each.name === name)?.sha256 ?? '';
  }

  private fileOf(from: From): string {
    return this.legacy.find((each) => each.from === from)?.seen.name ?? DATABASE;
  }

  private *outbox(notes: Notes, recorded: Recorded): Generator<Incoming, void> {
    const lineage = new Lineage(recorded, {
      rows: () => this.rows(),
      migrated: [...this.migrated].map((each) => () => legacyRows(each)),
      isMigrated: this.database?.marker !== undefined,
      asides: this.asides,
      files: this.files,
    });
    try {
      for (const merged of this.rows()) {
        const { from, id } = merged.row;
        const file = this.fileOf(from);
        notes.row(merged, `${file} row ${id}`);
        const source = sourceOf(file, this.sha256(file), `row:${id} content:${merged.digest}`);
        const named = lineage.idOf(merged);
        const draft = outboxDraft(merged, named);
        const warning = warningOf(merged, named, lineage.wasBefore(merged));
        const chain = chainOf(merged, draft);
        yield { where: `${file} row ${id}`, draft: { ...draft, source }, warning, chain };
      }
    } finally {
      lineage.close();
    }
  }

  private *drafts(notes: Notes, recorded: Recorded): Generator<Incoming, void> {
    yield* this.outbox(notes, recorded);
    if (this.database !== undefined) yield* this.asFar(this.others(this.database, notes, recorded));
  }

  private *others(
    database: KaizenDatabase,
    notes: Notes,
    recorded: Recorded,
  ): Generator<Incoming, void> {
    const { crypto } = this.world;
    const sha256 = this.sha256(DATABASE);
    const incoming = (place: string, draft: JsonObject): Incoming => ({
      where: `${DATABASE} ${place}`,
      draft: { ...draft, source: sourceOf(DATABASE, sha256, place) },
    });
    // No event has a member of the name __proto__.
    const state = Object.fromEntries(database.state);
    if (database.state.size > 0)
      yield incoming('sync_state', {
        id: `kaizen:state:${shortDigest(JSON.stringify(state))}`,
        event_type: 'kaizen.sync_state',
        payload: database.state.has('__proto__') ? { pairs: [...database.state] } : state,
      });
    for (const name of database.missing) notes.add('no_table', name);
    for (const { place, draft, ...more } of experimentsOf(crypto, database, notes, recorded))
      yield { ...incoming(place, draft), ...more };
  }

  private *held(recorded: Recorded): Generator<Incoming, void> {
    for (const incoming of this.drafts(new Notes(), recorded))
      if (hasRoom(incoming.draft)) yield incoming;
  }

  private made(): Plan {
    const notes = new Notes();
    const { defects } = this;
    let [total, lost] = [0, 0];
    for (const { where, draft } of this.drafts(notes, NOTHING))
      if (hasRoom(draft)) total++;
      else {
        lost++;
        defects.add({ ...NO_ROOM, file: where });
      }
    if (this.stopped !== undefined)
      defects.add({ ...fault('database_unreadable', this.stopped), file: DATABASE });
    const { legacy, migrated, foreign, files } = this;
    const marker = this.database?.marker;
    const isSound = defects.total === 0;
    return {
      tool: 'kaizen',
      files,
      defects,
      total,
      report: reportOf({ notes, legacy, migrated, marker, foreign, lost, isSound }),
      drafts: (recorded = NOTHING) => this.held(recorded),
      isCurrent: () =>
        this.legacy.every((each) => each.isCurrent()) && (this.foreign?.isCurrent() ?? true),
      close: () => this.close(),
    };
  }

  private close(): void {
    for (const { redb } of this.legacy) redb.close();
    this.foreign?.close();
  }
}

/** surveyKaizen looks at a folder, and tells what an import of it would be. */
export const surveyKaizen = (world: World, folder: string): E.Either<PlanError, Plan> =>
  new KaizenSurvey(world, folder).plan();
