/**
 * Reading: from the mirror, on a connection of its own that never writes. Whoever replaces the
 * mirror replaces the file; before every read the reader looks whether its file is still the one.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Origin, Time } from '../../ledger/name.ts';
import type { Database } from '../storage/database.ts';
import type { Layout } from '../storage/layout.ts';
import { attempt, attemptInOne } from '../storage/attempt.ts';
import type { Ended } from '../storage/mirror/mirror.ts';
import type { ProjectionStatus } from '../storage/mirror/live.ts';
import { Mirror, mirrorFault } from '../storage/mirror/mirror.ts';
import type { MirrorRefused } from '../storage/mirror/mirror.ts';
import type { DatabaseFailed } from '../storage/database.ts';
import type { Projection, Row } from '../projection/projection.ts';
import { statementOf } from '../storage/statement.ts';
import type { Ports } from './ports.ts';
import { rowsOf } from './projection-row.ts';
import type { Found, Query } from './query.ts';
import type { Closed } from './request.ts';
import { positionOf, runQuery } from './query.ts';

/** What was read stands no longer there: the ledger went back, or its mirror is an earlier one. */
export interface WentBack {
  readonly _tag: 'WentBack';
  /** The position behind the last event that was read. */
  readonly size: number;
}

/** No such table of a projection is there: nobody has appended or replayed with it yet. */
export interface ProjectionMissing {
  readonly _tag: 'ProjectionMissing';
  readonly projection: string;
  readonly table: string;
}

export type ReadError = DatabaseFailed | MirrorRefused | ProjectionMissing | WentBack | Closed;
export type Read<T> = E.Either<ReadError, T>;

/** An event as people name it: its position, its id or its hash. */
export type Reference =
  { readonly seq: number } | { readonly id: string } | { readonly hash: string };

/** An event by where it stands and what it is called. */
export interface Named {
  readonly seq: number;
  readonly id: string;
}

const FORM = { seq: /^(?:0|[1-9]\d{0,15})$/, hash: /^[0-9a-f]{64}$/ };

/** parseReference tells what a reference means; no id looks like a position or a hash. */
export const parseReference = (text: string): Reference => {
  if (FORM.seq.test(text)) return { seq: Number(text) };
  return FORM.hash.test(text.toLowerCase()) ? { hash: text.toLowerCase() } : { id: text };
};

/** So many events are read at a time. */
const PAGE = 1000;

export class Reader {
  private readonly ports: Ports;
  private readonly layout: Layout;
  private readonly origin: Origin | undefined;
  private database: Database | undefined;
  private mirror: Mirror | undefined;
  isClosed = false;

  /** Where it is told of which ledger the mirror is to be, it reads no other. */
  constructor(ports: Ports, layout: Layout, origin?: Origin) {
    this.ports = ports;
    this.layout = layout;
    this.origin = origin;
  }

  private open(): Read<Mirror> {
    if (this.isClosed) return E.left({ _tag: 'Closed' });
    // Whoever asks on while something is read is answered of the same state.
    const isCurrent = this.database?.sqlite.inTransaction === true || this.database?.isCurrent();
    if (this.mirror !== undefined && isCurrent === true) return E.right(this.mirror);
    this.release();
    const { mirror: path } = this.layout;
    const database = this.ports.databases.open(path, 'read');
    if (E.isLeft(database)) return database;
    this.database = database.right;
    const reason = attempt(path, () => mirrorFault(database.right));
    if (E.isLeft(reason)) return reason;
    if (reason.right !== undefined)
      return E.left({ _tag: 'MirrorRefused', reason: reason.right, path });
    const mirror = attempt(path, () => new Mirror(database.right, this.ports.crypto));
    if (E.isLeft(mirror)) return mirror;
    const ended = attempt(path, () => mirror.right.ended());
    if (E.isLeft(ended)) return ended;
    const { origin = this.origin } = ended.right ?? {};
    if (this.origin !== undefined && origin !== this.origin)
      return E.left({ _tag: 'MirrorRefused', reason: 'other_ledger', path });
    this.mirror = mirror.right;
    return mirror;
  }

  /** look runs reads on the mirror as it is committed, all of them on one state. */
  look<T>(run: (mirror: Mirror) => T): Read<T> {
    const opened = this.open();
    if (E.isLeft(opened)) return opened;
    return attemptInOne(opened.right.database, () => run(opened.right));
  }

  ended(): Read<Ended | undefined> {
    return this.look((mirror) => mirror.ended());
  }

  find(reference: Reference): Read<Found | undefined> {
    return this.look(({ database: { sqlite } }) => {
      const by = (column: string, value: string | number | Uint8Array): unknown =>
        statementOf(sqlite, `SELECT seq, line FROM events WHERE ${column} = ?`).get(value);
      if ('seq' in reference) return by('seq', reference.seq) as Found | undefined;
      if ('id' in reference) return by('id', reference.id) as Found | undefined;
      return by('event_hash', Buffer.from(reference.hash, 'hex')) as Found | undefined;
    });
  }

  /** idsUnder reads at most so many longer ids that begin so, in the order of their events. */
  idsUnder(start: string, after: number, limit: number): Read<readonly Named[]> {
    return this.look(({ database: { sqlite } }) => {
      const from = 'FROM events INDEXED BY event_id WHERE id > ? AND id < ?';
      const range = [start, `${start}\u{10ffff}`];
      // To sort nothing takes ten times as long as to find it.
      if (statementOf(sqlite, `SELECT 1 ${from} LIMIT 1`).get(...range) === undefined) return [];
      const ids = statementOf(sqlite, `SELECT seq, id ${from} AND seq > ? ORDER BY seq LIMIT ?`);
      return ids.all(...range, after, limit) as readonly Named[];
    });
  }

  /** position gives the first position that was recorded at a moment or later. */
  position(time: Time): Read<number> {
    return this.look(({ database }) => positionOf(database.sqlite, time));
  }

  /**
   * page reads at most so many events; the position of the last is where the next begins, and an
   * empty page is behind all.
   */
  page(query: Query): Read<readonly Found[]> {
    return this.look(({ database }) =>
      runQuery(database.sqlite, { ...query, limit: Math.min(query.limit ?? PAGE, PAGE) }),
    );
  }

  /** positions gives where the events of a page stand. */
  positions(query: Query & { readonly limit: number }): Read<readonly number[]> {
    return this.look(({ database }) =>
      runQuery(database.sqlite, query, "''").map(({ seq }) => seq),
    );
  }

  /** read reads all events of a query, a page at a time. */
  *read(query: Query): Generator<Read<Found>, void> {
    let { after } = query;
    let left = query.limit ?? Infinity;
    while (left > 0) {
      const page = this.page({ ...query, after, limit: Math.min(left, PAGE) });
      if (E.isLeft(page)) {
        yield page;
        return;
      }
      if (page.right.length === 0) return;
      for (const found of page.right) yield E.right(found);
      left -= page.right.length;
      after = page.right.at(-1)?.seq;
    }
  }

  /** history reads what an event corrects and what corrects it in the first events of the log. */
  history(id: string, size: number = Number.MAX_SAFE_INTEGER): Read<readonly Found[]> {
    return this.look(({ database: { sqlite } }) => {
      const earlier = sqlite
        .prepare('SELECT supersedes FROM events WHERE id = ? AND seq < ?')
        .pluck();
      const later = sqlite
        .prepare('SELECT id FROM events WHERE supersedes = ? AND seq < ?')
        .pluck();
      const ids = new Set([id]);
      for (const each of ids) {
        const before = earlier.get(each, size) as string | null | undefined;
        if (typeof before === 'string') ids.add(before);
        for (const behind of later.all(each, size) as readonly string[]) ids.add(behind);
      }
      const read = sqlite.prepare('SELECT seq, line FROM events WHERE id = ? AND seq < ?');
      const found = [...ids].flatMap((each) => {
        const row = read.get(each, size) as Found | undefined;
        return row === undefined ? [] : [row];
      });
      return found.toSorted((a, b) => a.seq - b.seq);
    });
  }

  /** erasureOf tells where it says that the payload of an event is erased. */
  erasureOf(seq: number): Read<number | undefined> {
    return this.look(({ database: { sqlite } }) => {
      const first = sqlite.prepare('SELECT min(seq) FROM events WHERE erases = ?').pluck();
      return (first.get(seq) as number | null) ?? undefined;
    });
  }

  /** rows reads a projection's table, in the order of its keys. */
  rows(projection: string, table: string, equal: Row): Read<readonly Row[]> {
    const read = this.look(({ database: { sqlite } }) => rowsOf(sqlite, projection, table, equal));
    const missing = { _tag: 'ProjectionMissing', projection, table } as const;
    return E.chain((rows: readonly Row[] | undefined): Read<readonly Row[]> =>
      rows === undefined ? E.left(missing) : E.right(rows),
    )(read);
  }

  /** digests names what each projection holds by its content. */
  digests(projections: readonly Projection[]): Read<Readonly<Record<string, string>>> {
    return this.look((mirror) => {
      mirror.fold.attach(projections);
      return mirror.fold.digests(this.ports.crypto);
    });
  }

  status(projections: readonly Projection[]): Read<readonly ProjectionStatus[]> {
    return this.look(({ fold }) => {
      fold.attach(projections);
      return fold.status();
    });
  }

  /** release lets go of the mirror, so that it can be replaced; the next read opens it anew. */
  release(): void {
    this.database?.close();
    this.database = undefined;
    this.mirror = undefined;
  }

  close(): void {
    this.isClosed = true;
    this.release();
  }
}
