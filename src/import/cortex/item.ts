/**
 * The rows of a store, one after the other, wherever they are kept: the lines of the log, the rows
 * of the database along the chain, or the log and then what only the database has.
 */
import type { Disk } from '../../storage/disk.ts';
import type { Fault } from '../defect.ts';
import { fault } from '../defect.ts';
import type { Scratch } from '../scratch.ts';
import type { Seen, SourceFile } from '../source-file.ts';
import { SourceLines } from '../source-file.ts';
import type { CortexDatabase } from './database.ts';
import type { Read } from './row.ts';
import { readRow } from './row.ts';

export interface Item {
  readonly file: string;
  readonly line: number;
  /** As it stands there; undefined where no event could hold it. */
  readonly bytes: Uint8Array | undefined;
  readonly read: Read;
  readonly isLogged: boolean;
}

export type From = 'jsonl' | 'sqlite' | 'both';

export interface Rows {
  readonly disk: Disk;
  readonly from: From;
  readonly log: SourceFile | undefined;
  readonly database: CortexDatabase | undefined;
  readonly databaseName: string;
  readonly scratch: Scratch;
  /** Told of the log when all of it was read. */
  readonly onLog: (seen: Seen) => void;
  readonly onBytes?: (done: number) => void;
}

const MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const CR = 0x0d;

/** What is wrong with a line before anybody asks what it says. */
const readLine = (whole: Uint8Array, isFirst: boolean, hasEnd: boolean): Read => {
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
  if (bytes.every((byte) => byte === 0x20 || byte === 0x09))
    return { faults: [...faults, fault('blank_line', 'nothing stands there')] };
  const read = readRow(bytes);
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

const TOO_LONG: Read = { faults: [fault('line_too_long', 'no event could hold it')] };

function* logged({ disk, log, onLog, onBytes }: Rows): Generator<Item, void> {
  if (log === undefined) return;
  const lines = new SourceLines(disk, log);
  for (const { number, bytes, hasEnd } of lines.read()) {
    const read = bytes === undefined ? TOO_LONG : readLine(bytes, number === 1, hasEnd);
    yield { file: log.name, line: number, bytes, read, isLogged: true };
    onBytes?.(lines.done);
  }
  onLog(lines.seen());
}

function* stored(rows: Rows, isRest: boolean): Generator<Item, void> {
  const { database, scratch, databaseName: file } = rows;
  if (database === undefined) return;
  let line = 0;
  for (const each of isRest ? database.others(scratch) : database.chained()) {
    line++;
    if (typeof each === 'string') {
      const bytes = Buffer.from(each);
      yield { file, line, bytes, read: readRow(bytes), isLogged: false };
    } else yield { file, line, bytes: undefined, read: { faults: [each] }, isLogged: false };
  }
}

/** itemsOf gives the rows of a store. */
export function* itemsOf(rows: Rows): Generator<Item, void> {
  if (rows.from !== 'sqlite') yield* logged(rows);
  if (rows.from === 'sqlite') yield* stored(rows, false);
  if (rows.from === 'both') yield* stored(rows, true);
}
