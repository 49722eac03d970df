/**
 * What each answer means, by its status and by what it says.
 */
import { describe, expect, it } from 'vitest';
import { standing } from '../../../src/delivery/standing.ts';
import { right } from '../../build/ledger.ts';
import type { Got, Reply } from '../../outbox/receiver.ts';
import { configure, deliver, listed, payloadsOf, withEvents } from '../../outbox/ground.ts';

describe('an answer', () => {
  it.each([200, 201, 202, 204, 299])('%i says that it is delivered', async (status) => {
    const g = await withEvents(2, () => ({ status }));
    expect(await deliver(g.world)).toMatchObject({ delivered: 2 });
    expect(payloadsOf(g, 'outbox.delivered')).toMatchObject([{ status, attempts: 1 }]);
  });

  it('409 says that it was delivered before', async () => {
    const g = await withEvents(2, ({ attempt }) =>
      attempt === 1 ? { trouble: 'reset' } : { status: 409 },
    );
    expect(await deliver(g.world)).toMatchObject({ delivered: 2, attempts: 2 });
    expect(payloadsOf(g, 'outbox.delivered')).toMatchObject([{ status: 409, before: true }]);
    expect(g.faults()).toEqual([]);
  });

  it.each([401, 403])('%i stops the destination, and says so', async (status) => {
    const g = await withEvents(2, () => ({ status }));
    expect(await deliver(g.world)).toMatchObject({ state: 'stopped', waiting: 2, attempts: 1 });
    expect(payloadsOf(g, 'outbox.stopped')).toMatchObject([{ status, reason: 'unauthorized' }]);
    g.receiver.script = () => ({});
    expect(await deliver(g.world)).toMatchObject({ state: 'stopped', attempts: 0 });
    await configure(g.ledger, 'outbox.destination_resumed', { name: 'hooks' });
    expect(await deliver(g.world)).toMatchObject({ state: 'active', delivered: 2 });
    expect(new Set(g.receiver.got.map(({ key }) => key)).size).toBe(1);
    expect(g.faults()).toEqual([]);
  });

  it('422 of a batch finds the items that are refused, and parks them alone', async () => {
    const bad = new Set(['e-3', 'e-4', 'e-30']);
    const script = ({ ids }: Got): Reply => (ids.some((id) => bad.has(id)) ? { status: 422 } : {});
    const g = await withEvents(40, script);
    expect(await deliver(g.world)).toMatchObject({ delivered: 37, parked: 3, waiting: 0 });
    const parked = listed(g.ledger, 'parked');
    expect(parked.map(({ item, reason }) => [item, reason])).toEqual(
      [...bad].map((id) => [id, 'rejected']),
    );
    expect(g.faults()).toEqual([]);
    g.receiver.script = () => ({});
    await configure(g.ledger, 'outbox.retried', {
      destination: 'hooks',
      items: parked.map(({ seq }) => seq),
    });
    expect(await deliver(g.world)).toMatchObject({ delivered: 3, waiting: 0 });
    expect(right(standing(g.ledger.reader, 'hooks'))).toMatchObject({ parked: 0, again: 0 });
    expect(g.receiver.effective.toSorted()).toEqual(g.drafts.map(({ id }) => id).toSorted());
  });

  it.each([
    ['signs that move a cursor', { receipt: '\u001B[2J' }],
    ['a long name', { receipt: 'r'.repeat(129) }],
    ['a name that is none', { receipt: { id: 7 }, id: [] }],
    ['less than nothing', { received: -1, deduped: -1 }],
    ['more than there is', { received: 1e99, deduped: 0.5 }],
    ['numbers that are texts', { received: '1', deduped: '0' }],
  ])('with %s is taken for its status alone', async (_, body) => {
    const g = await withEvents(1, () => ({ body: JSON.stringify(body) }));
    expect(await deliver(g.world)).toMatchObject({ delivered: 1 });
    const members = ['attempts', 'body', 'destination', 'key', 'latency_ms', 'status'];
    expect(Object.keys(payloadsOf(g, 'outbox.delivered')[0] ?? {}).toSorted()).toEqual(members);
    expect(right(await g.ledger.verify({ workers: 1 })).verdict).toBe('verified');
  });

  it('that is lost is asked for again, and a duplicate is understood', async () => {
    const g = await withEvents(6, ({ attempt }) => (attempt === 1 ? { trouble: 'reset' } : {}));
    expect(await deliver(g.world)).toMatchObject({ delivered: 6, attempts: 2 });
    expect(payloadsOf(g, 'outbox.delivered')).toMatchObject([{ received: 6, deduped: 6 }]);
    expect(g.faults()).toEqual([]);
  });
});
