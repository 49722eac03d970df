/**
 * One outbox out of two or three. A migration that was cut off leaves some rows in both files and
 * some in either. So: first all rows of the old file, then those pending rows of the database that
 * the old file does not have already, one for one, and that it does not replace. Where the old file
 * stands in its place and was put aside too, a row of both is one row, unless it replaces another.
 */
import { createHash } from 'node:crypto';
import { blake3 } from '@noble/hashes/blake3.js';
import { formatHex } from '../../../ledger/encoding/hex.ts';
import { Scratch } from '../scratch.ts';
import type { OutboxRow } from './outbox-row.ts';
import { REPLACEABLE, base64Of, framed } from './outbox-row.ts';

/**
 * What becomes of a row: it waits to be delivered, it was marked as sent, or it stands in an old
 * file too, equal to a row there or replaced by one.
 */
export type Fate = 'pending' | 'sent' | 'equal' | 'replaced';

export interface Merged {
  readonly row: OutboxRow;
  readonly fate: Fate;
  /** What names its content. */
  readonly digest: string;
}

/** rowDigest names a row by its content. */
export const rowDigest = (row: OutboxRow): string =>
  createHash('sha256').update(framed(row)).digest('hex');

/** migrationDigest is what kaizen leaves behind once it has migrated these rows. */
export const migrationDigest = (rows: Iterable<OutboxRow>): string => {
  const hash = blake3.create().update(Buffer.from('kaizen-outbox-migration-v1'));
  for (const row of rows) {
    const id = Buffer.alloc(8);
    id.writeBigUInt64LE(row.id);
    hash.update(id).update(framed(row));
  }
  return formatHex(hash.digest());
};

/** byNumber gives the rows that have a number, in the order of the numbers. */
function* byNumber(
  first: Iterable<OutboxRow>,
  second: Iterable<OutboxRow>,
): Generator<readonly OutboxRow[], void> {
  const rest = second[Symbol.iterator]();
  let next = rest.next();
  for (const row of first) {
    for (; next.done !== true && next.value.id < row.id; next = rest.next()) yield [next.value];
    if (next.done !== true && next.value.id === row.id) {
      yield [row, next.value];
      next = rest.next();
    } else yield [row];
  }
  for (; next.done !== true; next = rest.next()) yield [next.value];
}

/** No outbox gives a number twice: what has a number in both is the same, and something is. */
const isOneOutbox = (first: Iterable<OutboxRow>, second: Iterable<OutboxRow>): boolean => {
  let isShared = false;
  for (const [row, other] of byNumber(first, second)) {
    if (row === undefined || other === undefined) continue;
    if (rowDigest(row) !== rowDigest(other)) return false;
    isShared = true;
  }
  return isShared;
};

const count = (scratch: Scratch, kind: string, key: string, by: number): number => {
  const there = Number(scratch.take(kind, key) ?? '0');
  scratch.keep(kind, key, String(there + by));
  return there + by;
};

/**
 * oldRows gives the rows of two old files, neither of which was migrated. Of one and the same
 * outbox, as it was at two times, they come in the order of their numbers; else those of the file
 * that was put aside first.
 */
export function* oldRows(
  archive: () => Iterable<OutboxRow>,
  redb: () => Iterable<OutboxRow>,
): Generator<OutboxRow, void> {
  if (isOneOutbox(archive(), redb())) {
    for (const each of byNumber(archive(), redb())) yield* each;
    return;
  }
  yield* archive();
  yield* redb();
}

/** pairOf names the owner and the kind of a row. */
export const pairOf = ({ owner, kind, bytes }: OutboxRow): string =>
  JSON.stringify([bytes?.owner === undefined ? owner : [base64Of(bytes.owner)], kind]);

/** merge gives every row of both, each with what becomes of it. */
export function* merge(
  legacy: Iterable<OutboxRow>,
  stored: Iterable<OutboxRow>,
): Generator<Merged, void> {
  const scratch = new Scratch();
  try {
    for (const row of legacy) {
      const digest = rowDigest(row);
      // As many wait as stand in the file that has more of them; but what took the place of
      // another row waits, though it stood before that one too.
      const isHeld =
        count(scratch, row.from, digest, 1) <= Number(scratch.get('equal', digest) ?? '0');
      const isReplaceable = REPLACEABLE.has(row.kind);
      if (isHeld && (!isReplaceable || scratch.get('pair', pairOf(row)) === digest)) {
        yield { row, fate: 'equal', digest };
        continue;
      }
      count(scratch, 'equal', digest, 1);
      if (isReplaceable) {
        scratch.take('pair', pairOf(row));
        scratch.keep('pair', pairOf(row), digest);
      }
      yield { row, fate: 'pending', digest };
    }
    for (const row of stored) {
      const digest = rowDigest(row);
      if (row.isSent) yield { row, fate: 'sent', digest };
      else if (REPLACEABLE.has(row.kind) && scratch.get('pair', pairOf(row)) !== undefined)
        yield { row, fate: 'replaced', digest };
      else if (Number(scratch.get('equal', digest) ?? '0') > 0) {
        count(scratch, 'equal', digest, -1);
        yield { row, fate: 'equal', digest };
      } else yield { row, fate: 'pending', digest };
    }
  } finally {
    scratch.close();
  }
}
