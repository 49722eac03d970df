/**
 * Expressions and data that are made to take long, to grow without bound or to reach what is not
 * theirs: each is refused when it is read or stopped by its budget. Whoever breaks a bound here
 * waits for hours rather than sees a red test at once.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../policies/expression/expression.ts';
import { Moment } from '../../policies/expression/value.ts';

const outcome = (text: string, payload: unknown): unknown => {
  const made = compileExpression(text, { payload: 'dyn' });
  if (E.isLeft(made)) return `refused: ${made.left.reason}`;
  const given = made.right.evaluate({ payload });
  return E.isLeft(given) ? given.left.reason : given.right;
};

const LIST = Array.from({ length: 100_000 }, (_, i) => i);
const MAP = Object.fromEntries(LIST.map((i) => [`k${i}`, i]));
const TEXT = 'a'.repeat(1_000_000);
const twice = (times: number): string => '.map(x, [x, x])'.repeat(times);

const deep = (): unknown =>
  Array.from({ length: 65 }).reduce<unknown>((inner) => ({ a: [inner] }), 1);

describe('the work of an expression', () => {
  it.each<[string, unknown]>([
    ['payload.all(a, payload.all(b, payload.all(c, c >= 0.0)))', LIST],
    ['payload.all(a, payload.all(b, b >= 0.0) || true)', LIST],
    ['payload.exists(a, payload.exists_one(b, payload.all(c, a + b + c > 0.0)))', LIST],
    ['payload.map(a, payload.map(b, b))', LIST],
    ['payload.map(a, payload.filter(b, b != a))', LIST],
    ['payload.all(a, a in payload)', LIST],
    ['payload.all(a, payload == payload.map(b, b))', LIST],
    ['payload.map(k, size(payload))', MAP],
    ['payload.map(k, payload == payload)', MAP],
    ['payload.all(a, payload.map(k, k) == [])', MAP],
    [`[1]${twice(29)}.exists(l, l == l)`, null],
    ['payload.all(a, payload.all(b, "a".contains("a")))', LIST],
    [`[[1]]${'.map(x, x + x)'.repeat(22)}`, null],
    [`["ab"]${'.map(x, x + x)'.repeat(22)}`, null],
    ['payload.map(a, payload.map(b, "abcdefgh" + "ijklmnop"))', LIST],
  ])('%s is stopped', (text, payload) => {
    expect(outcome(text, payload)).toBe('budget_exceeded');
  });

  it.each<[string, unknown, unknown]>([
    ['[1, 2].map(x, payload.a.contains(payload.b))', { a: TEXT, b: 'aaab' }, [false, false]],
    ['payload.all(a, payload[0].contains(a))', [TEXT, 'a', 'aa'], 'budget_exceeded'],
    ['payload.matches("^(?:.*a){30}.{400}c$")', `${TEXT}c`, 'budget_exceeded'],
    ['payload.all(a, "aaaaaaaaaa".matches("(a+)+b"))', LIST, false],
    ['payload.all(a, timestamp(int(a)).getMonth() < 2)', LIST.slice(0, 50_000), true],
  ])('%s has an end', (text, payload, given) => {
    expect(outcome(text, payload)).toEqual(given);
  });

  it('pays for a search that a native one would take minutes for', () => {
    const b = `${'a'.repeat(250_000)}b${'a'.repeat(249_999)}`;
    expect(outcome('payload.a.contains(payload.b)', { a: TEXT, b })).toBe('budget_exceeded');
    expect(outcome('payload.a.contains(payload.b)', { a: TEXT, b: 'aab' })).toBe(false);
    expect(outcome('payload.a.contains(payload.b)', { a: 'aab', b: TEXT })).toBe(false);
  });

  it('pays for a pattern by its size and the length of the text', () => {
    expect(outcome('payload.matches("^[a-z]+$")', TEXT.slice(0, 100_000))).toBe(true);
    expect(outcome('payload.matches("^[a-z]+$")', TEXT)).toBe('budget_exceeded');
    expect(outcome('payload.matches("^(a|aa)+$")', `${TEXT.slice(0, 50_000)}!`)).toBe(false);
  });

  it('lets nothing pass by that the budget is spent', () => {
    const long = 'payload.all(a, payload.all(b, b >= 0.0))';
    expect(outcome(`true || ${long}`, LIST)).toBe(true);
    expect(outcome(`${long} || true`, LIST)).toBe('budget_exceeded');
    expect(outcome(`${long} && false`, LIST)).toBe('budget_exceeded');
    expect(outcome(`[1, 2].exists(x, ${long} || x == 2)`, LIST)).toBe('budget_exceeded');
  });

  it('goes through all of a large event where a rule is plain', () => {
    const items = LIST.slice(0, 20_000).map((i) => ({ price: i, unit: 'piece' }));
    const rule = 'payload.all(i, i.price >= 0.0 && i.unit in ["piece", "hour", "day"])';
    expect(outcome(rule, items)).toBe(true);
    expect(outcome(rule, [...items, { price: -1, unit: 'piece' }])).toBe(false);
  });

  it('has a budget of its own in every evaluation', () => {
    const made = compileExpression('payload.map(x, x).size()', { payload: 'dyn' });
    const sizes = [3, 30, 3].map((length) =>
      E.isRight(made) ? made.right.evaluate({ payload: LIST.slice(0, length) }, 25) : made,
    );
    expect(sizes[0]).toEqual(E.right(3n));
    expect(sizes[1]).toMatchObject(E.left({ reason: 'budget_exceeded' }));
    expect(sizes[2]).toEqual(E.right(3n));
  });
});

describe('data', () => {
  const inherited = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'];

  it.each(inherited)('has no member %s but its own', (key) => {
    const own = Object.fromEntries([[key, 1]]);
    for (const text of [`payload.${key}`, `payload["${key}"]`]) {
      expect(outcome(text, {})).toBe('no_such_key');
      expect(outcome(text, own)).toBe(1);
    }
    for (const text of [`has(payload.${key})`, `"${key}" in payload`]) {
      expect(outcome(text, {})).toBe(false);
      expect(outcome(text, own)).toBe(true);
    }
    expect(outcome(`payload == {"${key}": 1}`, own)).toBe(true);
    expect(outcome(`payload == {"${key}": 1}`, { x: 1 })).toBe(false);
    expect(outcome(`{"${key}": 2}.${key} == payload.${key}`, own)).toBe(false);
  });

  it('cannot pose as a moment or as a failure', () => {
    expect(outcome('payload - timestamp(0) == duration("0s")', { ns: 0n })).toMatch('refused');
    expect(outcome('payload < payload', { ns: 0 })).toBe('no_such_overload');
    expect(outcome('payload < payload', new Moment(0n))).toBe(false);
    expect(outcome('payload', { reason: 'overflow', offset: 0, what: '' })).toHaveProperty('what');
  });

  it('may nest as deep as a line may', () => {
    expect(outcome('payload[0] == payload[1]', [deep(), deep()])).toBe(true);
    expect(outcome('payload[0] == payload[1]', [deep(), [deep()]])).toBe(false);
  });

  it('may hold anything in its strings without being run', () => {
    const text = '") || true || ("';
    expect(outcome('payload == "x"', text)).toBe(false);
    expect(outcome('payload.matches("^x$")', text)).toBe(false);
  });
});
