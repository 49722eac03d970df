/**
 * A destination that a person changes while a batch of it is tried again.
 */
import { describe, expect, it } from 'vitest';
import { standing } from '../../../src/delivery/standing.ts';
import { right } from '../../build/ledger.ts';
import type { Ground } from '../../outbox/ground.ts';
import {
  configure,
  deliver,
  outboxTypes,
  payloadsOf,
  setUp,
  withEvents,
} from '../../outbox/ground.ts';
import type { Script } from '../../outbox/receiver.ts';

/** What comes of a flush in which somebody has a word after the second attempt. */
const changing = async (change: (g: Ground) => Promise<void>) => {
  const g = await withEvents(4, ({ path }) => ({ status: path === '/in' ? 503 : 200 }), {
    limits: { items: 2 },
  });
  const sleep = async (ms: number) => {
    await g.world.sleep(ms);
    if (g.slept.length === 2) await change(g);
  };
  return { ...g, told: await deliver({ ...g.world, sleep }) };
};

describe('a destination that somebody changes while it is tried again', () => {
  it('is sent nothing more once it is paused', async () => {
    const g = await changing(({ ledger }) =>
      configure(ledger, 'outbox.destination_paused', { name: 'hooks' }),
    );
    expect(g.told).toMatchObject({ state: 'paused', attempts: 2, delivered: 0, waiting: 4 });
    expect(g.receiver.got.length).toBe(2);
  });

  it('is tried where it is by then, under the same keys and in order', async () => {
    const g = await changing((of) => setUp(of, { url: `${of.receiver.url}/there` }));
    expect(g.told).toMatchObject({ delivered: 4, waiting: 0, attempts: 4 });
    expect(g.receiver.got.map(({ path }) => path)).toEqual([
      '/in',
      '/in',
      '/in/there',
      '/in/there',
    ]);
    expect(new Set(g.receiver.got.map(({ key }) => key)).size).toBe(2);
    expect(g.faults()).toEqual([]);
  });

  it('is told of as failing, if it fails on', async () => {
    const g = await changing((of) => setUp(of, { limits: { items: 2, attempts: 2 } }));
    expect(g.told).toMatchObject({ waiting: 4, reason: 'status_503' });
    expect(right(standing(g.ledger.reader, 'hooks'))?.reason).toBe('status_503');
  });

  it('is sent no second half once it is paused, and both halves in the end', async () => {
    const g = await withEvents(4, ({ count }) => ({ status: count === 1 ? 413 : 200 }));
    const paused = () => configure(g.ledger, 'outbox.destination_paused', { name: 'hooks' });
    const { script } = g.receiver;
    g.receiver.script = async (got) => ({
      ...(await script(got)),
      ...(got.count === 2 ? { before: paused } : {}),
    });
    expect(await deliver(g.world)).toMatchObject({ state: 'paused', delivered: 2, waiting: 2 });
    expect(g.receiver.got.length).toBe(2);
    await configure(g.ledger, 'outbox.destination_resumed', { name: 'hooks' });
    expect(await deliver(g.world)).toMatchObject({ delivered: 2, waiting: 0 });
    expect(g.faults()).toEqual([]);
  });

  it.each([401, 404, 413, 503])(
    'is not to blame for a %i that came from before',
    async (status) => {
      const g = await withEvents(1, () => ({}));
      const headers = { 'Retry-After': '7200' };
      const before = () => setUp(g, { url: `${g.receiver.url}/there` });
      g.receiver.script = ({ path }) => (path === '/in' ? { status, headers, before } : {});
      const told = { state: 'active', delivered: 1, parked: 0, waiting: 0, attempts: 2 };
      expect(await deliver(g.world)).toMatchObject(told);
      expect(outboxTypes(g.ledger).slice(-2)).toEqual(['destination_set', 'delivered']);
      expect(payloadsOf(g, 'outbox.delivered')).toMatchObject([{ attempts: 2 }]);
      expect(g.slept).toEqual([]);
      expect(g.faults()).toEqual([]);
    },
  );

  it('keeps the reason for which it stopped, whatever is answered beside that', async () => {
    const stopped = Promise.withResolvers<void>();
    const script: Script = async ({ count }) => {
      if (count === 1) return { status: 401 };
      await stopped.promise;
      return {};
    };
    const more = { concurrency: 2, order: 'none', limits: { items: 1 } } as const;
    const g = await withEvents(2, script, more);
    const onHealth = () => stopped.resolve();
    await deliver({ ...g.world, onHealth });
    await deliver(g.world);
    expect(outboxTypes(g.ledger).filter((type) => type === 'delivered')).toHaveLength(1);
    const now = right(standing(g.ledger.reader, 'hooks'));
    expect(now).toMatchObject({ state: 'stopped', reason: 'unauthorized', status: 401 });
  });
});
