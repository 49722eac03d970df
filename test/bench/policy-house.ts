/**
 * A house with a set of policies, and what it is asked about where its decisions are measured.
 */
import { native } from '../../ledger/crypto/native.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { write } from '../../ledger/json/format.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { READY_MADE } from '../../policies/set/ready-made.ts';
import type { PolicySet } from '../../policies/set/set.ts';
import { ALICE, CAROL, Gatehouse, timeOf } from '../../properties/model/gatehouse.ts';

export const SCHEMA = {
  type: 'object',
  required: ['currency', 'customer', 'lines', 'total'],
  properties: {
    currency: { enum: ['EUR', 'SEK', 'USD'] },
    customer: { type: 'string', minLength: 1, maxLength: 64 },
    lines: {
      type: 'array',
      maxItems: 100,
      items: {
        type: 'object',
        required: ['item', 'price'],
        properties: { item: { type: 'string' }, price: { type: 'number', minimum: 0 } },
      },
    },
    total: { type: 'number', minimum: 0 },
  },
} as const satisfies JsonObject;

const CONDITIONS = [
  'payload.total > 100000.0 && key.tier != "operator"',
  'payload.total < 0.0',
  '!(payload.currency in ["EUR", "SEK", "USD"])',
  'has(payload.discount) && payload.discount > payload.total * 0.5',
  'event.source.kind == "agent" && payload.total > 1000.0',
  'size(payload.lines) > 50',
  'payload.lines.exists(line, line.price > 50000.0)',
  'payload.customer.startsWith("test-")',
  'payload.customer.matches("^[A-Z]{2}-[0-9]{9,}$")',
  'has(event.tags) && "draft" in event.tags',
];

/**
 * Everything that the standard rules may ask is asked here, and ten rules more: of an ordinary
 * event, and of a correction that another approved, whose author had seen a head, while somebody is
 * to review an exception.
 */
export const TEN: JsonObject = {
  ...READY_MADE.regulated,
  name: 'ten',
  types: [
    ...READY_MADE.regulated.types,
    {
      match: 'invoice.*',
      tier: 'observed',
      sources: ['user', 'tool'],
      schema: 'invoice',
      max_bytes: 4096,
      max_depth: 8,
      rate: { events: 1000, window: 2000 },
    },
  ],
  schemas: { invoice: SCHEMA },
  rules: CONDITIONS.map((when, i) => ({
    id: `rule-${i}`,
    match: ['invoice.*'],
    when,
    outcome: 'reject',
    reason: 'an invoice of {payload.total} is not of this kind',
  })),
};

const invoiceOf = (count: number, note = ''): JsonObject => ({
  currency: 'EUR',
  customer: 'a customer of long standing',
  lines: Array.from({ length: count }, (_, i) => ({ item: `item ${i}`, price: i * 12.5 })),
  note,
  total: 1234.5,
});

/** An invoice with as many lines as make so many bytes of it, and a note for the rest. */
export const invoice = (bytes: number): JsonObject => {
  let count = 0;
  while (write(invoiceOf(count + 1)).length <= bytes) count++;
  return invoiceOf(count, 'x'.repeat(bytes - write(invoiceOf(count)).length));
};

/** A signature check that remembers the last one. */
export const remembering = (): Crypto => {
  let known: readonly Uint8Array[] = [];
  let answer = false;
  return {
    ...native,
    verify: (...asked) => {
      const isKnown = asked.every((bytes, i) => known[i] !== undefined && equal(bytes, known[i]));
      if (!isKnown) answer = native.verify(...asked);
      known = asked;
      return answer;
    },
  };
};

const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

export const CAUSE = 'first';
const ERP = { source: { kind: 'tool', name: 'erp' } };

/**
 * A house with its set, and an invoice that it lets in. An attested line with next to no payload is
 * longer than 700 B already; the baseline stays at 700, which asks more of the gate.
 */
export const houseOf = (set: PolicySet) => {
  const house = new Gatehouse(set);
  const brought = { type: 'invoice.paid', payload: invoice(140), by: CAROL };
  house.enter({ ...brought, author: { id: CAUSE } });
  const proposal = house.propose({ ...brought, author: { causation_id: CAUSE, ...ERP } });
  return { house, brought, proposal };
};

/** The same, and an invoice that corrects another, as every rule may ask for one. */
export const correctedIn = (set: PolicySet) => {
  const { house, brought } = houseOf(set);
  const rules = ['the-source-may-write-this'];
  const scope = {
    expires_at: timeOf(10_000),
    reason: 'needed',
    reason_code: 'data_migration',
    rules,
    types: ['*'],
    uses: 1,
  };
  const authorization = house.enter({ type: 'break_glass.authorized', payload: scope, by: ALICE });
  const source = { kind: 'external', name: 'x' };
  house.enter({ ...brought, author: { source, authorization } });
  house.approve(CAUSE, ALICE);
  const [last] = house.recorded.slice(-1);
  if (last === undefined) throw new Error('a house has a past');
  const seen = { event_hash: last.event_hash, seq: last.header.seq };
  const author = { ...ERP, causation_id: CAUSE, seen, supersedes: CAUSE };
  return { house, proposal: house.propose({ ...brought, author }) };
};
