/**
 * The payload matches its schema: every schema that any entry for the type names.
 */
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../ledger/json/value.ts';
import { Gatehouse, setOf } from '../../../properties/model/gatehouse.ts';
import { WARNS, ask, outcomeOf } from './asked.ts';

const RULE = 'the-payload-matches-its-schema';

const SET = {
  types: [
    { match: 'invoice.*', schema: 'invoice' },
    { match: 'invoice.paid', schema: 'paid' },
    { match: 'ledger.*', schema: 'paid' },
    { match: 'hard.one', schema: 'hard' },
  ],
  schemas: {
    invoice: {
      type: 'object',
      required: ['total'],
      properties: { total: { type: 'number', minimum: 10 } },
    },
    paid: { type: 'object', required: ['by'] },
    hard: { items: { anyOf: Array.from({ length: 100 }, (_, i) => ({ minimum: 100 - i })) } },
  },
} as const;

const house = (): Gatehouse => new Gatehouse(setOf(SET));
const bring = (type: string, payload: Json) => ({ type, payload });

const below = (n: number): Json => Array.from({ length: n }, () => 1);

describe(RULE, () => {
  it.each<readonly [Json, string]>([
    [{ total: 10 }, 'allow'],
    [{ total: 9.99 }, 'reject'],
    [{ total: '10' }, 'reject'],
    [{ sum: 10 }, 'reject'],
    [[], 'reject'],
    [null, 'reject'],
  ])('given a schema that takes a total of at least 10, %j is answered %s', (payload, outcome) => {
    expect(outcomeOf(RULE, house(), bring('invoice.sent', payload))).toBe(outcome);
    expect(outcomeOf(RULE, house(), bring('order.sent', payload))).toBe('allow');
  });

  it('names the schema and every violation, and nothing of the payload', () => {
    const asked = ask(RULE, house(), bring('invoice.sent', { total: 9, note: 'confidential' }));
    expect(asked).toMatchObject({
      outcome: 'reject',
      reason: 'the payload does not match its schema',
      overridable: true,
      evidence: {
        schema: 'invoice',
        violations: [{ pointer: '/total', keyword: 'minimum', expected: '10' }],
      },
      change: 'mend the payload where it differs from the schema invoice',
    });
    expect(JSON.stringify(asked)).not.toContain('confidential');
  });

  it('takes what matches all schemas of the type, and names the one that it fails', () => {
    const at = house();
    expect(ask(RULE, at, bring('invoice.paid', { total: 10 })).evidence['schema']).toBe('paid');
    expect(ask(RULE, at, bring('invoice.paid', { by: 'x' })).evidence['schema']).toBe('invoice');
    expect(outcomeOf(RULE, at, bring('invoice.paid', { total: 10, by: 'x' }))).toBe('allow');
  });

  it('forbids what takes too many steps to check, and no exception overrides that', () => {
    expect(outcomeOf(RULE, house(), bring('hard.one', below(1)))).toBe('allow');
    expect(ask(RULE, house(), bring('hard.one', below(20_000)))).toMatchObject({
      outcome: 'reject',
      reason: 'to check it against its schema takes more steps than are allowed',
      overridable: false,
      evidence: { schema: 'hard' },
      change: 'bring a smaller payload, or have the schema hard made simpler',
    });
  });

  it('only warns where the tool writes', () => {
    const asked = ask(RULE, house(), bring('ledger.verified', {}));
    expect([asked.outcome, asked.reason.endsWith(WARNS)]).toEqual(['warn', true]);
  });
});
