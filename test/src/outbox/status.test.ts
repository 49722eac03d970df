/**
 * What status tells of a destination: trouble while there is any, and no moment that is over.
 */
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { standing } from '../../../src/delivery/standing.ts';
import { statusOf } from '../../../src/delivery/status.ts';
import { right } from '../../build/ledger.ts';
import type { Script } from '../../outbox/receiver.ts';
import type { Ground } from '../../outbox/ground.ts';
import {
  configure,
  deliver,
  events,
  faultsIn,
  ground,
  listed,
  outboxTypes,
  payloadsOf,
  setUp,
  write,
} from '../../outbox/ground.ts';

const withEvents = async (count: number, script: Script, more = {}) => {
  const g = await ground();
  await setUp(g, more);
  await write(g.ledger, events(count));
  g.receiver.script = script;
  return g;
};

const told = (g: Ground) => {
  const now = right(standing(g.ledger.reader, 'hooks'));
  if (now === undefined) throw new Error('there is no destination');
  const { waiting, reason, since, retryAt } = right(statusOf(g.ledger.reader, now, g.world.now()));
  return { waiting, reason, since, retryAt };
};
const NONE = { reason: undefined, since: undefined, retryAt: undefined };

/** When it was first recorded that something is left for later. */
const firstLater = (g: Ground): string | undefined =>
  [...g.ledger.read({ types: ['outbox.retry_later' as never] })].map(
    (read) => (JSON.parse(right(read).line) as { header: { recorded_at: string } }).header,
  )[0]?.recorded_at;

describe('the trouble that status tells', () => {
  it('is over with whatever answer comes, an item that is refused included', async () => {
    const g = await withEvents(1, ({ attempt }) => ({ status: attempt > 1 ? 422 : 503 }));
    expect(await deliver(g.world)).toMatchObject({ parked: 1, waiting: 0, reason: undefined });
    expect(told(g)).toEqual({ ...NONE, waiting: 0 });
    // A batch in halves was answered, too; that they fail after it is news.
    const h = await withEvents(2, ({ attempt, ids }) => {
      if (ids.length === 2) return { status: attempt > 1 ? 422 : 503 };
      return { status: 503, headers: { 'Retry-After': '7200' } };
    });
    await deliver(h.world);
    expect(told(h)).toMatchObject({ waiting: 2, reason: 'status_503' });
    expect(payloadsOf(h, 'outbox.retry_later').map(({ key }) => key)).toEqual([
      h.receiver.got[0]?.key,
      h.receiver.got.at(-1)?.key,
    ]);
  });

  it('is told since it began, however often a batch was left since', async () => {
    const g = await withEvents(2, ({ ids }) => ({ status: ids.includes('e-0') ? 500 : 200 }), {
      limits: { items: 1, attempts: 2 },
    });
    const since = () => told(g).since;
    await deliver(g.world);
    const first = firstLater(g);
    for (const from of [2, 3]) {
      expect(since()).toBe(first);
      await setTimeout(5);
      await deliver(g.world);
      expect(since()).toBe(first);
      // What is delivered takes nothing back of it.
      await write(g.ledger, events(1, from));
    }
    await setTimeout(5);
    g.receiver.script = () => ({ status: 502 });
    await deliver(g.world);
    expect(since()).not.toBe(first);
  });

  it('names no next attempt that lies behind', async () => {
    const g = await withEvents(1, () => ({ status: 503 }), { limits: { attempts: 3 } });
    const { retryAt = 0 } = await deliver(g.world);
    expect(retryAt).toBeGreaterThan(g.world.now());
    expect(told(g)).toMatchObject({ waiting: 1, reason: 'status_503', retryAt: undefined });
    const headers = { 'Retry-After': '7200' };
    const h = await withEvents(1, () => ({ status: 503, headers }));
    await deliver(h.world);
    expect(told(h).retryAt).toBe(h.world.now() + 7_200_000);
  });

  it('names the attempt that comes next, once what a receiver asked for is over', async () => {
    const g = await withEvents(1, () => ({ status: 503, headers: { 'Retry-After': '20' } }));
    for (const wait of [20_000, 0]) {
      await deliver(g.world, { maxWaitMs: 0 });
      expect(told(g).retryAt).toBe(g.world.now() + 20_000);
      await g.world.sleep(wait);
    }
    await g.world.sleep(20_000);
    const { retryAt } = await deliver(g.world, { isPatient: true });
    expect(retryAt).toBeGreaterThan(g.world.now());
    expect(told(g)).toMatchObject({ waiting: 1, reason: 'status_503', retryAt });
  });

  it('stays what a receiver asks for, whatever batch of it a person parks', async () => {
    const headers = { 'Retry-After': '7200' };
    const g = await withEvents(2, () => ({ status: 503, headers }), { limits: { items: 1 } });
    const { retryAt } = await deliver(g.world);
    const [first] = listed(g.ledger, 'planned');
    const batch = { items: [first?.seq ?? -1], key: first?.key, held: true };
    const said = { destination: 'hooks', reason: 'enough', ...batch };
    await configure(g.ledger, 'outbox.set_aside', said);
    expect(told(g)).toMatchObject({ waiting: 1, reason: 'status_503', retryAt });
    expect(await deliver(g.world, { isPatient: true })).toMatchObject({ attempts: 0, retryAt });
    await g.world.sleep(7_200_000);
    g.receiver.script = () => ({});
    expect(await deliver(g.world, { isPatient: true })).toMatchObject({ delivered: 1 });
    expect(told(g)).toEqual({ ...NONE, waiting: 0 });
  });

  it.each([200, 500])('stays that, whatever another lane is answered (%i)', async (status) => {
    const g = await withEvents(0, () => ({}), { concurrency: 2, limits: { items: 1 } });
    await write(
      g.ledger,
      events(2).map((each, at) => ({ ...each, session_id: `s-${at}` })),
    );
    const asked = Promise.withResolvers<void>();
    g.receiver.script = async ({ ids }) => {
      if (ids.includes('e-0')) {
        asked.resolve();
        return { status: 503, headers: { 'Retry-After': '60' } };
      }
      await asked.promise;
      await setTimeout(100);
      return { status };
    };
    const retryAt = g.world.now() + 60_000;
    const sleep = async (ms: number): Promise<void> => {
      await g.world.sleep(ms);
      throw new Error('killed');
    };
    await deliver({ ...g.world, sleep }).catch(() => undefined);
    expect(g.receiver.got.length).toBe(2);
    expect(new Set(g.health.map(({ until }) => until))).toEqual(new Set([retryAt]));
    const since = firstLater(g);
    expect(told(g)).toMatchObject({ reason: 'status_503', retryAt, since });
    expect(await deliver(g.world, { maxWaitMs: 0 })).toMatchObject({ attempts: 0, retryAt });
  });
});

describe('a receiver that fails for long', () => {
  it('is told of with its next attempt, once for each time that it is left alone', async () => {
    const g = await withEvents(1, () => ({ status: 503 }));
    const { retryAt = 0 } = await deliver(g.world);
    expect(retryAt).toBeGreaterThan(g.world.now() + 10_000);
    expect(told(g)).toMatchObject({ waiting: 1, reason: 'status_503', retryAt });
    const count = () => payloadsOf(g, 'outbox.retry_later').length;
    expect(count()).toBe(2);
    // Whoever follows goes on from there, on any other day and in any other process.
    expect(await deliver(g.world, { isPatient: true })).toMatchObject({ attempts: 0, retryAt });
    expect(count()).toBe(2);
    g.receiver.script = () => ({});
    expect(await deliver(g.world)).toMatchObject({ delivered: 1 });
    expect(told(g)).toEqual({ ...NONE, waiting: 0 });
  });
});

describe('the rate that status tells', () => {
  it('is none of one batch alone', async () => {
    const g = await withEvents(2, () => ({}), { limits: { items: 1 } });
    const rate = () => {
      const now = right(standing(g.ledger.reader, 'hooks'));
      return now && right(statusOf(g.ledger.reader, now, g.world.now())).rate;
    };
    const ending = new AbortController();
    g.receiver.script = ({ count }) => {
      if (count === 1) ending.abort();
      return { before: async () => setTimeout(20) };
    };
    await deliver(g.world, { signal: ending.signal });
    expect([g.receiver.got.length, rate()]).toEqual([1, undefined]);
    await deliver(g.world);
    expect(rate()).toBeGreaterThan(0);
  });
});

describe('one of several lanes that fails', () => {
  it('is told of once, while the others go on', async () => {
    const g = await ground();
    await setUp(g, { concurrency: 2, limits: { items: 1, attempts: 4 } });
    const drafts = events(32).map((each, n) => ({ ...each, session_id: `s-${n % 2}` }));
    await write(g.ledger, drafts);
    g.receiver.script = ({ body }) => (body.includes('"s-0"') ? { status: 500 } : {});
    expect(await deliver(g.world)).toMatchObject({ delivered: 16, reason: 'status_500' });
    expect(g.health.map(({ reason }) => reason)).toEqual(['status_500']);
    const [news, count, ...more] = payloadsOf(g, 'outbox.retry_later');
    expect(news).toMatchObject({ attempts: 1 });
    expect(news).toHaveProperty('until');
    // When it is over: how often that was sent, and nothing else.
    expect(count).toEqual({ ...news, attempts: 4, until: undefined });
    expect(more).toEqual([]);
  });
});

describe('an owner of whom a batch fails', () => {
  it('holds no owner of another lane, now or the next time', async () => {
    const g = await ground();
    await setUp(g, { concurrency: 2, limits: { items: 1, attempts: 2 } });
    const drafts = events(80).map((each, n) => ({ ...each, session_id: `s-${n % 2}` }));
    await write(g.ledger, drafts.slice(0, 60));
    g.receiver.script = ({ ids }) => (ids.includes('e-2') ? { status: 500 } : {});
    expect(await deliver(g.world)).toMatchObject({ delivered: 31, waiting: 29 });
    await write(g.ledger, drafts.slice(60));
    expect(await deliver(g.world)).toMatchObject({ delivered: 10, waiting: 39 });
    expect(listed(g.ledger, 'delivered').length).toBe(41);
    g.receiver.script = () => ({});
    expect(await deliver(g.world)).toMatchObject({ delivered: 39, waiting: 0 });
    expect(faultsIn(g.ledger, g.receiver, drafts)).toEqual([]);
    expect(right(await g.ledger.verify({ workers: 1 })).verdict).toBe('verified');
  });
});

describe('what was delivered', () => {
  it('is told before the next batch, where a receiver takes its time', async () => {
    const g = await withEvents(2, () => ({}), { limits: { items: 1 } });
    let known: readonly string[] = [];
    g.receiver.script = async ({ count }) => {
      if (count === 1) await setTimeout(1100);
      else known = outboxTypes(g.ledger);
      return {};
    };
    expect(await deliver(g.world)).toMatchObject({ delivered: 2 });
    expect(known).toEqual(['destination_set', 'batch_planned', 'delivered']);
  });
});

const momentsOf = (g: Ground, type: string): readonly number[] =>
  [...g.ledger.read({ types: [`outbox.${type}` as never] })].map((read) =>
    Date.parse(
      (JSON.parse(right(read).line) as { header: { recorded_at: string } }).header.recorded_at,
    ),
  );

describe('the rate that status tells', () => {
  it('is no more than what went in the time that it took, recorded at once or not', async () => {
    const g = await withEvents(8, () => setTimeout(50, {}), { limits: { items: 1 } });
    await deliver(g.world);
    const now = right(standing(g.ledger.reader, 'hooks'));
    const rate = now && right(statusOf(g.ledger.reader, now, 0)).rate;
    expect(rate).toBeGreaterThan(0);
    expect(rate).toBeLessThan(60_000 / 45);
  });

  it('is that of the last twenty batches, whatever others were sent', async () => {
    const g = await ground();
    await setUp(g);
    await setUp(g, { name: 'other' });
    const counts = Array.from({ length: 23 }, (_, at) => 1 + ((at * 5) % 7));
    for (const count of counts) {
      await write(
        g.ledger,
        Array.from({ length: count }, () => ({ event_type: 'a.b', payload: {} })),
      );
      await deliver(g.world, { names: ['hooks'] });
      await setTimeout(2);
    }
    const [plans, receipts] = ['batch_planned', 'delivered'].map((type) => momentsOf(g, type));
    const sent = counts.slice(-20).reduce((sum, count) => sum + count, 0);
    const rate = Math.round((sent * 60_000) / ((receipts?.at(-1) ?? 0) - (plans?.at(-20) ?? 0)));
    // Others, and as many as are looked at, change nothing.
    await setUp(g, { name: 'other', limits: { items: 1 } });
    await deliver(g.world, { names: ['other'] });
    const now = right(standing(g.ledger.reader, 'hooks'));
    expect(now && right(statusOf(g.ledger.reader, now, 0)).rate).toBe(rate);
  });
});
