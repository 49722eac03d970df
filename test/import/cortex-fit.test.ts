/**
 * Places of rows behind lines that cannot be read, as anchors and attestations tell them: what is
 * true stays so, whatever was lost, and what is false does not make it false.
 */
import fc from 'fast-check';
import * as fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { check, share } from '../../properties/check.ts';
import type { Anchor } from '../../src/import/cortex/anchor.ts';
import { Places } from '../../src/import/cortex/place.ts';
import type { Change } from './cortex-changed.ts';
import { LINES, hashOf, logOf, proved, spoilt, storeWith, unproved } from './cortex-changed.ts';
import { planCortex } from './fixture.ts';

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
    if (loss !== undefined) places.lose({ likely: 1, most: loss.rows + loss.more });
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
      places.lose({ likely: 1, most: 2 });
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
        places.lose({ likely: 1, most: 2 });
        places.take({ prev_event_hash: named(2 * at), event_hash: named(2 * at + 1) }, true);
      }
      expect([...places.rest()].length).toBe(told);
      expect(places.unreadable).toBe(1 - told);
    }
  });
});

const counts = (change: Change, anchors: readonly (readonly [number, string])[]) => {
  const plan = logOf(storeWith(change, { anchors: [...anchors] }));
  const { not_json: _, ...others } = Object.fromEntries(plan.defects.counts);
  const { anchors: matched, attestations } = proved(plan) as {
    readonly anchors: number;
    readonly attestations: { readonly count: number };
  };
  return [others, matched, attestations.count];
};

/** Three lines, one behind the other. */
const three: Change = (lines) => spoilt(5, 'x')(spoilt(6, 'x')(spoilt(7, 'x')(lines)));

const take = (places: Places, at: number, prev: number, isLogged = true) =>
  places.take({ prev_event_hash: named(prev), event_hash: named(at) }, isLogged);

describe('the likely places of a row', () => {
  it('are around the one that an attestation showed, behind another loss too', () => {
    const places = new Places([]);
    places.lose({ likely: 1, most: 500 });
    take(places, 201, 200);
    expect([places.likely.isAll, places.likely.places.length]).toEqual([false, 64]);
    places.shows(201);
    take(places, 202, 201);
    expect(places.likely.places[0]).toBe(202);
    expect(Math.min(...places.likely.places)).toBe(202 - 32);
    places.lose({ likely: 3, most: 4 });
    take(places, 206, 205);
    expect(places.likely.places[0]).toBe(206);
  });

  it('begin where a row of the database filled what cannot be read', () => {
    const places = new Places([]);
    take(places, 1, 0);
    places.lose({ likely: 1, most: 3 });
    take(places, 2, 1, false);
    take(places, 4, 3);
    expect(places.likely).toEqual({ isAll: true, places: [3, 4, 5, 6] });
  });
});

describe('a log with a line that cannot be read', () => {
  it('had one row at least where the next one follows another', () => {
    const wrong = { anchor_mismatch: 1 };
    expect(counts(spoilt(5, 'x'), [[19, hashOf(20)]])).toEqual([wrong, 0, 2]);
    const both = [
      [19, hashOf(20)],
      [20, hashOf(20)],
    ] as const;
    expect(counts(spoilt(5, 'x'), both)).toEqual([wrong, 1, 2]);
    const other = [
      [12, hashOf(13)],
      [20, hashOf(20)],
    ] as const;
    expect(counts(spoilt(5, 'x'), other)).toEqual([wrong, 1, 2]);
    expect(counts(spoilt(5, 'x'), [[5, hashOf(6)]])).toEqual([wrong, 0, 2]);
    expect(counts(three, [[17, hashOf(20)]])).toEqual([wrong, 0, 2]);
  });

  it('moves no row because two others changed places', () => {
    const [seventh = '', eighth = ''] = LINES.slice(6);
    const swapped: Change = (lines) => spoilt(5, 'x')(lines).with(6, eighth).with(7, seventh);
    const told = { chain_broken: 3, anchor_mismatch: 1 };
    for (const at of [7, 8])
      expect(
        counts(swapped, [
          [at, hashOf(at)],
          [20, hashOf(20)],
        ]),
      ).toEqual([told, 1, 2]);
  });

  it('is filled by its row of the database, whatever changed places behind it', () => {
    const [sixth = '', seventh = ''] = LINES.slice(5);
    const folder = storeWith((lines) => spoilt(5, 'x')(lines).with(5, seventh).with(6, sixth));
    const plan = planCortex(folder, { from: 'both' });
    expect(Object.fromEntries(plan.defects.counts)).toEqual({
      not_json: 1,
      missing_in_jsonl: 1,
      chain_broken: 2,
      anchor_mismatch: 2,
    });
    expect(proved(plan)).toMatchObject({ anchors: 18, attestations: { count: 2 } });
  });

  it('leaves all true behind bytes that were lost across the ends of lines', () => {
    const text = `${LINES.join('\n')}\n`;
    const ends = LINES.slice(0, 14).reduce<number[]>(
      (all, line) => [...all, (all.at(-1) ?? 0) + Buffer.byteLength(line) + 1],
      [],
    );
    for (const length of [64, 300, 499, 512, 4096])
      for (const before of [0.1, 0.5, 0.9])
        for (const byte of [0, 255, 1])
          for (const end of ends.slice(2, 6)) {
            const bytes = Buffer.from(text);
            const from = Math.max(0, Math.floor(end - length * before));
            bytes.fill(byte, from, Math.min(from + length, bytes.length - 2000));
            const log = storeWith((lines) => lines, { anchors: [[20, hashOf(20)]] });
            fs.writeFileSync(`${log}/events.jsonl`, bytes);
            const plan = logOf(log);
            const names = [...plan.defects.counts.keys()];
            expect(proved(plan)['anchors']).toBe(1);
            expect(names.filter((name) => /anchor_|attestation_invalid/.test(name))).toEqual([]);
          }
    expect(unproved(logOf(storeWith(spoilt(5))))).toContain('rows that cannot be read: 1');
  });
});
