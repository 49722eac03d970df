/**
 * The rows of a store, one after the other, wherever they are kept: the lines of the log, the rows
 * of the database along the chain, or the log and then what only the database has.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Disk, Done } from '../../storage/disk.ts';
import type { Fault } from '../defect.ts';
import { NO_ROOM, fault } from '../defect.ts';
import type { Scratch } from '../scratch.ts';
import type { Seen, SourceFile } from '../source-file.ts';
import { SourceLines } from '../source-file.ts';
import { isDamagedLine } from './damage.ts';
import type { CortexDatabase } from './database.ts';
import type { Hashes, Read } from './row.ts';
import { readPlainly, readRow } from './row.ts';
import type { StoredLine } from './stored-row.ts';

/**
 * Rows of the database alone to which the log does not lead, or that the log has under another id;
 * and what is left of a line of the log, where the database has the row whole.
 */
export type Beside = 'piece' | 'fork' | 'same' | 'left';

export interface Item {
  readonly file: string;
  readonly line: number;
  /** As it stands there; undefined where no event could hold it. */
  readonly bytes: Uint8Array | undefined;
  /** How long it is then. */
  readonly length?: number;
  readonly read: Read;
  readonly isLogged: boolean;
  /** What has no place in the chain. */
  readonly beside?: Beside | undefined;
  /** Where it is no row and its hashes can be read all the same. */
  readonly hashes?: Hashes | undefined;
  /** Whether it is a record of attestations: it may be written as a line of the log is. */
  readonly isRecord?: boolean;
  /** Of a row of the database: whether the line of the log behind it may have swallowed others. */
  readonly isNear?: boolean;
}

export type From = 'jsonl' | 'sqlite' | 'both';

export interface Rows {
  readonly disk: Disk;
  readonly from: From;
  readonly log: SourceFile | undefined;
  readonly database: CortexDatabase | undefined;
  readonly databaseName: string;
  readonly scratch: Scratch;
  /** Told of the log when it was read, or why no more of it was. */
  readonly onLog: (read: Done<Seen>) => void;
  readonly onBytes?: (done: number) => void;
}

/** recordItem keeps a record of attestations as the line that it is. */
export const recordItem = (file: string, line: number, bytes: Uint8Array | undefined): Item => ({
  file,
  line,
  bytes,
  read: { faults: [] },
  isLogged: false,
  isRecord: true,
});

const MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const CR = 0x0d;

/** A line without the marks around it, which cortex never writes; undefined where it is blank. */
interface Bare {
  readonly bytes: Uint8Array | undefined;
  readonly faults: readonly Fault[];
}

/** bareLine tells what is wrong with a line before anybody asks what it says. */
export const bareLine = (whole: Uint8Array, isFirst: boolean): Bare => {
  const faults: Fault[] = [];
  let bytes = whole;
  if (isFirst && MARK.equals(bytes.subarray(0, 3))) {
    faults.push(fault('byte_order_mark', 'EF BB BF'));
    bytes = bytes.subarray(3);
  }
  if (bytes.at(-1) === CR) {
    faults.push(fault('carriage_return', 'it ends with CR'));
    bytes = bytes.subarray(0, -1);
  }
  return bytes.every((byte) => byte === 0x20 || byte === 0x09)
    ? { bytes: undefined, faults: [...faults, fault('blank_line', 'nothing stands there')] }
    : { bytes, faults };
};

const readLine = (whole: Uint8Array, isFirst: boolean, hasEnd: boolean, by = readRow): Read => {
  const { bytes, faults } = bareLine(whole, isFirst);
  if (bytes === undefined) return { faults };
  const made = by(bytes);
  const start = bytes.byteOffset - whole.byteOffset;
  const read = made.next === undefined ? made : { ...made, next: start + made.next };
  if (hasEnd) return { ...read, faults: [...faults, ...read.faults] };
  const end =
    read.row === undefined
      ? [
          fault('torn_tail', 'it has no end'),
          ...read.faults.filter(({ name }) => name !== 'not_json'),
        ]
      : [fault('missing_final_newline', 'it has no LF'), ...read.faults];
  return { ...read, faults: [...faults, ...end] };
};

/** So many pieces of a line that are no rows are told apart. */
const MOST_PIECES = 100;

/** The rows of a line: behind one that had no LF another one was written, and it may be torn. */
function* partsOf(line: Item, whole: Uint8Array, hasEnd: boolean): Generator<Item, void> {
  let { read } = line;
  let from = 0;
  let merged: readonly Fault[] = [];
  let pieces = 0;
  const partOf = (bytes: Uint8Array, { row, hashes, faults }: Read): Item => ({
    ...line,
    bytes,
    read: { row, hashes, faults: [...merged, ...faults] },
    hashes,
  });
  for (;;) {
    const rest = whole.subarray(from);
    const first = rest.subarray(0, read.next);
    const part = read.next === undefined ? read : readLine(first, line.line === 1, true);
    if (part.row === undefined) pieces++;
    if (read.next === undefined || pieces > MOST_PIECES) {
      yield partOf(rest, read);
      return;
    }
    yield partOf(first, part);
    // The line is told once, by the second of its rows.
    merged = from === 0 ? read.faults.filter(({ name }) => name === 'merged_rows') : [];
    from += first.length;
    // The quick way would look at all of the rest each time.
    read = readLine(whole.subarray(from), line.line === 1, hasEnd, readPlainly);
  }
}

const TOO_LONG: Read = { faults: [NO_ROOM] };

/** logged gives the rows of the log alone. */
export function* logged({ disk, log, onLog, onBytes }: Rows): Generator<Item, void> {
  if (log === undefined) return;
  const lines = new SourceLines(disk, log);
  for (const { number, bytes, length, hasEnd } of lines.read()) {
    const read = bytes === undefined ? TOO_LONG : readLine(bytes, number === 1, hasEnd);
    const { hashes } = read;
    const item = { file: log.name, line: number, bytes, length, read, isLogged: true, hashes };
    if (bytes === undefined || read.next === undefined) yield item;
    else yield* partsOf(item, bytes, hasEnd);
    onBytes?.(lines.done);
  }
  onLog(lines.failed === undefined ? E.right(lines.seen()) : E.left(lines.failed));
}

const storedItem = (file: string, line: number, each: StoredLine | Fault): Item => {
  if (!('line' in each))
    return { file, line, bytes: undefined, read: { faults: [each] }, isLogged: false };
  const { line: bytes, noText, hashes } = each;
  const read = noText === undefined ? readRow(bytes) : { faults: [noText] };
  return { file, line, bytes, read, isLogged: false, hashes };
};

function* chained({ database, databaseName }: Rows): Generator<Item, void> {
  const walk = database?.walk();
  let line = 0;
  try {
    for (const each of walk?.pieces() ?? []) yield storedItem(databaseName, ++line, each);
    for (const each of walk?.rest() ?? []) yield storedItem(databaseName, ++line, each);
  } finally {
    walk?.close();
  }
}

/** Whether a row of the database follows a hash. */
const follows = (each: StoredLine | Fault, hash: string | null): boolean =>
  'line' in each && each.hashes?.prev_event_hash === hash;

/** The rows of the log, and where the chain has them those that only the database has. */
function* joined(rows: Rows): Generator<Item, void> {
  const { database, databaseName } = rows;
  if (database === undefined) return yield* logged(rows);
  const walk = database.walkOthers();
  let line = 0;
  let last: string | null = null;
  const items = function* (
    lines: Iterable<StoredLine | Fault>,
    how: Pick<Item, 'beside' | 'isNear'> = {},
  ): Generator<Item, void> {
    for (const each of lines) {
      const item = { ...storedItem(databaseName, ++line, each), ...how };
      const hash = (item.read.row?.envelope ?? item.hashes)?.event_hash;
      const isSame = how.beside !== undefined && item.read.row !== undefined;
      last = hash ?? last;
      yield isSame && database.isSame(hash ?? '') ? { ...item, beside: 'same' } : item;
    }
  };
  /** Rows of the database alone between the last row and one that follows another. */
  const between = function* (prev: string | null, isNear: boolean): Generator<Item, void> {
    const before = walk.before(prev, last);
    const first = before.next();
    if (first.done === true || !follows(first.value, last))
      yield* items(walk.behind(last), { isNear });
    if (first.done !== true) yield* items([first.value], { isNear });
    yield* items(before, { isNear });
  };
  try {
    database.matchAll(logged({ ...rows, onLog: () => undefined }));
    for (const item of logged(rows)) {
      const { row } = item.read;
      const { event_hash, prev_event_hash: prev } = row?.envelope ?? item.hashes ?? {};
      // What else follows the last row than this one is a fork, and comes at the end.
      if (prev !== undefined && prev !== last) yield* between(prev, isDamagedLine(item));
      // The database may have the row whole.
      const isLeft = row === undefined ? item.hashes !== undefined : database.isLeft(row.envelope);
      if (isLeft && event_hash !== undefined)
        yield* items(walk.before(event_hash, last), { isNear: true });
      line++;
      if (isLeft && last === event_hash) yield { ...item, hashes: undefined, beside: 'left' };
      else yield item;
      last = event_hash ?? last;
    }
    yield* items(walk.behind(last));
    yield* items(walk.pieces(), { beside: 'piece' });
    yield* items(walk.rest(), { beside: 'fork' });
  } finally {
    walk.close();
  }
}

/** itemsOf gives the rows of a store. */
export const itemsOf = (rows: Rows): Generator<Item, void> => {
  if (rows.from === 'sqlite') return chained(rows);
  return rows.from === 'both' ? joined(rows) : logged(rows);
};
