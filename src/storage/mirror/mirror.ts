/**
 * The mirror: the events of the journal in a database, with the tree and the projections. What
 * takes an event here is the same whether it is new, found in the journal or replayed.
 */
import Sqlite from 'better-sqlite3';
import * as E from 'fp-ts/lib/Either.js';
import type { History } from '../../../ledger/chain/history.ts';
import type { Crypto } from '../../../ledger/crypto/port.ts';
import { parseHex } from '../../../ledger/encoding/hex.ts';
import { ZERO_HASH } from '../../../ledger/event/header.ts';
import type { Digest, Origin, Time } from '../../../ledger/name.ts';
import type { Frontier, OnNode } from '../../../ledger/tree/tree.ts';
import { append, frontierOf, peaks } from '../../../ledger/tree/tree.ts';
import { authorOf, erasedOf, refusedOf, subjectOf } from '../../../policies/state/past.ts';
import type { GrowingPast, Recorded } from '../../../policies/state/past.ts';
import { MirrorDamaged } from '../attempt.ts';
import type { Answer, Database } from '../database.ts';
import type { Steps } from '../steps.ts';
import { Pace } from '../steps.ts';
import { Fold } from './fold.ts';
import { historyOfMirror, pastOf } from './past.ts';
import { APPLICATION_ID, MIRROR_VERSION, createIndexes, createTables } from './schema.ts';
import type { Tree } from './tree.ts';
import { storeNodes, treeOf } from './tree.ts';

/** Where journal and tree end, as far as the mirror knows. */
export interface Ended {
  readonly origin: Origin;
  readonly size: number;
  readonly head: Digest;
  readonly recordedAt: Time | undefined;
  /** The segment that the last line stands in, by its first seq. */
  readonly segment: number;
  /** The offset behind the last line there. */
  readonly offset: number;
  readonly frontier: Frontier;
  /** The checkpoint that was signed last. */
  readonly note: string | undefined;
}

interface EndedRow {
  readonly origin: string;
  readonly size: number;
  readonly head: string;
  readonly recorded_at: string | null;
  readonly segment: number;
  readonly offset: number;
  readonly peaks: Uint8Array;
  readonly note: string | null;
}

export interface MirrorRefused {
  readonly _tag: 'MirrorRefused';
  readonly reason: 'not_a_mirror' | 'older' | 'newer' | 'damaged' | 'other_ledger';
  readonly path: string;
}

const HASH_BYTES = 32;
/** So many events are read at a time. */
const PAGE = 1000;

const frontierOfBlob = (size: number, blob: Uint8Array): Frontier | undefined => {
  const hashes: Uint8Array[] = [];
  for (let at = 0; at < blob.length; at += HASH_BYTES) hashes.push(blob.slice(at, at + HASH_BYTES));
  return frontierOf(size, hashes);
};

/** Types that change what a gate stands on, however they were let in. */
const GROUND =
  /^(?:key\..*|break_glass\..*|ledger\.created|policy\.(?:adopted|held|released|discarded))$/;

/** isGround says whether an event is one of the few that a gate stands on. */
export const isGround = ({ header: { event_type: type, policy } }: Recorded): boolean =>
  policy.outcome === 'break_glass' || GROUND.test(type);

type Fault = Exclude<MirrorRefused['reason'], 'other_ledger'>;

/** mirrorFault tells why a database is no mirror of this version. */
export const mirrorFault = ({ sqlite }: Database): Fault | undefined => {
  if (sqlite.pragma('application_id', { simple: true }) !== APPLICATION_ID) return 'not_a_mirror';
  const version = Number(sqlite.pragma('user_version', { simple: true }));
  if (version > MIRROR_VERSION) return 'newer';
  return version < MIRROR_VERSION ? 'older' : undefined;
};

/** What a row of `events` is made of, in the order of its columns. */
export const COLUMNS = [
  'seq',
  'event_hash',
  'id',
  'event_type',
  'recorded_at',
  'source',
  'key_id',
  'author',
  'session_id',
  'trace_id',
  'supersedes',
  'approves',
  'refuses',
  'erases',
  'is_ground',
  'line',
] as const;

/** The bytes of a line are the text that SQLite keeps: nothing is gained by making a string. */
const markOf = (column: (typeof COLUMNS)[number]): string =>
  column === 'line' ? 'CAST(? AS TEXT)' : '?';

/** rowOf is the row of an event, its line without the LF. */
export const rowOf = (event: Recorded, leaf: Uint8Array, line: string | Uint8Array) => {
  const { header } = event;
  const { source } = header;
  return [
    header.seq,
    leaf,
    header.id,
    header.event_type,
    header.recorded_at,
    `${source.kind}:${source.name}`,
    header.attestation?.key_id ?? null,
    authorOf(header) ?? null,
    header.session_id ?? null,
    header.trace_id ?? null,
    header.supersedes ?? null,
    subjectOf(event) ?? null,
    refusedOf(event) ?? null,
    erasedOf(event) ?? null,
    isGround(event) ? 1 : null,
    line,
  ] as const;
};

export class Mirror {
  readonly database: Database;
  readonly fold: Fold;
  readonly past: GrowingPast;
  private readonly crypto: Crypto;
  private readonly insert;
  private readonly tag;
  /** A number that is another one once any other connection has committed. */
  private readonly others;
  private seen: unknown;
  private readonly readEnded;
  private readonly writeEnded;
  private readonly ground;
  private readonly line;
  private readonly lines;
  /** Stores the nodes that are kept. */
  readonly onNode: OnNode;

  constructor(database: Database, crypto: Crypto) {
    const { sqlite } = database;
    this.database = database;
    this.crypto = crypto;
    this.fold = new Fold(sqlite);
    this.past = pastOf(sqlite);
    this.onNode = storeNodes(sqlite);
    this.insert = sqlite.prepare(
      `INSERT INTO events (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(markOf).join(', ')})`,
    );
    this.tag = sqlite.prepare('INSERT INTO tags (tag, seq) VALUES (?, ?)');
    this.others = sqlite.prepare('PRAGMA data_version').pluck();
    this.readEnded = sqlite.prepare('SELECT * FROM ended');
    this.writeEnded = sqlite.prepare(
      'UPDATE ended SET size = ?, head = ?, recorded_at = ?, segment = ?, offset = ?, ' +
        'peaks = ?, note = ? WHERE one = 1',
    );
    this.ground = sqlite
      .prepare('SELECT line FROM events WHERE is_ground = 1 AND seq >= ? ORDER BY seq')
      .pluck();
    this.line = sqlite.prepare('SELECT line FROM events WHERE seq = ?').pluck();
    this.lines = sqlite
      .prepare('SELECT line FROM events WHERE seq >= ? AND seq < ? ORDER BY seq')
      .pluck();
  }

  /** create makes the tables of an empty mirror; `complete` makes the indexes that it lacks. */
  static create(database: Database, crypto: Crypto, origin: Origin): Answer<Mirror> {
    const begun = database.begin();
    if (E.isLeft(begun)) return begun;
    createTables(database.sqlite, origin, ZERO_HASH);
    return E.map(() => new Mirror(database, crypto))(database.commit());
  }

  /** complete makes the indexes that only readers and gates ask. */
  complete(): void {
    createIndexes(this.database.sqlite);
  }

  history(): History {
    return historyOfMirror(this.database.sqlite, this.past);
  }

  tree(): Tree {
    return treeOf(this.database.sqlite, this.crypto);
  }

  /** Whether any other connection has committed since this was asked, within the transaction. */
  isTouched(): boolean {
    const before = this.seen;
    this.seen = this.others.get();
    return this.seen !== before;
  }

  /** Undefined where the row does not hold together. */
  ended(): Ended | undefined {
    const row = this.readEnded.get() as EndedRow | undefined;
    const frontier = row === undefined ? undefined : frontierOfBlob(row.size, row.peaks);
    if (row === undefined || frontier === undefined) return undefined;
    const { origin, size, head, recorded_at: at, segment, offset, note } = row;
    return {
      origin: origin as Origin,
      size,
      head: head as Digest,
      recordedAt: (at ?? undefined) as Time | undefined,
      segment,
      offset,
      frontier,
      note: note ?? undefined,
    };
  }

  /** Says where the mirror ends, and how far its projections have come. */
  setEnded({ size, head, recordedAt, segment, offset, frontier, note }: Ended): void {
    const blob = Buffer.concat(peaks(frontier));
    this.writeEnded.run(size, head, recordedAt ?? null, segment, offset, blob, note ?? null);
    this.fold.save(size);
  }

  /** take puts in the next event and gives the tree's frontier behind it. */
  take(event: Recorded, bytes: Uint8Array, frontier: Frontier): Frontier {
    const leaf = this.put(event, bytes);
    return append(this.crypto, frontier, leaf, this.onNode);
  }

  /**
   * put puts in the next event, with its line as it stands in the journal, LF included; what it
   * adds to the tree is the caller's to store. Gives its leaf.
   */
  put(event: Recorded, bytes: Uint8Array): Uint8Array {
    const { seq, domain_tags: tags } = event.header;
    // SQLite rolls back by itself where its disk fails: what came now would be committed alone.
    if (!this.database.sqlite.inTransaction)
      throw new Sqlite.SqliteError('the transaction is over', 'SQLITE_ABORT_ROLLBACK');
    const leaf = parseHex(event.event_hash) ?? new Uint8Array();
    this.insert.run(...rowOf(event, leaf, bytes.subarray(0, -1)));
    if (tags !== undefined) for (const tag of tags) this.tag.run(tag, seq);
    this.fold.take(event);
    return leaf;
  }

  /** The position of the last row, whatever the mirror says of its end. */
  lastRow(): number | undefined {
    const last = this.database.sqlite.prepare('SELECT max(seq) FROM events').pluck().get();
    return typeof last === 'number' ? last : undefined;
  }

  /** The line of an event, without its LF. */
  lineAt(seq: number): string | undefined {
    return this.line.get(seq) as string | undefined;
  }

  /** All at once: nothing can be written on a connection while rows are still being read. */
  linesBetween(from: number, to: number): readonly string[] {
    return this.lines.all(from, to) as readonly string[];
  }

  /** The lines of the few events that a gate stands on, from a seq on. */
  groundLines(from: number): readonly string[] {
    return this.ground.all(from) as readonly string[];
  }

  /** Gives projections that lag the events that they have not taken, within a transaction. */
  *follow(size: number): Steps<void> {
    const pace = new Pace();
    for (let from = this.fold.behind(size); from < size; from += PAGE) {
      for (const line of this.linesBetween(from, Math.min(from + PAGE, size))) {
        this.fold.take(recordedOf(line));
        if (pace.isOver(line.length)) yield;
      }
      // What is kept in memory does not grow with the events.
      this.fold.flush();
    }
  }
}

/** recordedOf reads a line that was verified. */
export const recordedOf = (line: string): Recorded => {
  let parsed: Recorded;
  try {
    parsed = JSON.parse(line) as Recorded;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) throw new MirrorDamaged('a row holds no line');
    throw thrown;
  }
  if (!((parsed as unknown) instanceof Object && (parsed.header as unknown) instanceof Object))
    throw new MirrorDamaged('a row holds no line');
  return { event_hash: parsed.event_hash, header: parsed.header, payload: parsed.payload };
};
