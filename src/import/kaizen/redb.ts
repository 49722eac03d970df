/**
 * The outbox that kaizen kept in a redb file: rows by their number, each a piece of JSON. Of the
 * two commits in the file the one counts that was made last and whose every page is what its
 * checksum says.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Disk, DiskFailed } from '../../storage/disk.ts';
import { countOf } from '../plan.ts';
import type { SourceFile } from '../source-file.ts';
import type { Checksum, Commit, Frame, Root } from './redb-file.ts';
import { Damaged, readFrame, readRoot } from './redb-file.ts';
import type { Pair, Widths } from './redb-tree.ts';
import { pairsOf } from './redb-tree.ts';

export interface RedbRow {
  readonly id: bigint;
  readonly bytes: Buffer;
}

export interface RedbDamaged {
  readonly _tag: 'RedbDamaged';
  readonly reason: string;
}

export interface Redb {
  readonly rowCount: number;
  readonly nextId: bigint | undefined;
  /** Whether it was closed; and whether what it names counts, and nothing that holds is newer. */
  readonly isClean: boolean;
  readonly isNewest: boolean;
  readonly rows: () => Generator<RedbRow, void>;
  readonly close: () => void;
}

interface Table {
  readonly root: Root | undefined;
  readonly widths: Widths;
}

const ANY: Widths = { key: undefined, value: undefined };
const NORMAL = 3;
const TYPES_AT = 64;

const tableOf = (bytes: Buffer): Table => {
  if (bytes.length < TYPES_AT || bytes[0] !== NORMAL) throw new Damaged('a table is of no kind');
  const width = (at: number): number | undefined =>
    bytes[at] === 1 ? bytes.readUInt32LE(at + 1) : undefined;
  return {
    root: bytes[9] === 1 ? readRoot(bytes, 10) : undefined,
    widths: { key: width(42), value: width(47) },
  };
};

interface Tables {
  readonly rows: Table | undefined;
  readonly meta: Table | undefined;
}

const ROWS: Widths = { key: 8, value: undefined };

const tablesOf = (frame: Frame, checksum: Checksum, { root }: Commit): Tables => {
  const tables = new Map<string, Table>();
  for (const { key, value } of pairsOf(frame, checksum, root, ANY)) {
    const name = key.toString();
    if (name === 'rows' || name === 'meta') tables.set(name, tableOf(value));
  }
  const rows = tables.get('rows');
  if (rows !== undefined && (rows.widths.key !== ROWS.key || rows.widths.value !== undefined))
    throw new Damaged('the table rows is not one of numbers to bytes');
  return { rows, meta: tables.get('meta') };
};

interface Found {
  readonly tables: Tables;
  readonly count: number;
  readonly nextId: bigint | undefined;
}

const nextIdOf = (pairs: Iterable<Pair>): bigint | undefined => {
  let nextId: bigint | undefined;
  for (const { key, value } of pairs)
    if (key.toString() === 'next_id' && value.length === 8) nextId = value.readBigUInt64LE();
  return nextId;
};

/** Reads all of a commit, so that whatever is damaged is known before any of it is used. */
const proved = (frame: Frame, checksum: Checksum, commit: Commit): Found => {
  const tables = tablesOf(frame, checksum, commit);
  const count = countOf(pairsOf(frame, checksum, tables.rows?.root, ROWS));
  const { meta } = tables;
  const nextId = meta && nextIdOf(pairsOf(frame, checksum, meta.root, meta.widths));
  return { tables, count, nextId };
};

const damaged = (thrown: unknown): RedbDamaged => {
  if (!(thrown instanceof Damaged)) throw thrown;
  return { _tag: 'RedbDamaged', reason: thrown.message };
};

/** Whether another commit of the file is newer, and holds. */
const isPassed = (frame: Frame, checksum: Checksum, { number }: Commit): boolean =>
  frame.commits.some((other) => {
    if (other.number <= number) return false;
    try {
      proved(frame, checksum, other);
      return true;
    } catch (thrown) {
      damaged(thrown);
      return false;
    }
  });

/** openRedb opens a file for reading, once a commit in it is proved. */
export const openRedb = (
  disk: Disk,
  source: SourceFile,
  checksum: Checksum,
): E.Either<DiskFailed | RedbDamaged, Redb> => {
  const opened = disk.open(source.path, 'read');
  if (E.isLeft(opened)) return opened;
  const file = opened.right;
  let refused: RedbDamaged = { _tag: 'RedbDamaged', reason: 'neither of its commits holds' };
  try {
    const frame = readFrame(file, source.bytes, checksum);
    for (const [at, commit] of frame.commits.entries())
      try {
        const { tables, count, nextId } = proved(frame, checksum, commit);
        return E.right({
          rowCount: count,
          nextId,
          isClean: frame.isClean,
          isNewest: commit.slot === frame.primary && !isPassed(frame, checksum, commit),
          *rows() {
            for (const { key, value } of pairsOf(frame, checksum, tables.rows?.root, ROWS))
              yield { id: key.readBigUInt64LE(), bytes: value };
          },
          close: () => file.close(),
        });
      } catch (thrown) {
        if (at === 0) refused = damaged(thrown);
        else damaged(thrown);
      }
  } catch (thrown) {
    refused = damaged(thrown);
  }
  file.close();
  return E.left(refused);
};
