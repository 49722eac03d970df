/**
 * Whose turn it is: what never failed goes first, and what failed is tried after it, each at its
 * own time; and when anything is tried next.
 */
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { followOutbox } from '../../../src/delivery/follow.ts';
import { standing } from '../../../src/delivery/standing.ts';
import { statusOf } from '../../../src/delivery/status.ts';
import { right } from '../../build/ledger.ts';
import type { Draft, Ground } from '../../outbox/ground.ts';
import {
  configure,
  deliver,
  faultsIn,
  ground,
  listed,
  outboxTypes,
  payloadsOf,
  setUp,
  write,
} from '../../outbox/ground.ts';
import type { Script } from '../../outbox/receiver.ts';

/** Each of an owner of its own. */
const draftsOf = (count: number, from = 0): readonly Draft[] =>
  Array.from({ length: count }, (_, at) => ({
    event_type: 'a.b',
    id: `e-${from + at}`,
    payload: {},
    session_id: `s-${from + at}`,
  }));

const failsWith =
  (...bad: readonly string[]): Script =>
  ({ ids }) =>
    ids.some((id) => bad.includes(id)) ? { status: 500 } : {};

const SINGLE = { limits: { items: 1, attempts: 4 } };

const withItems = async (count: number, script: Script, more: object = SINGLE) => {
  const g = await ground();
  await setUp(g, more);
  await write(g.ledger, draftsOf(count));
  g.receiver.script = script;
  return g;
};

const four = (ids: readonly string[]) => ids.flatMap((id) => [id, id, id, id]);

const sentIn = async (g: Ground, options = {}): Promise<readonly string[]> => {
  const before = g.receiver.got.length;
  await deliver(g.world, options);
  return g.receiver.got.slice(before).map(({ ids: [id = ''] }) => id);
};

const nextOf = (g: Ground): number | undefined => {
  const now = right(standing(g.ledger.reader, 'hooks'));
  return now && right(statusOf(g.ledger.reader, now, g.world.now())).retryAt;
};

describe('batches that fail', () => {
  it('come after all others in the next flush, with all the patience that it has', async () => {
    const bad = ['e-0', 'e-1', 'e-2', 'e-3', 'e-4'];
    const g = await withItems(20, failsWith(...bad));
    // Behind three in a row the first alone is tried, and ends it; two more are among what is next.
    expect(await sentIn(g)).toEqual(['e-0', 'e-1', 'e-2', 'e-0', 'e-0', 'e-0']);
    const second = await sentIn(g);
    expect(second.slice(0, 3)).toEqual(['e-3', 'e-4', 'e-5']);
    expect(second.filter((id) => bad.includes(id)).toSorted()).toEqual(four(bad));
    const others = second.indexOf('e-19');
    expect(bad.slice(0, 3).every((id) => second.indexOf(id) > others)).toBe(true);
    expect(listed(g.ledger, 'delivered').length).toBe(15);
    expect((await sentIn(g)).toSorted()).toEqual(four(bad));
    g.receiver.script = failsWith(...bad.slice(0, 4));
    expect((await sentIn(g)).toSorted()).toEqual([...four(bad.slice(0, 4)), 'e-4']);
    expect(listed(g.ledger, 'planned').map(({ item }) => item)).toEqual(bad.slice(0, 4));
    expect(faultsIn(g.ledger, g.receiver, draftsOf(20))).toEqual([]);
  });

  it('two in a row are no sign of a receiver that is down, and three are', async () => {
    const two = await withItems(6, failsWith('e-0', 'e-1'));
    expect(await deliver(two.world)).toMatchObject({ delivered: 4, waiting: 2, isDown: false });
    const three = await withItems(6, failsWith('e-0', 'e-1', 'e-2'));
    expect(await deliver(three.world)).toMatchObject({ delivered: 0, waiting: 6, isDown: true });
  });

  it('are on record one by one, for whoever goes on in another process', async () => {
    const g = await withItems(3, failsWith('e-0', 'e-1'));
    await deliver(g.world);
    const keys = payloadsOf(g, 'outbox.retry_later').map(({ key }) => key);
    expect(new Set(keys).size).toBe(2);
    const failing = right(g.ledger.projection('outbox', 'failing'));
    expect(new Set(failing.map(({ key }) => key))).toEqual(new Set(keys));
    expect(failing.every(({ failures }) => failures === 1)).toBe(true);
    await deliver(g.world);
    const again = right(g.ledger.projection('outbox', 'failing'));
    expect(again.map(({ failures }) => failures)).toEqual([2, 2]);
  });

  it('and have no answer at all end a flush, also those that failed before', async () => {
    const g = await withItems(5, failsWith('e-0', 'e-1', 'e-3', 'e-4'));
    await deliver(g.world);
    expect(listed(g.ledger, 'delivered').length).toBe(1);
    g.receiver.script = () => ({ trouble: 'reset', isLost: true });
    // Three in a row, and then the first of them alone.
    const second = await sentIn(g);
    const [first = ''] = second;
    expect([second.length, new Set(second).size]).toEqual([6, 3]);
    expect(second.slice(4)).toEqual([first, first]);
    const { until = 0 } = right(standing(g.ledger.reader, 'hooks')) ?? {};
    expect(until - g.world.now()).toBe(60_000);
    // The moment of all is not that of any of them: each waits longer than before.
    const rows = right(g.ledger.projection('outbox', 'failing'));
    const tried = rows.filter(({ failures }) => Number(failures) > 1);
    expect(tried.map((row) => Number(row['until']) - g.world.now())).toEqual(
      tried.map(() => 102_400),
    );
    expect(tried.length).toBe(3);
    // The one that was not tried then is the first the next time.
    const turns = await sentIn(g);
    expect(turns.length).toBe(6);
    const untried = ['e-0', 'e-1', 'e-3', 'e-4'].filter((id) => !second.includes(id));
    expect(turns.slice(0, 1)).toEqual(untried);
  });

  it.each([
    ['are slow', { status: 500 }, 25_000, [5, 125_000]],
    [
      'ask for half a minute each',
      { status: 429, headers: { 'retry-after': '30' } },
      0,
      [3, 60_000],
    ],
  ])('share one patience where an earlier flush left them, and %s', async (_, how, ms, told) => {
    const bad = ['e-0', 'e-2', 'e-4', 'e-6', 'e-8', 'e-10', 'e-12', 'e-14'];
    const g = await withItems(16, failsWith(...bad));
    for (let n = 0; n < 2; n++) await deliver(g.world, { maxWaitMs: 0 });
    expect(right(g.ledger.projection('outbox', 'failing')).length).toBe(bad.length);
    await g.world.sleep(3_600_000);
    g.receiver.script = () => ({ ...how, before: () => g.world.sleep(ms) });
    const begun = g.world.now();
    const { attempts, retryAt = Infinity } = await deliver(g.world, { maxWaitMs: 60_000 });
    expect([attempts, g.world.now() - begun]).toEqual(told);
    // What had no turn is due, and has no moment that is yet to come.
    expect(retryAt).toBeGreaterThan(g.world.now());
    expect(listed(g.ledger, 'delivered').length).toBe(8);
  });

  it('in a row end nothing where only one of an earlier flush was left beside them', async () => {
    const g = await withItems(1, failsWith('e-0'));
    await deliver(g.world);
    const times = new Map<string, number>();
    g.receiver.script = ({ ids: [id = ''] }) => {
      const count = (times.get(id) ?? 0) + 1;
      times.set(id, count);
      return id === 'e-0' || count < (id === 'e-1' ? 3 : 2) ? { status: 500 } : {};
    };
    await write(g.ledger, draftsOf(1, 1));
    let isFirst = true;
    const sleep = async (ms: number): Promise<void> => {
      await g.world.sleep(ms);
      if (isFirst) await write(g.ledger, draftsOf(2, 2));
      isFirst = false;
    };
    await g.world.sleep(3_600_000);
    expect(await deliver({ ...g.world, sleep }, { isPatient: true })).toMatchObject({
      delivered: 3,
      waiting: 1,
      isDown: false,
    });
    expect(times.get('e-0')).toBe(1);
  });

  it('are tried again at once by whoever follows, where a person changed something', async () => {
    const g = await withItems(2, failsWith('e-0'));
    await deliver(g.world);
    await deliver(g.world);
    expect(await sentIn(g, { isPatient: true })).toEqual([]);
    await configure(g.ledger, 'outbox.destination_resumed', { name: 'hooks' });
    expect(await sentIn(g, { isPatient: true })).toEqual(['e-0']);
    await setUp(g, SINGLE);
    expect(await sentIn(g, { isPatient: true })).toEqual(['e-0']);
  });
});

describe('the next attempt', () => {
  it('is none where a destination stopped, whatever failed before', async () => {
    const g = await withItems(2, failsWith('e-0'));
    await deliver(g.world);
    await setUp(g, SINGLE);
    await write(g.ledger, draftsOf(1, 2));
    g.receiver.script = () => ({ status: 401 });
    expect(await deliver(g.world)).toMatchObject({ state: 'stopped', retryAt: undefined });
    await configure(g.ledger, 'outbox.destination_resumed', { name: 'hooks' });
    g.receiver.script = failsWith('e-0', 'e-2');
    await deliver(g.world);
    await deliver(g.world);
    expect(nextOf(g)).toBeGreaterThan(g.world.now());
    g.receiver.script = () => ({ status: 401 });
    expect(await deliver(g.world)).toMatchObject({ state: 'stopped', retryAt: undefined });
    expect(nextOf(g)).toBe(undefined);
  });

  it('is none for what is due at once, where a flush is ended before it', async () => {
    const g = await withItems(2, failsWith('e-0'));
    await deliver(g.world);
    await setUp(g, SINGLE);
    await write(g.ledger, draftsOf(1, 2));
    const ending = new AbortController();
    g.receiver.script = () => ({ before: async () => ending.abort() });
    const ended = await deliver(g.world, { signal: ending.signal });
    expect(ended).toMatchObject({ state: 'active', waiting: 1, retryAt: undefined });
  });

  it('is that of the first of those that failed, whatever lane told its own last', async () => {
    const g = await withItems(12, failsWith('e-0', 'e-1'), { concurrency: 2, ...SINGLE });
    const first = await deliver(g.world);
    const untils = () =>
      right(g.ledger.projection('outbox', 'failing')).map(({ until }) => Number(until));
    expect(first.isDown).toBe(false);
    let n = 0;
    // The second waits for a fourth of what the first does.
    const world = { ...g.world, random: () => (n++ % 2 === 0 ? 0.8 : 0.2) };
    const { retryAt } = await deliver(world);
    expect(new Set(untils()).size).toBe(2);
    expect(retryAt).toBe(Math.min(...untils()));
    expect(nextOf(g)).toBe(retryAt);
    // Each at its own time.
    const at = (now: number) => deliver({ ...g.world, now: () => now }, { isPatient: true });
    expect(await at((retryAt ?? 0) - 1)).toMatchObject({ attempts: 0, retryAt });
    expect(await at(retryAt ?? 0)).toMatchObject({ attempts: 1 });
  });

  it('is the latest that any lane was asked for, though one was answered after it', async () => {
    const asked: Readonly<Record<string, string>> = { 's-0': '7200', 's-1': '600' };
    const g = await ground();
    await setUp(g, { concurrency: 3, ...SINGLE });
    const drafts = draftsOf(3).map((each, n) => ({ ...each, session_id: `s-${n}` }));
    await write(g.ledger, drafts);
    g.receiver.script = async ({ body }) => {
      const of = Object.keys(asked).find((owner) => body.includes(`"${owner}"`));
      if (of === 's-1') await setTimeout(100);
      if (of === undefined) await setTimeout(300);
      return of === undefined ? {} : { status: 503, headers: { 'Retry-After': asked[of] ?? '' } };
    };
    const { retryAt, delivered } = await deliver(g.world);
    expect([delivered, retryAt]).toEqual([1, g.world.now() + 7_200_000]);
    expect(nextOf(g)).toBe(retryAt);
    await write(g.ledger, draftsOf(1, 3));
    expect(await deliver(g.world, { isPatient: true })).toMatchObject({ attempts: 0, retryAt });
  });

  it('is as soon as it asks for, though what failed before waits for longer', async () => {
    const g = await withItems(1, () => ({ status: 503, headers: { 'Retry-After': '5' } }));
    await deliver(g.world, { maxWaitMs: 1000 });
    const { retryAt } = await deliver(g.world);
    expect(retryAt).toBe(g.world.now() + 5000);
    const last = payloadsOf(g, 'outbox.retry_later').at(-1);
    expect(Number(last?.['until'])).toBeGreaterThan(g.world.now() + 60_000);
    // Nobody reads of so short a time before it is over.
    expect(last).not.toHaveProperty('all_until');
    expect(right(standing(g.ledger.reader, 'hooks'))?.until).toBe(undefined);
  });
});

describe('one that follows', () => {
  it('sends what comes of others while an owner fails, and that in its time', async () => {
    const g = await withItems(2, failsWith('e-0'), { limits: { items: 1, attempts: 1 } });
    const ending = new AbortController();
    let isOver = false;
    const options = { signal: ending.signal, onFlushed: () => undefined };
    // The first flush of somebody else leaves it for minutes.
    await deliver(g.world);
    await deliver(g.world);
    const at = g.world.now();
    const now = (): number => at + (isOver ? 3_600_000 : 0);
    const world = { ...g.world, sleep: async () => setTimeout(1), now };
    const following = followOutbox(world, options);
    for (const n of [2, 3, 4]) {
      await write(g.ledger, draftsOf(1, n));
      while (listed(g.ledger, 'delivered').length < n) await setTimeout(5);
    }
    expect(g.receiver.got.filter(({ ids }) => ids.includes('e-0')).length).toBe(2);
    g.receiver.script = () => ({});
    isOver = true;
    while (listed(g.ledger, 'delivered').length < 5) await setTimeout(5);
    ending.abort();
    right(await following);
    expect(outboxTypes(g.ledger).filter((type) => type === 'retry_later').length).toBe(2);
  });
});
