/**
 * What adopting one set in place of another changes, in words.
 */
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import { differenceOf } from '../../policies/set/difference.ts';
import { READY_MADE } from '../../policies/set/ready-made.ts';

const between = (before: JsonObject, after: JsonObject): readonly string[] =>
  differenceOf({ a: { version: 1, ...before } }, { a: { version: 1, ...after } });

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
    [
      'of a rule that is new',
      {},
      { rules: [rule] },
      ['rule small: new: warn where payload.n < 1.0 for a.*, saying: it is small'],
    ],
    [
      'of a rule that is never overridden',
      { rules: [rule] },
      { rules: [{ ...rule, overridable: false }] },
      [
        'rule small: warn where payload.n < 1.0 for a.*, saying: it is small → ' +
          'warn where payload.n < 1.0 for a.*, never overridden, saying: it is small',
      ],
    ],
    [
      'of a schema',
      { schemas: { one: { type: 'object' }, two: true } },
      { schemas: { one: { type: 'string' } } },
      ['schema one: {"type":"object"} → {"type":"string"}', 'schema two: gone, was: true'],
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
    expect(differenceOf({ a: document }, { b: structuredClone(document) })).toEqual([]);
  });

  it('is none where nothing but names, order or the split into documents changed', () => {
    const types = [
      { match: 'a.*', tier: 'verified' },
      { match: '*', attested: true },
      { match: 'a.*', attested: true },
    ] as const;
    const [one, ...others] = types;
    const rules = [rule, { ...rule, id: 'other' }];
    const whole = { types, rules, name: 'one', clocks: { ahead: '1h' } };
    expect(between(whole, { ...whole, name: 'two' })).toEqual([]);
    expect(between(listed(), listed())).toEqual([]);
    expect(between(whole, { ...whole, types: types.toReversed() })).toEqual([]);
    expect(between(whole, { ...whole, rules: rules.toReversed() })).toEqual([]);
    expect(between({ rules: [rule] }, { rules: [{ ...rule, overridable: true }] })).toEqual([]);
    const split = {
      x: { version: 1, types: others, rules: [rules[1] ?? rule], clocks: { ahead: '1h' } },
      y: { version: 1, types: [one], rules: [rule] },
    };
    expect(differenceOf({ a: { version: 1, ...whole } }, split)).toEqual([]);
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

  it('is told, too, of documents that no gate would read', () => {
    const odd = { a: null, b: 7, c: [], d: { types: 'all', rules: [1, {}], schemas: 3 } };
    expect(differenceOf(odd, {})).toContain(
      'rule null: gone, was: null where null for null, saying: null',
    );
    expect(differenceOf({}, odd)).toHaveLength(differenceOf(odd, {}).length);
  });
});
