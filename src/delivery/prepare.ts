/**
 * Preparing the next batches of a destination: its queue is read, written and picked from.
 *
 * Several at once, where a destination takes that, share no owner: each owner has one lane.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Destination, Limits } from '../outbox/destination.ts';
import type { Behind } from '../outbox/event.ts';
import { MOST_BATCHES, MOST_ITEMS } from '../outbox/event.ts';
import type { Bounds } from '../outbox/plan.ts';
import { pick } from '../outbox/plan.ts';
import type { Steps } from '../storage/steps.ts';
import { atOnce } from '../storage/steps.ts';
import type { Read, Reader } from '../usecase/reader.ts';
import { laneOf, ownerNumber } from './lane.ts';
import { sourceOf } from './queue.ts';
import type { Loaded, Renderer, Unsendable, Written } from './render.ts';
import type { Standing } from './standing.ts';

export interface Prepared {
  /** Batches that go one after the other, and beside them those of other owners; some have none. */
  readonly lanes: readonly (readonly Loaded[])[];
  /** All before it is in a batch, or told below. */
  readonly through: number;
  /** Items that cannot be sent, by the reason. */
  readonly unfit: ReadonlyMap<Unsendable, readonly number[]>;
  readonly superseded: readonly number[];
  /** Items of owners that fail: they wait apart. */
  readonly behind: Behind;
  /** Whether nothing lies behind that was not looked at. */
  readonly isWhole: boolean;
  /** Whether more waits than it tells of. */
  readonly hasMore: boolean;
}

/** So many batches are planned at once, and recorded with one sync. */
const AHEAD = 16;
/** Of all lanes together, unless one batch is more: a plan is a line, and waits in memory. */
const MOST_AHEAD = { items: 40_000, bytes: 64_000_000 };
/** Kinds take turns in the queue: so many items are looked at that each can fill a batch. */
const KINDS = 6;

/** aheadOf tells how many batches are planned at once, of each lane. */
export const aheadOf = ({ items, bytes }: Limits, lanes: number): number => {
  const fit = Math.min(MOST_AHEAD.items / items, MOST_AHEAD.bytes / bytes) / lanes;
  return Math.max(1, Math.min(AHEAD, Math.floor(fit), Math.floor(MOST_BATCHES / lanes)));
};

/** boundsOf tells how large a batch may be. */
const boundsOf = (
  { limits, order }: Destination,
  { preset, frame }: Renderer,
  kind: string,
): Bounds => {
  const { before, between, after } = frame(kind);
  return {
    items: preset.isSingle ? 1 : limits.items,
    bytes: limits.bytes,
    overhead: Buffer.byteLength(before) + Buffer.byteLength(after),
    between: Buffer.byteLength(between),
    isOrdered: order !== 'none',
    isMixed: preset.isMixed,
  };
};

interface Lane {
  readonly batches: Loaded[];
  /** How many there were before failing owners were taken out. */
  picked: number;
  /** What is in no batch yet, in its order. */
  waiting: readonly Written[];
}

/** Owners that fail, by their numbers, each since which item: what comes later stays behind. */
export type Failing = ReadonlyMap<number, number>;
const NOBODY: Failing = new Map();

/** So many items are one step. */
const STEP = 256;

/** preparing is prepare step by step, for whoever has other things to see to in between. */
export function* preparing(
  reader: Reader,
  now: Standing,
  renderer: Renderer,
  failing: Failing = NOBODY,
): Steps<Read<Prepared>> {
  const { destination, config } = now;
  const { limits, concurrency = 1, order } = destination;
  const { preset } = renderer;
  const deep = aheadOf(limits, concurrency);
  const ahead = deep * concurrency * (preset.isMixed ? 1 : KINDS);
  const each = preset.isSingle ? 1 : limits.items;
  // One more, to see where the next batch begins.
  const most = each * ahead + 1;
  const source = sourceOf(reader, now, failing, most);
  if (E.isLeft(source)) return source;
  const { found: queue, held, isApart } = source.right;
  const unfit = new Map<Unsendable, number[]>();
  const superseded: number[] = [];
  const behind = { items: [] as number[], owners: [] as number[] };
  const lanes = Array.from({ length: concurrency }, (): Lane => ({
    batches: [],
    picked: 0,
    waiting: [],
  }));
  /** Takes out of a batch what is of failing owners: where it ends, it ends whoever fails. */
  const free = (items: readonly Written[]): readonly Written[] =>
    held.size === 0
      ? items
      : items.filter(({ seq, owner }) => {
          const number = ownerNumber(owner);
          if (seq < (held.get(number) ?? Infinity)) return true;
          behind.items.push(seq);
          behind.owners.push(number);
          return false;
        });
  /** Makes batches of what waits in a lane; not yet of what others could still join. */
  function* gather(lane: Lane, isLast: boolean): Generator<undefined> {
    const least = isLast ? 0 : each;
    while (lane.picked < deep && lane.waiting.length > least && behind.items.length < MOST_ITEMS) {
      const bounds = boundsOf(destination, renderer, lane.waiting[0]?.kind ?? '');
      const { items, left, isFull } = pick(lane.waiting, bounds);
      if (!isFull && !isLast) return;
      lane.waiting = left;
      lane.picked++;
      const some = free(items);
      if (some.length > 0) lane.batches.push(renderer.load(some, config));
      yield;
    }
  }
  let [end, count, bytes, isWhole] = [now.cursor, 0, limits.bytes * ahead, true];
  let looked = 0;
  const cannot = (seq: number, why: Unsendable): void =>
    void unfit.set(why, [...(unfit.get(why) ?? []), seq]);
  let fresh: Written[][] = lanes.map(() => []);
  for (const found of queue) {
    if (E.isLeft(found)) return found;
    const { item, superseded: passed, untaken } = found.right;
    const isEnough = item !== undefined && (count >= most || bytes <= 0);
    if (isEnough || superseded.length >= MOST_ITEMS) {
      isWhole = false;
      break;
    }
    ({ end } = found.right);
    if (passed !== undefined) superseded.push(passed.seq);
    if (untaken !== undefined) cannot(untaken, 'not_taken');
    if (item !== undefined) {
      const turn = order === 'none' ? Math.floor(count / each) : laneOf(item.owner, concurrency);
      const written = renderer.write(item);
      if (E.isRight(written)) fresh[turn % concurrency]?.push(written.right);
      else cannot(item.seq, written.left);
      bytes -= item.line.length;
      count++;
    }
    if (++looked % STEP > 0) continue;
    for (const [at, lane] of lanes.entries()) {
      lane.waiting = [...lane.waiting, ...(fresh[at] ?? [])];
      yield* gather(lane, false);
    }
    fresh = lanes.map(() => []);
    isWhole = lanes.some(({ picked }) => picked < deep);
    if (!isWhole) break;
    yield;
  }
  let through = end;
  for (const [at, lane] of lanes.entries()) {
    lane.waiting = [...lane.waiting, ...(fresh[at] ?? [])];
    yield* gather(lane, true);
    // What is in no batch yet is read again.
    for (const { seq } of lane.waiting) through = Math.min(through, seq);
  }
  // What lies behind the cursor comes when none of that is left.
  if (isApart) isWhole = false;
  return E.right({
    lanes: lanes.map(({ batches }) => batches),
    through,
    unfit,
    // What lies behind is read again, and told then.
    superseded: isApart ? superseded : superseded.filter((seq) => seq < through),
    behind,
    isWhole,
    hasMore: !isWhole || lanes.some(({ waiting }) => waiting.length > 0),
  });
}

/** prepare reads what waits and makes batches of it; nothing is recorded yet. */
export const prepare = (
  reader: Reader,
  now: Standing,
  renderer: Renderer,
  failing: Failing = NOBODY,
): Read<Prepared> => atOnce(preparing(reader, now, renderer, failing));
