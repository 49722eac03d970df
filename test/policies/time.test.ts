/**
 * Reckoning with times: as the calendar has them, for every moment that a ledger can name.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Time } from '../../ledger/name.ts';
import { millisecondsOf } from '../../policies/time.ts';
import { all, law } from '../../properties/check.ts';

const LAST = Date.parse('9999-12-31T23:59:59.999Z');
const timeOf = (ms: number): Time => new Date(ms).toISOString() as Time;

describe('milliseconds since 1970', () => {
  it.each([
    ['1970-01-01T00:00:00.000Z', 0],
    ['1970-01-01T00:00:00.001Z', 1],
    ['1970-12-31T23:59:59.999Z', 31_535_999_999],
    ['2000-02-29T00:00:00.000Z', 951_782_400_000],
    ['2100-03-01T00:00:00.000Z', 4_107_542_400_000],
    ['9999-12-31T23:59:59.999Z', LAST],
  ])('of %s are %d', (time, ms) => {
    expect(millisecondsOf(time as Time)).toBe(ms);
  });

  it('of the ends of every month of every year are those of the calendar', () => {
    for (let year = 1970; year <= 9999; year++)
      for (const month of [0, 1, 2, 6, 11]) {
        const first = Date.UTC(year, month, 1);
        expect(millisecondsOf(timeOf(first))).toBe(first);
        if (first > 0) expect(millisecondsOf(timeOf(first - 1))).toBe(first - 1);
      }
  });

  law(
    'of any moment are those of the calendar',
    () => fc.property(fc.nat(LAST), (ms) => millisecondsOf(timeOf(ms)) === ms),
    { runs: all },
  );
});
