/**
 * Whether the mirror holds what the journal holds: its lines to the byte, what it looks them up by,
 * its tree, where it says that both end, and its own shape.
 */
import type Sqlite from 'better-sqlite3';
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { parseHex } from '../../ledger/encoding/hex.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { EMPTY, append, root } from '../../ledger/tree/tree.ts';
import { isSameHash } from '../../ledger/tree/verify.ts';
import type { Recorded } from '../../policies/state/past.ts';
import { readNote, sizeOfNote } from '../storage/checkpoint-file.ts';
import type { Layout } from '../storage/layout.ts';
import type { Ended, Mirror } from '../storage/mirror/mirror.ts';
import { COLUMNS, rowOf } from '../storage/mirror/mirror.ts';
import { madeBy, schemaDifference } from '../storage/mirror/schema.ts';
import { listSegments, segmentName } from '../storage/segment.ts';
import type { Steps } from '../storage/steps.ts';
import { Pace } from '../storage/steps.ts';
import { otherHistory } from '../storage/wrong-end.ts';
import type { Ports } from '../usecase/ports.ts';
import type { Verified } from './journal.ts';
import type { Looking } from './mirror-check.ts';
import type { ReportFinding } from './report.ts';
import { found } from './report.ts';

/** So many rows that differ are told one by one. */
const MOST_TOLD = 100;
const HASH_BYTES = 32;

/**
 * The rows of a mirror, compared with the lines of the journal that bear their seq as those go by.
 * A line that is none, is missing or stands there again is the journal's, and told of that alone.
 */
export class RowParity {
  readonly lines: ReportFinding[] = [];
  readonly columns: ReportFinding[] = [];
  private readonly rows: IterableIterator<readonly unknown[]>;
  private row: IteratorResult<readonly unknown[], unknown> | undefined;
  /** The seq from which on no line went by. */
  private next: number;
  /** How many rows differ, by column. */
  private readonly differing = new Map<string, number>();
  compared = 0;

  /** How many events the mirror says that it has. */
  private readonly size: number;

  constructor(mirror: Mirror, from: number) {
    const { sqlite } = mirror.database;
    this.size = mirror.ended()?.size ?? 0;
    this.next = from;
    this.rows = sqlite
      .prepare(`SELECT ${COLUMNS.map(asBytes).join(', ')} FROM events WHERE seq >= ? ORDER BY seq`)
      .raw()
      .iterate(from) as IterableIterator<readonly unknown[]>;
  }

  /** Takes the next line; its event is undefined where it is not well-formed. */
  take(seq: number, bytes: Uint8Array, event: Recorded | undefined): void {
    if (event === undefined || seq < this.next) return;
    this.next = seq + 1;
    let row = (this.row ??= this.rows.next());
    while (row.done !== true && Number(row.value[SEQ]) < seq) row = this.row = this.rows.next();
    if (row.done === true || row.value[SEQ] !== seq) {
      // Of events beyond the end that the mirror tells of it need not have a row yet.
      if (seq < this.size && this.lines.length < MOST_TOLD)
        this.lines.push(found('mirror_line', { seq, reason: 'missing' }));
      return;
    }
    this.row = undefined;
    this.compared++;
    const { value } = row;
    const line = bytes.subarray(0, -1);
    const leaf = parseHex(event.event_hash);
    const expected = leaf ? rowOf(event, leaf, '') : undefined;
    COLUMNS.forEach((member, i) => {
      const ought = member === 'line' ? line : expected?.[i];
      if (ought === undefined || isSameCell(value[i], ought)) return;
      const count = (this.differing.get(member) ?? 0) + 1;
      this.differing.set(member, count);
      if (count > MOST_TOLD) return;
      const about = { seq, id: event.header.id };
      if (member === 'line') this.lines.push(found('mirror_line', about));
      else this.columns.push(found('mirror_column', { ...about, member }));
    });
  }

  /** Ends the reading; the connection is free for others then. */
  end(): void {
    this.rows.return?.();
  }
}

const SEQ = COLUMNS.indexOf('seq');
const NUMBERS: readonly string[] = ['seq', 'erases', 'is_ground'];

/** Texts are compared as they are stored: what is no UTF-8 has no text to compare. */
const asBytes = (column: (typeof COLUMNS)[number]): string =>
  NUMBERS.includes(column) ? column : `CAST(${column} AS BLOB)`;

const isSameCell = (there: unknown, ought: string | number | Uint8Array | null): boolean => {
  if (ought === null || typeof ought === 'number') return there === ought;
  const bytes = typeof ought === 'string' ? encodeUtf8(ought) : ought;
  return there instanceof Uint8Array && Buffer.compare(there, bytes) === 0;
};

const schemaFindings = (sqlite: Sqlite.Database): readonly ReportFinding[] => {
  const { missing, alien } = schemaDifference(sqlite);
  return [
    ...missing.map((sql) =>
      found('mirror_schema', { member: madeBy(sql), reason: 'missing', expected: sql }),
    ),
    ...alien.map((sql) => found('mirror_schema', { member: madeBy(sql), actual: sql })),
  ];
};

const damageOf = (sqlite: Sqlite.Database): readonly ReportFinding[] => {
  const said = sqlite.pragma(`integrity_check(${MOST_TOLD})`, { simple: false }) as readonly {
    readonly integrity_check: string;
  }[];
  return said
    .filter(({ integrity_check: text }) => text !== 'ok')
    .map(({ integrity_check: actual }) => found('mirror_damaged', { actual }));
};

const TAGS = {
  // A row that holds no JSON is told as one that holds another line.
  stated:
    'SELECT seq, value AS tag FROM events,' +
    " json_each(iif(json_valid(line), line, '{}'), '$.header.domain_tags')",
  kept: 'SELECT seq, tag FROM tags',
};

const tagFindings = (sqlite: Sqlite.Database): readonly ReportFinding[] => {
  const differ = `${TAGS.stated} EXCEPT ${TAGS.kept}`;
  const alien = `${TAGS.kept} EXCEPT ${TAGS.stated}`;
  const rows = sqlite
    .prepare(`SELECT DISTINCT seq FROM (${differ}) UNION SELECT seq FROM (${alien}) LIMIT 100`)
    .pluck()
    .all() as readonly number[];
  return rows.map((seq) => found('mirror_tags', { seq }));
};

function* treeFindings(sqlite: Sqlite.Database, crypto: Crypto): Steps<readonly ReportFinding[]> {
  const findings: ReportFinding[] = [];
  const kept = sqlite.prepare('SELECT hash FROM nodes WHERE height = ? AND position = ?').pluck();
  let [frontier, nodes] = [EMPTY, 0];
  const leaves = sqlite.prepare('SELECT seq, event_hash FROM events ORDER BY seq').raw();
  const onNode = (height: number, position: number, hash: Uint8Array): void => {
    if (height === 0 || height % 8 !== 0) return;
    nodes++;
    pending.push([height, position, hash]);
  };
  const pending: (readonly [number, number, Uint8Array])[] = [];
  const pace = new Pace();
  for (const row of leaves.iterate()) {
    const [seq, leaf] = row as readonly [seq: number, leaf: unknown];
    // What is missing, or no hash, was told where the rows were compared.
    if (seq !== frontier.size || !(leaf instanceof Uint8Array) || leaf.length !== HASH_BYTES)
      return findings;
    frontier = append(crypto, frontier, leaf, onNode);
    if (pace.isOver(leaf.length)) yield;
  }
  for (const [height, position, hash] of pending) {
    const there = kept.get(height, position) as Uint8Array | undefined;
    if (there === undefined || !isSameHash(there, hash))
      findings.push(found('mirror_node', { member: `${height}/${position}` }));
  }
  const count = sqlite.prepare('SELECT count(*) FROM nodes').pluck().get() as number;
  if (count !== nodes)
    findings.push(found('mirror_node', { expected: String(nodes), actual: String(count) }));
  return findings.slice(0, MOST_TOLD);
}

/** Of events from one on: tags that they state and that are not kept. */
const lostTags = (sqlite: Sqlite.Database, from: number): readonly ReportFinding[] => {
  const isKept = 'SELECT 1 FROM tags WHERE tags.tag = stated.tag AND tags.seq = stated.seq';
  const rows = sqlite
    .prepare(
      `SELECT DISTINCT seq FROM (${TAGS.stated} WHERE seq >= ?) AS stated` +
        ` WHERE NOT EXISTS (${isKept}) LIMIT ${MOST_TOLD}`,
    )
    .pluck()
    .all(from) as readonly number[];
  return rows.map((seq) => found('mirror_tags', { seq }));
};

/** The nodes by which the tree goes on: they must make the root that the mirror says it has. */
const edgeFindings = (mirror: Mirror, crypto: Crypto): readonly ReportFinding[] => {
  const ended = mirror.ended();
  if (ended === undefined) return [];
  const made = mirror.tree().rootAt(ended.size);
  const isSame = made !== undefined && isSameHash(made, root(crypto, ended.frontier));
  return isSame ? [] : [found('mirror_node', { seq: ended.size })];
};

/**
 * shapeFindings tells whether the mirror is made as it ought to be and, where it is looked at as a
 * whole, whether it holds together.
 */
export const shapeFindings = (
  { database: { sqlite } }: Mirror,
  from: number,
): readonly ReportFinding[] => [...schemaFindings(sqlite), ...(from > 0 ? [] : damageOf(sqlite))];

/**
 * besideFindings judges what the mirror derives from its lines and keeps beside them. Of the events
 * before a position nothing is read but what the end of the tree rests on.
 */
export function* besideFindings(
  mirror: Mirror,
  crypto: Crypto,
  from: number,
): Steps<readonly ReportFinding[]> {
  const { sqlite } = mirror.database;
  if (from > 0) return [...lostTags(sqlite, from), ...edgeFindings(mirror, crypto)];
  const tags = tagFindings(sqlite);
  yield;
  return [...tags, ...(yield* treeFindings(sqlite, crypto))];
}

/** Rows that no event has; in one statement, since a writer may go on meanwhile. */
const BEHIND = 'SELECT seq FROM events WHERE seq >= (SELECT size FROM ended) LIMIT 1';

/** What the mirror says of the end that the journal's own end does not say, by member. */
const otherEnd = (ended: Ended, { state, end }: Verified, crypto: Crypto): string | undefined => {
  const { head, frontier, recordedAt } = state;
  // Where no line was read, nothing is known of where the one before it ended.
  const isUnread = end.offset === 0;
  const same: Readonly<Record<string, boolean>> = {
    head: ended.head === head,
    peaks:
      frontier !== undefined && isSameHash(root(crypto, ended.frontier), root(crypto, frontier)),
    recorded_at: ended.recordedAt === recordedAt,
    segment: isUnread || segmentName(ended.segment) === end.segment,
    offset: isUnread || ended.offset === end.offset,
  };
  return Object.keys(same).find((member) => same[member] === false);
};

/**
 * The note that the mirror remembers is one that was kept, and the one beside is no older; nor
 * newer where an event was taken since: the mirror takes the note with it.
 */
const isNoteKept = (ports: Ports, layout: Layout, { note, size }: Ended): boolean => {
  const { disk, crypto } = ports;
  const remembered = sizeOfNote(crypto, note);
  const textAt = (path: string): string | undefined => {
    const read = readNote(disk, path);
    return E.isRight(read) ? read.right : undefined;
  };
  const beside = textAt(layout.checkpoint);
  const there = sizeOfNote(crypto, beside);
  if (there < size && remembered !== there) return false;
  if (note === undefined) return true;
  const kept = beside === note || textAt(join(layout.checkpoints, String(remembered))) === note;
  return kept && there >= remembered;
};

/** Whether both are sound and end otherwise; what is wrong with the journal, that tells alone. */
const isForked = (
  mirror: Mirror,
  { ports, layout }: Pick<Looking, 'ports' | 'layout'>,
  { findings, state }: Verified,
  { size }: Ended,
): boolean => {
  const isSound = findings.every(({ finding }) => finding.severity === 'warning');
  const listed = listSegments(ports.disk, layout.journal);
  if (!isSound || size > state.lines || E.isLeft(listed)) return false;
  return otherHistory({ ...ports, layout }, mirror, listed.right) !== undefined;
};

/** endFindings compares where the mirror says that the ledger ends with where it does. */
export const endFindings = (
  mirror: Mirror,
  { ports, layout, settings }: Looking,
  verified: Verified,
): readonly ReportFinding[] => {
  const ended = mirror.ended();
  if (ended === undefined) return [found('mirror_end', { reason: 'unreadable' })];
  const { origin: actual } = ended;
  // Where another ledger ends says nothing of this one.
  if (actual !== settings.origin)
    return [found('mirror_end', { member: 'origin', expected: settings.origin, actual })];
  const behind = mirror.database.sqlite.prepare(BEHIND).pluck().get() as number | undefined;
  if (behind !== undefined) return [found('mirror_end', { seq: behind })];
  if (isForked(mirror, { ports, layout }, verified, ended))
    return [found('mirror_forked', { seq: ended.size - 1 })];
  if (!isNoteKept(ports, layout, ended)) return [found('mirror_end', { member: 'note' })];
  const { lines, seq } = verified.state;
  // A writer has gone on since the journal was read: its end is not the one that was read.
  if (ended.size !== lines || lines !== seq) return [];
  const member = otherEnd(ended, verified, ports.crypto);
  return member === undefined ? [] : [found('mirror_end', { member })];
};
