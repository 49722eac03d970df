/**
 * The end of a journal as a mirror knows it, and what may be set aside of that which stands behind.
 * Recovery does it, a plan foretells it and an audit says so: they ask here, all of them.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { ZERO_HASH } from '../../ledger/event/header.ts';
import { open } from '../../ledger/event/open.ts';
import { root } from '../../ledger/tree/tree.ts';
import { isSameHash } from '../../ledger/tree/verify.ts';
import { MirrorDamaged, attempt } from './attempt.ts';
import { lastNotes, sizeOfNote } from './checkpoint-file.ts';
import type { Database } from './database.ts';
import type { Disk } from './disk.ts';
import type { Layout } from './layout.ts';
import { TAIL_BYTES } from './layout.ts';
import { readFully } from './line-reader.ts';
import type { Claim, Claimed } from './mirror/claim.ts';
import { heardOf } from './mirror/claim.ts';
import type { Ended } from './mirror/mirror.ts';
import { Mirror, mirrorFault } from './mirror/mirror.ts';
import type { Corrupt, StorageError } from './outcome.ts';
import type { BadTail } from './roll.ts';
import type { Segment } from './segment.ts';
import { listSegments, openSegment } from './segment.ts';
import { closing } from './whole-file.ts';

export interface Reading {
  readonly crypto: Crypto;
  readonly disk: Disk;
}

export interface Sight extends Reading {
  readonly layout: Layout;
}

export const corrupt = (
  reason: Corrupt['reason'],
  rest: Partial<Corrupt> = {},
): E.Either<Corrupt, never> => E.left({ _tag: 'Corrupt', reason, ...rest });

/** readAt reads bytes of a segment, as many as there are. */
export const readAt = (
  { disk }: Pick<Reading, 'disk'>,
  segment: Segment,
  offset: number,
  length: number,
): E.Either<StorageError, Uint8Array> => {
  const file = openSegment(disk, segment, 'read');
  if (E.isLeft(file)) return file;
  const bytes = new Uint8Array(length);
  const read = closing(file.right, readFully(file.right, bytes, offset));
  return E.isLeft(read) ? read : E.right(bytes.subarray(0, read.right));
};

/**
 * lastOf gives what a mirror holds last. What follows is sealed onto the end that it tells of: one
 * that is not the end of its rows would be carried into the journal.
 */
export const lastOf = (crypto: Crypto, mirror: Mirror, ended: Ended): string => {
  const { origin, size, head, recordedAt, frontier } = ended;
  const line = mirror.lineAt(size - 1) ?? '';
  const opened = open(crypto, encodeUtf8(`${line}\n`), { ledger: origin, seq: size - 1 });
  const { event_hash: hash, recorded_at: at } = opened.claims;
  const tree = mirror.tree().rootAt(size);
  const isOne =
    mirror.lastRow() === size - 1 &&
    opened.findings.length === 0 &&
    hash === head &&
    at === recordedAt &&
    tree !== undefined &&
    isSameHash(tree, root(crypto, frontier));
  if (!isOne) throw new MirrorDamaged('the mirror does not end where it says');
  return line;
};

/** A mirror without an event ends before the first byte; from elsewhere lines would be cut. */
const beginsAtFirst = (mirror: Mirror, { head, segment, offset }: Ended): boolean =>
  mirror.lastRow() === undefined && head === ZERO_HASH && segment === 0 && offset === 0;

/** meets tells whether the journal holds, where the mirror ends, what the mirror holds last. */
export const meets = (
  means: Reading,
  mirror: Mirror,
  ended: Ended,
  segments: readonly Segment[],
): E.Either<StorageError, void> => {
  const { size, segment: first, offset } = ended;
  const segment = segments.find((each) => each.first === first);
  if (size === 0 && !beginsAtFirst(mirror, ended))
    throw new MirrorDamaged('a mirror without an event does not end at the beginning');
  if (size === 0) return E.right(undefined);
  const last = lastOf(means.crypto, mirror, ended);
  if (segment === undefined) return corrupt('journal_behind_mirror', { seq: size - 1 });
  const line = encodeUtf8(`${last}\n`);
  const at = offset - line.length;
  const place = { segment: segment.name, offset: Math.max(0, at), seq: size - 1 };
  // No line ends there, whatever the segment begins with.
  if (at < 0) return corrupt('journal_differs_from_mirror', place);
  const there = readAt(means, segment, at, line.length);
  if (E.isLeft(there)) return there;
  if (there.right.length < line.length) return corrupt('journal_behind_mirror', place);
  return Buffer.compare(there.right, line) === 0
    ? E.right(undefined)
    : corrupt('journal_differs_from_mirror', place);
};

/** isMet tells whether it meets the journal, of a mirror that may be none. */
export const isMet = (
  by: Sight,
  mirror: Mirror,
  ended: Ended | undefined,
  segments: readonly Segment[],
): boolean => {
  if (ended === undefined) return false;
  const met = attempt(by.layout.mirror, () => meets(by, mirror, ended, segments));
  return E.isRight(met) && E.isRight(met.right);
};

const LF = 0x0a;

/**
 * What a later version of the program sealed, or another ledger, is no accident, and not ours to
 * move away.
 */
const isOfOthers = ({ findings }: BadTail): boolean => {
  const codes = new Set(findings.map(({ code }) => code));
  const isOther = codes.has('schema_version_unknown') || codes.has('ledger_mismatch');
  return isOther && !codes.has('event_hash_mismatch');
};

/** What a mirror knows of a journal. */
export interface Known {
  /** So many events are vouched for: nothing below is set aside. */
  readonly size: number;
  /** Whether it meets the journal; else only the tail itself says whether it was acknowledged. */
  readonly isMet: boolean;
  /** What stands last there by a mirror that does not meet it: the journal must have that too. */
  readonly last?: Pick<Ended, 'size' | 'head'> | undefined;
}

/** What is heard of it also where nothing else of the mirror is to be looked at. */
export interface Heard extends Known {
  readonly end: Claim['end'];
}

/**
 * hear asks the mirror in its place what it knows, whatever is wrong with it beside what it claims
 * and holds last: whoever decides on a tail decides by this.
 */
export const hear = (by: Sight & Claimed): E.Either<StorageError, Heard> => {
  const meetsJournal = (database: Database, { end }: Claim): boolean => {
    const listed = listSegments(by.disk, by.layout.journal);
    if (end === undefined || E.isLeft(listed) || mirrorFault(database) !== undefined) return false;
    const mirror = new Mirror(database, by.crypto);
    return isMet(by, mirror, mirror.ended(), listed.right);
  };
  return E.map(([claim, isOne]: readonly [Claim, boolean]): Heard => ({ ...claim, isMet: isOne }))(
    heardOf(by, meetsJournal, false),
  );
};

/**
 * mayGo decides whether a tail that is no sequence of events may be set aside: what a crash leaves,
 * and nothing that mirror or checkpoint know to be acknowledged. All else fails closed.
 */
export const mayGo = (
  by: Sight,
  segments: readonly Segment[],
  bad: BadTail,
  known: Known,
): E.Either<StorageError, boolean> => {
  const isLast = segments.at(-1)?.first === bad.segment.first;
  if (!isLast || bad.bytes > TAIL_BYTES || isOfOthers(bad)) return E.right(false);
  const noted = lastNotes(by, true);
  if (E.isLeft(noted)) return noted;
  const atLeast = Math.max(sizeOfNote(by.crypto, noted.right.last), known.size);
  if (bad.seq < atLeast) return E.right(false);
  if (known.isMet) return E.right(true);
  const bytes = readAt(by, bad.segment, bad.offset, bad.bytes);
  return E.isLeft(bytes) ? bytes : E.right(!bytes.right.includes(LF));
};
