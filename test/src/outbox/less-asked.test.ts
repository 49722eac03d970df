/**
 * A receiver asks several lanes to be left alone, for longer and for less: the longer holds,
 * also for whoever goes on where a flush was killed.
 */
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { standing } from '../../../src/delivery/standing.ts';
import { right } from '../../build/ledger.ts';
import { deliver, ground, setUp, write } from '../../outbox/ground.ts';

it('less that is asked for in another lane takes back no more that is on record', async () => {
  const g = await ground();
  await setUp(g, { limits: { items: 1, attempts: 8 }, concurrency: 2 });
  const draft = { event_type: 'a.b', payload: {} } as const;
  await write(g.ledger, [
    { ...draft, id: 'e-0', session_id: 's-a' },
    { ...draft, id: 'e-1', session_id: 's-b' },
  ]);
  const asked = Promise.withResolvers<void>();
  g.receiver.script = async ({ ids: [id], attempt }) => {
    if (attempt > 1) return {};
    if (id === 'e-0') return { status: 503, headers: { 'Retry-After': '60' } };
    await asked.promise;
    await setTimeout(100);
    return { status: 429, headers: { 'Retry-After': '11' } };
  };
  const begun = g.world.now();
  const known: (number | undefined)[] = [];
  const sleep = async (ms: number): Promise<void> => {
    known.push(right(standing(g.ledger.reader, 'hooks'))?.asked);
    await g.world.sleep(ms);
  };
  const world = { ...g.world, sleep, onHealth: () => asked.resolve() };
  expect(await deliver(world)).toMatchObject({ delivered: 2, waiting: 0 });
  expect(new Set(known)).toEqual(new Set([begun + 60_000]));
});
