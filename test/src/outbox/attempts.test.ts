/**
 * How often a batch was sent, as its receipt tells it: in all runs, as far as they are on record.
 */
import { expect, it } from 'vitest';
import { right } from '../../build/ledger.ts';
import { deliver, payloadsOf, setUp, withEvents } from '../../outbox/ground.ts';

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
