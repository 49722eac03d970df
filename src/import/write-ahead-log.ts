/**
 * The log that SQLite keeps beside a database, looked at before SQLite reads it: that takes the
 * first frame that does not hold for the end, and says nothing of what was committed behind it.
 *
 *     0    magic, its last bit the byte order of checksums | version | page size | count
 *     16   two salts, those of this turn | checksum of what stands before it
 *     32   frames: page | pages in all, where it commits | both salts | checksum | the page itself
 *
 * Each checksum goes on from the one before. What is left of an earlier turn has other salts: it is
 * not missed. What has no frame that commits was not brought to its end, or the frame that did is
 * damaged: a machine that stops may leave either, and a log without a frame, or of zeros. That is
 * told as not proved, and is no damage.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Disk, DiskFailed, Done, File } from '../storage/disk.ts';
import { readFully } from '../storage/line-reader.ts';
import type { SourceFile } from './source-file.ts';
import { chunksOf } from './source-file.ts';

type Sum = readonly [number, number];

export interface LogRead {
  /** Why it is not read to its last commit. */
  readonly damage?: string;
  /** What cannot be told of its end, and why. */
  readonly unproved?: string;
}

interface Log {
  readonly isLittle: boolean;
  readonly frameBytes: number;
  readonly salts: Sum;
  readonly sum: Sum;
}

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC = 0x377f0682;
const MAX_PAGE_BYTES = 65_536;
const CHUNK = 1 << 20;
/** Each turn counts the first salt up by one; what is older than that is told as not known. */
const MOST_TURNS = 1 << 16;

const numbersAt = (bytes: DataView, at: number): Sum => [
  bytes.getInt32(at),
  bytes.getInt32(at + 4),
];

const isSame = ([a, b]: Sum, [c, d]: Sum): boolean => a === c && b === d;

const summed = (
  before: Sum,
  bytes: DataView,
  [from, to]: readonly [number, number],
  isLittle: boolean,
): Sum => {
  let [one, two] = before;
  for (let at = from; at < to; at += 8) {
    one = (one + bytes.getInt32(at, isLittle) + two) | 0;
    two = (two + bytes.getInt32(at + 4, isLittle) + one) | 0;
  }
  return [one, two];
};

/** headerOf reads the header; undefined where it does not hold, and nothing behind it is read. */
const headerOf = (bytes: DataView): Log | undefined => {
  const [magic, pageBytes] = [bytes.getUint32(0), bytes.getUint32(8)];
  const isLittle = magic === MAGIC;
  const sum = summed([0, 0], bytes, [0, 24], isLittle);
  const isHeader =
    (isLittle || magic === MAGIC + 1) &&
    pageBytes >= 512 &&
    pageBytes <= MAX_PAGE_BYTES &&
    (pageBytes & (pageBytes - 1)) === 0 &&
    isSame(sum, numbersAt(bytes, 24));
  const frameBytes = FRAME_HEADER_BYTES + pageBytes;
  return isHeader ? { isLittle, frameBytes, salts: numbersAt(bytes, 16), sum } : undefined;
};

/** Frames that are there as wholes; each is good until the next is asked for. */
function* framesOf(file: File, size: number, length: number): Generator<Done<DataView>, void> {
  const chunk = new Uint8Array(Math.ceil(CHUNK / length) * length);
  for (let at = HEADER_BYTES; at + length <= size; at += chunk.length) {
    const read = readFully(file, chunk.subarray(0, Math.min(chunk.length, size - at)), at);
    if (E.isLeft(read)) {
      yield read;
      return;
    }
    for (let from = 0; from + length <= read.right; from += length)
      yield E.right(new DataView(chunk.buffer, from, length));
  }
}

const sumOf = ({ isLittle, frameBytes }: Log, before: Sum, frame: DataView): Sum =>
  summed(
    summed(before, frame, [0, 8], isLittle),
    frame,
    [FRAME_HEADER_BYTES, frameBytes],
    isLittle,
  );

/** Whether a frame commits. */
const isLast = (frame: DataView): boolean => frame.getUint32(4) !== 0;

/** Whether a frame would hold if one bit more said that it commits. */
const wasLast = (log: Log, before: Sum, frame: DataView): boolean => {
  const found = Array.from({ length: 32 }, (_, bit) => bit).some((bit) => {
    frame.setUint32(4, 2 ** bit);
    return isSame(sumOf(log, before, frame), numbersAt(frame, 16));
  });
  frame.setUint32(4, 0);
  return found;
};

/** Whether a frame is left of an earlier turn: so are all behind it, if nothing is damaged. */
const isOlder = ({ salts: [own] }: Log, [salt]: Sum): boolean => {
  const turns = (own - salt) >>> 0;
  return turns > 0 && turns < MOST_TURNS;
};

const endsWith = (frames: number): string =>
  'lost no commit at its end: what stands behind the last one is not taken ' +
  `(frames: ${frames}), and was never brought to its end, or is damaged`;

const holdsNothing = (bytes: number): string =>
  `lost no commit: it has no frame (bytes: ${bytes}), was cut off, or never written to its end`;

/** Reads the frames; a frame that is cut off stands behind them, or none. */
const readAll = (log: Log, frames: Iterable<Done<DataView>>, isCut: boolean): Done<LogRead> => {
  let { sum } = log;
  let [number, bad, behind] = [0, 0, 0];
  let isOver = false;
  for (const each of frames) {
    if (E.isLeft(each)) return each;
    const frame = each.right;
    number++;
    const salts = numbersAt(frame, 8);
    if (bad === 0) {
      const next = sumOf(log, sum, frame);
      if (isSame(salts, log.salts) && isSame(next, numbersAt(frame, 16))) {
        sum = next;
        behind = isLast(frame) ? 0 : behind + 1;
        continue;
      }
      bad = number;
    }
    const isOwn = salts.some((salt, at) => salt === log.salts[at]);
    const isCommit = isLast(frame) || (number === bad && wasLast(log, sum, frame));
    if (isOwn && isCommit) {
      const damage = `frame ${bad} does not hold, and commits from there on are not read`;
      return E.right({ damage });
    }
    isOver ||= !isOwn && isOlder(log, salts);
    if (!isOver) behind++;
  }
  if (isCut && !isOver) behind++;
  return E.right(behind === 0 ? {} : { unproved: endsWith(behind) });
};

const HEADER_DAMAGED = 'its header does not hold, and nothing of it is read';

const isZero = (disk: Disk, source: SourceFile): Done<boolean> => {
  for (const chunk of chunksOf(disk, source)) {
    if (E.isLeft(chunk)) return chunk;
    if (chunk.right.some((byte) => byte !== 0)) return E.right(false);
  }
  return E.right(true);
};

const readIn = (disk: Disk, source: SourceFile, file: File): Done<LogRead> => {
  const bytes = new Uint8Array(HEADER_BYTES);
  const read = readFully(file, bytes, 0);
  if (E.isLeft(read)) return read;
  const log = headerOf(new DataView(bytes.buffer));
  if (log === undefined)
    return E.map((isNothing: boolean) =>
      isNothing ? { unproved: holdsNothing(source.bytes) } : { damage: HEADER_DAMAGED },
    )(isZero(disk, source));
  const isCut = (source.bytes - HEADER_BYTES) % log.frameBytes > 0;
  return readAll(log, framesOf(file, source.bytes, log.frameBytes), isCut);
};

/** readLog tells how far a log is read. */
export const readLog = (disk: Disk, source: SourceFile): E.Either<DiskFailed, LogRead> => {
  if (source.bytes === 0) return E.right({});
  if (source.bytes <= HEADER_BYTES) return E.right({ unproved: holdsNothing(source.bytes) });
  const file = disk.open(source.path, 'read');
  if (E.isLeft(file)) return file;
  try {
    return readIn(disk, source, file.right);
  } finally {
    file.right.close();
  }
};
