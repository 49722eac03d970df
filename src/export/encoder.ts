/**
 * How each format makes bytes of events as they go by, in constant memory. A database is built in a
 * file of its own, and is bytes only when it is whole. What makes Parquet and databases is loaded
 * when it is asked for.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Finding } from '../../ledger/finding.ts';
import type { DatabaseFailed } from '../storage/database.ts';
import type { Disk, DiskFailed } from '../storage/disk.ts';
import { readFully } from '../storage/line-reader.ts';
import { clearFile } from '../storage/whole-file.ts';
import type { ReadError } from '../usecase/reader.ts';
import type { About } from './about.ts';
import { eventOf } from './event.ts';
import type { TextFormat, TextOptions, Writer } from './format.ts';
import { writerOf } from './format.ts';
import type { Selected } from './read.ts';

export const BINARY_FORMATS = ['parquet', 'sqlite'] as const;
export type BinaryFormat = (typeof BINARY_FORMATS)[number];

export type WriteError = ReadError | Finding | DiskFailed;
export type Encoded = E.Either<WriteError, Uint8Array>;

export interface Encoder {
  readonly head: Uint8Array;
  readonly page: (events: readonly Selected[]) => Encoded;
  readonly end: () => Iterable<Encoded>;
  /** Lets go of what it holds, whether it came to its end or not. */
  readonly drop: () => void;
}

/** What an encoder is made for. */
export interface Order {
  readonly about: About;
  readonly options: TextOptions;
  readonly disk: Disk;
  /** Where a file may be built. */
  readonly scratch: string;
}

const NOTHING = new Uint8Array(0);
const PIECE = 1 << 20;
const ENCODER = new TextEncoder();

const textEncoder = ({ head, of }: Writer): Encoder => ({
  head: ENCODER.encode(head),
  page: (events) => E.right(ENCODER.encode(events.map(of).join(''))),
  end: () => [],
  drop: () => undefined,
});

const parquetEncoder = async ({ about, options }: Order): Promise<Encoder> => {
  const { ParquetTable } = await import('./parquet.ts');
  const table = new ParquetTable(about, options.pointers);
  return {
    head: NOTHING,
    page: (events) => {
      for (const { line } of events) table.add(eventOf(line));
      return E.right(table.take());
    },
    end: () => [E.right(table.end())],
    drop: () => undefined,
  };
};

/** The bytes of a file, piece by piece. */
function* bytesOf(disk: Disk, path: string): Generator<Encoded, void> {
  const opened = disk.open(path, 'read');
  if (E.isLeft(opened)) {
    yield opened;
    return;
  }
  const file = opened.right;
  const piece = new Uint8Array(PIECE);
  for (let at = 0; ;) {
    const read = readFully(file, piece, at);
    if (E.isLeft(read)) yield read;
    if (E.isLeft(read) || read.right === 0) break;
    yield E.right(piece.subarray(0, read.right));
    at += read.right;
  }
  file.close();
}

/** What fails is the file that is being made; the ledger has no part in it. */
const ofFile = E.mapLeft(({ path, code }: DatabaseFailed): WriteError => ({
  _tag: 'DiskFailed',
  call: 'write',
  path,
  errno: code === 'SQLITE_FULL' ? 'ENOSPC' : code,
}));

const sqliteEncoder = async (order: Order): Promise<E.Either<WriteError, Encoder>> => {
  const { about, options, disk, scratch } = order;
  const { SqliteTable } = await import('./sqlite.ts');
  const made = disk.open(scratch, 'create');
  if (E.isLeft(made)) return made;
  made.right.close();
  const begun = SqliteTable.begin(scratch, about, options.pointers);
  if (E.isLeft(begun)) {
    clearFile(disk, scratch);
    return ofFile(begun);
  }
  const table = begun.right;
  return E.right({
    head: NOTHING,
    page: (events) => E.map(() => NOTHING)(ofFile(table.add(events))),
    end: function* () {
      const ended = ofFile(table.end());
      if (E.isLeft(ended)) yield ended;
      else yield* bytesOf(disk, scratch);
    },
    drop: () => {
      table.close();
      clearFile(disk, scratch);
    },
  });
};

/** encoderOf gives what makes a format. */
export const encoderOf = async (
  format: TextFormat | BinaryFormat,
  order: Order,
): Promise<E.Either<WriteError, Encoder>> => {
  if (format === 'parquet') return E.right(await parquetEncoder(order));
  if (format === 'sqlite') return sqliteEncoder(order);
  return E.right(textEncoder(writerOf(format, order.options)));
};
