/**
 * What adopting one set in place of another changes, in words.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import { write } from '../../ledger/json/format.ts';
import { differenceOf } from '../../policies/set/difference.ts';
import { READY_MADE } from '../../policies/set/ready-made.ts';
import { json } from '../../properties/arbitrary/json.ts';
import { all, check } from '../../properties/check.ts';

const between = (before: JsonObject, after: JsonObject): readonly string[] =>
  differenceOf({ a: { version: 1, ...before } }, { a: { version: 1, ...after } });

const named = (...names: readonly string[]): JsonObject =>
  Object.fromEntries(names.map((name, i) => [`file${i}`, { version: 1, name }]));

const NEW = 'rule small: new: warn where payload.n < 1.0 for a.*';
const rule = {
  id: 'small',
  match: ['a.*'],
  outcome: 'warn',
  reason: 'it is small',
  when: 'payload.n < 1.0',
} as const;

const listed = () => ({ types: [{ match: 'a.*', sources: ['user', 'tool'] }] });

/** A value with its members in another order. */
const turned = (value: Json): Json =>
  isObject(value)
    ? Object.fromEntries(
        Object.entries(value)
          .toReversed()
          .map(([key, member]) => [key, turned(member)]),
      )
    : value;

const long = (middle: string): string => `${'x'.repeat(300)}${middle}${'y'.repeat(300)}`;

describe('a difference', () => {
  it.each<readonly [string, JsonObject, JsonObject, readonly string[]]>([
    [
      'of a tier',
      { types: [{ match: 'a.*', tier: 'verified' }] },
      { types: [{ match: 'a.*', tier: 'operator' }] },
      ['types a.*: tier: verified → operator'],
    ],
    [
      'of an entry that comes or goes',
      { types: [{ match: 'a.*', attested: true }] },
      { types: [{ match: 'b.*', max_bytes: 9 }] },
      ['types a.*: attested: gone, was: true', 'types b.*: max_bytes: new: 9'],
    ],
    [
      'of an entry that asks nothing',
      {},
      { types: [{ match: 'a.*' }] },
      ['types a.*: new: nothing'],
    ],
    [
      'of one of two entries for a pattern',
      { types: [{ match: 'a.*', attested: true }] },
      {
        types: [
          { match: 'a.*', attested: true },
          { match: 'a.*', tier: 'operator' },
        ],
      },
      ['types a.* (2): tier: new: operator'],
    ],
    [
      'of a list',
      { types: [{ match: 'a.*', sources: ['user'] }] },
      { types: [{ match: 'a.*', sources: ['user', 'tool'] }] },
      ['types a.*: sources: user → user, tool'],
    ],
    [
      'of a rate',
      { types: [{ match: 'a.*', rate: { events: 1, window: 2 } }] },
      { types: [{ match: 'a.*', rate: { events: 3, window: 2 } }] },
      ['types a.*: rate: {"events":1,"window":2} → {"events":3,"window":2}'],
    ],
    ['of a rule that is new', {}, { rules: [rule] }, [`${NEW}, saying: it is small`]],
    [
      'of a rule that is new and never overridden',
      {},
      { rules: [{ ...rule, overridable: false }] },
      [`${NEW}, never overridden, saying: it is small`],
    ],
    [
      'of a rule that is never overridden',
      { rules: [rule] },
      { rules: [{ ...rule, overridable: false }] },
      ['rule small: overridable: true → false'],
    ],
    [
      'of a rule in several of its members',
      { rules: [rule] },
      { rules: [{ ...rule, match: ['a.*', 'b.*'], reason: 'too small', when: 'payload.n < 2.0' }] },
      [
        'rule small: match: a.* → a.*, b.*',
        'rule small: reason: it is small → too small',
        'rule small: when: payload.n < 1.0 → payload.n < 2.0',
      ],
    ],
    [
      'of a schema',
      { schemas: { one: { type: 'object' }, two: true } },
      { schemas: { one: { type: 'string' } } },
      ['schema one: /type: object → string', 'schema two: gone, was: true'],
    ],
    [
      'of a schema at the places where it changed',
      {
        schemas: { one: { properties: { 'a/b': { maximum: 1 }, c: { enum: [1, 2] } }, items: {} } },
      },
      {
        schemas: {
          one: { properties: { 'a/b': { maximum: 9 }, c: { enum: [1, 3, 4] } }, not: {} },
        },
      },
      [
        'schema one: /items: gone, was: {}',
        'schema one: /properties/a~1b/maximum: 1 → 9',
        'schema one: /properties/c/enum/1: 2 → 3',
        'schema one: /properties/c/enum/2: new: 4',
        'schema one: /not: new: {}',
      ],
    ],
    [
      'of a schema into one of another kind',
      { schemas: { one: { type: ['null'] }, two: true } },
      { schemas: { one: { type: { not: 1 } }, two: {} } },
      ['schema one: /type: null → {"not":1}', 'schema two: true → {}'],
    ],
    [
      'of values that read alike',
      { schemas: { one: { const: 1 }, two: { enum: [['a', 'b']] } } },
      { schemas: { one: { const: '1' }, two: { enum: [['a, b']] } } },
      [
        'schema one: /const: 1 → "1"',
        'schema two: /enum/0/0: a → a, b',
        'schema two: /enum/0/1: gone, was: b',
      ],
    ],
    [
      'of a section',
      { clocks: { ahead: '1h' }, operators: 2 },
      { clocks: { ahead: '2h', behind: '1d' }, operators: 3, secrets: { find: true } },
      [
        'clocks: ahead: 1h → 2h',
        'clocks: behind: new: 1d',
        'operators: 2 → 3',
        'secrets: find: new: true',
      ],
    ],
    [
      'of false and of nothing',
      { secrets: { find: true } },
      { secrets: { find: false } },
      ['secrets: find: true → false'],
    ],
  ])('%s is told in words', (_, before, after, lines) => {
    expect(between(before, after)).toEqual(lines);
  });

  it.each(Object.entries(READY_MADE))('of %s and itself is none', (_, document) => {
    expect(between(document, document)).toEqual([]);
    expect(differenceOf({ a: document }, { b: structuredClone(document) })).toEqual([
      'documents: a → b',
    ]);
  });

  it('is none but of documents where nothing but order or the split into documents changed', () => {
    const types = [
      { match: 'a.*', tier: 'verified' },
      { match: '*', attested: true },
      { match: 'a.*', attested: true },
    ] as const;
    const [one, ...others] = types;
    const rules = [rule, { ...rule, id: 'other' }];
    const whole = { types, rules, clocks: { ahead: '1h' } };
    expect(between(listed(), listed())).toEqual([]);
    expect(between(whole, { ...whole, types: types.toReversed() })).toEqual([]);
    expect(between(whole, { ...whole, rules: rules.toReversed() })).toEqual([]);
    expect(between({ rules: [rule] }, { rules: [{ ...rule, overridable: true }] })).toEqual([]);
    const split = {
      x: { version: 1, types: others, rules: [rules[1] ?? rule], clocks: { ahead: '1h' } },
      y: { version: 1, types: [one], rules: [rule] },
    };
    expect(differenceOf({ a: { version: 1, ...whole } }, split)).toEqual(['documents: a → x, y']);
  });

  it('tells what people call a document, though nothing else changes', () => {
    expect(between({ name: 'one' }, { name: 'two' })).toEqual(['document a: name: one → two']);
    expect(between({ name: 'one' }, {})).toEqual(['document a: name: gone, was: one']);
    expect(between({}, { name: 'one' })).toEqual(['document a: name: new: one']);
    const [one, two] = [named('a', 'b'), named('a', 'c')];
    expect(differenceOf(one, two)).toEqual(['document file1: name: b → c']);
    expect(differenceOf(one, named('a'))).toEqual(['documents: file0, file1 → file0']);
    expect(differenceOf({ 'x.yaml': {} }, { 'y.yaml': {} })).toEqual([
      'documents: x.yaml → y.yaml',
    ]);
    expect(differenceOf(one, one)).toEqual([]);
  });

  it('does not depend on the order in which members stand', () => {
    const [a, b] = [{ a: READY_MADE.signed }, { a: READY_MADE.regulated }];
    expect(differenceOf(turned(a) as JsonObject, turned(b) as JsonObject)).toEqual(
      differenceOf(a, b),
    );
  });

  it('leaves out what names the schema for editors', () => {
    expect(between({}, { $schema: 'x' })).toEqual([]);
  });

  it('shows the beginning of what is long', () => {
    const schemas = { one: { enum: Array.from({ length: 200 }, (_, i) => i) } };
    const [line = ''] = between({}, { schemas });
    expect(line).toMatch(/^schema one: new: \{"enum":\[0,1,2,.*…$/);
    expect(line.length).toBeLessThan(230);
  });

  it.each<readonly [string, JsonObject, JsonObject]>([
    [
      'a rule',
      { rules: [{ ...rule, when: long('1') }] },
      { rules: [{ ...rule, when: long('2') }] },
    ],
    [
      'a schema',
      { schemas: { one: { const: long('1') } } },
      { schemas: { one: { const: long('') } } },
    ],
    ['a section', { secrets: { patterns: [long('😀')] } }, { secrets: { patterns: [long('😁')] } }],
    ['a value that grows', { name2: long('') }, { name2: `${long('')}!` }],
    ['a value that ends', { name2: [long(''), 'a'] }, { name2: [long('')] }],
  ])('of what is long in %s shows the part that differs', (_, before, after) => {
    const [line = '', ...more] = between(before, after);
    const [, was, is] = /: (.*) → (.*)$/.exec(line) ?? [];
    expect([was === is, more, line.isWellFormed()]).toEqual([false, [], true]);
    expect(line.length).toBeLessThan(500);
  });

  it('cuts no character in two', () => {
    const reason = `${'x'.repeat(141)}${'😀'.repeat(50)}`;
    for (let i = 0; i < 2; i++) {
      const [line = ''] = between({}, { rules: [{ ...rule, reason: reason.slice(i) }] });
      expect([line.isWellFormed(), line.endsWith('…')]).toEqual([true, true]);
    }
  });

  it('of two documents that differ is never silent, and never the same on both sides', () => {
    check(
      fc.property(json, json, (a, b) => {
        const lines = between({ schemas: { one: a } }, { schemas: { one: b } });
        const sides = lines.map((line) => / (?:→|new:|was:) /.test(line) && line.isWellFormed());
        return write(a) === write(b)
          ? lines.length === 0
          : lines.length > 0 && sides.every(Boolean);
      }),
      { runs: all },
    );
  });

  it('is told, too, of documents that no gate would read', () => {
    const odd = { a: null, b: 7, c: [], d: { types: 'all', rules: [1, {}], schemas: 3 } };
    expect(differenceOf(odd, {})).toContain(
      'rule null: gone, was: null where null for null, saying: null',
    );
    expect(differenceOf({}, odd)).toHaveLength(differenceOf(odd, {}).length);
  });
});
