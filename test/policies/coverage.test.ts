/**
 * Coverage of a table: which rules its cases have tried, and which conditions within them.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import type { Report } from '../../policies/explain/table.ts';
import { readTable, runTable } from '../../policies/explain/table.ts';
import { sound } from '../../properties/arbitrary/key.ts';
import { setOf } from '../../properties/model/gatehouse.ts';

const SET = setOf({
  types: [
    { match: 'deploy.*', tier: 'verified' },
    { match: 'fixed.*', four_eyes: 'operator' },
  ],
  references: { causes_exist: true },
  rules: [
    {
      id: 'large-invoices-take-an-operator',
      match: ['invoice.*'],
      when: 'payload.total > 1000.0 && key.tier != "operator"',
      outcome: 'reject',
      reason: 'it is large',
    },
    {
      id: 'orders-wait',
      match: ['order.*'],
      when: 'true',
      outcome: 'quarantine',
      reason: 'it waits',
    },
    {
      id: 'large-refunds-wait',
      match: ['refund.*'],
      when: 'payload.total > 50.0 && key.tier != "operator"',
      outcome: 'quarantine',
      reason: 'it waits',
    },
  ],
});

const KEYS = 'version: 1\nkeys: { alice: operator, bob: operator, till: observed }\n';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const run = (cases: string): Report =>
  runTable(native, sound(readTable('t.yaml', bytes(`${KEYS}cases:\n${cases}`))), SET);

const LARGE = 'event: { type: invoice.paid, payload: { total: 5000 }, by: till }';

describe('coverage', () => {
  it('counts for every rule how often it spoke against a case and how often it did not', () => {
    const { coverage } = run(
      `  - { name: one, ${LARGE}, expect: reject }\n` +
        '  - { name: two, event: { type: invoice.paid, payload: { total: 1 } }, expect: allow }\n' +
        '  - { name: three, event: { type: deploy.it, by: till }, expect: reject }',
    );
    const of = (name: string) => coverage.find(({ rule }) => rule === name);
    expect(of('large-invoices-take-an-operator')).toMatchObject({ spoke: 1, held: 1, idle: 0 });
    expect(of('the-tier-is-enough')).toMatchObject({ spoke: 1, held: 0, idle: 2 });
    expect(of('the-cause-exists')).toMatchObject({ spoke: 0, held: 0, idle: 3 });
    expect(of('it-belongs-here')).toMatchObject({ spoke: 0, held: 3, idle: 0 });
    expect(of('orders-wait')).toEqual({
      rule: 'orders-wait',
      spoke: 0,
      held: 0,
      idle: 0,
      branches: [],
    });
    const never = { wasTrue: 0, wasFalse: 0 };
    expect(of('large-refunds-wait')).toMatchObject({
      spoke: 0,
      branches: [
        { condition: 'payload.total > 50.0', ...never },
        { condition: 'key.tier != "operator"', ...never },
      ],
    });
    const names = coverage.map(({ rule }) => rule);
    expect(names).toEqual(names.toSorted());
    expect(names).toHaveLength(22);
  });
});

const branchesOf = (when: string, ...payloads: readonly string[]) => {
  const rules = [{ id: 'r', match: ['a.*'], when, outcome: 'warn', reason: 'x' }];
  const lines = payloads.map(
    (payload, i) =>
      `  - { name: c${i}, event: { type: a.b, payload: ${payload} }, expect: warn }\n`,
  );
  const table = sound(readTable('t', bytes(`version: 1\ncases:\n${lines.join('')}`)));
  const { coverage } = runTable(native, table, setOf({ rules }));
  return coverage
    .find(({ rule }) => rule === 'r')
    ?.branches.map(({ condition, wasTrue, wasFalse }) => `${condition}: ${wasTrue}/${wasFalse}`);
};

describe('coverage of the conditions of a rule', () => {
  const [BIG, ABROAD, NEITHER] = ['{ n: 9, c: SE }', '{ n: 1, c: DE }', '{ n: 1, c: SE }'] as const;

  it.each<readonly [string, readonly string[], readonly string[]]>([
    [
      'payload.n > 5.0 || payload.c != "SE"',
      [BIG, NEITHER],
      ['payload.n > 5.0: 1/1', 'payload.c != "SE": 0/1'],
    ],
    [
      'payload.n > 5.0 || payload.c != "SE"',
      [BIG, ABROAD, NEITHER],
      ['payload.n > 5.0: 1/2', 'payload.c != "SE": 1/1'],
    ],
    [
      'has(payload.m) && payload.m > 1.0',
      [BIG, '{ m: 2 }'],
      ['has(payload.m): 1/1', 'payload.m > 1.0: 1/0'],
    ],
    ['payload.m > 1.0 && true', [BIG], ['payload.m > 1.0: 0/0']],
    ['payload.m > 1.0 || payload.n > 5.0', [BIG], ['payload.m > 1.0: 0/0', 'payload.n > 5.0: 1/0']],
    ['!(payload.n > 5.0)', [BIG, ABROAD], ['payload.n > 5.0: 1/1']],
    [
      'payload.n > 5.0 ? payload.c == "SE" : false',
      [BIG, ABROAD],
      ['payload.n > 5.0: 1/1', 'payload.c == "SE": 1/0'],
    ],
    [
      '(payload.n + 1.0) * (payload.n) > 5.0',
      [BIG],
      ['(payload.n + 1.0) * (payload.n) > 5.0: 1/0'],
    ],
    [
      '[1.0, payload.n].exists(x, x > 5.0 || x < 0.0)',
      [BIG],
      ['[1.0, payload.n].exists(x, x > 5.0 || x < 0.0): 1/0'],
    ],
    [
      '(payload.c == "(") && payload.n > 5.0',
      [BIG],
      ['payload.c == "(": 0/1', 'payload.n > 5.0: 0/0'],
    ],
    [
      "((payload.c == ')\\'))' || payload.c == r'\\(') && (payload.n > (5.0)))",
      [BIG],
      ["payload.c == ')\\'))': 0/1", "payload.c == r'\\(': 0/1", 'payload.n > (5.0): 0/0'],
    ],
    ['true', [BIG], []],
  ])('of %s over %j is %j', (when, payloads, branches) => {
    expect(branchesOf(when, ...payloads)).toEqual(branches);
  });
});
