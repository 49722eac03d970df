/**
 * Queues of the outbox, and bounds of batches that are small enough to matter.
 */
import fc from 'fast-check';
import type { OutboxType } from '../../src/outbox/event.ts';
import { LIMITS } from '../../src/outbox/destination.ts';
import type { Bounds, Waiting } from '../../src/outbox/plan.ts';

const waiting = fc.record({
  step: fc.integer({ min: 1, max: 3 }),
  owner: fc.constantFrom('', 's-1', 's-2', 's-3'),
  kind: fc.constantFrom('events', 'spans', 'facts'),
  bytes: fc.integer({ min: 1, max: 60 }),
});

export const queue: fc.Arbitrary<readonly Waiting[]> = fc
  .array(waiting, { maxLength: 40 })
  .map((all) => {
    let seq = 0;
    return all.map(({ step, ...each }) => ({ ...each, seq: (seq += step) }));
  });

export const bounds: fc.Arbitrary<Bounds> = fc.record({
  items: fc.integer({ min: 1, max: 8 }),
  bytes: fc.integer({ min: 10, max: 200 }),
  overhead: fc.integer({ min: 0, max: 10 }),
  between: fc.integer({ min: 0, max: 1 }),
  isOrdered: fc.boolean(),
  isMixed: fc.boolean(),
});

/** What anybody may write who writes the outbox's types: well-formed, and mostly wrong. */
export interface Told {
  readonly type: OutboxType;
  readonly payload: object;
}

const destination = fc.constantFrom('hooks', 'other', 'unknown');
const key = fc.constantFrom(...['a', 'b', 'c'].map((digit) => digit.repeat(64)));
const seq = fc.nat(12);
const items = fc.array(seq, { minLength: 1, maxLength: 3 });
const named = fc.record({ name: destination });
const reason = fc.constant('ill');
const batch = fc.record({ key, items, body: key });
const attempts = fc.constantFrom(0, 1, 7, Number.MAX_SAFE_INTEGER);
const trouble = fc.record(
  {
    destination,
    reason,
    key,
    attempts,
    status: fc.constant(503),
    until: fc.nat(9),
    all: fc.constant(true),
    all_until: fc.nat(9),
    asked: fc.constant(true),
  },
  { requiredKeys: ['destination', 'reason'] },
);
const group = fc.record({
  name: fc.constant('g'),
  mode: fc.constantFrom('fail_open', 'fail_closed'),
});

const parked = fc.record(
  {
    destination,
    items,
    reason,
    key,
    attempts,
    status: fc.constant(422),
    held: fc.constant(true),
  },
  { requiredKeys: ['destination', 'items', 'reason'] },
);

const PAYLOADS: Readonly<Record<OutboxType, fc.Arbitrary<object>>> = {
  'outbox.destination_set': fc.record(
    {
      name: fc.constantFrom('hooks', 'other'),
      url: fc.constant('http://127.0.0.1:9/'),
      format: fc.constantFrom('ndjson', 'kaizen'),
      limits: fc.constant(LIMITS),
      from: fc.constantFrom<(string | number)[]>('start', 'head', 3),
      group,
    },
    { requiredKeys: ['name', 'url', 'format', 'limits'] },
  ),
  'outbox.destination_paused': named,
  'outbox.destination_resumed': named,
  'outbox.destination_retired': named,
  'outbox.enqueued': fc.record(
    { owner: fc.constant('s-1'), kind: fc.constant('facts'), payload: fc.constant(1), destination },
    { requiredKeys: ['owner', 'kind', 'payload'] },
  ),
  'outbox.batch_planned': fc.record(
    {
      destination,
      config: seq,
      through: seq,
      batches: fc.array(batch, { maxLength: 2 }),
      replaces: key,
      status: fc.constant(413),
      superseded: items,
      behind: fc.record({ items, owners: items }),
    },
    { requiredKeys: ['destination', 'config', 'through', 'batches'] },
  ),
  'outbox.delivered': fc.record({
    destination,
    key,
    body: key,
    status: fc.constantFrom(200, 409),
    attempts: fc.constantFrom(1, Number.MAX_SAFE_INTEGER),
    latency_ms: seq,
  }),
  'outbox.parked': parked,
  'outbox.set_aside': parked,
  'outbox.retried': fc.record(
    { destination, items, reason, key, anew: fc.constant(true) },
    { requiredKeys: ['destination', 'items'] },
  ),
  'outbox.dropped': fc.record({ destination, items, reason }),
  'outbox.stopped': trouble,
  'outbox.retry_later': trouble,
  'outbox.group_delivered': fc.record({
    group: fc.constantFrom('g', 'h'),
    through: seq,
    members: fc.constant({}),
  }),
};

const each = Object.entries(PAYLOADS) as [OutboxType, fc.Arbitrary<object>][];

export const told: fc.Arbitrary<readonly Told[]> = fc.array(
  fc.oneof(...each.map(([type, payload]) => payload.map((of) => ({ type, payload: of })))),
  { minLength: 1, maxLength: 40 },
);
