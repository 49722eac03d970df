/**
 * Until when a destination is left alone, as that is on record, for whoever goes on. What its
 * receiver asks for is the latest of all that lanes were asked, and only a person takes it back.
 */
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../ledger/json/value.ts';
import { isObject } from '../../../ledger/json/value.ts';
import { draftOf, record } from '../../../src/delivery/record.ts';
import { standing } from '../../../src/delivery/standing.ts';
import type { OutboxType } from '../../../src/outbox/event.ts';
import { right } from '../../build/ledger.ts';
import type { Ground } from '../../outbox/ground.ts';
import {
  asking,
  before,
  configure,
  deliver,
  ground,
  owned,
  setUp,
  statusIn,
  withEvents,
  withTwo,
  write,
} from '../../outbox/ground.ts';

it('what is asked for is told as the reason, whatever others are answered', async () => {
  const g = await withTwo();
  const asked = Promise.withResolvers<void>();
  g.receiver.script = async ({ ids: [id], attempt }) => {
    if (attempt > 1) return {};
    if (id === 'e-0') return asking('60');
    await asked.promise;
    return {};
  };
  const until = g.world.now() + 60_000;
  const world = { ...g.world, onHealth: () => asked.resolve() };
  const told = { reason: 'status_503', status: 503, retryAt: until };
  expect(await deliver(world, { maxWaitMs: 1000 })).toMatchObject({ ...told, isAsked: true });
  expect(statusIn(g)).toMatchObject(told);
  g.health.length = 0;
  expect(await deliver(g.world)).toMatchObject({ delivered: 1, waiting: 0 });
  expect(g.health[0]).toEqual({ destination: 'hooks', reason: 'status_503', until });
  expect(g.world.now()).toBe(until);
});

it('a destination that stops while another lane is asked again says why it stopped', async () => {
  const g = await ground();
  await setUp(g, { limits: { items: 1, attempts: 8 }, concurrency: 2 });
  await write(g.ledger, [owned('e-0')]);
  g.receiver.script = async ({ ids: [id] }) => {
    if (id !== 'e-2') return asking('30');
    await setTimeout(100);
    return { status: 401 };
  };
  const sleep = async (ms: number): Promise<void> => {
    await g.world.sleep(ms);
    if (g.slept.length === 1) await write(g.ledger, ['e-1', 'e-2'].map(owned));
  };
  const told = await deliver({ ...g.world, sleep });
  expect(g.receiver.got.flatMap(({ ids }) => ids)).toEqual(['e-0', 'e-1', 'e-2']);
  expect(told).toMatchObject({ state: 'stopped', status: 401 });
  expect(statusIn(g)).toMatchObject({ state: 'stopped', status: 401, retryAt: undefined });
});

it('health names no moment before the one that it asked for in another lane', async () => {
  const g = await withTwo();
  const asked = Promise.withResolvers<void>();
  g.receiver.script = async ({ ids: [id] }) => {
    if (id === 'e-0') return asking('3600');
    await asked.promise;
    return { status: 500 };
  };
  const until = g.world.now() + 3_600_000;
  const onHealth: typeof g.world.onHealth = (told) => {
    g.world.onHealth(told);
    asked.resolve();
  };
  expect(await deliver({ ...g.world, onHealth })).toMatchObject({ attempts: 2, retryAt: until });
  expect(g.health).toMatchObject([
    { reason: 'status_503', until },
    { reason: 'status_500', until },
  ]);
});

/** What is on record once these were told, by whoever delivers. */
const afterTold = async (...told: readonly (readonly [type: OutboxType, payload: object])[]) => {
  const g = await withTwo();
  const drafts = told.map(([type, payload]) =>
    draftOf(type, { destination: 'hooks', reason: 'reset', ...payload }),
  );
  right(await record(g.ledger, drafts));
  return g;
};

it('a destination that fails otherwise since says what it asked for', async () => {
  const until = Date.UTC(2026, 10, 20, 9, 1);
  const asked = { reason: 'status_503', all: true, asked: true, until };
  const g = await afterTold(
    ['outbox.retry_later', asked],
    ['outbox.retry_later', { until: until - 30_000 }],
  );
  expect(statusIn(g)).toMatchObject({ reason: 'status_503', retryAt: until });
  await deliver(g.world);
  expect(g.health).toEqual([{ destination: 'hooks', reason: 'status_503', until }]);
});

it('a destination that may be down is left alone though it asks for nothing', async () => {
  const until = Date.UTC(2026, 10, 20, 9, 1);
  const g = await afterTold(['outbox.retry_later', { all: true, until }]);
  expect(statusIn(g)).toMatchObject({ reason: 'reset', retryAt: until });
  const patient = { isPatient: true };
  expect(await deliver(g.world, patient)).toMatchObject({ attempts: 0, retryAt: until });
  await g.world.sleep(until - g.world.now());
  expect(await deliver(g.world, patient)).toMatchObject({ delivered: 2 });
});

it('a destination that stopped says why, whatever it asked for before', async () => {
  const asked = { all: true, asked: true, until: Date.UTC(2026, 10, 20, 9, 1) };
  const stopped = { reason: 'status_401', status: 401 };
  const g = await afterTold(['outbox.retry_later', asked], ['outbox.stopped', stopped]);
  expect(statusIn(g)).toMatchObject({ ...stopped, state: 'stopped', retryAt: undefined });
  expect(await deliver(g.world)).toMatchObject({ attempts: 0, ...stopped, retryAt: undefined });
});

/** A flush that is ended while it waits for what the second answer asks for. */
const ended = async (isMeant: (payload: JsonObject) => boolean): Promise<Ground> => {
  const g = await withEvents(1, () => asking('30'));
  const ending = new AbortController();
  const sleep = async (ms: number): Promise<void> => {
    await g.world.sleep(ms);
    if (g.receiver.got.length === 2) ending.abort();
  };
  const isNow = ({ payload }: JsonObject): boolean =>
    ending.signal.aborted && isObject(payload) && isMeant(payload);
  const resume = () => configure(g.ledger, 'outbox.destination_resumed', { name: 'hooks' });
  await deliver(before({ ...g.world, sleep }, isNow, resume), { signal: ending.signal });
  g.receiver.script = () => ({});
  return g;
};

it.each<[string, (payload: JsonObject) => boolean, number]>([
  ['holds though the flush is ended', () => false, 29_000],
  ['is over where it is resumed before the rest is recorded', (told) => 'key' in told, 0],
  ['is over where it is resumed before that is recorded', (told) => !('key' in told), 0],
])('what is asked for last %s', async (_, isMeant, left) => {
  const g = await ended(isMeant);
  const at = g.world.now();
  expect(await deliver(g.world)).toMatchObject({ delivered: 1, waiting: 0 });
  expect(g.world.now() - at).toBe(left);
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
