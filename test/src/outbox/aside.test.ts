/**
 * A batch that a receiver fails with: it holds those behind it that must not overtake it, and
 * nobody else; a receiver that fails with one batch after the other is down.
 */
import { describe, expect, it } from 'vitest';
import { preview } from '../../../src/delivery/preview.ts';
import type { Standing } from '../../../src/delivery/standing.ts';
import { standing } from '../../../src/delivery/standing.ts';
import { right } from '../../build/ledger.ts';
import type { Draft } from '../../outbox/ground.ts';
import { deliver, faultsIn, ground, listed, setUp, write } from '../../outbox/ground.ts';
import type { Script } from '../../outbox/receiver.ts';

const OWNERS = ['s-a', 's-b', 's-c'];

/** So many events, of three owners in turn. */
const draftsOf = (count: number, from = 0): readonly Draft[] =>
  Array.from({ length: count }, (_, n) => ({
    event_type: 'a.b',
    id: `e-${from + n}`,
    payload: {},
    session_id: OWNERS[(from + n) % 3] ?? '',
  }));

const failsWith =
  (...bad: readonly string[]): Script =>
  ({ ids }) =>
    ids.some((id) => bad.includes(id)) ? { status: 500 } : {};

/** A destination that takes an item at a time, and fails with some of them. */
const withItems = async (count: number, more: object, ...bad: readonly string[]) => {
  const g = await ground();
  const drafts = draftsOf(count);
  await setUp(g, { ...more, limits: { items: 1, attempts: 4 } });
  await write(g.ledger, drafts);
  g.receiver.script = failsWith(...bad);
  return { ...g, drafts };
};

const isRight = async (
  { ledger, receiver }: Awaited<ReturnType<typeof withItems>>,
  drafts: readonly Draft[],
): Promise<void> => {
  expect(faultsIn(ledger, receiver, drafts)).toEqual([]);
  expect(right(await ledger.verify({ workers: 1 })).verdict).toBe('verified');
};

describe('a batch that fails', () => {
  it('holds what is of its owner, and nobody else, now or the next time', async () => {
    const g = await withItems(60, {}, 'e-4');
    expect(await deliver(g.world)).toMatchObject({ delivered: 41, waiting: 19 });
    const late = draftsOf(30, 60);
    await write(g.ledger, late);
    const told = await deliver(g.world);
    expect(told).toMatchObject({ delivered: 20, waiting: 29, reason: 'status_500' });
    const all = [...g.drafts, ...late];
    await isRight(g, all);
    g.receiver.script = () => ({});
    expect(await deliver(g.world)).toMatchObject({ delivered: 29, waiting: 0 });
    await isRight(g, all);
    expect(right(g.ledger.projection('outbox', 'ahead'))).toEqual([]);
  });

  it('holds all owners that it has items of', async () => {
    const g = await withItems(12, {}, 'e-4');
    await setUp(g, { limits: { items: 2, attempts: 2 } });
    await write(g.ledger, [{ event_type: 'a.b', id: 'e-12', payload: {}, session_id: 's-d' }]);
    expect(await deliver(g.world)).toMatchObject({ waiting: 8 });
    expect(g.receiver.effective).toEqual(['e-0', 'e-1', 'e-2', 'e-3', 'e-12']);
  });

  it('holds those of a batch that waits behind it, too, now and the next time', async () => {
    const g = await ground();
    await setUp(g, { limits: { items: 2, attempts: 1 } });
    // a b fails, b c waits behind it, c d behind that; e f goes.
    const drafts = ['a', 'b', 'b', 'c', 'c', 'd', 'e', 'f'].map((owner, n) => ({
      event_type: 'a.b',
      id: `e-${n}`,
      payload: {},
      session_id: `s-${owner}`,
    }));
    await write(g.ledger, drafts);
    g.receiver.script = failsWith('e-0');
    expect(await deliver(g.world)).toMatchObject({ delivered: 2, waiting: 6 });
    expect(g.receiver.effective).toEqual(['e-6', 'e-7']);
    const late = ['d', 'f'].map((owner, n) => ({
      event_type: 'a.b',
      id: `e-${8 + n}`,
      payload: {},
      session_id: `s-${owner}`,
    }));
    await write(g.ledger, late);
    const shown = right(preview(g.world, right(standing(g.ledger.reader, 'hooks')) as Standing));
    expect(shown.batches.at(-1)?.items).toEqual([listed(g.ledger, 'waiting').at(-1)?.seq]);
    expect(await deliver(g.world)).toMatchObject({ delivered: 1, waiting: 7 });
    g.receiver.script = () => ({});
    expect(await deliver(g.world)).toMatchObject({ delivered: 7, waiting: 0 });
    await isRight({ ...g, drafts }, [...drafts, ...late]);
  });

  it('holds nothing where order is none of its concerns', async () => {
    const g = await withItems(60, { order: 'none' }, 'e-4');
    expect(await deliver(g.world)).toMatchObject({ delivered: 59, waiting: 1 });
    expect(listed(g.ledger, 'planned').map(({ item }) => item)).toEqual(['e-4']);
    g.receiver.script = () => ({});
    expect(await deliver(g.world)).toMatchObject({ delivered: 1, waiting: 0 });
    expect(g.receiver.keysOfTwo).toEqual([]);
  });

  it.each(['owner', 'none'] as const)(
    'holds no other part of what it was, with order %s, but for its owner',
    async (order) => {
      const g = await withItems(6, {}, 'e-1');
      await setUp(g, { order, limits: { items: 6, attempts: 2 } });
      g.receiver.script = (got) => (got.ids.length > 1 ? { status: 413 } : failsWith('e-1')(got));
      // The second half is of the same owners.
      const delivered = order === 'none' ? 5 : 2;
      expect(await deliver(g.world)).toMatchObject({ delivered, waiting: 6 - delivered });
      g.receiver.script = () => ({});
      expect(await deliver(g.world)).toMatchObject({ waiting: 0 });
      expect(g.receiver.effective.toSorted()).toEqual(g.drafts.map(({ id }) => id));
      expect(right(await g.ledger.verify({ workers: 1 })).verdict).toBe('verified');
    },
  );
});

describe('a receiver that fails with one batch after the other', () => {
  it.each([
    ['fails', { status: 500 }],
    ['drops connections', { trouble: 'reset', isLost: true }],
  ] as const)('and %s is down, which two more attempts tell', async (_, reply) => {
    const g = await withItems(30, {});
    g.receiver.script = () => reply;
    expect(await deliver(g.world)).toMatchObject({ delivered: 0, waiting: 30, attempts: 6 });
    expect(new Set(g.receiver.got.map(({ key }) => key)).size).toBe(3);
    const { retryAt = 0 } = await deliver(g.world);
    // The next attempt is that of the batch that was tried for long.
    expect(retryAt - g.world.now()).toBeGreaterThan(1000);
  });

  it('and asks to be left alone is sent nothing else', async () => {
    const g = await withItems(30, {});
    g.receiver.script = () => ({ status: 503, headers: { 'Retry-After': '7200' } });
    expect(await deliver(g.world)).toMatchObject({ waiting: 30, attempts: 1 });
    expect(right(standing(g.ledger.reader, 'hooks'))?.until).toBe(g.world.now() + 7_200_000);
  });

  it('but takes those between is not', async () => {
    const bad = ['e-0', 'e-4', 'e-8', 'e-9', 'e-13', 'e-17'];
    const g = await withItems(18, { order: 'none' }, ...bad);
    expect(await deliver(g.world)).toMatchObject({ delivered: 12, waiting: 6 });
  });
});
