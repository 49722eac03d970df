/**
 * Laws of planning and of halving: batches partition the queue, none is too large, no owner's items
 * overtake each other, and every item that is refused is found.
 */
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import type { Recorded } from '../../policies/state/past.ts';
import type { Projection } from '../../src/projection/projection.ts';
import type { Json } from '../../ledger/json/value.ts';
import { problemsIn } from '../../src/outbox/event.ts';
import { Fold } from '../../src/storage/mirror/fold.ts';
import { createTables } from '../../src/storage/mirror/schema.ts';
import type { Bounds, Picked, Waiting } from '../../src/outbox/plan.ts';
import type { Answer } from '../../src/outbox/answer.ts';
import type { Step } from '../../src/outbox/decide.ts';
import type { Told } from '../arbitrary/outbox.ts';
import { bounds, queue, told } from '../arbitrary/outbox.ts';

export type Picker = (queue: readonly Waiting[], bounds: Bounds) => Picked<Waiting>;

/** All batches of a queue, one after the other. */
const batchesOf = (pick: Picker, all: readonly Waiting[], by: Bounds) => {
  const batches: (readonly Waiting[])[] = [];
  for (let waiting = all; waiting.length > 0;) {
    const { items, left } = pick(waiting, by);
    if (items.length === 0) throw new Error('nothing was taken');
    waiting = left;
    batches.push(items);
  }
  return batches;
};

const sizeOf = (items: readonly Waiting[], { overhead, between }: Bounds): number =>
  items.reduce((sum, { bytes }) => sum + bytes, overhead) + between * (items.length - 1);

export const partitionsTheQueue = (pick: Picker) =>
  fc.property(queue, bounds, (all, by) => {
    const seqs = batchesOf(pick, all, by).flatMap((items) => items.map(({ seq }) => seq));
    return (
      JSON.stringify(seqs.toSorted((a, b) => a - b)) === JSON.stringify(all.map(({ seq }) => seq))
    );
  });

export const keepsToItsBounds = (pick: Picker) =>
  fc.property(queue, bounds, (all, by) =>
    batchesOf(pick, all, by).every(
      (items) => items.length === 1 || (items.length <= by.items && sizeOf(items, by) <= by.bytes),
    ),
  );

export const isFullWhereNoMoreFits = (pick: Picker) =>
  fc.property(queue, bounds, (all, by) => {
    const { items, left, isFull } = pick(all, { ...by, isOrdered: false, isMixed: true });
    const [next] = left;
    if (!isFull || next === undefined) return left.length === 0;
    return items.length >= by.items || sizeOf([...items, next], by) > by.bytes;
  });

export const mixesNoKinds = (pick: Picker) =>
  fc.property(queue, bounds, (all, by) =>
    batchesOf(pick, all, { ...by, isMixed: false }).every(
      (items) => new Set(items.map(({ kind }) => kind)).size === 1,
    ),
  );

export const keepsTheOrderOfOwners = (pick: Picker) =>
  fc.property(queue, bounds, (all, by) => {
    const last = new Map<string, number>();
    for (const { owner, seq } of batchesOf(pick, all, { ...by, isOrdered: true }).flat()) {
      if (seq < (last.get(owner) ?? -1)) return false;
      last.set(owner, seq);
    }
    return true;
  });

export const followsFromTheQueueAlone = (pick: Picker) =>
  fc.property(
    queue,
    bounds,
    (all, by) =>
      JSON.stringify(batchesOf(pick, all, by)) ===
      JSON.stringify(batchesOf(pick, structuredClone(all), { ...by })),
  );

/** What comes behind changes no batch that is full. */
export const isNotMovedByWhatComes = (pick: Picker) =>
  fc.property(queue, bounds, fc.nat(), (all, by, cut) => {
    const some = all.slice(0, cut % (all.length + 1));
    const { items, isFull } = pick(some, by);
    const isSame = JSON.stringify(items) === JSON.stringify(pick(all, by).items);
    return isSame || !(isFull || items.length === by.items);
  });

export interface Halving {
  readonly decide: (items: number, answer: Answer) => Step;
  readonly halves: <T>(items: readonly T[]) => readonly (readonly T[])[];
}

/** Sends as a courier does, and gives what was parked, what arrived, and the posts it took. */
const send = ({ decide, halves }: Halving, all: readonly number[], bad: ReadonlySet<number>) => {
  const [parked, arrived]: [number[], number[]] = [[], []];
  let posts = 0;
  const go = (items: readonly number[]): void => {
    posts++;
    const status = items.some((each) => bad.has(each)) ? 422 : 200;
    const { step } = decide(items.length, { status });
    if (step === 'split') halves(items).forEach(go);
    else (step === 'park' ? parked : arrived).push(...items);
  };
  go(all);
  return { parked, arrived, posts };
};

export const findsEveryBadItem = (halving: Halving) =>
  fc.property(
    fc.integer({ min: 1, max: 600 }),
    fc.array(fc.nat(), { maxLength: 12 }),
    (count, marks) => {
      const all = Array.from({ length: count }, (_, at) => at);
      const bad = new Set(marks.map((each) => each % count));
      const { parked, arrived, posts } = send(halving, all, bad);
      const isRight = parked.every((each) => bad.has(each)) && parked.length === bad.size;
      const isWhole = arrived.length + parked.length === count;
      const isSorted = [parked, arrived].every((list) =>
        list.every((each, at) => each > (list[at - 1] ?? -1)),
      );
      // Each bad item is on a way down of at most so many levels, with two posts on each.
      const most = 1 + 2 * bad.size * Math.ceil(Math.log2(Math.max(2, count)));
      return isRight && isWhole && isSorted && posts <= most;
    },
  );

export const waitsWithinBounds = (parse: (text: string, now: number) => number | undefined) =>
  fc.property(
    fc.oneof(fc.string(), fc.integer().map(String), fc.bigInt().map(String), fc.date().map(String)),
    fc.nat(),
    (text, now) => {
      const ms = parse(text, now);
      return ms === undefined || (ms >= 0 && ms <= 86_400_000);
    },
  );

const COUNTS = ['again', 'behind', 'ahead', 'parked', 'dropped', 'planned', 'superseded'] as const;

/** What is wrong with the tables behind what somebody told: they stopped, or a count is none. */
const wrongBehind = (outbox: Projection, all: readonly Told[]): readonly string[] => {
  const sqlite = new Sqlite(':memory:');
  createTables(sqlite, 'example.com/test', '');
  const fold = new Fold(sqlite);
  fold.register([outbox]);
  const recorded_at = '2026-01-01T00:00:00.000Z';
  for (const [seq, { type, payload }] of all.entries())
    fold.take({ header: { event_type: type, seq, recorded_at }, payload } as unknown as Recorded);
  const [status] = fold.status();
  const rows = fold.rows('outbox', 'destination') ?? [];
  const odd = rows.flatMap((row) => COUNTS.filter((name) => Number(row[name]) < 0));
  sqlite.close();
  return status?.stopped === undefined ? odd : [status.stopped];
};

export const takesWhatIsWellFormed = (outbox: Projection) =>
  fc.property(told, (all) => {
    const form = all.flatMap(({ type, payload }) => problemsIn(type, payload as Json));
    const wrong = [...form.map(({ path }) => path), ...wrongBehind(outbox, all)];
    if (wrong.length > 0) throw new Error(wrong.join(', '));
  });
