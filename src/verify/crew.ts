/**
 * Who does the work of a verification: whoever asks, or threads. Work is of two kinds, reading a
 * range and checking the signatures of a stretch.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { Disk, DiskFailed, File } from '../storage/disk.ts';
import type { JournalRefused, Segment } from '../storage/segment.ts';
import { openSegment } from '../storage/segment.ts';
import type { Reading } from './range-reader.ts';
import { rangeReader } from './range-reader.ts';
import type { Checked, Signed } from './signature.ts';
import { checkSignatures } from './signature.ts';
import type { Found, Range } from './stretch.ts';

/** A segment as it was when the verification began: no more than that of it is read. */
export interface Seen {
  readonly segment: Segment;
  readonly size: number;
  readonly identity: string;
}

/** What is under the name of a segment, or of the mirror, is not what was there, or is shorter. */
export interface SegmentMoved {
  readonly _tag: 'SegmentMoved';
  readonly path: string;
}

export type Trouble = DiskFailed | JournalRefused | SegmentMoved;
export type Told<T> = E.Either<Trouble, T>;

/** What all who work on a verification must know. */
export interface Job extends Reading {
  readonly segments: readonly Seen[];
  /** How much there is to read. */
  readonly bytes: number;
}

export interface Crew {
  /** How many ranges to ask for before the first of them is needed. */
  readonly ahead: number;
  /** What it tells is good until as many more were asked for as it reads ahead. */
  readonly read: (range: Range) => Promise<Told<Found>>;
  readonly check: (signed: Signed) => Promise<Told<Checked>>;
  readonly leave: () => Promise<void>;
}

export type Hire = (job: Job) => Crew;

/** Opens segments as they were seen, and keeps the last one open. */
export interface Shelf {
  readonly open: (segment: number) => Told<File>;
  readonly close: () => void;
}

export const shelfOf = (disk: Disk, segments: readonly Seen[]): Shelf => {
  let held: { readonly segment: number; readonly file: File } | undefined;
  const close = (): void => {
    held?.file.close();
    held = undefined;
  };
  const open = (number: number): Told<File> => {
    if (held?.segment === number) return E.right(held.file);
    close();
    const seen = segments[number];
    if (seen === undefined) throw new RangeError(`there is no segment ${number}`);
    const file = openSegment(disk, seen.segment, 'read');
    if (E.isLeft(file)) return file;
    held = { segment: number, file: file.right };
    const stat = file.right.stat();
    if (E.isLeft(stat)) return stat;
    const isSame = stat.right.identity === seen.identity && stat.right.size >= seen.size;
    return isSame ? file : E.left({ _tag: 'SegmentMoved', path: seen.segment.path });
  };
  return { open, close };
};

export interface Hands {
  readonly read: (range: Range) => Told<Found>;
  readonly check: (signed: Signed) => Told<Checked>;
  readonly close: () => void;
}

/** handsOf does the work, here and now. */
export const handsOf = (disk: Disk, crypto: Crypto, job: Job): Hands => {
  const { segments } = job;
  const shelf = shelfOf(disk, segments);
  const reader = rangeReader(crypto, job);
  return {
    read: (range) => {
      const file = shelf.open(range.segment);
      if (E.isLeft(file)) return file;
      return reader(file.right, range, segments[range.segment]?.size ?? 0);
    },
    check: (signed) => {
      const file = shelf.open(signed.segment);
      return E.isLeft(file) ? file : checkSignatures(crypto, file.right, signed);
    },
    close: shelf.close,
  };
};

/** alone is a crew of whoever asks: nothing runs beside anything. */
export const alone =
  (disk: Disk, crypto: Crypto): Hire =>
  (job) => {
    const hands = handsOf(disk, crypto, job);
    return {
      ahead: 1,
      read: (range) => Promise.resolve(hands.read(range)),
      check: (signed) => Promise.resolve(hands.check(signed)),
      leave: () => {
        hands.close();
        return Promise.resolve();
      },
    };
  };
