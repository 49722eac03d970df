/**
 * Sentences with expressions in them: what is filled in, what shows where there is no value, and
 * what is refused.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { compileTemplate } from '../../policies/expression/template.ts';

const NAMES = { payload: 'dyn' } as const;
const PAYLOAD = { total: 1200.5, n: 3, name: 'Ärger 😀', list: [1], map: {}, none: null, ok: true };

const sentence = (source: string, payload: unknown = PAYLOAD): string => {
  const made = compileTemplate(source, NAMES);
  const context = { payload };
  return E.isLeft(made) ? `refused: ${made.left.reason}` : made.right.render(context);
};

describe('a template', () => {
  it.each([
    ['', ''],
    ['nothing to fill in', 'nothing to fill in'],
    ['over {payload.total} by {payload.name}', 'over 1200.5 by Ärger 😀'],
    ['{payload.n}{payload.ok}', '3true'],
    ['{ payload.n * 2.0 } and {7 / 2}', '6 and 3'],
    ['{{payload.n}} {{{payload.n}}}', '{payload.n} {3}'],
    ['{payload.list} {payload.map} {payload.none}', 'list map null'],
    ['{timestamp(0)} {duration("1h")}', 'timestamp duration'],
    ['{payload.absent} and {payload.name + payload.total}', '? and ?'],
    ['line\nand \u001b[31m', 'line\nand \u001b[31m'],
  ])('%j reads %j', (source, text) => {
    expect(sentence(source)).toBe(text);
  });

  it('is cut at 200 characters', () => {
    expect(sentence('{payload}', '😀'.repeat(200))).toBe('😀'.repeat(200));
    expect(sentence('{payload}', '😀'.repeat(201))).toBe(`${'😀'.repeat(199)}…`);
    expect(sentence('a {payload}', 'b'.repeat(1_000_000))).toBe(`a ${'b'.repeat(197)}…`);
    expect(sentence('{payload}{payload}', 'b'.repeat(101))).toBe(`${'b'.repeat(199)}…`);
  });

  it.each([
    ['a { b', 'syntax', 3],
    ['a } b', 'syntax', 3],
    ['a {payload.n}} b', 'syntax', 14],
    ['a {} b', 'syntax', 4],
    ['é😀 {payload.n} {payload.n + 1}', 'no_such_overload', 27],
    ['{payload.n} {other}', 'unknown_name', 14],
    ['{payload.n.matches("(")}', 'bad_pattern', 20],
    ['{{"a": 1}["a"]}', 'syntax', 9],
    ['{payload}'.repeat(11), 'too_many', 91],
    ['a'.repeat(2001), 'too_long', 2001],
  ])('%s is refused: %s', (source, reason, column) => {
    const made = compileTemplate(source, NAMES);
    expect(E.isLeft(made) && made.left).toMatchObject({ reason, line: 1, column });
  });

  it('takes ten expressions', () => {
    expect(sentence('{payload.n}'.repeat(10))).toBe('3'.repeat(10));
  });

  it('shows what takes too long as what has no value', () => {
    const list = Array.from({ length: 20_000 }, (_, i) => i);
    const text = '{payload.all(a, payload.all(b, b >= 0.0))} {payload[1]}';
    expect(sentence(text, list)).toBe('? 1');
    expect(sentence('{payload.all(a, a >= 0.0 && a < 30000.0)}', list)).toBe('?');
    expect(sentence('{payload.all(a, a >= 0.0)}', list.slice(0, 10_000))).toBe('true');
  });
});
