/**
 * What each answer means, by its status and by what it says.
 */
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { standing } from '../../../src/delivery/standing.ts';
import { statusOf } from '../../../src/delivery/status.ts';
import { right } from '../../build/ledger.ts';
import type { Got, Reply } from '../../outbox/receiver.ts';
import {
  configure,
  deliver,
  events,
  listed,
  outboxTypes,
  payloadsOf,
  withEvents,
  write,
} from '../../outbox/ground.ts';

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

  it.each([
    ['401', { status: 401 }, { lastStatus: 401, status: 401, reason: 'unauthorized' }],
    ['403', { status: 403 }, { lastStatus: 403, status: 403, reason: 'unauthorized' }],
    ['500', { status: 500 }, { lastStatus: 500, status: 500, reason: 'status_500' }],
    ['400 to one item', { status: 400 }, { lastStatus: 400, parked: 1, waiting: 0 }],
    ['413 to one item', { status: 413 }, { lastStatus: 413, parked: 1, waiting: 0 }],
    ['nothing', { trouble: 'reset' }, { lastStatus: 200, reason: 'reset' }],
  ] as const)('that is %s is told by status, after a 200 and alone', async (_, reply, told) => {
    const g = await withEvents(1, () => reply, { limits: { attempts: 1 } });
    const now = () => {
      const at = right(standing(g.ledger.reader, 'hooks'));
      return at && right(statusOf(g.ledger.reader, at, g.world.now()));
    };
    await deliver(g.world);
    const alone = told.lastStatus === 200 ? undefined : told.lastStatus;
    expect(now()?.lastStatus).toBe(alone);
    expect(now()?.lastAt === undefined).toBe(alone === undefined);
    g.receiver.script = () => ({});
    await configure(g.ledger, 'outbox.destination_resumed', { name: 'hooks' });
    await write(g.ledger, events(1, 1));
    await deliver(g.world);
    const before = now();
    expect(before).toMatchObject({ lastStatus: 200, status: undefined });
    await write(g.ledger, events(1, 2));
    g.receiver.script = () => reply;
    const flushed = await deliver(g.world);
    const parked = 'parked' in told ? { parked: (before?.parked ?? 0) + 1 } : {};
    expect(now()).toMatchObject({ ...told, ...parked });
    expect(now()?.lastAt === before?.lastAt).toBe(told.lastStatus === 200);
    expect(flushed.status).toBe('status' in told ? told.status : undefined);
    for (const { status } of listed(g.ledger, 'parked')) expect(status).toBe(told.lastStatus);
    const rows = right(g.ledger.projection('outbox', 'destination'));
    right(await g.ledger.replay());
    expect(right(g.ledger.projection('outbox', 'destination'))).toEqual(rows);
  });

  it('that halves a batch is told by status, though nothing comes back to its halves', async () => {
    for (const status of [413, 422]) {
      const script = ({ ids }: Got): Reply => (ids.length > 1 ? { status } : { trouble: 'reset' });
      const g = await withEvents(2, script, { limits: { attempts: 1 } });
      await deliver(g.world);
      const at = right(standing(g.ledger.reader, 'hooks'));
      expect(at).toMatchObject({ lastStatus: status, reason: 'reset', status: undefined });
    }
  });

  it('of another lane is the last, and what it asked for before holds', async () => {
    const g = await withEvents(3, () => ({}), { concurrency: 2, limits: { items: 1 } });
    const isTold = () => outboxTypes(g.ledger).includes('retry_later');
    const told = async (): Promise<void> => {
      while (!isTold()) await setTimeout(10);
    };
    const busy = { status: 503, headers: { 'Retry-After': '7200' } };
    // They are of different lanes: the one waits until the other is on record.
    g.receiver.script = ({ ids }) =>
      ids.includes('e-2') ? busy : ids.includes('e-1') ? { before: told } : {};
    await deliver(g.world);
    expect(outboxTypes(g.ledger).slice(-2)).toEqual(['retry_later', 'delivered']);
    const now = right(standing(g.ledger.reader, 'hooks'));
    const at = g.world.now();
    expect(now && right(statusOf(g.ledger.reader, now, at))).toMatchObject({
      lastStatus: 200,
      reason: 'status_503',
      status: 503,
      retryAt: at + 7_200_000,
    });
  });

  it('of another lane says nothing of why it is stopped', async () => {
    const g = await withEvents(3, () => ({}), { concurrency: 2, limits: { items: 1 } });
    const told = Promise.withResolvers<void>();
    const after = { 'retry-after': '60' };
    g.receiver.script = ({ ids }) =>
      ids.includes('e-2')
        ? { status: 503, headers: after, before: () => told.promise }
        : { status: 401 };
    const world = { ...g.world, onHealth: () => told.resolve() };
    const why = { state: 'stopped', reason: 'unauthorized', status: 401, retryAt: undefined };
    expect(await deliver(world)).toMatchObject(why);
    const now = right(standing(g.ledger.reader, 'hooks'));
    const at = g.world.now();
    expect(now && right(statusOf(g.ledger.reader, now, at))).toMatchObject({
      ...why,
      lastStatus: 503,
    });
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
