/**
 * A receiver asks several lanes to be left alone, for longer and for less: the longer holds,
 * also for whoever goes on where a flush was killed.
 */
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { followOutbox } from '../../../src/delivery/follow.ts';
import { draftOf, record } from '../../../src/delivery/record.ts';
import { standing } from '../../../src/delivery/standing.ts';
import { right } from '../../build/ledger.ts';
import { configure, deliver, ground, listed, setUp, write } from '../../outbox/ground.ts';

const withTwo = async () => {
  const g = await ground();
  await setUp(g, { limits: { items: 1, attempts: 8 }, concurrency: 2 });
  const draft = { event_type: 'a.b', payload: {} } as const;
  await write(g.ledger, [
    { ...draft, id: 'e-0', session_id: 's-a' },
    { ...draft, id: 'e-1', session_id: 's-b' },
  ]);
  return g;
};

const asking = (seconds: string) => ({ status: 503, headers: { 'Retry-After': seconds } });

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

it('one that follows goes on once it is resumed, though others are answered', async () => {
  const g = await withTwo();
  const asked = Promise.withResolvers<void>();
  g.receiver.script = async ({ ids: [id], attempt }) => {
    if (id === 'e-0' && attempt === 1) return asking('86400');
    await asked.promise;
    return {};
  };
  const ending = new AbortController();
  const { signal } = ending;
  const told = Promise.withResolvers<void>();
  // The day does not come.
  const still = { now: () => 0, sleep: () => setTimeout(1) };
  const world = { ...g.world, ...still, onHealth: () => asked.resolve() };
  const following = followOutbox(world, { signal, onFlushed: () => told.resolve() });
  await told.promise;
  expect(listed(g.ledger, 'delivered').length).toBe(1);
  await configure(g.ledger, 'outbox.destination_resumed', { name: 'hooks' });
  while (listed(g.ledger, 'delivered').length < 2) await setTimeout(10);
  ending.abort();
  right(await following);
});

describe('what a receiver asked for', () => {
  const HOUR = 3_600_000;

  /** What is on record when these were recorded, each with its moment, in hours from now. */
  const afterAll = async (...hours: readonly number[]): Promise<number | undefined> => {
    const g = await ground();
    await setUp(g, {});
    const now = g.world.now();
    const told = { destination: 'hooks', reason: 'status_503', all: true, asked: true };
    const drafts = hours.map((each) =>
      draftOf('outbox.retry_later', { ...told, until: now + each * HOUR }),
    );
    right(await record(g.ledger, drafts));
    const { until = NaN } = right(standing(g.ledger.reader, 'hooks'))?.asked ?? {};
    return (until - now) / HOUR;
  };

  it.each([[[24, 1]], [[1, 24]], [[2, 5, 3]], [[5, 3, 5]]])(
    'is the latest of %j',
    async (hours) => {
      expect(await afterAll(...hours)).toBe(Math.max(...hours));
    },
  );

  it('by a clock that was a year ahead is no later than what is asked for now', async () => {
    expect(await afterAll(8760, 2)).toBe(2);
    expect(await afterAll(8760, 2, 1)).toBe(2);
  });
});
