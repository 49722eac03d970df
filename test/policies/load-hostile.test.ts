/**
 * Hostile sets: each is answered with a place after a bounded effort. Without the bounds these
 * would not come to an end here.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { loadSet, readSet } from '../../policies/set/load.ts';
import type { Loaded } from '../../policies/set/load.ts';
import { Gatehouse, setOf, told } from '../../properties/model/gatehouse.ts';

const first = (loaded: Loaded): string =>
  E.isRight(loaded)
    ? 'taken'
    : `${loaded.left[0]?.line}:${loaded.left[0]?.column} ${loaded.left[0]?.pointer} ` +
      `${loaded.left[0]?.reason}`;

const text = (body: string): string =>
  first(readSet(native, [{ file: 'a', bytes: new TextEncoder().encode(body) }]));

const rule = (when: string, over: JsonObject = {}): JsonObject => ({
  id: 'r',
  match: ['*'],
  outcome: 'warn',
  reason: 'x',
  when,
  ...over,
});

const times = (n: number, value: JsonObject): readonly JsonObject[] =>
  Array.from({ length: n }, () => value);

const nested = (depth: number, open: string, close: string): string =>
  open.repeat(depth) + close.repeat(depth);

const rulesOf = (document: number, star: string): readonly JsonObject[] =>
  Array.from({ length: 100 }, (_, i) => ({
    ...rule('true'),
    id: `r${document}-${i}`,
    match: Array.from({ length: 32 }, (_each, k) =>
      k === 0 ? `${star}${document}.t${i}` : `t${k}.d${document}.r${i}`,
    ),
  }));

describe('a hostile text', () => {
  it.each<readonly [string, string, string]>([
    ['of ten megabytes', 'version: 1\n'.repeat(1_000_000), '1:1  too_large'],
    [
      'of one key ten thousand times',
      `version: 1\n${'name: x\n'.repeat(10_000)}`,
      '3:1 /name repeated_key',
    ],
    ['that nests', `version: 1\nschemas: { a: ${nested(1000, '[', ']')} }`, '2:45  too_deep'],
    ['of anchors that multiply', 'a: &a [x]\nb: [*a, *a]\nversion: 1', '1:4  anchor'],
    ['with a tag', 'version: !!js/function 1', '1:10  tag'],
    ['of two documents', 'version: 1\n---\nversion: 1', '2:1  many_documents'],
  ])('%s is refused at its place', (_, body, problem) => {
    expect(text(body)).toBe(problem);
  });
});

describe('a hostile document', () => {
  it.each<readonly [string, JsonObject, string]>([
    ['with too many types', { types: times(201, { match: '*' }) }, '/types too_many'],
    ['with too many rules', { rules: times(101, rule('true')) }, '/rules too_many'],
    [
      'with too many patterns to a rule',
      { rules: [rule('true', { match: Array(33).fill('*') })] },
      '/rules/0/match too_many',
    ],
    [
      'with an expression that nests',
      { rules: [rule('('.repeat(900) + '1' + ')'.repeat(900))] },
      '/rules/0/when expression',
    ],
    [
      'with a pattern that explodes',
      { secrets: { find: true, patterns: [{ name: 'a', pattern: '((a{0,99}){0,99}){0,99}' }] } },
      '/secrets/patterns/0/pattern pattern',
    ],
    [
      'with a pattern that looks back',
      { secrets: { find: true, patterns: [{ name: 'a', pattern: '(a)\\1' }] } },
      '/secrets/patterns/0/pattern pattern',
    ],
    ['with an endless schema', { schemas: { a: { $ref: '#' } } }, '/schemas/a'],
    [
      'with a schema whose pattern explodes',
      { schemas: { a: { pattern: '((a{0,99}){0,99}){0,99}' } } },
      '/schemas/a/pattern schema',
    ],
  ])('%s is refused at its place', (_, document, problem) => {
    expect(first(loadSet(native, { a: { version: 1, ...document } }))).toContain(`1:1 ${problem}`);
  });

  it('in which every member is wrong tells a hundred problems', () => {
    const schemas = Object.fromEntries(
      Array.from({ length: 100 }, (_, i): [string, Json] => [
        `s${i}`,
        Object.fromEntries(Array.from({ length: 20 }, (_each, k) => [`k${k}`, 1])),
      ]),
    );
    const types = times(200, { match: '*', schema: 'none' });
    const loaded = loadSet(native, { a: { version: 1, schemas, types }, b: { version: 1, types } });
    expect(E.isLeft(loaded) && loaded.left.length).toBe(100);
  });

  it('with as many rules and patterns as there can be is judged at once', () => {
    const set = (star: string) =>
      Object.fromEntries(
        Array.from({ length: 16 }, (_, d) => [`d${d}`, { version: 1, rules: rulesOf(d, star) }]),
      );
    expect(loadSet(native, set('x'))._tag).toBe('Right');
    const crowded = set('x');
    const [one] = rulesOf(99, 'y');
    const stars = Array.from({ length: 14 }, (_, i) => ({ ...one, id: `s${i}`, match: ['*'] }));
    const loaded = loadSet(native, { ...crowded, d0: { version: 1, rules: stars as Json } });
    expect(E.isLeft(loaded) && loaded.left.length).toBe(100);
  });
});

describe('what a set asks for at every event is bounded', () => {
  const LIST = Array.from({ length: 1000 }, (_, i) => i);
  it.each([
    ['payload.all(a, payload.all(b, payload.all(c, a + b + c >= 0.0)))', 'budget_exceeded'],
    ['payload.map(a, payload.map(b, payload)).size() > 0', 'budget_exceeded'],
    ['payload.missing == 1', 'no_such_'],
  ])('by %s, which rejects by its own name', (when, reason) => {
    const house = new Gatehouse(setOf({ rules: [rule(when)] }));
    const decision = house.judge({ type: 'a.b', payload: LIST });
    expect(told(decision)).toBe('reject: r');
    expect(decision.contributing[0]?.reason).toContain(reason);
    expect(decision.contributing[0]?.overridable).toBe(false);
    const small = new Gatehouse(setOf({ rules: [rule('payload.size() > 9000')] }));
    expect(told(small.judge({ type: 'a.b', payload: LIST }))).toBe('allow');
  });
});
