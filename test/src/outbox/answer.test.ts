/**
 * What becomes of items by what is answered, over real HTTP in simulated time; the oracle looks at
 * ledger and receiver after each scenario.
 */
import { describe, expect, it } from 'vitest';
import { standing } from '../../../src/delivery/standing.ts';
import { MAX_HEADER_BYTES, MAX_LINE_BYTES } from '../../../ledger/event/header.ts';
import { aheadOf } from '../../../src/delivery/prepare.ts';
import { LIMITS } from '../../../src/outbox/destination.ts';
import { MOST_ITEMS } from '../../../src/outbox/event.ts';
import { right } from '../../build/ledger.ts';
import type { Got, Reply } from '../../outbox/receiver.ts';
import {
  configure,
  deliver,
  events,
  faultsIn,
  ground,
  listed,
  outboxTypes,
  payloadsOf,
  receive,
  setUp,
  write,
} from '../../outbox/ground.ts';

/** A ledger with so many events for the one destination. */
const withEvents = async (count: number, script: (got: Got) => Reply, more = {}) => {
  const g = await ground();
  const drafts = events(count);
  await setUp(g, more);
  await write(g.ledger, drafts);
  g.receiver.script = script;
  return { ...g, drafts, faults: () => faultsIn(g.ledger, g.receiver, drafts) };
};

describe('a batch that is too large for its receiver', () => {
  it('goes in halves, in order, and what was taken of it stays taken', async () => {
    const g = await withEvents(16, ({ ids }) => (ids.length > 4 ? { status: 413 } : {}));
    expect(await deliver(g.world)).toMatchObject({ delivered: 16, batches: 4, parked: 0 });
    expect(g.receiver.effective).toEqual(g.drafts.map(({ id }) => id));
    expect(g.faults()).toEqual([]);
    // The second half fails for good: the first is not sent again.
    const h = await withEvents(8, ({ ids }) =>
      ids.length > 4 ? { status: 413 } : { status: ids.includes('e-7') ? 500 : 200 },
    );
    expect(await deliver(h.world)).toMatchObject({ delivered: 4, waiting: 4 });
    h.receiver.script = () => ({});
    expect(await deliver(h.world)).toMatchObject({ delivered: 4, waiting: 0 });
    expect(h.receiver.effective).toEqual(h.drafts.map(({ id }) => id));
    expect(h.faults()).toEqual([]);
  });

  it('is parked where it is one item, and the rest goes on', async () => {
    const g = await withEvents(9, ({ ids }) => (ids.includes('e-5') ? { status: 413 } : {}));
    expect(await deliver(g.world)).toMatchObject({ delivered: 8, parked: 1, waiting: 0 });
    expect(listed(g.ledger, 'parked')).toMatchObject([{ item: 'e-5', reason: 'too_large' }]);
    expect(g.faults()).toEqual([]);
  });
});

describe('a receiver that is busy', () => {
  const DATE = 'Fri, 20 Nov 2099 09:00:00 GMT';
  it.each([
    ['seconds', '7', 2000, 7000],
    ['a date that is past', 'Fri, 20 Nov 2020 09:00:00 GMT', 2000, 200],
    ['at once', '0', 2000, 200],
    ['nothing', undefined, 2000, 200],
    ['nonsense', 'soon', 2000, 200],
    ['less than nothing', '-5', 2000, 200],
  ])('and says %s is waited for, within bounds', async (_, after, __, slept) => {
    const headers = after === undefined ? {} : { 'Retry-After': after };
    const g = await withEvents(3, ({ attempt }) => (attempt > 1 ? {} : { status: 429, headers }));
    expect(await deliver(g.world)).toMatchObject({ delivered: 3, waiting: 0 });
    expect(g.slept).toEqual([slept]);
    expect(g.faults()).toEqual([]);
    expect(outboxTypes(g.ledger)).toContain('retry_later');
  });

  it.each([
    ['an absurd number', '99999999999999999999'],
    ['a date far away', DATE],
  ])('and says %s is left for later, at most a day', async (_, after) => {
    const g = await withEvents(3, () => ({ status: 429, headers: { 'Retry-After': after } }));
    const told = await deliver(g.world);
    expect(told).toMatchObject({ delivered: 0, waiting: 3, reason: 'status_429', attempts: 1 });
    expect(told.retryAt).toBe(g.world.now() + 86_400_000);
    g.receiver.script = () => ({});
    expect(await deliver(g.world, { isPatient: true })).toMatchObject({ attempts: 0, waiting: 3 });
    expect(await deliver(g.world)).toMatchObject({ delivered: 3, waiting: 0 });
    expect(g.faults()).toEqual([]);
  });
});

describe('a receiver that says only later how long it is busy', () => {
  it('is left alone for so long by whoever goes on, and status tells until when', async () => {
    const after = { 'Retry-After': '7200' };
    const g = await withEvents(1, ({ attempt }) => ({
      status: 429,
      ...(attempt > 1 ? { headers: after } : {}),
    }));
    const { retryAt } = await deliver(g.world);
    expect(retryAt).toBe(g.world.now() + 7_200_000);
    expect(right(standing(g.ledger.reader, 'hooks'))?.until).toBe(retryAt);
    expect(await deliver(g.world, { isPatient: true })).toMatchObject({ attempts: 0, waiting: 1 });
    expect(outboxTypes(g.ledger).filter((type) => type === 'retry_later').length).toBe(2);
  });
});

describe('a receiver that fails', () => {
  it('is tried less and less often, under one key, and told of once', async () => {
    const g = await withEvents(5, () => ({ status: 502 }), { limits: { attempts: 6 } });
    expect(await deliver(g.world)).toMatchObject({ waiting: 5, attempts: 6, reason: 'status_502' });
    expect(g.slept).toEqual([200, 400, 800, 1600, 3200]);
    expect(await deliver(g.world)).toMatchObject({ waiting: 5, attempts: 6 });
    expect(outboxTypes(g.ledger)).toEqual(['destination_set', 'batch_planned', 'retry_later']);
    g.receiver.script = () => ({ trouble: 'reset', isLost: true });
    await deliver(g.world);
    expect(outboxTypes(g.ledger).length).toBe(4);
    g.receiver.script = () => ({});
    expect(await deliver(g.world)).toMatchObject({ delivered: 5, waiting: 0, reason: undefined });
    expect(new Set(g.receiver.got.map(({ key }) => key)).size).toBe(1);
    expect(g.faults()).toEqual([]);
  });

  it('is left alone when its time is over, however often it might be tried', async () => {
    const g = await withEvents(5, () => ({ status: 500 }), { limits: { wait_ms: 1000 } });
    expect(await deliver(g.world)).toMatchObject({ waiting: 5, attempts: 3 });
    expect(await deliver(g.world, { maxWaitMs: 100 })).toMatchObject({ attempts: 1 });
  });

  it.each([
    ['that never answers', { trouble: 'silent' }, 'timeout'],
    ['that answers for ever', { trouble: 'endless' }, 'timeout'],
    ['that ends in the middle', { trouble: 'half' }, 'reset'],
    ['that answers what is no status', { status: 999 }, 'bad_response'],
    ['that leads elsewhere', { status: 302, headers: { Location: '/' } }, 'redirect'],
    [
      'that leads elsewhere at length',
      { status: 302, headers: { Location: '/' }, trouble: 'flood' },
      'redirect',
    ],
    ['that leads round and round', { status: 307, headers: { Location: '/in' } }, 'redirect'],
  ] satisfies readonly (readonly [string, Reply, string])[])(
    '%s is given up in its time, for that reason',
    async (_, reply, reason) => {
      const limits = { attempts: 2, timeout_ms: 100 };
      const g = await withEvents(3, () => reply, { limits });
      expect(await deliver(g.world)).toMatchObject({ waiting: 3, attempts: 2, reason });
      g.receiver.script = () => ({});
      expect(await deliver(g.world)).toMatchObject({ delivered: 3, waiting: 0 });
      expect(g.faults()).toEqual([]);
    },
  );

  it.each([
    ['a bomb', { trouble: 'bomb' }],
    ['more than anybody reads', { trouble: 'long' }],
    ['more than anybody reads, without an end', { trouble: 'flood' }],
    ['nonsense', { body: '{{{' }],
    ['a word in between', { trouble: 'continue' }],
    ['nothing', { status: 204 }],
  ] satisfies readonly (readonly [string, Reply])[])(
    'only in what it says, %s, has taken the batch',
    async (_, reply) => {
      const g = await withEvents(3, () => reply);
      expect(await deliver(g.world)).toMatchObject({ delivered: 3, attempts: 1 });
      expect(payloadsOf(g, 'outbox.delivered')[0]).not.toHaveProperty('receipt');
      expect(g.faults()).toEqual([]);
    },
  );

  it.each([
    [65_536, 'r-1'],
    [65_537, undefined],
  ])('only in what it says in %i bytes is read as far as that goes', async (bytes, receipt) => {
    const body = '{"receipt":"r-1"}'.padEnd(bytes);
    const g = await withEvents(1, () => ({ body }));
    expect(await deliver(g.world)).toMatchObject({ delivered: 1 });
    expect(payloadsOf(g, 'outbox.delivered')[0]?.['receipt']).toBe(receipt);
  });

  it('or leads to another path of its own is followed there with the same bytes', async () => {
    const g = await withEvents(3, ({ path }) =>
      path === '/in' ? { status: 308, headers: { Location: '/there' } } : {},
    );
    expect(await deliver(g.world)).toMatchObject({ delivered: 3, attempts: 1 });
    expect(g.receiver.got.map(({ path }) => path)).toEqual(['/in', '/there']);
    expect(g.receiver.keysOfTwo).toEqual([]);
  });
});

it('a receiver that leads to another host has nothing sent there', async () => {
  const other = await receive();
  const reply = { status: 307, headers: { Location: other.url } };
  const g = await withEvents(1, () => reply, { limits: { attempts: 2 } });
  expect(await deliver(g.world)).toMatchObject({ waiting: 1, reason: 'redirect' });
  expect([g.receiver.got.length, other.got.length]).toEqual([2, 0]);
});

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

  it('that is lost is asked for again, and a duplicate is understood', async () => {
    const g = await withEvents(6, ({ attempt }) => (attempt === 1 ? { trouble: 'reset' } : {}));
    expect(await deliver(g.world)).toMatchObject({ delivered: 6, attempts: 2 });
    expect(payloadsOf(g, 'outbox.delivered')).toMatchObject([{ received: 6, deduped: 6 }]);
    expect(g.faults()).toEqual([]);
  });
});

describe('an item that cannot be sent', () => {
  it('is parked, and nothing is stuck behind it', async () => {
    const g = await ground();
    await setUp(g, { format: 'kaizen', types: ['b.*'] as never });
    const item = (id: string, kind: string, payload: unknown) =>
      g.ledger.append(
        [
          {
            event_type: 'outbox.enqueued',
            id,
            payload: { owner: 's-1', kind, payload: payload as never },
            source: { kind: 'tool', name: 'test' },
          },
        ],
        { surface: 'outbox_configuration' },
      );
    right(await item('x-1', 'session_evals', { id: 'x-1' }));
    right(await item('x-2', 'of_tomorrow', { id: 'x-2' }));
    right(await item('x-3', 'session_evals', 'no object'));
    right(await item('x-4', 'session_evals', { id: 'x-4' }));
    expect(await deliver(g.world)).toMatchObject({ delivered: 2, parked: 2, waiting: 0 });
    expect(listed(g.ledger, 'parked').map(({ item: id, reason }) => [id, reason])).toEqual([
      ['x-2', 'unknown_kind'],
      ['x-3', 'bad_payload'],
    ]);
    expect(g.receiver.effective).toEqual(['x-1', 'x-4']);
  });
});

describe('more items than one event can name', () => {
  it('are parked all the same, and none is lost', async () => {
    const g = await ground();
    const count = MOST_ITEMS + 1;
    await setUp(g, { format: 'kaizen' });
    const drafts = Array.from({ length: count }, () => ({
      event_type: 'outbox.enqueued',
      payload: { owner: 's-1', kind: 'of_tomorrow', payload: {} },
      source: { kind: 'tool', name: 'test' },
    }));
    for (let at = 0; at < count; at += 1000)
      right(
        await g.ledger.append(drafts.slice(at, at + 1000), { surface: 'outbox_configuration' }),
      );
    await write(g.ledger, events(1));
    expect(await deliver(g.world)).toMatchObject({ parked: count, delivered: 1, waiting: 0 });
    expect(listed(g.ledger, 'parked').length).toBe(count);
  });

  it('are told as superseded, over as many plans as it takes', async () => {
    const g = await ground();
    const count = MOST_ITEMS + 2;
    await setUp(g);
    const drafts = Array.from({ length: count }, (_, at) => ({
      event_type: 'outbox.enqueued',
      id: `x-${at}`,
      payload: { owner: 's-1', kind: 'snapshot', payload: at, replaceable: true },
      source: { kind: 'tool', name: 'test' },
    }));
    for (let at = 0; at < count; at += 1000)
      right(
        await g.ledger.append(drafts.slice(at, at + 1000), { surface: 'outbox_configuration' }),
      );
    expect(await deliver(g.world)).toMatchObject({ delivered: 1, waiting: 0 });
    const plans = payloadsOf(g, 'outbox.batch_planned');
    const told = plans.map(({ superseded }) => (superseded as readonly number[]).length);
    expect(told).toEqual([MOST_ITEMS, 1]);
    const superseded = listed(g.ledger, 'superseded').map(({ item }) => item);
    expect(superseded).toEqual(drafts.slice(0, -1).map(({ id }) => id));
    expect(right(standing(g.ledger.reader, 'hooks'))?.superseded).toBe(count - 1);
    expect(right(await g.ledger.verify({ workers: 1 })).verdict).toBe('verified');
  });

  it('or larger batches than memory takes are planned one by one', async () => {
    const g = await withEvents(2, () => ({}), { limits: { items: 1, bytes: 64_000_000 } });
    expect(await deliver(g.world)).toMatchObject({ delivered: 2, batches: 2 });
    expect(outboxTypes(g.ledger).filter((type) => type === 'batch_planned').length).toBe(2);
  });

  it.each([1, 4, 16])('are never in one plan, whatever a batch may hold, in %i lanes', (lanes) => {
    for (const items of [1, 500, 1000, 5000]) {
      const ahead = aheadOf({ ...LIMITS, items }, lanes);
      const digits = String(999_999_999);
      const batches = Array.from({ length: ahead * lanes }, () => ({
        key: 'ab'.repeat(32),
        body: 'ab'.repeat(32),
        items: Array.from({ length: items }, () => Number(digits)),
      }));
      const superseded = Array.from({ length: MOST_ITEMS + items }, () => Number(digits));
      const length = JSON.stringify({ batches, superseded }).length;
      expect(length).toBeLessThan(MAX_LINE_BYTES - MAX_HEADER_BYTES);
      expect(aheadOf({ ...LIMITS, items, bytes: 64_000_000 }, lanes)).toBe(1);
    }
    expect(aheadOf(LIMITS, lanes)).toBe(lanes === 16 ? 4 : 8);
  });
});
