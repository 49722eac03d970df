/**
 * Moments and lengths of time in expressions: what can be asked of them, and which texts are any.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../policies/expression/expression.ts';

const outcome = (text: string): unknown => {
  const made = compileExpression(text, {});
  if (E.isLeft(made)) return made.left.reason;
  const given = made.right.evaluate({});
  return E.isLeft(given) ? given.left.reason : given.right;
};

describe('a moment', () => {
  it.each([
    ['getFullYear', 2024n, 1969n],
    ['getMonth', 11n, 0n],
    ['getDate', 31n, 2n],
    ['getDayOfMonth', 30n, 1n],
    ['getDayOfWeek', 2n, 4n],
    ['getDayOfYear', 365n, 1n],
    ['getHours', 21n, 23n],
    ['getMinutes', 34n, 0n],
    ['getSeconds', 56n, 1n],
    ['getMilliseconds', 789n, 0n],
  ])('%s is asked in UTC', (name, late, early) => {
    expect(outcome(`timestamp("2024-12-31T23:04:56.7899+01:30").${name}()`)).toBe(late);
    expect(outcome(`timestamp("1969-01-02T23:00:01Z").${name}()`)).toBe(early);
  });

  it.each([
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59.999999999Z',
    '2024-02-29T00:00:00-23:59',
    '2000-02-29T00:00:00Z',
  ])('%s is one', (text) => {
    expect(outcome(`timestamp("${text}") == timestamp("${text}")`)).toBe(true);
  });

  it.each([
    '2026-11-20',
    '2026-11-20T15:04:05',
    '2026-11-20 15:04:05Z',
    '2026-11-20t15:04:05z',
    '2026-11-20T15:04:05.Z',
    '2026-11-20T15:04:05.1234567890Z',
    '2026-11-20T24:00:00Z',
    '2026-11-20T15:60:05Z',
    '2026-11-20T15:04:60Z',
    '2026-11-20T15:04:05+24:00',
    '2026-11-20T15:04:05+01:60',
    '2026-11-00T15:04:05Z',
    '2026-00-20T15:04:05Z',
    '2026-13-20T15:04:05Z',
    '2023-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '0000-12-31T00:00:00Z',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    'Jan 1 2026 00:00:00',
    '2026-11-20T15:04:05Z\\n',
  ])('%s is none', (text) => {
    expect(outcome(`timestamp("${text}")`)).toBe('bad_timestamp');
  });
});

describe('a length of time', () => {
  it.each([
    ['1h', '60m'],
    ['1m', '60s'],
    ['1s', '1000ms'],
    ['1ms', '1000us'],
    ['1us', '1000ns'],
    ['1h30m', '1.5h'],
    ['-1.5s', '-1s500ms'],
    ['+1s', '1s'],
    ['0s', '-0s'],
    ['1.9ns', '1ns'],
  ])('%s is as long as %s', (a, b) => {
    expect(outcome(`duration("${a}") == duration("${b}")`)).toBe(true);
    expect(outcome(`duration("${a}") < duration("${b}") + duration("1ns")`)).toBe(true);
    expect(outcome(`duration("${a}") == duration("${b}") + duration("1ns")`)).toBe(false);
  });

  it('is asked for the whole of it', () => {
    expect(outcome('duration("-90m59.9s").getHours()')).toBe(-1n);
    expect(outcome('duration("-90m59.9s").getMinutes()')).toBe(-90n);
    expect(outcome('duration("-90m59.9s").getSeconds()')).toBe(-5459n);
  });

  it.each(['', '1', 'h', '1d', '1 h', '1h ', '.5h', '1.h', '--1h', '1h-1m', '1H', '1e3s', '0x1s'])(
    '%j is none',
    (text) => {
      expect(outcome(`duration("${text}")`)).toBe('bad_duration');
    },
  );

  it('is no longer than all moments take', () => {
    expect(outcome('duration("87649415h")')).toHaveProperty('ns');
    expect(outcome('duration("87649416h")')).toBe('bad_duration');
    expect(outcome('duration("-87649416h")')).toBe('bad_duration');
    expect(outcome('duration("87649415h") + duration("1h")')).toBe('overflow');
  });
});
