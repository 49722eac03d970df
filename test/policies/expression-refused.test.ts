/**
 * Expressions that are refused when they are read: what is not in the language, what can never
 * work, what is too large; each with its place.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import type { ExpressionRefused } from '../../policies/expression/refusal.ts';
import { compileExpression } from '../../policies/expression/expression.ts';

const NAMES = { payload: 'dyn', source: 'map', now: 'string' } as const;

const refusal = (text: string): ExpressionRefused | undefined => {
  const made = compileExpression(text, NAMES);
  return E.isLeft(made) ? made.left : undefined;
};

const nested = (open: string, close: string, times: number): string =>
  `${open.repeat(times)}1${close.repeat(times)}`;

describe('what an expression may not use', () => {
  it.each([
    ['x == 1', 'unknown_name', 1],
    ['payload.all(x, true) && x', 'unknown_name', 25],
    ['toString', 'unknown_name', 1],
    ['google.protobuf', 'unknown_name', 1],
    ['type(payload)', 'unknown_function', 1],
    ['dyn(payload)', 'unknown_function', 1],
    ['bytes("a")', 'unknown_function', 1],
    ['uint(1)', 'unknown_function', 1],
    ['constructor(payload)', 'unknown_function', 1],
    ['true && matches("a", "b")', 'unknown_function', 9],
    ['now.lowerAscii()', 'unknown_function', 5],
    ['now.trim()', 'unknown_function', 5],
    ['now.split(",")', 'unknown_function', 5],
    ['["a"].join()', 'unknown_function', 7],
    ['now.substring(1)', 'unknown_function', 5],
    ['now.valueOf()', 'unknown_function', 5],
    ['cel.bind(x, 1, x)', 'unknown_function', 5],
    ['timestamp(now).getHours("Europe/Berlin")', 'bad_argument', 16],
    ['b"abc" == b"abc"', 'not_permitted', 1],
    ['1u < 2u', 'not_permitted', 1],
    ['payload.?x', 'syntax', 9],
    ['payload[?0]', 'syntax', 9],
    ['has(payload)', 'bad_argument', 1],
    ['has(payload["x"])', 'bad_argument', 1],
    ['size()', 'bad_argument', 1],
    ['payload.all(x)', 'bad_argument', 9],
    ['payload.all(x.y, true)', 'bad_argument', 15],
    ['{1: 2}', 'bad_argument', 2],
    ['{now: 2}', 'bad_argument', 2],
    ['{"a": 1, "a": 2}', 'bad_argument', 10],
    ['now.matches(payload.pattern)', 'bad_argument', 5],
    ['now.matches("a" + "b")', 'bad_argument', 5],
    ['now.matches()', 'bad_argument', 5],
    ['now.matches("(a)\\\\1")', 'bad_pattern', 13],
    ['now.matches("(?=a)")', 'bad_pattern', 13],
    ['[now].all(x, x.matches("["))', 'bad_pattern', 24],
  ] as const)('%s is refused: %s', (text, reason, column) => {
    expect(refusal(text)).toMatchObject({ reason, line: 1, column });
  });
});

describe('what can never work', () => {
  it.each([
    ['payload.n + 1', 'no_such_overload', 11],
    ['payload.n % 2.0', 'no_such_overload', 11],
    ['1 + 1.0', 'no_such_overload', 3],
    ['1 + "a"', 'no_such_overload', 3],
    ['!1', 'no_such_overload', 1],
    ['-"a"', 'no_such_overload', 1],
    ['"a" < 1', 'no_such_overload', 5],
    ['now[0]', 'no_such_overload', 4],
    ['now.year', 'no_such_overload', 5],
    ['has(now.year)', 'no_such_overload', 9],
    ['source + 1.0', 'no_such_overload', 8],
    ['source.contains("a")', 'no_such_overload', 8],
    ['source.matches("a")', 'no_such_overload', 8],
    ['now.all(x, true)', 'no_such_overload', 5],
    ['size(1)', 'no_such_overload', 1],
    ['payload.at - timestamp(now)', 'no_such_overload', 12],
    ['duration("1h").getMonth()', 'no_such_overload', 16],
    ['1 && true', 'not_bool', 1],
    ['true || "a"', 'not_bool', 9],
    ['1 ? 2 : 3', 'not_bool', 1],
    ['payload.all(x, 1)', 'not_bool', 16],
    ['payload.map(x, "a", x)', 'not_bool', 16],
    ['9223372036854775808', 'out_of_range', 1],
    ['0xffffffffffffffffff', 'out_of_range', 1],
    ['1e400', 'syntax', 1],
    ['timestamp("2026-02-30T00:00:00Z")', 'bad_timestamp', 1],
    ['duration("1 hour")', 'bad_duration', 1],
    ['int("x")', 'bad_number', 1],
    ['int(1e300)', 'overflow', 1],
  ] as const)('%s is refused: %s', (text, reason, column) => {
    expect(refusal(text)).toMatchObject({ reason, line: 1, column });
  });

  it('says how numbers of JSON and integers go together', () => {
    const hint =
      'a number in JSON is a double: write 1.0 rather than 1, or int(…) around the double';
    expect(refusal('payload.n + 1')?.message).toContain(`data + int: `);
    expect(refusal('payload.n + 1')?.message).toContain(hint);
    expect(refusal('payload.n % 2.0')?.message).toContain(hint);
    expect(refusal('1 + "a"')?.message).not.toContain(hint);
  });
});

describe('what cannot be read', () => {
  it.each([
    ['', 'syntax', 1, 1],
    ['payload.', 'syntax', 1, 9],
    ['payload ==', 'syntax', 1, 11],
    ['payload.n = 1', 'syntax', 1, 11],
    ['payload.n == 1)', 'syntax', 1, 15],
    ['"abc', 'syntax', 1, 1],
    ['"\\q"', 'syntax', 1, 2],
    ['"😀" ==\n  "😀" +\n "é" ; 1', 'syntax', 3, 6],
    ['for', 'syntax', 1, 1],
    ['"\ud800"', 'bad_text', 1, 1],
  ] as const)('%j is refused: %s', (text, reason, line, column) => {
    expect(refusal(text)).toMatchObject({ reason, line, column });
  });

  it.each<[string, string, string | undefined]>([
    ['2,000 characters', 'true'.padEnd(2000), undefined],
    ['2,001 characters', 'true'.padEnd(2001), 'too_long'],
    ['ten million characters', '('.repeat(10_000_000), 'too_long'],
    ['31 brackets', nested('(', ')', 31), undefined],
    ['32 brackets', nested('(', ')', 32), 'too_deep'],
    ['900 brackets', nested('[', ']', 900), 'too_deep'],
    ['100 items', `[${'1,'.repeat(100)}]`, undefined],
    ['101 items', `[${'1,'.repeat(101)}]`, 'too_large'],
    ['200 nodes', `-${'1+'.repeat(99)}1`, undefined],
    ['201 nodes', `-${'1+'.repeat(100)}1`, 'too_large'],
    ['1,900 signs', `${'-'.repeat(1900)}1`, 'too_large'],
    ['40 conditions in a row', Array<string>(40).fill('true').join(' && '), undefined],
    ['maps in maps', `[1]${'.map(v, {"k": v, "l": v})'.repeat(20)}`, undefined],
    ['four arguments', 'size(1, 2, 3, 4)', 'too_large'],
  ])('of %s is seen how large it is', (_, text, reason) => {
    expect(refusal(text)?.reason).toBe(reason);
  });
});
