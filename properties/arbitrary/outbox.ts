/**
 * Queues of the outbox, and bounds of batches that are small enough to matter.
 */
import fc from 'fast-check';
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
