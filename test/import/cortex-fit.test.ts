/**
 * Places of rows behind lines that cannot be read, as anchors and attestations tell them: what is
 * true stays so, whatever was lost, and what is false does not make it false.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check, share } from '../../properties/check.ts';
import type { Anchor } from '../../src/import/cortex/anchor.ts';
import { Fit } from '../../src/import/cortex/fit.ts';
import { Places } from '../../src/import/cortex/place.ts';

const ROWS = 60;
const named = (at: number): string => `row ${at}`;
const anchorAt = (count: number, of: number, line = 0): Anchor => ({
  at: '2026-11-21T00:00:00Z',
  count,
  hash: named(of),
  line,
});

/** Rows that cannot be read: from one on so many, in lines with room for so many more. */
interface Loss {
  readonly from: number;
  readonly rows: number;
  readonly more: number;
}
const losses = fc
  .array(
    fc.record({
      from: fc.integer({ min: 1, max: ROWS - 8 }),
      rows: fc.integer({ min: 1, max: 5 }),
      more: fc.integer({ min: 0, max: 4 }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((all) =>
    all
      .toSorted((a, b) => a.from - b.from)
      .filter(({ from }, i, sorted) => i === 0 || from > (sorted[i - 1]?.from ?? 0) + 6),
  );

const isLost = (all: readonly Loss[], at: number): boolean =>
  all.some(({ from, rows }) => at >= from && at < from + rows);

/** Reads a log with losses; gives what is told, by the hashes that anchors name. */
const read = (anchors: readonly Anchor[], all: readonly Loss[], signed: readonly number[] = []) => {
  const places = new Places(anchors);
  const told: string[] = [];
  for (let at = 1; at <= ROWS; at++) {
    const loss = all.find(({ from }) => from === at);
    if (loss !== undefined) places.lose({ likely: 1, most: loss.rows + loss.more }, true);
    if (isLost(all, at)) continue;
    const prev = at === 1 ? null : named(at - 1);
    const faults = places.take({ prev_event_hash: prev, event_hash: named(at) }, true);
    told.push(...faults.map(({ reason }) => reason));
    if (!signed.includes(at)) continue;
    const { places: likely, isAll } = places.likely;
    expect([isAll, likely.includes(at)]).toEqual([true, true]);
    places.shows(at);
  }
  for (const { reason } of places.rest()) told.push(reason);
  return { told, places };
};

describe('anchors behind what cannot be read', () => {
  it('hold where they are true, however many rows were lost', () => {
    check(
      fc.property(
        losses,
        fc.uniqueArray(fc.integer({ min: 1, max: ROWS }), { maxLength: 20 }),
        (all, counts) => {
          const { told, places } = read(
            counts.map((at) => anchorAt(at, at)),
            all,
          );
          expect(told).toEqual([]);
          expect(places.matched + places.unreadable).toBe(counts.length);
          const whole = counts.filter((at) => !isLost(all, at));
          expect(places.matched).toBeGreaterThanOrEqual(whole.length);
        },
      ),
      { runs: share(1, 5000) },
    );
  });

  it('are held against each other: those count that most of them agree with', () => {
    check(
      fc.property(
        losses,
        fc.integer({ min: 1, max: ROWS }),
        fc.integer({ min: -6, max: 6 }),
        (all, of, off) => {
          fc.pre(off !== 0 && of + off >= 1 && !isLost(all, of));
          const every = Array.from({ length: ROWS }, (_, at) => anchorAt(at + 1, at + 1));
          // Two of a row that is last before a loss outweigh one that is not true.
          const again = every.map((each) => ({ ...each }));
          const { told, places } = read([...every, ...again, anchorAt(of + off, of)], all);
          const whole = every.filter(({ count }) => !isLost(all, count));
          expect(
            told.filter((each) => !each.startsWith(`${named(of)} was row ${of + off} `)),
          ).toEqual([]);
          expect(places.matched).toBeGreaterThanOrEqual(2 * whole.length);
          expect(told.length).toBe(1);
        },
      ),
      { runs: share(1, 5000) },
    );
  });

  it('count less than an attestation, whatever they agree on', () => {
    const loss = [{ from: 10, rows: 3, more: 2 }];
    // All of them say that one row less was lost.
    const wrong = [20, 30, 40].map((at) => anchorAt(at - 1, at));
    const { told, places } = read(wrong, loss, [25]);
    expect([told.length, places.matched, places.unread.least]).toEqual([3, 0, 3]);
    const alone = read(wrong, loss);
    expect([alone.told, alone.places.unread.least]).toEqual([[], 2]);
  });

  it('count less, however many they are, and however much they say', () => {
    const many = Array.from({ length: 1200 }, () => anchorAt(49, 50));
    const { told, places } = read(
      [...many, anchorAt(50, 50)],
      [{ from: 10, rows: 3, more: 2 }],
      [25],
    );
    expect([told.length, places.matched]).toEqual([1200, 1]);
    // As many different claims as there are anchors.
    const most = 2000;
    const all = Array.from({ length: most }, (_, at) => anchorAt(60 + at, 60));
    const two = [anchorAt(58, 58), anchorAt(59, 59)];
    const loss = [{ from: 10, rows: 3, more: most }];
    const last = read([...all, ...two], loss);
    expect([last.told.length, last.places.matched]).toEqual([most - 1, 3]);
  });

  it('of what was lost at the end, or before a loss, are told apart by their places', () => {
    const first = { from: 10, rows: 1, more: 3 };
    const known = [20, 21, 22].map((at) => anchorAt(at, at));
    for (const [count, told] of [
      [54, 1],
      [55, 0],
      [60, 0],
      [62, 0],
      [63, 1],
    ] as const) {
      const last = { from: 55, rows: 6, more: 2 };
      const got = read([...known, anchorAt(count, 999)], [first, last]);
      expect([count, got.told.length, got.places.unreadable]).toEqual([count, told, 1 - told]);
    }
    expect(read([...known, anchorAt(9, 999)], [first]).told).toHaveLength(1);
    const second = { from: 40, rows: 2, more: 3 };
    const more = [45, 46].map((at) => anchorAt(at, at));
    for (const [count, told] of [
      [39, 1],
      [40, 0],
      [41, 0],
      [42, 1],
    ] as const) {
      const got = read([...known, ...more, anchorAt(count, 999)], [first, second]);
      expect([count, got.told.length]).toEqual([count, told]);
    }
  });

  it('say of what lies between two of them what both leave room for', () => {
    const fit = new Fit();
    const gaps = [0, 1, 2].map(() => ({ least: 1, likely: 1, most: 5 }));
    fit.say(2, 4, 1);
    expect(fit.spans(gaps).map(({ least, most }) => [least, most])).toEqual([
      [1, 2],
      [2, 3],
      [4, 4],
    ]);
    const other = new Fit();
    other.say(2, 14, 1);
    expect(other.spans(gaps).map(({ least, most }) => [least, most])).toEqual([
      [4, 5],
      [9, 10],
      [14, 14],
    ]);
  });

  it('are believed where they name a likely place, if as much is said for another', () => {
    for (const flipped of [false, true]) {
      const two = [anchorAt(20, 20), anchorAt(31, 30)];
      const loss = [{ from: 10, rows: 1, more: 3 }];
      const { told } = read(flipped ? two.toReversed() : two, loss);
      expect(told).toEqual([expect.stringContaining('row 30 was row 31 ')]);
    }
  });

  it('are not believed where a row less would be missing than must be', () => {
    const first = { from: 10, rows: 1, more: 3 };
    expect(read([anchorAt(29, 30)], [first]).told).toHaveLength(1);
    const second = { from: 40, rows: 2, more: 3 };
    // What is said behind the second says that none was lost there.
    const all = [20, 21, 22].map((at) => anchorAt(at, at));
    const { told } = read([...all, anchorAt(48, 50)], [first, second]);
    expect(told).toEqual([expect.stringContaining('row 50 was row 48 ')]);
  });

  it('are looked for among so many rows that are the same', () => {
    for (const [times, told] of [
      [9, 0],
      [10, 1],
    ] as const) {
      const places = new Places([anchorAt(times + 3, 7)]);
      places.take({ prev_event_hash: null, event_hash: named(1) }, true);
      places.lose({ likely: 1, most: 2 }, true);
      const row = { prev_event_hash: named(6), event_hash: named(7) };
      for (let i = 1; i <= times; i++) places.take(row, true);
      expect([...places.rest()]).toHaveLength(told);
    }
  });

  it('are not judged where too much cannot be read', () => {
    for (const [gaps, told] of [
      [1000, 1],
      [1001, 0],
    ] as const) {
      const places = new Places([anchorAt(5000, 1)]);
      for (let at = 1; at <= gaps; at++) {
        places.lose({ likely: 1, most: 2 }, true);
        places.take({ prev_event_hash: named(2 * at), event_hash: named(2 * at + 1) }, true);
      }
      expect([...places.rest()].length).toBe(told);
      expect(places.unreadable).toBe(1 - told);
    }
  });
});

const take = (places: Places, at: number, prev: number, isLogged = true) =>
  places.take({ prev_event_hash: named(prev), event_hash: named(at) }, isLogged);

describe('the likely places of a row', () => {
  it('are around the one that an attestation showed, behind another loss too', () => {
    const places = new Places([]);
    places.lose({ likely: 1, most: 500 }, true);
    take(places, 201, 200);
    expect([places.likely.isAll, places.likely.places.length]).toEqual([false, 64]);
    places.shows(201);
    take(places, 202, 201);
    expect(places.likely).toEqual({ isAll: true, places: [202] });
    places.lose({ likely: 3, most: 4 }, true);
    take(places, 206, 205);
    expect(places.likely.places[0]).toBe(206);
  });

  it('are all that there are, where these can be tried', () => {
    const places = new Places([]);
    places.lose({ likely: 50, most: 60 }, true);
    take(places, 4, 3);
    expect(places.likely.isAll).toBe(true);
    const all = Array.from({ length: 60 }, (_, at) => at + 2);
    expect(places.likely.places.toSorted((a, b) => a - b)).toEqual(all);
  });

  it('begin where a row of the database filled what cannot be read', () => {
    const places = new Places([]);
    take(places, 1, 0);
    places.lose({ likely: 1, most: 3 }, true);
    take(places, 2, 1, false);
    take(places, 4, 3);
    // It took one of three, and one at least stood between the two.
    expect(places.likely).toEqual({ isAll: true, places: [4, 5] });
  });
});
