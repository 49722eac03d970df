/**
 * Places that a row behind what is lost of a log can have, those first that are likely.
 */
import { describe, expect, it } from 'vitest';
import { Places } from '../../src/import/cortex/place.ts';
import { anchorAt, take } from './cortex-taking.ts';

describe('the likely places of a row', () => {
  it('are those behind the one that an attestation showed, behind another loss too', () => {
    const places = new Places([]);
    places.lose(true);
    take(places, 201, 200);
    expect([places.likely()[0], places.likely().length]).toEqual([1, 65]);
    places.shows(200);
    take(places, 202, 201);
    expect(places.likely()).toEqual([200]);
    places.lose(true);
    take(places, 206, 205);
    expect([places.likely()[0], places.likely()[64]]).toEqual([201, 200]);
  });

  it('begin where a row of the database filled what cannot be read', () => {
    const places = new Places([]);
    take(places, 1, 0);
    places.lose(true);
    take(places, 2, 1, false);
    take(places, 4, 3);
    // It may be none of the chain.
    expect(places.likely()[0]).toBe(0);
    // One that a row of the log follows is one.
    const known = new Places([]);
    take(known, 1, 0);
    known.lose(true);
    take(known, 2, 1, false);
    take(known, 3, 2);
    known.lose(true);
    take(known, 5, 4);
    expect(known.likely()[0]).toBe(1);
  });

  it('are before the rows that filled it, where an anchor says that none of those is one', () => {
    const places = new Places([anchorAt(6, 6)]);
    take(places, 1, 0);
    places.lose(true);
    for (const [at, prev] of [
      [12, 1],
      [13, 12],
      [14, 13],
    ] as const)
      take(places, at, prev, false);
    for (const at of [3, 4, 5, 6]) take(places, at, at - 1);
    const [told, ...others] = [...places.rest()].map(({ fault }) => fault.reason);
    expect(told).toMatch(/^rows that are lost up to there: 0, as what is behind it says;/);
    expect([others, places.matched]).toEqual([[], 1]);
  });

  it('count each row of the database once that filled some, however many gaps there are', () => {
    const places = new Places([]);
    take(places, 1, 0);
    places.lose(true);
    // Behind the second and behind the fourth a row is missing, and each may be none itself.
    for (const at of [2, 4, 6]) take(places, at, at - 1, false);
    expect(places.likely()[0]).toBe(0);
    take(places, 8, 7);
    places.lose(true);
    take(places, 10, 9);
    expect([...places.rest()].map(({ fault }) => fault.reason.split(';')[0])).toEqual(
      [0, 0, 0, 1].map((least) => `rows that are lost up to there: ${least} or more`),
    );
  });
});
