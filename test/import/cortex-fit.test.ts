/**
 * Places of rows behind what is lost, as anchors and attestations tell them: what is true stays so,
 * however much was lost, and what is false does not make it false.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check, share } from '../../properties/check.ts';
import type { Anchor } from '../../src/import/cortex/anchor.ts';
import { Fit } from '../../src/import/cortex/fit.ts';
import { Places } from '../../src/import/cortex/place.ts';
import { anchorAt, named, take } from './cortex-taking.ts';

const ROWS = 60;

/** Rows that are lost: from one on so many. */
interface Loss {
  readonly from: number;
  readonly rows: number;
}
const losses = fc
  .array(
    fc.record({
      from: fc.integer({ min: 1, max: ROWS - 8 }),
      rows: fc.integer({ min: 1, max: 5 }),
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
    if (all.some(({ from }) => from === at)) places.lose(true);
    if (isLost(all, at)) continue;
    told.push(...take(places, at, at - 1).map(({ reason }) => reason));
    if (!signed.includes(at)) continue;
    expect(places.likely()).toContain(at - places.index);
    places.shows(at - places.index);
  }
  const lost: string[] = [];
  for (const { fault, where } of places.rest())
    if (fault.name === 'chain_unproved') lost.push(`${where.line} ${fault.reason}`);
    else told.push(fault.reason);
  return { told, places, lost };
};

describe('anchors behind what cannot be read', () => {
  it('hold where they are true, however many rows were lost', () => {
    check(
      fc.property(
        losses,
        fc.uniqueArray(fc.integer({ min: 1, max: ROWS }), { maxLength: 20 }),
        (all, counts) => {
          const { told, places, lost } = read(
            counts.map((at) => anchorAt(at, at)),
            all,
          );
          expect(told).toEqual([]);
          let sum = 0;
          for (const { from, rows } of all) {
            sum += rows;
            const known = lost.filter((each) =>
              each.startsWith(`${from + rows} rows that are lost`),
            );
            expect(known).toHaveLength(1);
            const [, least, most] = /there: (\d+)(?: to (\d+))?/.exec(known[0] ?? '') ?? [];
            expect(Number(least)).toBeLessThanOrEqual(sum);
            if (most !== undefined) expect(Number(most)).toBeGreaterThanOrEqual(sum);
          }
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
    const loss = [{ from: 10, rows: 3 }];
    // All of them say that one row less was lost.
    const wrong = [20, 30, 40].map((at) => anchorAt(at - 1, at));
    const { told, places } = read(wrong, loss, [25]);
    expect([told.length, places.matched, places.unread.least]).toEqual([3, 0, 3]);
    const alone = read(wrong, loss);
    expect([alone.told, alone.places.unread.least]).toEqual([[], 2]);
  });

  it('count less, however many they are, and however much they say', () => {
    const many = Array.from({ length: 1200 }, () => anchorAt(49, 50));
    const { told, places } = read([...many, anchorAt(50, 50)], [{ from: 10, rows: 3 }], [25]);
    expect([told.length, places.matched]).toEqual([1200, 1]);
    // As many different claims as there are anchors.
    const most = 2000;
    const all = Array.from({ length: most }, (_, at) => anchorAt(60 + at, 60));
    const two = [anchorAt(58, 58), anchorAt(59, 59)];
    const loss = [{ from: 10, rows: 3 }];
    const last = read([...all, ...two], loss);
    expect([last.told.length, last.places.matched]).toEqual([most - 1, 3]);
  });

  it('of what was lost at the end, or before a loss, are told apart by their places', () => {
    const first = { from: 10, rows: 1 };
    const known = [20, 21, 22].map((at) => anchorAt(at, at));
    for (const [count, told] of [
      [54, 1],
      [55, 0],
      [60, 0],
      // Of what was lost at the end nobody knows how much it was.
      [99, 0],
    ] as const) {
      const last = { from: 55, rows: 6 };
      const got = read([...known, anchorAt(count, 999)], [first, last]);
      expect([count, got.told.length, got.places.unreadable]).toEqual([count, told, 1 - told]);
    }
    expect(read([...known, anchorAt(9, 999)], [first]).told).toHaveLength(1);
    const second = { from: 40, rows: 2 };
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
    const gaps = [1, 1, 1];
    fit.say(2, 4, 1);
    expect(fit.spans(gaps).map(({ least, most }) => [least, most])).toEqual([
      [1, 2],
      [2, 3],
      [4, 4],
    ]);
    const other = new Fit();
    other.say(2, 14, 1);
    expect(other.spans(gaps).map(({ least, most }) => [least, most])).toEqual([
      [1, 12],
      [2, 13],
      [14, 14],
    ]);
  });

  it('are believed where they say that fewer are lost, if as much is said for another', () => {
    for (const flipped of [false, true]) {
      const two = [anchorAt(20, 20), anchorAt(31, 30)];
      const loss = [{ from: 10, rows: 1 }];
      const { told } = read(flipped ? two.toReversed() : two, loss);
      expect(told).toEqual([expect.stringContaining('row 30 was row 31 ')]);
    }
    const more = read([anchorAt(21, 20), anchorAt(30, 30)], [{ from: 10, rows: 1 }]);
    expect(more.told).toEqual([expect.stringContaining('row 20 was row 21 ')]);
    // Less than none are missing where rows of the database stand that may be none of the chain.
    for (const both of [
      [-2, -1],
      [-1, -2],
    ]) {
      const fit = new Fit();
      for (const missing of both) fit.say(0, missing, 1);
      expect(fit.spans([-3])).toEqual([{ least: -1, most: -1 }]);
    }
  });

  it('are believed where nothing speaks against them, however many they say are lost', () => {
    const { told, places } = read([anchorAt(3_000_000_000, 20)], [{ from: 10, rows: 1 }]);
    expect([told, places.matched]).toEqual([[], 1]);
  });

  it('are not believed where a row less would be missing than must be', () => {
    const first = { from: 10, rows: 1 };
    expect(read([anchorAt(29, 30)], [first]).told).toHaveLength(1);
    const second = { from: 40, rows: 2 };
    // What is said behind the second says that none was lost there.
    const all = [20, 21, 22].map((at) => anchorAt(at, at));
    const { told } = read([...all, anchorAt(48, 50)], [first, second]);
    expect(told).toEqual([expect.stringContaining('row 50 was row 48 ')]);
  });

  it('are looked for among so many rows that are the same', () => {
    for (const times of [9, 10]) {
      const places = new Places([anchorAt(times + 3, 7)]);
      take(places, 1, 0);
      places.lose(true);
      for (let i = 1; i <= times; i++) take(places, 7, 6);
      expect([...places.rest()].map(({ fault }) => fault.name)).toEqual(['chain_unproved']);
      expect(places.matched).toBe(1);
    }
  });

  it('are not judged where too much is lost, which is told all the same', () => {
    for (const [gaps, told] of [
      [1000, ['anchor_beyond_end']],
      [1001, []],
    ] as const) {
      const last = anchorAt(3 * gaps, 2 * gaps + 1);
      const places = new Places([anchorAt(5000, 1), last]);
      const all: string[] = [];
      for (let at = 1; at <= gaps; at++) {
        places.lose(true);
        all.push(...take(places, 2 * at + 1, 2 * at).map(({ name }) => name));
      }
      for (const { fault } of places.rest()) all.push(fault.name);
      const gone = all.filter((name) => name === 'chain_unproved').length;
      expect(all.filter((name) => name !== 'chain_unproved')).toEqual(told);
      expect([gone, places.unreadable]).toEqual(told.length === 1 ? [gaps, 0] : [gaps + 1, 2]);
    }
  });
});
