/**
 * A receiver that asks for a moment each time, and never takes anything: it is left alone for that,
 * and tried less and less often; what does not change is not told again.
 */
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Draft, Ground } from '../../outbox/ground.ts';
import {
  asking,
  configure,
  deliver,
  events,
  listed,
  payloadsOf,
  setUp,
  withEvents,
  write,
} from '../../outbox/ground.ts';

const HOURS_MS = 6 * 3_600_000;

/** What comes of hours in which whoever delivers goes on whenever it is time. */
const hoursOf = async (headers: Readonly<Record<string, string>>) => {
  const at: number[] = [];
  const g = await withEvents(2, () => ({ status: 429, headers }));
  g.receiver.script = () => {
    at.push(g.world.now());
    return { status: 429, headers };
  };
  const end = g.world.now() + HOURS_MS;
  while (g.world.now() < end) {
    const { retryAt = 0 } = await deliver(g.world, { isPatient: true });
    await g.world.sleep(Math.max(1, retryAt - g.world.now()));
  }
  const gaps = at.slice(1).map((each, i) => each - (at[i] ?? 0));
  return { gaps, told: payloadsOf(g, 'outbox.retry_later').length, health: g.health };
};

it('one that always asks for a second is told once and tried ever more rarely', async () => {
  const [asked, plain] = [await hoursOf({ 'retry-after': '1' }), await hoursOf({})];
  expect(asked.health).toMatchObject([{ destination: 'hooks', reason: 'status_429' }]);
  expect(asked.told).toBeLessThanOrEqual(plain.told);
  expect(asked.gaps.length).toBeLessThanOrEqual(plain.gaps.length);
  expect(Math.min(...asked.gaps)).toBeGreaterThanOrEqual(1000);
  // The last are as far apart as they get.
  expect(asked.gaps.at(-1)).toBe(1_800_000);
});

it('a receiver that always asks for half a minute is recorded no more often for that', async () => {
  const [asked, plain] = [await hoursOf({ 'retry-after': '30' }), await hoursOf({})];
  expect(asked.told).toBeLessThanOrEqual(plain.told);
  expect(Math.min(...asked.gaps)).toBeGreaterThanOrEqual(30_000);
});

const FRESH: readonly Draft[] = events(1, 2);

/** A receiver that was asked once, and wants to be left alone for so many seconds. */
const asked = async (seconds: string) => {
  const headers = { 'retry-after': seconds };
  const at: number[] = [];
  const g = await withEvents(2, () => ({ status: 503, headers }));
  const begun = g.world.now();
  expect(await deliver(g.world, { maxWaitMs: 0 })).toMatchObject({ attempts: 1, waiting: 2 });
  g.receiver.script = () => {
    at.push(g.world.now() - begun);
    return {};
  };
  await write(g.ledger, FRESH);
  return { ...g, begun, at };
};

describe('a receiver that asked an earlier flush to be left alone', () => {
  it('is sent nothing by one whose patience does not reach so far', async () => {
    const g = await asked('3600');
    const told = { attempts: 0, waiting: 3, reason: 'status_503', retryAt: g.begun + 3_600_000 };
    for (const isPatient of [false, true])
      expect(await deliver(g.world, { isPatient })).toMatchObject(told);
    expect(g.at).toEqual([]);
    await g.world.sleep(3_600_000);
    expect(await deliver(g.world)).toMatchObject({ delivered: 3, waiting: 0 });
  });

  it('is waited for by one whose patience does, which says so', async () => {
    const g = await asked('120');
    g.health.length = 0;
    expect(await deliver(g.world)).toMatchObject({ delivered: 3, waiting: 0 });
    expect(Math.min(...g.at)).toBe(120_000);
    const until = g.begun + 120_000;
    expect(g.health).toEqual([{ destination: 'hooks', reason: 'status_503', until }]);
  });

  it.each([
    ['that asks again', { status: 503, headers: { 'retry-after': '11' } }, 11_000],
    ['that fails', { status: 500 }, 200],
  ])('%s is waited for as patiently as by the first', async (_, answer, gap) => {
    const g = await asked('11');
    g.receiver.script = () => {
      g.at.push(g.world.now() - g.begun);
      return g.at.length < 3 ? answer : {};
    };
    const { receiver, world } = g;
    expect(await deliver(world, { maxWaitMs: 60_000 })).toMatchObject({ delivered: 3, waiting: 0 });
    expect(g.at.slice(0, 2)).toEqual([11_000, 11_000 + gap]);
    expect(receiver.got.filter(({ key }) => key === receiver.got[0]?.key).length).toBe(4);
  });

  it('is waited for by nobody where nothing waits by then', async () => {
    const g = await asked('120');
    const items = [...listed(g.ledger, 'planned'), ...listed(g.ledger, 'waiting')];
    const by = (key: string | null) => items.filter((each) => each.key === key);
    for (const key of new Set(items.map((each) => each.key)))
      await configure(g.ledger, key === null ? 'outbox.dropped' : 'outbox.set_aside', {
        destination: 'hooks',
        items: by(key).map(({ seq }) => seq),
        reason: 'enough',
        ...(key === null ? {} : { key, held: true }),
      });
    expect(await deliver(g.world)).toMatchObject({ attempts: 0, waiting: 0 });
    expect(g.world.now()).toBe(g.begun);
  });

  it.each(['resumed', 'set'])('is tried at once where it is %s since', async (how) => {
    const g = await asked('3600');
    if (how === 'set') await setUp(g);
    else await configure(g.ledger, 'outbox.destination_resumed', { name: 'hooks' });
    expect(await deliver(g.world)).toMatchObject({ delivered: 3, waiting: 0 });
    expect(Math.max(...g.at)).toBe(0);
  });

  it('and is resumed while a flush waits for it, goes on at once', async () => {
    const g = await asked('120');
    const sleep = async (ms: number): Promise<void> => {
      await g.world.sleep(ms);
      if (g.world.now() - g.begun === 3000)
        await configure(g.ledger, 'outbox.destination_resumed', { name: 'hooks' });
    };
    expect(await deliver({ ...g.world, sleep })).toMatchObject({ delivered: 3, waiting: 0 });
    expect(Math.min(...g.at)).toBe(3000);
  });

  it('is sent nothing by one that waited for that to end', async () => {
    const g = await withEvents(2, () => ({ status: 503, headers: { 'retry-after': '3600' } }));
    const { lock } = g.world.ports;
    for (const isPatient of [false, true]) {
      let isFirst = true;
      const take: typeof lock.take = async (folder, waitMs) => {
        if (isFirst) {
          isFirst = false;
          await deliver(g.world);
        }
        return lock.take(folder, waitMs);
      };
      const ports = { ...g.world.ports, lock: { ...lock, take } };
      const told = await deliver({ ...g.world, ports }, { isPatient });
      expect(told).toMatchObject({ attempts: 0, retryAt: g.world.now() + 3_600_000 });
      await g.world.sleep(3_600_000);
    }
    expect(g.receiver.got.length).toBe(2);
  });

  it('is left alone though that was ended while it waited', async () => {
    const g = await withEvents(2, () => ({ status: 503, headers: { 'retry-after': '120' } }));
    const begun = g.world.now();
    const ending = new AbortController();
    const sleep = async (ms: number): Promise<void> => {
      await g.world.sleep(ms);
      ending.abort();
    };
    const { signal } = ending;
    expect(await deliver({ ...g.world, sleep }, { signal })).toMatchObject({ attempts: 1 });
    expect(await deliver(g.world, { isPatient: true })).toMatchObject({ attempts: 0 });
    g.receiver.script = () => ({});
    expect(await deliver(g.world)).toMatchObject({ delivered: 2, waiting: 0 });
    expect(g.world.now() - begun).toBe(120_000);
  });

  it('ends a flush, though something changes in another lane', async () => {
    const drafts = 'abababab'.split('').map((owner, n) => ({
      event_type: 'a.b',
      id: `e-${n}`,
      payload: {},
      session_id: `s-${owner}`,
    }));
    const g = await withEvents(0, () => ({}), { concurrency: 2, limits: { items: 1 } });
    await write(g.ledger, drafts);
    const begun = g.world.now();
    const [both, done] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    g.receiver.script = async ({ count }) => {
      if (count === 2) {
        both.resolve();
        await done.promise;
        // The other lane has seen it by then.
        await setTimeout(200);
        return { status: 503, headers: { 'retry-after': '3600' } };
      }
      await both.promise;
      const sent = g.receiver.got.flatMap(({ ids }) => ids);
      for (const { item, seq, key } of listed(g.ledger, 'planned')) {
        const batch = { destination: 'hooks', items: [seq], key, held: true, reason: 'enough' };
        if (!sent.includes(item)) await configure(g.ledger, 'outbox.set_aside', batch);
      }
      done.resolve();
      return {};
    };
    expect(await deliver(g.world)).toMatchObject({ attempts: 2, retryAt: begun + 3_600_000 });
    expect(g.world.now()).toBe(begun);
  });
});

const PLAIN = { status: 503 };

/** A flush that ends in some way while it waits for what the second answer asks for. */
const askedSecond = async (
  first: object,
  end: (g: Ground) => Promise<void> | void,
  signal?: AbortSignal,
) => {
  const g = await withEvents(2, () => (g.receiver.got.length === 1 ? first : asking('30')));
  const sleep = async (ms: number): Promise<void> => {
    await g.world.sleep(ms);
    if (g.receiver.got.length === 2) await end(g);
  };
  const begun = g.world.now();
  await deliver({ ...g.world, sleep }, { signal }).catch(() => undefined);
  g.receiver.script = () => ({});
  return { ...g, begun };
};

describe('what a receiver asks for when it failed before', () => {
  it.each([
    ['without that', PLAIN, 30_200],
    ['and asked for less', asking('15'), 45_000],
    ['and asked for as much', asking('30'), 60_000],
  ])('%s, holds though the flush is ended', async (_, first, until) => {
    const ending = new AbortController();
    const g = await askedSecond(first, () => ending.abort(), ending.signal);
    const told = { attempts: 0, isAsked: true, retryAt: g.begun + until };
    expect(await deliver(g.world, { maxWaitMs: 0 })).toMatchObject(told);
    expect(await deliver(g.world)).toMatchObject({ delivered: 2, waiting: 0 });
    expect(g.world.now()).toBe(told.retryAt);
  });

  it('without that, holds though the flush is killed', async () => {
    const g = await askedSecond(PLAIN, () => {
      throw new Error('killed');
    });
    const told = { attempts: 0, isAsked: true, retryAt: g.begun + 30_200 };
    expect(await deliver(g.world, { maxWaitMs: 0 })).toMatchObject(told);
  });

  it('is over where it is resumed just before the flush is ended', async () => {
    const ending = new AbortController();
    const end = async ({ ledger }: Ground): Promise<void> => {
      await configure(ledger, 'outbox.destination_resumed', { name: 'hooks' });
      ending.abort();
    };
    const g = await askedSecond(PLAIN, end, ending.signal);
    const at = g.world.now();
    expect(await deliver(g.world)).toMatchObject({ delivered: 2, waiting: 0 });
    expect(g.world.now()).toBe(at);
  });

  it('is over when it is, though others fail on', async () => {
    const g = await withEvents(0, () => ({}), { limits: { items: 1 } });
    const drafts = [0, 1, 2].map((n) => ({ ...FRESH[0], id: `e-${n}`, session_id: `s-${n}` }));
    await write(g.ledger, drafts);
    g.receiver.script = ({ ids: [id] }) => (id === 'e-1' ? asking('50') : PLAIN);
    const told = { waiting: 3, isDown: true, isAsked: false };
    expect(await deliver(g.world)).toMatchObject(told);
    expect(await deliver(g.world, { maxWaitMs: 0 })).not.toMatchObject({ attempts: 0 });
  });

  it('is waited for by nobody where a person parks all that waits', async () => {
    const g = await withEvents(2, () => asking('50'));
    const begun = g.world.now();
    const sleep = async (ms: number): Promise<void> => {
      await g.world.sleep(ms);
      const [{ key } = { key: null }, ...more] = listed(g.ledger, 'planned');
      const items = listed(g.ledger, 'planned').map(({ seq }) => seq);
      const batch = { destination: 'hooks', items, key, held: true, reason: 'enough' };
      if (more.length > 0) await configure(g.ledger, 'outbox.set_aside', batch);
    };
    expect(await deliver({ ...g.world, sleep })).toMatchObject({ attempts: 1, waiting: 0 });
    expect(g.world.now() - begun).toBe(1000);
  });

  it.each([false, true])(
    'holds for no longer than anybody asks (patient %s)',
    async (isPatient) => {
      const g = await withEvents(2, () => asking('120'));
      const now = () => g.world.now() + 10 * 365 * 24 * 3_600_000;
      expect(await deliver({ ...g.world, now }, { maxWaitMs: 0 })).toMatchObject({ attempts: 1 });
      g.receiver.script = () => ({});
      expect(await deliver(g.world, { isPatient })).toMatchObject({ delivered: 2, waiting: 0 });
    },
  );
});
