/**
 * The order of an owner's items over batches that are split, where something stops in between.
 */
import { describe, expect, it } from 'vitest';
import { configure, deliver, ground, setUp } from '../../outbox/ground.ts';

/** Kinds that never share a body: a batch of the one, then one of the other, of the same owners. */
const ITEMS = [
  ['e-1', 'x', 'session_evals'],
  ['e-2', 'y', 'session_evals'],
  ['e-3', 'x', 'session_feedback'],
  ['e-4', 'z', 'session_evals'],
  ['e-5', 'z', 'session_feedback'],
] as const;

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
