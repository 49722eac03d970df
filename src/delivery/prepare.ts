/**
 * Preparing the next batches of a destination: its queue is read, written and picked from.
 *
 * Several at once, where a destination takes that, share no owner: each owner has one lane.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Destination, Limits } from '../outbox/destination.ts';
import type { Bounds } from '../outbox/plan.ts';
import { pick } from '../outbox/plan.ts';
import type { Read, Reader } from '../usecase/reader.ts';
import { readQueue } from './queue.ts';
import type { Loaded, Renderer, Unsendable, Written } from './render.ts';
import type { Standing } from './standing.ts';

export interface Prepared {
  /** Batches that go one after the other, and beside them those of other owners. */
  readonly lanes: readonly (readonly Loaded[])[];
  /** All before it is in a batch, or told below. */
  readonly through: number;
  /** Items that cannot be sent, by the reason. */
  readonly unfit: ReadonlyMap<Unsendable, readonly number[]>;
  readonly superseded: readonly number[];
}

/** So many batches are planned at once, and recorded with one sync. */
const AHEAD = 8;
/** Of all lanes together, unless one batch is more: a plan is a line, and waits in memory. */
const MOST_AHEAD = { items: 40_000, bytes: 64_000_000 };
/** Kinds take turns in the queue: so many items are looked at that each can fill a batch. */
const KINDS = 6;

/** An owner's lane, the same for ever. */
const laneOf = (owner: string, lanes: number): number => {
  let sum = 0;
  for (const character of owner) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return sum % lanes;
};

/** aheadOf tells how many batches are planned at once, of each lane. */
export const aheadOf = ({ items, bytes }: Limits, lanes: number): number => {
  const fit = Math.min(MOST_AHEAD.items / items, MOST_AHEAD.bytes / bytes) / lanes;
  return Math.max(1, Math.min(AHEAD, Math.floor(fit)));
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

/** prepare reads what waits and makes batches of it; nothing is recorded yet. */
export const prepare = (reader: Reader, now: Standing, renderer: Renderer): Read<Prepared> => {
  const { destination, config } = now;
  const { limits, concurrency: lanes = 1 } = destination;
  const { preset } = renderer;
  const deep = aheadOf(limits, lanes);
  const ahead = deep * lanes * (preset.isMixed ? 1 : KINDS);
  // One more, to see where the next batch begins.
  const most = (preset.isSingle ? 1 : limits.items) * ahead + 1;
  const queue = readQueue(reader, now, most, limits.bytes * ahead);
  if (E.isLeft(queue)) return queue;
  const unfit = new Map<Unsendable, number[]>();
  const waiting: Written[] = [];
  for (const item of queue.right.items) {
    const written = renderer.write(item);
    if (E.isRight(written)) waiting.push(written.right);
    else unfit.set(written.left, [...(unfit.get(written.left) ?? []), item.seq]);
  }
  const { end } = queue.right;
  const planned: Loaded[][] = [];
  let first = end;
  for (let lane = 0; lane < lanes; lane++) {
    let own: readonly Written[] = waiting.filter(
      ({ owner }) => lanes === 1 || laneOf(owner, lanes) === lane,
    );
    const batches: Loaded[] = [];
    while (batches.length < deep && own.length > 0) {
      const bounds = boundsOf(destination, renderer, own[0]?.kind ?? '');
      const { items: written, left } = pick(own, bounds);
      own = left;
      batches.push(renderer.load(written, config));
    }
    for (const { seq } of own) first = Math.min(first, seq < now.cursor ? end : seq);
    if (batches.length > 0) planned.push(batches);
  }
  // What lies behind is read again, and told then.
  const superseded = queue.right.superseded.filter((seq) => seq < first);
  return E.right({ lanes: planned, through: first, unfit, superseded });
};
