/**
 * Expressions: what they give over an event, what is refused when they are read and where, and what
 * fails when they are asked.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../policies/expression/expression.ts';
import { compileCondition, compileExpression } from '../../policies/expression/expression.ts';

const NAMES = { event: 'dyn', payload: 'dyn', source: 'map', now: 'string' } as const;

const CONTEXT: Context = {
  event: { observed_at: '2026-11-20T15:04:05.678Z', event_type: 'invoice.paid' },
  payload: {
    total: 1200,
    n: 7,
    rate: 0.25,
    paid: true,
    none: null,
    currency: 'EUR',
    smile: 'a😀b',
    lines: [{ sku: 'A-1', amount: 5 }, { sku: 'B-2', amount: 9.5 }, { amount: 1 }],
    by_key: { b: 2, a: 1, '10': 3, '9': 4 },
    constructor: 'a firm that builds',
    empty: [],
  },
  source: { kind: 'user' },
  now: '2026-11-20T16:04:05.678Z',
};

/** What an expression gives, the reason for which it fails, or `refused:` and why. */
const outcome = (text: string, context = CONTEXT): unknown => {
  const made = compileExpression(text, NAMES);
  if (E.isLeft(made)) return `refused: ${made.left.reason}`;
  const given = made.right.evaluate(context);
  return E.isLeft(given) ? `failed: ${given.left.reason}` : given.right;
};

describe('an expression', () => {
  it.each<[string, unknown]>([
    ['payload.total > 1000', true],
    ['payload.total > 1200', false],
    ['payload.total >= 1200 && payload.total <= 1200', true],
    ['payload.total == 1200 && payload.total != 1201', true],
    ['payload.n + 1.0', 8],
    ['payload.n - 1.5 * payload.rate', 6.625],
    ['payload.n / 2.0', 3.5],
    ['int(payload.n) % 4', 3n],
    ['7 / 2 + -1', 2n],
    ['-payload.n', -7],
    ['1 < 1.5 && 2.5 > 2 && 1 == 1.0', true],
    ['!payload.paid', false],
    ['"a" + "b" < "ac"', true],
    ['"b" < "ac" || "b" <= "a"', false],
    ['false < true', true],
    ['payload.currency in ["EUR", "USD"]', true],
    ['payload.currency in ["USD"]', false],
    ['"total" in payload', true],
    ['"toString" in payload', false],
    ['{"EUR": 1.0, "USD": 1.1}[payload.currency]', 1],
    ['payload.lines[1].amount', 9.5],
    ['payload.lines[payload.rate * 4.0].sku', 'B-2'],
    ['payload["currency"]', 'EUR'],
    ['has(payload.none)', true],
    ['has(payload.absent)', false],
    ['has(payload.toString)', false],
    ['has(payload.lines[0].sku)', true],
    ['payload.none == null', true],
    ['payload.paid ? "yes" : "no"', 'yes'],
    ['payload.lines.all(l, l.amount > 0)', true],
    ['payload.lines.all(l, l.amount > 1)', false],
    ['payload.lines.exists(l, l.amount == 9.5)', true],
    ['payload.lines.exists(l, l.amount == 9)', false],
    ['payload.lines.exists_one(l, l.amount < 5)', true],
    ['payload.lines.exists_one(l, l.amount < 6)', false],
    ['payload.empty.all(l, false) && !payload.empty.exists(l, true)', true],
    ['payload.lines.filter(l, has(l.sku)).map(l, l.sku)', ['A-1', 'B-2']],
    ['payload.lines.map(l, has(l.sku), l.amount)', [5, 9.5]],
    ['payload.lines.map(l, l.amount)[0]', 5],
    ['payload.lines.map(l, size(l))[0] + 1', 3n],
    ['[1, 2].filter(x, x > 1)[0] + 1', 3n],
    ['payload.lines.filter(l, l.amount > 9)[0].amount + 1.0', 10.5],
    ['[1, 2] + [3] == [1.0, 2.0, 3.0]', true],
    ['[1, 2] == [2, 1] || [1] == [1, 1]', false],
    ['{"a": [1]} == {"a": [1.0]}', true],
    ['{"a": 1} == {"b": 1} || {"a": 1} == {"a": 1, "b": 1}', false],
    ['{"toString": 1} == {"valueOf": 1}', false],
    ['[3].map(x, [4].map(y, x * y))', [[12n]]],
    ['[1].map(x, [x, [2].map(x, x)[0], x])', [[1n, 2n, 1n]]],
    ['payload.by_key.map(k, k)', ['10', '9', 'a', 'b']],
    ['size(payload.lines) + payload.by_key.size()', 7n],
    ['size(payload.smile)', 3n],
    ['payload.currency.startsWith("EU") && payload.currency.endsWith("UR")', true],
    ['payload.currency.contains("UR") && !payload.currency.contains("US")', true],
    ['payload.currency.startsWith("R") || payload.currency.endsWith("E")', false],
    ['payload.currency.matches("^[A-Z]{3}$")', true],
    ['payload.smile.matches(r"^.{3}$")', true],
    ['payload.currency . /* */ matches("x")', 'refused: syntax'],
    ['payload.currency // matches("(")\n . \n matches ( // "\n "^E" )', true],
    ['"x.matches(y)".matches("matches\\\\(y")', true],
    ['[payload.currency].all(x, x.matches("E") && [x].all(y, y.matches("R$")))', true],
    ['int("-42") + int(2.9) + int("+1")', -39n],
    ['double("1.5e2") + double(2)', 152],
    ['string(1.5) + string(2) + string(true) + string("x") + string(1e21)', '1.52truex1e+21'],
    ['payload.constructor', 'a firm that builds'],
    ['timestamp(now) - timestamp(event.observed_at) == duration("1h")', true],
    ['timestamp(now) - timestamp(event.observed_at) < duration("59m60s")', false],
    ['timestamp(event.observed_at) + duration("60m") >= timestamp(now)', true],
    ['duration("90m") - duration("-30m") == duration("2h")', true],
    ['(duration("90m") + timestamp(now)).getHours()', 17n],
    ['timestamp(0) == timestamp("1970-01-01T00:00:00Z")', true],
  ])('%s gives what CEL says', (text, given) => {
    expect(outcome(text)).toEqual(given);
  });

  it.each([
    ['payload.absent == 1', 'no_such_key'],
    ['payload.toString == "x"', 'no_such_key'],
    ['payload["__proto__"] == null', 'no_such_key'],
    ['has(payload.absent.more)', 'no_such_key'],
    ['payload.lines[3]', 'no_such_index'],
    ['payload.lines[-1]', 'no_such_index'],
    ['payload.lines[0.5]', 'no_such_index'],
    ['payload.currency + payload.n', 'no_such_overload'],
    ['payload.currency > 1', 'no_such_overload'],
    ['payload.currency.length', 'no_such_overload'],
    ['has(payload.currency.length)', 'no_such_overload'],
    ['payload.n.contains("7")', 'no_such_overload'],
    ['payload.n.matches("7")', 'no_such_overload'],
    ['payload.n.all(x, true)', 'no_such_overload'],
    ['payload.n in payload', 'no_such_overload'],
    ['-payload.currency', 'no_such_overload'],
    ['payload.n && true', 'not_bool'],
    ['false || payload.n', 'not_bool'],
    ['payload.n ? 1 : 2', 'not_bool'],
    ['payload.lines.filter(l, l.amount)', 'not_bool'],
    ['payload.lines.all(l, l.amount)', 'not_bool'],
    ['payload.lines.all(l, l.sku != "x")', 'no_such_key'],
    ['payload.lines.exists_one(l, l.sku == "A-1")', 'no_such_key'],
    ['payload.lines.map(l, l.sku)', 'no_such_key'],
    ['9223372036854775807 + int(payload.n)', 'overflow'],
    ['int(payload.n) - 9223372036854775807 - 9', 'overflow'],
    ['9223372036854775807 * int(payload.n)', 'overflow'],
    ['int(payload.n * 1e300)', 'overflow'],
    ['int(payload.n / 0.0)', 'overflow'],
    ['1 / (int(payload.n) - 7)', 'division_by_zero'],
    ['1 % (int(payload.n) - 7)', 'division_by_zero'],
    ['int(payload.currency)', 'bad_number'],
    ['int(payload.currency + "0x1")', 'bad_number'],
    ['double(payload.currency)', 'bad_number'],
    ['timestamp(payload.currency)', 'bad_timestamp'],
    ['duration(payload.currency)', 'bad_duration'],
    ['timestamp(now) + duration("87600000h")', 'overflow'],
  ])('%s fails: %s', (text, reason) => {
    expect(outcome(text)).toBe(`failed: ${reason}`);
  });

  it.each<[string, unknown]>([
    ['payload.absent == 1 && false', false],
    ['payload.absent == 1 || true', true],
    ['payload.lines.exists(l, l.sku == "B-2")', true],
    ['payload.lines.all(l, l.sku == "A-1")', false],
    ['[0, 1].exists(x, 1 / x == 1)', true],
    ['![0, 1].all(x, 1 / x == 2)', true],
    ['payload.n || true', true],
  ])('%s is decided by the part that has a value', (text, given) => {
    expect(outcome(text)).toBe(given);
  });

  it('fails where a name was not given, or holds what it inherits', () => {
    expect(outcome('now == "x"', {})).toBe('failed: unknown_name');
    expect(outcome('event == 1', Object.create(CONTEXT) as Context)).toBe('failed: unknown_name');
  });

  it('names place and kinds of a failure, and nothing of the data', () => {
    const made = compileExpression('true &&\n  "😀" != payload.currency + payload.n', NAMES);
    const failed = E.isRight(made) ? made.right.evaluate(CONTEXT) : undefined;
    expect(failed).toEqual(
      E.left({
        _tag: 'ExpressionFailed',
        reason: 'no_such_overload',
        message: 'string + double: there is no such operation on these kinds of values',
        offset: 35,
        line: 2,
        column: 27,
      }),
    );
  });
});

describe('a condition', () => {
  it('is true or false', () => {
    const made = compileCondition('payload.paid', NAMES);
    expect(E.isRight(made) && made.right.evaluate(CONTEXT)).toEqual(E.right(true));
  });

  it('fails where it gives something else', () => {
    const made = compileCondition('payload.n', NAMES);
    const given = E.isRight(made) ? made.right.evaluate(CONTEXT) : undefined;
    expect(given).toMatchObject(E.left({ reason: 'not_bool', line: 1, column: 1 }));
  });

  it.each(['1 + 1', '"true"', 'size(payload)', 'payload.map(x, x)', 'true ? 1 : 2', 'source'])(
    '%s can never be one',
    (text) => {
      const made = compileCondition(text, NAMES);
      expect(E.isLeft(made) && made.left.reason).toBe('not_bool');
    },
  );
});
