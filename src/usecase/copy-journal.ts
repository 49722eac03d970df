/**
 * Copying a journal into a folder that holds an earlier part of it, or nothing: what is there is
 * compared byte by byte, what is missing is written behind it. Stopped at any point it goes on from
 * there the next time.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Disk, File } from '../storage/disk.ts';
import type { Layout } from '../storage/layout.ts';
import { readFully } from '../storage/line-reader.ts';
import type { StorageError } from '../storage/outcome.ts';
import type { Segment } from '../storage/segment.ts';
import type { Steps } from '../storage/steps.ts';
import { listSegments, openSegment, segmentAt, sizeOf } from '../storage/segment.ts';
import { closing, writeAll } from '../storage/whole-file.ts';

/** What lies there is no part of what is to be copied. */
export interface CopyRefused {
  readonly _tag: 'CopyRefused';
  readonly reason:
    'differs' | 'erased' | 'ahead' | 'another_ledger' | 'within' | 'stands' | 'not_empty';
  readonly path: string;
  /** The first byte that is another one. */
  readonly offset?: number;
  /** How many bytes there are from there on, where none of them ought to be. */
  readonly bytes?: number;
  /** The event that it stands in. */
  readonly seq?: number;
  /** The other ledger, by its name. */
  readonly origin?: string;
}

export interface CopiedJournal {
  readonly bytes: number;
  /** How many of them were written now. */
  readonly written: number;
  readonly segments: number;
}

/** A place between two lines of a journal: its segment, by name, and how far in it. */
export interface CopyEnd {
  readonly segment: string;
  readonly offset: number;
}

type Copied<T> = E.Either<StorageError | CopyRefused, T>;

const CHUNK = 1 << 20;
const LF = 0x0a;

const refuse = (
  reason: CopyRefused['reason'],
  path: string,
  at: Pick<CopyRefused, 'offset' | 'bytes' | 'seq'> = {},
): E.Either<CopyRefused, never> => E.left({ _tag: 'CopyRefused', reason, path, ...at });

/** Where the second is another; from an offset on zeros may stand for what is not there yet. */
const firstDifference = (a: Uint8Array, b: Uint8Array, loose: number): number | undefined => {
  for (let at = 0; at < b.length; at++)
    if (a[at] !== b[at] && (at < loose || b[at] !== 0)) return at;
  return undefined;
};

const PAYLOAD = Buffer.from('},"payload":');

/** Whether the same event has its payload there still, and here no more. */
const isErased = (from: File, to: File, offset: number): boolean => {
  const [ours, theirs] = [Buffer.alloc(PAYLOAD.length), Buffer.alloc(PAYLOAD.length)];
  // The two part behind the header: where it was the last, and where the payload follows.
  const read = [readFully(from, ours, offset - 1), readFully(to, theirs, offset - 1)];
  return read.every(E.isRight) && theirs.equals(PAYLOAD) && ours.toString().startsWith('}}');
};

const countLines = (bytes: Uint8Array): number => {
  let count = 0;
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) count++;
  return count;
};

/**
 * Compares what both files hold up to an offset, and tells how far they are the same. What a crash
 * left of a copy is what was to be there, or zeros; anything else is somebody's, and stays.
 */
function* compare(
  from: File,
  to: File,
  segment: Segment,
  until: number,
  firm = Infinity,
): Steps<Copied<number>> {
  const [ours, theirs] = [new Uint8Array(CHUNK), new Uint8Array(CHUNK)];
  let [seq, same] = [segment.first, until];
  for (let at = 0; at < until; at += CHUNK) {
    const length = Math.min(CHUNK, until - at);
    const [a, b] = [ours.subarray(0, length), theirs.subarray(0, length)];
    const [readA, readB] = [readFully(from, a, at), readFully(to, b, at)];
    if (E.isLeft(readA)) return readA;
    if (E.isLeft(readB)) return readB;
    if (readA.right !== length || Buffer.compare(a, b) !== 0) {
      const differs = firstDifference(a.subarray(0, readA.right), b, firm - at);
      if (differs !== undefined) {
        const lines = countLines(a.subarray(0, differs));
        const offset = at + differs;
        const reason = isErased(from, to, offset) ? 'erased' : 'differs';
        return refuse(reason, to.path, { offset, seq: seq + lines });
      }
      same = firm;
    }
    seq += countLines(a);
    yield;
  }
  return E.right(same);
}

/** Writes what one file holds between two offsets into the other, and reads it back. */
function* extend(
  from: File,
  to: File,
  segment: Segment,
  start: number,
  end: number,
): Steps<Copied<number>> {
  const buffer = new Uint8Array(CHUNK);
  for (let at = start; at < end; at += CHUNK) {
    const piece = buffer.subarray(0, Math.min(CHUNK, end - at));
    const read = readFully(from, piece, at);
    if (E.isLeft(read)) return read;
    const written = writeAll(to, piece.subarray(0, read.right), at);
    if (E.isLeft(written)) return written;
    yield;
  }
  const synced = to.sync();
  return E.isLeft(synced) ? synced : yield* compare(from, to, segment, end);
}

/** The file that a segment is copied to; a new one has its name on the disk. */
const openCopy = (disk: Disk, { journal }: Layout, segment: Segment): Copied<File> => {
  const there = disk.stat(segment.path);
  if (E.isLeft(there)) return there;
  if (there.right !== undefined) return openSegment(disk, segment, 'write');
  const made = disk.open(segment.path, 'create');
  if (E.isLeft(made)) return made;
  const named = disk.syncFolder(journal);
  return E.isLeft(named) ? closing(made.right, named) : made;
};

interface CopiedSegment {
  readonly bytes: number;
  readonly written: number;
}

/** How far the copy of a segment is to be, and how far it is known to be on the disk. */
interface Extent {
  readonly end: number | undefined;
  readonly firm: number;
}

function* copySegment(
  disk: Disk,
  to: Layout,
  segment: Segment,
  { end, firm }: Extent,
): Steps<Copied<CopiedSegment>> {
  const from = openSegment(disk, segment, 'read');
  if (E.isLeft(from)) return from;
  const target = segmentAt(to.journal, segment.first);
  const copy = openCopy(disk, to, target);
  if (E.isLeft(copy)) return closing(from.right, copy);
  function* run(source: File, made: File): Steps<Copied<CopiedSegment>> {
    const [ours, theirs] = [sizeOf(source), sizeOf(made)];
    if (E.isLeft(ours)) return ours;
    if (E.isLeft(theirs)) return theirs;
    const bytes = end ?? ours.right;
    const held = Math.min(bytes, theirs.right);
    const same = yield* compare(source, made, target, held, firm);
    if (E.isLeft(same)) return same;
    if (theirs.right > bytes)
      return refuse('ahead', target.path, { offset: bytes, bytes: theirs.right - bytes });
    const start = same.right;
    if (start === bytes) return E.right({ bytes, written: 0 });
    const extended = yield* extend(source, made, target, start, bytes);
    return E.isLeft(extended) ? extended : E.right({ bytes, written: bytes - start });
  }
  return closing(from.right, closing(copy.right, yield* run(from.right, copy.right)));
}

const firmIn = ({ name }: Segment, firm: CopyEnd | undefined): number => {
  if (firm === undefined || name < firm.segment) return Infinity;
  return name === firm.segment ? firm.offset : 0;
};

/**
 * copyJournal makes a folder's journal equal to another one's, up to an end. What is there already
 * must be the same; beyond where it is known to be on the disk some of it may be zeros, which is
 * what a crash leaves of what was not synced.
 */
export function* copyJournal(
  disk: Disk,
  from: Layout,
  to: Layout,
  end: CopyEnd,
  firm?: CopyEnd,
): Steps<Copied<CopiedJournal>> {
  const [ours, theirs] = [listSegments(disk, from.journal), listSegments(disk, to.journal)];
  if (E.isLeft(ours)) return ours;
  if (E.isLeft(theirs)) return theirs;
  const wanted = ours.right.filter(({ name }) => name <= end.segment);
  const alien = theirs.right.find(({ first }) => !wanted.some((each) => each.first === first));
  if (alien !== undefined) return refuse('ahead', alien.path, { offset: 0, seq: alien.first });
  let [bytes, written] = [0, 0];
  for (const segment of wanted) {
    const copied = yield* copySegment(disk, to, segment, {
      end: segment.name === end.segment ? end.offset : undefined,
      firm: firmIn(segment, firm),
    });
    if (E.isLeft(copied)) return copied;
    bytes += copied.right.bytes;
    written += copied.right.written;
  }
  return E.right({ bytes, written, segments: wanted.length });
}
