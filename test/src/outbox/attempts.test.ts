/**
 * How often a batch was sent, as its receipt tells it: in all runs, as far as they are on record.
 */
import { expect, it } from 'vitest';
import { draftOf, record } from '../../../src/delivery/record.ts';
import { right } from '../../build/ledger.ts';
import { configure, deliver, payloadsOf, setUp, withEvents } from '../../outbox/ground.ts';

const attemptsIn = (g: Awaited<ReturnType<typeof withEvents>>, type: string) =>
  payloadsOf(g, `outbox.${type}`).map(({ attempts }) => attempts);

it('a receipt tells how often its batch was sent, in all runs', async () => {
  const g = await withEvents(2, ({ count }) => ({ status: count < 5 ? 500 : 200 }), {
    limits: { attempts: 1 },
  });
  await deliver(g.world);
  await deliver(g.world);
  right(await g.ledger.replay());
  await deliver(g.world);
  await deliver(g.world);
  await deliver(g.world);
  expect(g.receiver.got).toHaveLength(5);
  expect(attemptsIn(g, 'delivered')).toEqual([5]);
  expect(attemptsIn(g, 'retry_later')).toEqual([1, 2, 3, 4]);
});

it('a receipt says it alone, where one comes in the end', async () => {
  const g = await withEvents(2, ({ count }) => ({ status: count < 4 ? 500 : 200 }));
  await deliver(g.world);
  expect([attemptsIn(g, 'delivered'), attemptsIn(g, 'retry_later')]).toEqual([[4], [1]]);
});

it('what is left again for a moment tells that moment', async () => {
  const g = await withEvents(2, () => ({ status: 500 }), { limits: { attempts: 1 } });
  const world = { ...g.world, random: () => 0.001 };
  for (let n = 0; n < 3; n++) await deliver(world);
  const left = payloadsOf(g, 'outbox.retry_later');
  expect(left).toHaveLength(3);
  for (const each of left) expect(each).toHaveProperty('until');
});

it('and counts in a run that somebody has a word in', async () => {
  const g = await withEvents(2, ({ count }) => ({ status: count < 3 ? 500 : 200 }));
  const sleep = async (ms: number) => {
    await g.world.sleep(ms);
    if (g.slept.length === 2) await setUp(g);
  };
  await deliver({ ...g.world, sleep });
  expect(g.receiver.got).toHaveLength(3);
  expect(attemptsIn(g, 'delivered')).toEqual([3]);
});

it('of another batch are none of its own', async () => {
  const g = await withEvents(4, ({ count }) => ({ status: [500, 413][count - 1] ?? 200 }));
  await deliver(g.world);
  expect(attemptsIn(g, 'delivered')).toEqual([1, 1]);
});

type Ground = Awaited<ReturnType<typeof withEvents>>;

/** A person who has a batch held: whole, as a command does it. */
const hold = async (g: Ground): Promise<void> => {
  const [{ batches: [batch] = [] } = {}] = payloadsOf(g, 'outbox.batch_planned') as readonly {
    readonly batches?: readonly { readonly key: string; readonly items: readonly number[] }[];
  }[];
  const of = { destination: 'hooks', items: batch?.items, key: batch?.key, reason: 'ill' };
  right(await record(g.ledger, [draftOf('outbox.parked', { ...of, held: true })]));
};

const release = async (g: Ground): Promise<void> => {
  const [{ held: _, ...parked } = { held: true }] = payloadsOf(g, 'outbox.parked');
  await configure(g.ledger, 'outbox.retried', parked);
};

const named = { name: 'hooks' };

it.each<[string, number, (g: Ground) => Promise<void>, (g: Ground) => Promise<void>]>([
  [
    'is paused',
    500,
    async (g) => configure(g.ledger, 'outbox.destination_paused', named),
    async (g) => configure(g.ledger, 'outbox.destination_resumed', named),
  ],
  ['is held by a person', 500, hold, release],
  [
    'refuses us',
    401,
    async () => undefined,
    async (g) => configure(g.ledger, 'outbox.destination_resumed', named),
  ],
  [
    'has a mirror made anew',
    500,
    async (g) => void right(await g.ledger.replay()),
    async () => undefined,
  ],
])('stays, where what it is sent to %s meanwhile', async (_, third, meanwhile, goOn) => {
  const replies = [500, 500, third];
  const g = await withEvents(2, ({ count }) => ({ status: replies[count - 1] ?? 200 }));
  const sleep = async (ms: number) => {
    await g.world.sleep(ms);
    if (g.slept.length === 2) await meanwhile(g);
  };
  await deliver({ ...g.world, sleep }, { maxWaitMs: 1000 });
  const sent = g.receiver.got.length;
  expect(sent).toBeGreaterThan(1);
  g.receiver.script = () => ({});
  right(await g.ledger.replay());
  await goOn(g);
  await deliver(g.world);
  expect(g.receiver.got).toHaveLength(sent + 1);
  expect(attemptsIn(g, 'delivered')).toEqual([sent + 1]);
  expect(new Set(g.receiver.got.map(({ key }) => key)).size).toBe(1);
});

it('counts what a run had sent that was ended while it waited, and says so once', async () => {
  const g = await withEvents(2, ({ count }) => ({ status: count < 5 ? 500 : 200 }));
  const end = new AbortController();
  const sleep = async (ms: number) => {
    await g.world.sleep(ms);
    if (g.slept.length === 3) end.abort();
  };
  await deliver({ ...g.world, sleep }, { signal: end.signal });
  expect(g.receiver.got).toHaveLength(3);
  const [first, last] = payloadsOf(g, 'outbox.retry_later');
  expect(first).toMatchObject({ attempts: 1 });
  expect(first).toHaveProperty('until');
  expect(last).toMatchObject({ attempts: 3 });
  expect(last).not.toHaveProperty('until');
  const { key, until } = first ?? {};
  const failing = right(g.ledger.projection('outbox', 'failing'));
  expect(failing).toMatchObject([{ key, until, failures: 1 }]);
  await deliver(g.world);
  await deliver(g.world);
  expect(attemptsIn(g, 'delivered')).toEqual([5]);
});

it('counts those of an item that was parked, once it is sent again', async () => {
  const g = await withEvents(1, ({ count }) => ({ status: [500, 422][count - 1] ?? 200 }));
  await deliver(g.world);
  const [parked] = payloadsOf(g, 'outbox.parked');
  expect(parked).toMatchObject({ attempts: 2, status: 422 });
  const items = parked?.['items'];
  await configure(g.ledger, 'outbox.retried', { destination: 'hooks', items });
  await deliver(g.world);
  expect(attemptsIn(g, 'delivered')).toEqual([3]);
});

it('counts what was on its way while its destination was set anew, and paused', async () => {
  const g = await withEvents(2, () => ({}));
  g.receiver.script = ({ count }) => ({
    status: count === 1 ? 500 : 200,
    before: async () => {
      if (count > 1) return;
      await setUp(g);
      await configure(g.ledger, 'outbox.destination_paused', named);
    },
  });
  expect(await deliver(g.world)).toMatchObject({ state: 'paused', reason: undefined });
  await configure(g.ledger, 'outbox.destination_resumed', named);
  await deliver(g.world);
  expect(g.receiver.got).toHaveLength(2);
  expect(attemptsIn(g, 'delivered')).toEqual([2]);
});
