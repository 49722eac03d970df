/**
 * What becomes of items by what is answered, over real HTTP in simulated time; the oracle looks at
 * ledger and receiver after each scenario.
 */
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { standing } from '../../../src/delivery/standing.ts';
import { right } from '../../build/ledger.ts';
import type { Reply } from '../../outbox/receiver.ts';
import {
  deliver,
  ground,
  listed,
  outboxTypes,
  payloadsOf,
  receive,
  setUp,
  withEvents,
} from '../../outbox/ground.ts';

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
    expect(g.slept.reduce((sum, each) => sum + each)).toBe(slept);
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
    for (const isPatient of [true, false])
      expect(await deliver(g.world, { isPatient })).toMatchObject({ attempts: 0, waiting: 3 });
    await g.world.sleep(86_400_000);
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
    const times: number[] = [];
    g.receiver.script = () => {
      times.push(g.world.now());
      return { status: 502 };
    };
    expect(await deliver(g.world)).toMatchObject({ waiting: 5, attempts: 6, reason: 'status_502' });
    const gaps = times.slice(1).map((time, at) => time - (times[at] ?? 0));
    expect(gaps).toEqual([200, 400, 800, 1600, 3200]);
    // When it begins to fail, and how often it was sent once it is left.
    const told = payloadsOf(g, 'outbox.retry_later');
    expect(told.map(({ attempts }) => attempts)).toEqual([1, 6]);
    // Each flush after it is as patient, and leaves it for longer; one that follows tries once.
    const waits = [];
    for (const [isPatient, attempts] of [
      [false, 6],
      [true, 1],
      [false, 6],
    ] as const) {
      const { retryAt = 0, ...flushed } = await deliver(g.world, { isPatient });
      expect(flushed).toMatchObject({ waiting: 5, attempts });
      waits.push(retryAt - g.world.now());
      if (!isPatient) await g.world.sleep(102_400);
    }
    expect(waits).toEqual([102_400, 204_800, 409_600]);
    expect(outboxTypes(g.ledger).length).toBe(7);
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
    ['that goes on in another way', { trouble: 'switch' }, 'status_101'],
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
      const limits = { attempts: 2, timeout_ms: reason === 'timeout' ? 100 : 10_000 };
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

  it.each([
    ['as it is', undefined, '{"receipt":"r-1"}'],
    ['behind a byte-order mark', undefined, '\u{FEFF}{"receipt":"r-1"}'],
    ['packed', 'gzip', gzipSync('{"receipt":"r-1"}')],
    ['packed, in capitals', 'GZIP', gzipSync('{"receipt":"r-1"}')],
    ['packed, by its old name', 'x-gzip', gzipSync('{"receipt":"r-1"}')],
  ])('that names a receipt, %s, is read', async (_, encoding, body) => {
    const headers = encoding === undefined ? {} : { 'Content-Encoding': encoding };
    const g = await withEvents(1, () => ({ headers, body }));
    expect(await deliver(g.world)).toMatchObject({ delivered: 1 });
    expect(payloadsOf(g, 'outbox.delivered')[0]?.['receipt']).toBe('r-1');
  });

  it.each([301, 302, 303])('and leads elsewhere with %i is not followed', async (status) => {
    const reply = { status, headers: { Location: '/there' } };
    const g = await withEvents(1, ({ path }) => (path === '/in' ? reply : {}), {
      limits: { attempts: 1 },
    });
    expect(await deliver(g.world)).toMatchObject({ waiting: 1, reason: 'redirect' });
    expect(g.receiver.got.map(({ path }) => path)).toEqual(['/in']);
  });

  it('or leads on and on has for all of it the time of one attempt', async () => {
    const limits = { attempts: 1, timeout_ms: 1000 };
    const next: Readonly<Record<string, string>> = { '/in': '/1', '/1': '/2', '/2': '/3' };
    const g = await withEvents(
      1,
      ({ path }) => {
        const Location = next[path];
        const reply = Location === undefined ? {} : { status: 307, headers: { Location } };
        return setTimeout(600, reply);
      },
      { limits },
    );
    expect(await deliver(g.world)).toMatchObject({ waiting: 1, reason: 'timeout' });
    expect(g.receiver.got.map(({ path }) => path)).not.toContain('/2');
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
