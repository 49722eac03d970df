/**
 * Going through the segments of a journal: asking a crew for its ranges, ahead of their turn, and
 * folding what they hold in order.
 */
import { setImmediate } from 'node:timers/promises';
import * as E from 'fp-ts/lib/Either.js';
import type { ChainState } from '../../ledger/chain/state.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { Seq } from '../../ledger/name.ts';
import type { Disk } from '../storage/disk.ts';
import { linesOf, readFully } from '../storage/line-reader.ts';
import type { Crew, Seen, Told } from './crew.ts';
import { shelfOf } from './crew.ts';
import type { Folding, OnLine, Pending, Place } from './fold.ts';
import { folding, stepLine, takeStretch } from './fold.ts';
import type { Left, SegmentFinding, Tail } from './journal.ts';
import type { Past } from './past.ts';
import { settle } from './settle.ts';
import type { Checked } from './signature.ts';
import type { Apart, Found, Range, Stretch } from './stretch.ts';

export interface Progress {
  readonly bytes: number;
  readonly total: number;
  readonly events: number;
}

export interface Route {
  readonly disk: Disk;
  readonly crypto: Crypto;
  readonly crew: Crew;
  readonly segments: readonly Seen[];
  readonly rangeBytes: number;
  readonly state: ChainState;
  readonly past: Past;
  readonly start: Place;
  readonly mostFindings: number;
  readonly mustAttest: boolean;
  /** Lines before it are not shown. */
  readonly from: number;
  readonly maxMs?: number;
  readonly onProgress?: (progress: Progress) => void;
  readonly onLine?: OnLine;
}

export interface Walk {
  readonly fold: Folding;
  readonly segmentFindings: readonly SegmentFinding[];
  readonly place: Place;
  readonly end: Place;
  readonly bytes: number;
  readonly tail?: Tail;
  readonly left?: Left;
}

const LF = 0x0a;
const LINES_A_LOOK = 256;
const BACKSLASH = 0x5c;
const REVOKED = 'revoked';

function* rangesOf(segments: readonly Seen[], from: number, bytes: number): Generator<Range, void> {
  for (const [segment, { size }] of segments.entries())
    for (let at = segment === 0 ? from : 0; at < size; at += bytes)
      yield { segment, from: at, to: Math.min(size, at + bytes) };
}

/** Only a revocation asks when a key was used; an escape could hide that a line is one. */
const asksOfUses = (bytes: Uint8Array): boolean =>
  bytes.includes(BACKSLASH) ||
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(REVOKED);

/** walk reads segments from a place on. */
export const walk = async (route: Route): Promise<Told<Walk>> => {
  const { disk, crypto, crew, segments, start, onLine } = route;
  const shelf = shelfOf(disk, segments);
  const fold = folding(crypto, route.state, route.past, route.mostFindings, route.mustAttest);
  const segmentFindings: SegmentFinding[] = [];
  const pending: { readonly what: Pending; readonly told: Promise<Told<Checked>> }[] = [];
  const sum = (from: number, to: number): number =>
    segments.slice(from, to).reduce((all, { size }) => all + size, 0);
  const total = sum(0, segments.length) - start.offset;
  let scratch = new Uint8Array(0);
  /** The segment at hand, and the line in it that comes next. */
  let segment = 0;
  let { offset, line } = start;
  let tail: Tail | undefined;
  /** Behind the last line so far: the segment at hand may have none. */
  let behind = start;
  const deadline = performance.now() + (route.maxMs ?? Infinity);
  const isLate = (): boolean => performance.now() >= deadline;
  /** The seq that the name of the segment should tell, until its first line was met. */
  let unmet: number | undefined = start.offset === 0 ? fold.state.seq : undefined;

  const nameOf = (number: number): string => segments[number]?.segment.name ?? '';
  const placeNow = (): Place => ({ segment: nameOf(segment), offset, line });
  const moved = (): Told<never> =>
    E.left({ _tag: 'SegmentMoved', path: segments[segment]?.segment.path ?? '' });
  const tell = (code: SegmentFinding['code'], expected: number, actual: number): void =>
    void segmentFindings.push({
      _tag: 'SegmentFinding',
      code,
      segment: nameOf(segment),
      expected,
      actual,
    });

  const read = (number: number, from: number, to: number): Told<Uint8Array> => {
    const file = shelf.open(number);
    if (E.isLeft(file)) return file;
    if (to - from > scratch.length) scratch = new Uint8Array(to - from);
    const bytes = scratch.subarray(0, to - from);
    const count = readFully(file.right, bytes, from);
    if (E.isLeft(count)) return count;
    return count.right === bytes.length ? E.right(bytes) : moved();
  };

  const settleAll = async (): Promise<Told<void>> => {
    for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
      const { what, told } = next;
      const checked = await told;
      if (E.isLeft(checked)) return checked;
      settle(fold, what, checked.right, (from, length) => {
        const bytes = read(what.signed.segment, from, from + length);
        return E.isLeft(bytes) ? undefined : bytes.right;
      });
    }
    return E.right(undefined);
  };

  const meet = (seq: number): void => {
    if (unmet === undefined) return;
    const name = segments[segment]?.segment.first ?? 0;
    if (name !== seq) tell('segment_misnamed', seq, name);
    else if (name !== unmet) tell('segment_gap', unmet, name);
    unmet = undefined;
  };

  const stepOne = async (bytes: Uint8Array, length: number): Promise<Told<void>> => {
    if (pending.length > 0 && asksOfUses(bytes)) {
      const settled = await settleAll();
      if (E.isLeft(settled)) return settled;
    }
    stepLine(fold, bytes, length, placeNow());
    const seq = fold.state.seq - 1;
    meet(seq);
    if (seq >= route.from) onLine?.(seq as Seq, bytes);
    offset += length;
    line++;
    behind = placeNow();
    return E.right(undefined);
  };

  const stepAll = async (to: number): Promise<Told<void>> => {
    const bytes = read(segment, offset, to);
    if (E.isLeft(bytes)) return bytes;
    // Settling what is pending reads as well.
    const own = pending.length > 0 ? bytes.right.slice() : bytes.right;
    for (let at = 0, count = 1; at < own.length; count++) {
      // As many lines as bytes may stand here: time may run out among them.
      if (count % LINES_A_LOOK === 0 && isLate()) break;
      const lf = own.indexOf(LF, at);
      const end = lf === -1 ? own.length : lf + 1;
      const stepped = await stepOne(own.subarray(at, end), end - at);
      if (E.isLeft(stepped)) return stepped;
      at = end;
    }
    return E.right(undefined);
  };

  /** A line whose end the reader of its range did not see: too long, or the last, unterminated. */
  const stepEndless = async (): Promise<Told<void>> => {
    const file = shelf.open(segment);
    if (E.isLeft(file)) return file;
    const size = segments[segment]?.size ?? 0;
    const next = linesOf(file.right, offset, size).next().value;
    if (next === undefined) return moved();
    if (E.isLeft(next)) return next;
    const { bytes, length } = next.right;
    if (offset + length < size && bytes[bytes.length - 1] !== LF) return moved();
    const isLast = segment === segments.length - 1 && offset + length === size;
    if (!isLast || bytes[bytes.length - 1] === LF) return stepOne(bytes, length);
    tail = { place: placeNow(), length };
    return E.right(undefined);
  };

  const showLines = (stretch: Stretch): Told<void> => {
    if (onLine === undefined || stretch.seq + stretch.lines <= route.from)
      return E.right(undefined);
    const bytes = read(segment, stretch.from, stretch.to);
    if (E.isLeft(bytes)) return bytes;
    for (let at = 0, { seq } = stretch; at < bytes.right.length; seq++) {
      const end = bytes.right.indexOf(LF, at) + 1 || bytes.right.length;
      if (seq >= route.from) onLine(seq as Seq, bytes.right.subarray(at, end));
      at = end;
    }
    return E.right(undefined);
  };

  const join = async (found: Found, part: Stretch | Apart): Promise<Told<void>> => {
    if (part.from !== offset) return moved();
    if (part._tag === 'Apart') return part.to === undefined ? stepEndless() : stepAll(part.to);
    const taken = takeStretch(fold, segment, part, found, placeNow());
    if (!taken.isTaken) return stepAll(part.to);
    if (taken.pending !== undefined) {
      const told = crew.check(taken.pending.signed);
      told.catch(() => undefined); // asked for below; a stop on the way leaves it to nobody
      pending.push({ what: taken.pending, told });
    }
    meet(part.seq);
    offset = part.to;
    line += part.lines;
    behind = placeNow();
    return showLines(part);
  };

  /** Leaves segments behind, up to a later one. */
  const enter = (next: number): void => {
    while (segment < next) {
      const seen = segments[segment];
      if (unmet !== undefined && seen !== undefined) {
        const isLast = segment === segments.length - 1;
        if (seen.size === 0 && !isLast) tell('segment_empty', unmet, seen.segment.first);
        else if (seen.segment.first !== unmet) tell('segment_gap', unmet, seen.segment.first);
      }
      segment++;
      if (segment === segments.length) return;
      offset = 0;
      line = 1;
      unmet = fold.state.seq;
    }
  };

  const asked: { readonly range: Range; readonly told: Promise<Told<Found>> }[] = [];
  const ranges = rangesOf(segments, start.offset, route.rangeBytes);
  const ask = (): void => {
    while (asked.length < crew.ahead) {
      const next = ranges.next();
      if (next.done === true) return;
      const told = crew.read(next.value);
      told.catch(() => undefined);
      asked.push({ range: next.value, told });
    }
  };
  /** Whether all of the segment at hand was judged, its tail apart. */
  const isAtEnd = (): boolean => {
    const size = segments[segment]?.size ?? 0;
    return offset + (tail?.length ?? 0) === size;
  };
  const done = (): number => sum(0, segment) + offset - start.offset;

  const run = async (): Promise<Told<boolean>> => {
    for (ask(); ; ask()) {
      const next = asked.shift();
      if (next === undefined && isAtEnd()) return E.right(true);
      if (isLate()) return E.right(false);
      if (next === undefined) return moved();
      // Threads may have read many ranges: whatever else waits gets its turn between two of them.
      await setImmediate();
      const found = await next.told;
      if (E.isLeft(found)) return found;
      if (next.range.segment !== segment && !isAtEnd()) return moved();
      enter(next.range.segment);
      for (const part of found.right.parts) {
        if (isLate()) return E.right(false);
        const joined = await join(found.right, part);
        if (E.isLeft(joined)) return joined;
      }
      route.onProgress?.({ bytes: done(), total, events: fold.state.lines });
    }
  };

  try {
    const ran = await run();
    if (E.isLeft(ran)) return ran;
    const settled = await settleAll();
    if (E.isLeft(settled)) return settled;
    const last = placeOfLast(ran.right);
    return E.right(last);
  } finally {
    shelf.close();
  }

  function placeOfLast(isDone: boolean): Walk {
    if (isDone) enter(segments.length);
    segment = Math.min(segment, Math.max(0, segments.length - 1));
    const bytes = done();
    const left = isDone ? {} : { left: { place: placeNow(), bytes: total - bytes } };
    return {
      fold,
      segmentFindings,
      place: placeNow(),
      end: behind,
      bytes,
      ...left,
      ...(tail === undefined ? {} : { tail }),
    };
  }
};
