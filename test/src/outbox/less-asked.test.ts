/**
 * A receiver asks several lanes to be left alone, for longer and for less, before and after a
 * person has a word: the longest that nobody took back holds, and is told by whoever is asked.
 */
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { FlushOptions } from '../../../src/delivery/flush.ts';
import { followOutbox } from '../../../src/delivery/follow.ts';
import { standing } from '../../../src/delivery/standing.ts';
import { right } from '../../build/ledger.ts';
import type { Ground } from '../../outbox/ground.ts';
import {
  asking,
  configure,
  deliver,
  listed,
  payloadsOf,
  statusIn,
  withTwo,
} from '../../outbox/ground.ts';

it('less that is asked for in another lane takes back no more that is on record', async () => {
  const g = await withTwo();
  const asked = Promise.withResolvers<void>();
  g.receiver.script = async ({ ids: [id], attempt }) => {
    if (attempt > 1) return {};
    if (id === 'e-0') return asking('60');
    await asked.promise;
    await setTimeout(100);
    return asking('11');
  };
  const begun = g.world.now();
  const known: (number | undefined)[] = [];
  const sleep = async (ms: number): Promise<void> => {
    known.push(right(standing(g.ledger.reader, 'hooks'))?.asked?.until);
    await g.world.sleep(ms);
  };
  const world = { ...g.world, sleep, onHealth: () => asked.resolve() };
  expect(await deliver(world)).toMatchObject({ delivered: 2, waiting: 0 });
  expect(new Set(known)).toEqual(new Set([begun + 60_000]));
});

it('what is asked for just after it is resumed holds, though others are answered', async () => {
  const g = await withTwo();
  const asked = Promise.withResolvers<void>();
  g.receiver.script = async ({ ids: [id], attempt }) => {
    if (attempt > 1) return {};
    if (id === 'e-1') {
      await asked.promise;
      return {};
    }
    await configure(g.ledger, 'outbox.destination_resumed', { name: 'hooks' });
    return asking('60');
  };
  const begun = g.world.now();
  const world = { ...g.world, onHealth: () => asked.resolve() };
  expect(await deliver(world)).toMatchObject({ delivered: 2, waiting: 0 });
  expect(g.world.now()).toBe(begun + 60_000);
});

/** One that follows, on a day that does not end, until it is told of; then it is resumed. */
const following = async (g: Ground, onHealth: () => void) => {
  const ending = new AbortController();
  const { signal } = ending;
  const told = Promise.withResolvers<void>();
  const world = { ...g.world, now: () => 0, sleep: () => setTimeout(1), onHealth };
  const ended = followOutbox(world, { signal, onFlushed: () => told.resolve() });
  await told.promise;
  return async (): Promise<void> => {
    await configure(g.ledger, 'outbox.destination_resumed', { name: 'hooks' });
    while (listed(g.ledger, 'delivered').length < 2) await setTimeout(10);
    ending.abort();
    right(await ended);
  };
};

it('one that follows goes on once it is resumed, though others are answered', async () => {
  const g = await withTwo();
  const asked = Promise.withResolvers<void>();
  g.receiver.script = async ({ ids: [id], attempt }) => {
    if (id === 'e-0' && attempt === 1) return asking('86400');
    await asked.promise;
    return {};
  };
  const goesOn = await following(g, asked.resolve);
  expect(listed(g.ledger, 'delivered').length).toBe(1);
  await goesOn();
});

it('one that follows and is refused goes on once it is resumed, whatever was asked', async () => {
  const g = await withTwo();
  const refused = Promise.withResolvers<void>();
  let isMended = false;
  g.receiver.script = async ({ ids: [id] }) => {
    if (isMended) return {};
    if (id === 'e-0') return { status: 401 };
    await refused.promise;
    await setTimeout(100);
    return asking('86400');
  };
  const goesOn = await following(g, refused.resolve);
  isMended = true;
  await goesOn();
});

it('what is asked for again just after it is resumed holds, be it long or short', async () => {
  for (const [seconds, until] of [
    ['60', 120_000],
    ['5', 65_000],
  ] as const) {
    const g = await withTwo({ concurrency: 1 });
    const begun = g.world.now();
    const at: number[] = [];
    g.receiver.script = async ({ ids: [id], attempt }) => {
      if (id === 'e-1') return {};
      at.push(g.world.now() - begun);
      if (attempt > 2) return {};
      if (attempt === 1) return asking('60');
      await configure(g.ledger, 'outbox.destination_resumed', { name: 'hooks' });
      return asking(seconds);
    };
    expect(await deliver(g.world)).toMatchObject({ delivered: 2, waiting: 0 });
    expect(at).toEqual([0, 60_000, until]);
  }
});

/** What status tells, and a flush that ends like this: of the same moment, for the same reason. */
const toldBy = async (g: Ground, options: FlushOptions = {}) => {
  const ending = new AbortController();
  const sleep = async (ms: number): Promise<void> => {
    await g.world.sleep(ms);
    if (g.slept.length === 3) ending.abort();
  };
  const flushed = await deliver({ ...g.world, sleep }, { ...options, signal: ending.signal });
  const { reason, status, retryAt } = flushed;
  expect(statusIn(g)).toMatchObject({ reason, status, retryAt });
  return { reason, status, retryAt };
};

it('what is asked for just after it is resumed holds, and no more of before', async () => {
  const g = await withTwo();
  const begun = g.world.now();
  const asked = Promise.withResolvers<void>();
  const at: number[] = [];
  g.receiver.script = async ({ ids: [id], attempt }) => {
    if (attempt > 1) {
      at.push(g.world.now() - begun);
      return {};
    }
    if (id === 'e-0') return asking('7200');
    await asked.promise;
    await setTimeout(100);
    await configure(g.ledger, 'outbox.destination_resumed', { name: 'hooks' });
    return asking('600');
  };
  const world = { ...g.world, onHealth: () => asked.resolve() };
  expect(await deliver(world, { maxWaitMs: 300_000 })).toMatchObject({
    delivered: 0,
    retryAt: begun + 600_000,
  });
  expect(await deliver(g.world, { isPatient: true })).toMatchObject({ retryAt: begun + 600_000 });
  expect(await deliver(g.world, { maxWaitMs: 3_600_000 })).toMatchObject({ delivered: 2 });
  expect(at).toEqual([600_000, 600_000]);
});

describe('what is told of a receiver that asks to be left alone', () => {
  it('is what it answered then, whatever else fails by then', async () => {
    const g = await withTwo();
    const failed = Promise.withResolvers<void>();
    g.receiver.script = async ({ ids: [id] }) => {
      if (id === 'e-0') return { status: 500 };
      await failed.promise;
      return asking('7200');
    };
    const retryAt = g.world.now() + 7_200_000;
    const world = { ...g.world, onHealth: () => failed.resolve() };
    const told = await toldBy({ ...g, world }, { maxWaitMs: 60_000 });
    expect(told).toEqual({ reason: 'status_503', status: 503, retryAt });
  });

  it('is the answer that asked for the longest, whatever asks for less by then', async () => {
    const g = await withTwo();
    const asked = Promise.withResolvers<void>();
    g.receiver.script = async ({ ids: [id] }) => {
      if (id === 'e-0') return asking('3');
      await asked.promise;
      return { ...asking('7200'), status: 429 };
    };
    const retryAt = g.world.now() + 7_200_000;
    const told = await toldBy({ ...g, world: { ...g.world, onHealth: () => asked.resolve() } });
    expect(told).toEqual({ reason: 'status_429', status: 429, retryAt });
  });

  it('is the moment that it asked for, where a flush is ended while it waits', async () => {
    const g = await withTwo({ concurrency: 1 });
    g.receiver.script = ({ count }) => (count === 1 ? { status: 500 } : asking('300'));
    const retryAt = g.world.now() + 300_000;
    const told = { reason: 'status_503', status: 503, retryAt };
    expect(await toldBy(g)).toEqual(told);
    g.slept.length = 0;
    expect(await toldBy(g)).toEqual(told);
  });

  it('is said as soon as it asks, though it failed so before', async () => {
    const g = await withTwo({ concurrency: 1 });
    g.receiver.script = ({ count }) => (count === 1 ? { status: 503 } : asking('300'));
    const { retryAt } = await toldBy(g);
    expect(retryAt).toBe(g.health.at(-1)?.until);
    expect(g.health.map(({ reason }) => reason)).toEqual(['status_503', 'status_503']);
  });

  it('is no answer of an earlier day', async () => {
    const g = await withTwo({ concurrency: 1 });
    g.receiver.script = () => ({ ...asking('60'), status: 429 });
    expect(await toldBy(g, { maxWaitMs: 0 })).toMatchObject({ status: 429 });
    await g.world.sleep(86_400_000);
    g.slept.length = 0;
    g.receiver.script = ({ ids: [id] }) => (id === 'e-1' ? { status: 503 } : asking('9'));
    const { reason, status } = await toldBy(g);
    expect({ reason, status }).toEqual({ reason: 'status_503', status: 503 });
    expect(
      payloadsOf(g, 'outbox.retry_later').filter((each) => each['status'] === 429),
    ).toHaveLength(1);
  });
});
