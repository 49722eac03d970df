/**
 * Delivery, over real HTTP in simulated time: what becomes of items by what is answered.
 */
import { describe, expect, it } from 'vitest';
import { flushOutbox } from '../../../src/front-door.ts';
import { right } from '../../build/ledger.ts';
import type { Reply } from '../../outbox/receiver.ts';
import {
  deliver,
  events,
  faultsIn,
  ground,
  listed,
  outboxTypes,
  setUp,
  write,
} from '../../outbox/ground.ts';

describe('the library', () => {
  it('delivers what waits, in the time of day', async () => {
    const g = await ground();
    await setUp(g);
    await write(g.ledger, events(3));
    expect(right(await flushOutbox(g.ledger))).toMatchObject([{ delivered: 3, waiting: 0 }]);
    expect(right(await flushOutbox(g.ledger, { names: ['none'] }))).toEqual([]);
    expect(faultsIn(g.ledger, g.receiver, events(3))).toEqual([]);
  });
});

describe('a destination', () => {
  it('is sent what matches, in batches, each planned before it is sent', async () => {
    const g = await ground();
    const drafts = events(25);
    await setUp(g, { limits: { items: 10 } });
    await write(g.ledger, [...drafts, { event_type: 'b.c', payload: 1 }]);
    expect(await deliver(g.world)).toMatchObject({ delivered: 25, batches: 3, waiting: 0 });
    expect(g.receiver.got.map(({ ids }) => ids.length)).toEqual([10, 10, 5]);
    expect(faultsIn(g.ledger, g.receiver, drafts)).toEqual([]);
    expect(outboxTypes(g.ledger)).toEqual([
      'destination_set',
      'batch_planned',
      'delivered',
      'delivered',
      'delivered',
    ]);
    expect(await deliver(g.world)).toMatchObject({ delivered: 0, waiting: 0 });
    expect(g.receiver.got.length).toBe(3);
  });

  it.each([
    ['reset', { trouble: 'reset' }],
    ['reset before it is taken', { trouble: 'reset', isLost: true }],
    ['cut after the headers', { trouble: 'cut' }],
    ['ended in the middle of a body', { trouble: 'half' }],
    ['answered by no HTTP', { trouble: 'garbage', isLost: true }],
    ['answered with 500', { status: 500 }],
    ['answered with 503', { status: 503, headers: { 'Retry-After': '7' } }],
    ['redirected elsewhere', { status: 307, headers: { Location: 'http://example.com/' } }],
  ] satisfies readonly (readonly [string, Reply])[])(
    'that is %s is tried again under the same key',
    async (_, reply) => {
      const g = await ground();
      const drafts = events(7);
      await setUp(g);
      await write(g.ledger, drafts);
      g.receiver.script = ({ attempt }) => (attempt < 3 ? reply : {});
      expect(await deliver(g.world)).toMatchObject({ delivered: 7, attempts: 3, waiting: 0 });
      expect(new Set(g.receiver.got.map(({ key }) => key)).size).toBe(1);
      expect(faultsIn(g.ledger, g.receiver, drafts)).toEqual([]);
      expect(outboxTypes(g.ledger).slice(2)).toEqual(['retry_later', 'delivered']);
      expect(listed(g.ledger, 'delivered').length).toBe(7);
    },
  );
});
