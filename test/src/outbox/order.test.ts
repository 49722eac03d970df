/**
 * The order of an owner's items over batches that are split, where something stops in between.
 */
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { right } from '../../build/ledger.ts';
import {
  configure,
  deliver,
  events,
  faultsIn,
  ground,
  listed,
  setUp,
  write,
} from '../../outbox/ground.ts';

/** Kinds that never share a body: a batch of the one, then one of the other, of the same owners. */
const ITEMS = [
  ['e-1', 'x', 'session_evals'],
  ['e-2', 'y', 'session_evals'],
  ['e-3', 'x', 'session_feedback'],
  ['e-4', 'z', 'session_evals'],
  ['e-5', 'z', 'session_feedback'],
] as const;

describe('more items to be sent again than one batch takes', () => {
  it('go before later ones of their owner', async () => {
    const g = await ground();
    await setUp(g, { limits: { items: 4 } });
    const drafts = Array.from({ length: 10 }, (_, n) => ({
      event_type: 'a.b',
      id: `e-${n}`,
      session_id: 's-1',
      payload: { n },
    }));
    await write(g.ledger, drafts.slice(0, 9));
    g.receiver.script = () => ({ status: 422 });
    expect(await deliver(g.world)).toMatchObject({ parked: 9, waiting: 0 });
    const items = listed(g.ledger, 'parked').map(({ seq }) => seq);
    await configure(g.ledger, 'outbox.retried', { destination: 'hooks', items });
    await write(g.ledger, drafts.slice(9));
    g.receiver.script = () => ({});
    expect(await deliver(g.world)).toMatchObject({ delivered: 10, waiting: 0 });
    expect(g.receiver.effective).toEqual(drafts.map(({ id }) => id));
    expect(faultsIn(g.ledger, g.receiver, drafts)).toEqual([]);
    expect(right(await g.ledger.verify({ workers: 1 })).verdict).toBe('verified');
  });
});

describe('batches that were planned for other lanes than there are', () => {
  it('go one after the other', async () => {
    const g = await ground();
    await setUp(g, { limits: { items: 2 } });
    const drafts = events(12).map((each, n) => ({ ...each, session_id: `s-${n % 4}` }));
    await write(g.ledger, drafts);
    const ending = new AbortController();
    g.receiver.script = () => {
      ending.abort();
      return {};
    };
    expect(await deliver(g.world, { signal: ending.signal })).toMatchObject({ delivered: 2 });
    await setUp(g, { concurrency: 3, limits: { items: 2 } });
    let [going, most] = [0, 0];
    g.receiver.script = () => {
      most = Math.max(most, ++going);
      return {
        before: async () => {
          await setTimeout(20);
          going--;
        },
      };
    };
    expect(await deliver(g.world)).toMatchObject({ delivered: 10, waiting: 0 });
    expect([most, g.receiver.got.length]).toEqual([1, 6]);
    expect(faultsIn(g.ledger, g.receiver, drafts)).toEqual([]);
  });
});

describe('a batch that is split, and stops after its first half', () => {
  it('is gone on with before what was planned behind it', async () => {
    const g = await ground();
    await setUp(g, { format: 'kaizen', limits: { attempts: 1 } });
    for (const [id, owner, kind] of ITEMS)
      await configure(g.ledger, 'outbox.enqueued', { owner, kind, payload: { id } });
    let isDown = false;
    g.receiver.script = ({ ids }) => {
      if (isDown) return { status: 503 };
      if (ids.length > 2) return { status: 413 };
      isDown = ids.length === 2;
      return {};
    };
    expect(await deliver(g.world)).toMatchObject({ delivered: 2, waiting: 3 });
    g.receiver.script = () => ({});
    expect(await deliver(g.world)).toMatchObject({ delivered: 3, waiting: 0 });
    expect(g.receiver.effective).toEqual(['e-1', 'e-2', 'e-4', 'e-3', 'e-5']);
    expect(g.receiver.keysOfTwo).toEqual([]);
  });
});
