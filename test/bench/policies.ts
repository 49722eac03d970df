/**
 * What the policies cost: a decision under each ready-made set and under one with ten rules of
 * documents, the search for secrets, a schema, the compiling of a set, explaining and replaying.
 *
 * Checking a signature takes several times as long as all the rest and is the kernel's business, so
 * it is remembered here but for one row, which is held against a native check.
 */
import crypto from 'node:crypto';
import { native } from '../../ledger/crypto/native.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { write } from '../../ledger/json/format.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { explain } from '../../policies/explain/explain.ts';
import { replay } from '../../policies/explain/replay.ts';
import { judge } from '../../policies/gate/gate.ts';
import type { Proposal } from '../../policies/proposal.ts';
import { compileSchema } from '../../policies/schema/schema.ts';
import { findSecrets } from '../../policies/secret/find.ts';
import { loadSet } from '../../policies/set/load.ts';
import type { ReadyMade } from '../../policies/set/ready-made.ts';
import { READY_MADE, readyMade } from '../../policies/set/ready-made.ts';
import type { PolicySet } from '../../policies/set/set.ts';
import { memoryPast } from '../../policies/state/past.ts';
import type { Recorded } from '../../policies/state/past.ts';
import type { View } from '../../policies/view.ts';
import { sound } from '../../properties/arbitrary/key.ts';
import { CAROL, Gatehouse } from '../../properties/model/gatehouse.ts';
import type { Contender, Row } from './measure.ts';
import { compare } from './measure.ts';

const SCHEMA = {
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

/** Everything that the standard rules may ask is asked here, and ten rules more. */
const TEN: JsonObject = {
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
const invoice = (bytes: number): JsonObject => {
  let count = 0;
  while (write(invoiceOf(count + 1)).length <= bytes) count++;
  return invoiceOf(count, 'x'.repeat(bytes - write(invoiceOf(count)).length));
};

/** A signature check that remembers the last one. */
const remembering = (): Crypto => {
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

const CAUSE = 'first';

/**
 * A house with its set, and an invoice that it lets in. An attested line with next to no payload is
 * longer than 700 B already; the baseline stays at 700, which asks more of the gate.
 */
const houseOf = (set: PolicySet) => {
  const house = new Gatehouse(set);
  const brought = { type: 'invoice.paid', payload: invoice(140), by: CAROL };
  house.enter({ ...brought, author: { id: CAUSE } });
  const source = { kind: 'tool', name: 'erp' };
  return {
    house,
    proposal: house.propose({ ...brought, author: { causation_id: CAUSE, source } }),
  };
};

const LINE = Buffer.alloc(700, 'x');
const sha: Contender = {
  name: 'SHA-256 of a line of 700 B',
  run: () => crypto.hash('sha256', LINE, 'hex'),
};

const mustAllow = (proposal: Proposal, view: View, set: PolicySet): void => {
  const { outcome, contributing } = judge(proposal, view, set);
  if (outcome !== 'allow') throw new Error(`not let in: ${JSON.stringify(contributing)}`);
};

const decisionRows = (): readonly Row[] => {
  const sets: readonly (readonly [string, PolicySet])[] = [
    ...(Object.keys(READY_MADE) as readonly ReadyMade[]).map(
      (name) => [name, readyMade(native, name)] as const,
    ),
    ['all rules and ten of documents', sound(loadSet(native, { ten: TEN }))],
  ];
  return sets.flatMap(([name, set]) => {
    const { house, proposal } = houseOf(set);
    const view: View = { ...house.view, crypto: remembering() };
    mustAllow(proposal, view, set);
    const decision = {
      name: `decision: ${name}`,
      run: () => judge(proposal, view, set),
    };
    const row = compare(decision, sha, 25);
    if (name in READY_MADE) return [row];
    const signed = { ...view, crypto: native };
    return [
      row,
      compare(
        { name: `${decision.name}, signature checked`, run: () => judge(proposal, signed, set) },
        nativeVerify(),
      ),
      compare({ name: 'explain: the same', run: () => explain(proposal, view, set) }, sha),
    ];
  });
};

const nativeVerify = (): Contender => {
  const { publicKey, privateKey } = crypto.generateKeyPairSync('ed25519');
  const message = Buffer.from('x'.repeat(500));
  const signature = crypto.sign(null, message, privateKey);
  return {
    name: 'node:crypto verify',
    run: () => crypto.verify(null, message, publicKey, signature),
  };
};

const secretRows = (): readonly Row[] => {
  const [short, long] = [write(invoice(700)), write(invoice(8192))];
  const leak = ['https://ann', 'k3wQ9zXv7Lp2@example.com/'].join(':');
  const leaking = write({ ...invoice(640), note: leak });
  return (
    [
      ['an ordinary payload of 700 B', short, 0],
      ['an ordinary payload of 8 KB', long, 0],
      ['a payload of 700 B with a password', leaking, 1],
    ] as const
  ).map(([name, text, count]) => {
    if (findSecrets(text, []).length !== count) throw new Error(`other secrets in ${name}`);
    return compare(
      { name: `secrets: ${name}`, run: () => findSecrets(text, []) },
      {
        name: `SHA-256 of it, ${text.length} B`,
        run: () => crypto.hash('sha256', text, 'hex'),
      },
    );
  });
};

const schemaRow = (): Row => {
  const schema = sound(compileSchema(SCHEMA));
  const payload = invoice(700);
  const text = write(payload);
  return compare(
    { name: 'schema: a payload of 700 B', run: () => schema.check(payload) },
    { name: 'JSON.parse of it', run: () => JSON.parse(text) as unknown },
  );
};

const compileRows = (): readonly Row[] => {
  const text = JSON.stringify(TEN);
  return [
    compare(
      { name: 'a set of ten rules: compiled', run: () => loadSet(native, { ten: TEN }) },
      { name: 'JSON.parse of it', run: () => JSON.parse(text) as unknown },
    ),
  ];
};

const eventAt = (model: Recorded, seq: number): Recorded => ({
  ...model,
  header: { ...model.header, seq: seq as typeof model.header.seq, id: `e:${seq}` as never },
});

/** The same decision with a short past and with a long one. */
const growthRow = (): Row => {
  const set = sound(loadSet(native, { ten: TEN }));
  const { house, proposal } = houseOf(set);
  const [model] = house.recorded.slice(-1);
  if (model === undefined) throw new Error('a house has a past');
  const viewAt = (size: number): View => {
    const past = memoryPast();
    for (const event of house.recorded) past.take(event);
    for (let seq = house.recorded.length; seq < size; seq++) past.take(eventAt(model, seq));
    const end = { ...house.view.journal, size };
    const seq = size as View['seq'];
    return { ...house.view, crypto: remembering(), past, seq, journal: end, mirror: end };
  };
  const decide = (size: number): Contender => {
    const view = viewAt(size);
    return {
      name: `a decision after ${size} events`,
      run: () => judge(proposal, view, set),
    };
  };
  return compare(decide(50_000), decide(1_000));
};

/** A history is replayed over and over, one event at a time. */
const replayRow = (): Row => {
  const { house } = houseOf(readyMade(native, 'regulated'));
  for (let i = 0; i < 200; i++)
    house.enter({ type: 'invoice.paid', payload: invoice(140), by: CAROL });
  const builtIn = readyMade(native, 'open');
  const answers = new Map<string, boolean>();
  const means: Crypto = {
    ...native,
    verify: (key, message, signature) => {
      const asked = Buffer.from(signature).toString('latin1');
      const known = answers.get(asked) ?? native.verify(key, message, signature);
      answers.set(asked, known);
      return known;
    },
  };
  let judged = replay(means, house.recorded, builtIn);
  const next = (): unknown => {
    const found = judged.next();
    if (found.done !== true) return found.value;
    judged = replay(means, house.recorded, builtIn);
    return judged.next();
  };
  return compare({ name: 'replay: an event', run: next }, sha);
};

/** policies measures it all. */
export const policies = (): readonly Row[] => [
  ...decisionRows(),
  ...secretRows(),
  schemaRow(),
  ...compileRows(),
  replayRow(),
  growthRow(),
];
