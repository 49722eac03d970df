/**
 * What waits for whom: filters, starts, moves by people, order and batches at once.
 */
import { describe, expect, it } from 'vitest';
import { oldestOf, waitingOf } from '../../../src/delivery/count.ts';
import { stateOfItem } from '../../../src/delivery/item-state.ts';
import { flush } from '../../../src/delivery/flush.ts';
import { statusOf } from '../../../src/delivery/status.ts';
import { standing } from '../../../src/delivery/standing.ts';
import { right } from '../../build/ledger.ts';
import type { Ground } from '../../outbox/ground.ts';
import {
  configure,
  deliver,
  events,
  faultsIn,
  ground,
  listed,
  outboxTypes,
  setUp,
  write,
} from '../../outbox/ground.ts';

const waiting = ({ ledger }: Ground, name = 'hooks'): readonly string[] => {
  const now = right(standing(ledger.reader, name));
  if (now === undefined) throw new Error('there is no destination');
  const items = listed(ledger, 'waiting', name).map(({ item }) => item);
  expect(right(waitingOf(ledger.reader, now))).toBe(items.length);
  return items;
};

const enqueue = (g: Ground, kind: string, more = {}) =>
  configure(g.ledger, 'outbox.enqueued', { owner: 's-1', kind, payload: { kind }, ...more });

describe('what waits for a destination', () => {
  it('is what its types and tags say, without the outbox itself', async () => {
    const g = await ground();
    await setUp(g, { name: 'all', types: ['*'] as never });
    await setUp(g, { name: 'some', types: ['a.*', 'c.d'] as never });
    await setUp(g, { name: 'tagged', types: ['a.*'] as never, tags: ['eu', 'us'] });
    await setUp(g, { name: 'asked', types: ['outbox.destination_set'] as never });
    await write(g.ledger, [
      { event_type: 'a.b', id: 'x-1', payload: 1 },
      { event_type: 'a.b', id: 'x-2', payload: 2, domain_tags: ['eu'] },
      { event_type: 'c.d', id: 'x-3', payload: 3, domain_tags: ['us'] },
      { event_type: 'c.e', id: 'x-4', payload: 4 },
    ]);
    expect(waiting(g, 'all').slice(1)).toEqual(['x-1', 'x-2', 'x-3', 'x-4']);
    expect(waiting(g, 'some')).toEqual(['x-1', 'x-2', 'x-3']);
    expect(waiting(g, 'tagged')).toEqual(['x-2']);
    expect(waiting(g, 'asked').length).toBe(4);
  });

  it('begins where it was said, and is not sent again to a destination set anew', async () => {
    const g = await ground();
    await write(g.ledger, events(3));
    await setUp(g, { name: 'later', from: 'head' });
    await setUp(g, { name: 'third', from: 3 });
    await setUp(g, { name: 'all', from: 'start' });
    await write(g.ledger, events(2, 3));
    expect(waiting(g, 'later')).toEqual(['e-3', 'e-4']);
    expect(waiting(g, 'third')).toEqual(['e-2', 'e-3', 'e-4']);
    expect(waiting(g, 'all').length).toBe(5);
    await deliver(g.world);
    await setUp(g, { name: 'all', from: 'start' });
    expect(waiting(g, 'all')).toEqual([]);
  });

  it('holds what is enqueued for it, or for all that take its kind', async () => {
    const g = await ground();
    await setUp(g);
    await setUp(g, { name: 'spans', kinds: ['tool_spans'] });
    await enqueue(g, 'tool_spans');
    await enqueue(g, 'other');
    await enqueue(g, 'tool_spans', { destination: 'hooks' });
    expect([waiting(g).length, waiting(g, 'spans').length]).toEqual([3, 1]);
    for (const n of [1, 2, 3]) await enqueue(g, 'tool_spans', { replaceable: true, payload: n });
    expect([waiting(g).length, waiting(g, 'spans').length]).toEqual([4, 2]);
  });
});

const moved = (g: Ground, type: string, items: readonly number[]) =>
  configure(g.ledger, `outbox.${type}`, { destination: 'hooks', items, reason: 'agreed' });

const receipt = async (g: Ground, type: string, said: object) => {
  const payload = { destination: 'hooks', ...said };
  const draft = { event_type: `outbox.${type}`, payload, source: { kind: 'tool', name: 't' } };
  right(await g.ledger.append([draft], { surface: 'delivery_receipt' }));
};

const park = (g: Ground, items: readonly number[]) =>
  receipt(g, 'parked', { items, reason: 'agreed' });

describe('people', () => {
  it('park, retry and drop items that wait, and move none that is gone', async () => {
    const g = await ground();
    const drafts = events(6);
    await setUp(g);
    await write(g.ledger, drafts);
    await park(g, [3, 4]);
    await moved(g, 'dropped', [4, 5]);
    expect(waiting(g)).toEqual(['e-0', 'e-4', 'e-5']);
    expect(await deliver(g.world)).toMatchObject({ delivered: 3, waiting: 0 });
    await moved(g, 'retried', [3, 4, 2]);
    await park(g, [2]);
    await moved(g, 'dropped', [2]);
    expect(waiting(g)).toEqual(['e-1']);
    expect(await deliver(g.world)).toMatchObject({ delivered: 1, waiting: 0 });
    expect(listed(g.ledger, 'dropped').map(({ item }) => item)).toEqual(['e-2', 'e-3']);
    expect(g.receiver.effective.toSorted()).toEqual(['e-0', 'e-1', 'e-4', 'e-5']);
  });

  it('have an item sent again in its place, before later ones of its owner', async () => {
    const g = await ground();
    const drafts = [0, 1, 2].map((n) => ({ event_type: 'a.b', id: `e-${n}`, session_id: 's' }));
    await setUp(g, { limits: { items: 1 } });
    await write(
      g.ledger,
      drafts.map((each) => ({ ...each, payload: {} })),
    );
    const [first, second] = listed(g.ledger, 'waiting');
    const draft = {
      event_type: 'outbox.parked',
      payload: { destination: 'hooks', items: [second?.seq ?? 0], reason: 'to be looked at' },
      source: { kind: 'tool', name: 'test' },
    };
    right(await g.ledger.append([draft], { surface: 'delivery_receipt' }));
    await configure(g.ledger, 'outbox.retried', { destination: 'hooks', items: [second?.seq] });
    expect(waiting(g)).toEqual(['e-0', 'e-1', 'e-2']);
    const now = right(standing(g.ledger.reader, 'hooks'));
    expect(now && right(oldestOf(g.ledger.reader, now))).toBe(first?.seq);
    expect(await deliver(g.world)).toMatchObject({ delivered: 3, waiting: 0 });
    expect(g.receiver.effective).toEqual(['e-0', 'e-1', 'e-2']);
    expect(faultsIn(g.ledger, g.receiver, drafts)).toEqual([]);
  });

  it('are told of no item as delivered that never was', async () => {
    const g = await ground();
    await write(g.ledger, events(1));
    await setUp(g, { from: 'head', format: 'kaizen' });
    const state = (seq: number) => {
      const now = right(standing(g.ledger.reader, 'hooks'));
      return now && right(stateOfItem(g.ledger.reader, now, seq)).state;
    };
    const found = right(g.ledger.reader.find({ id: 'e-0' }));
    const seq = found?.seq ?? 0;
    expect(state(seq)).toBe(undefined);
    await enqueue(g, 'tool_spans');
    await enqueue(g, 'tool_spans');
    const [later] = listed(g.ledger, 'waiting');
    const at = later?.seq ?? 0;
    expect([state(at - 1), state(at)]).toEqual(['superseded', 'waiting']);
    await deliver(g.world);
    expect([state(at - 1), state(at), state(seq)]).toEqual(['superseded', 'delivered', undefined]);
  });

  it('have no item sent again after a later one that stands for it', async () => {
    const g = await ground();
    await setUp(g, { format: 'kaizen' });
    const item = (n: number) => enqueue(g, 'repo_snapshots', { payload: { id: `x-${n}` } });
    g.receiver.script = ({ ids }) => (ids.includes('x-1') ? { status: 422 } : {});
    await item(1);
    await deliver(g.world);
    const seq = listed(g.ledger, 'parked')[0]?.seq ?? 0;
    const state = () => {
      const now = right(standing(g.ledger.reader, 'hooks'));
      return now && right(stateOfItem(g.ledger.reader, now, seq)).state;
    };
    expect(state()).toBe('parked');
    await moved(g, 'retried', [seq]);
    await item(2);
    g.receiver.script = () => ({});
    expect(await deliver(g.world)).toMatchObject({ delivered: 1, waiting: 0 });
    expect(g.receiver.effective).toEqual(['x-2']);
    expect(state()).toBe('superseded');
    expect(listed(g.ledger, 'superseded')).toMatchObject([{ seq }]);
    expect(right(await g.ledger.verify({ workers: 1 })).verdict).toBe('verified');
  });

  it('pause, resume and retire destinations', async () => {
    const g = await ground();
    await setUp(g);
    await write(g.ledger, events(3));
    await configure(g.ledger, 'outbox.destination_paused', { name: 'hooks' });
    expect(await deliver(g.world)).toMatchObject({ state: 'paused', delivered: 0, waiting: 3 });
    await configure(g.ledger, 'outbox.destination_resumed', { name: 'hooks' });
    expect(await deliver(g.world)).toMatchObject({ state: 'active', delivered: 3 });
    await configure(g.ledger, 'outbox.destination_retired', { name: 'hooks' });
    await write(g.ledger, events(3, 3));
    expect(await deliver(g.world, { names: ['hooks'] })).toMatchObject({ waiting: 0, attempts: 0 });
    expect(right(await flush(g.world))).toEqual([]);
    // Nor does anything else bring it back than that it is set anew.
    await configure(g.ledger, 'outbox.destination_paused', { name: 'hooks' });
    await configure(g.ledger, 'outbox.destination_resumed', { name: 'hooks' });
    await receipt(g, 'stopped', { reason: 'unauthorized' });
    const named = { names: ['hooks'] };
    expect(await deliver(g.world, named)).toMatchObject({ state: 'retired', attempts: 0 });
    await setUp(g);
    expect(await deliver(g.world, named)).toMatchObject({ state: 'active', delivered: 3 });
  });
});

describe('several batches at once', () => {
  it('share no owner, keep the order of each, and fall behind none', async () => {
    const g = await ground();
    const drafts = Array.from({ length: 60 }, (_, at) => ({
      event_type: 'a.b',
      id: `e-${at}`,
      payload: at,
      session_id: `s-${(at * 7) % 5}`,
    }));
    await setUp(g, { concurrency: 3, limits: { items: 6 } });
    await write(g.ledger, drafts);
    g.receiver.script = ({ count }) => (count % 4 === 0 ? { status: 503 } : {});
    expect(await deliver(g.world)).toMatchObject({ delivered: 60, waiting: 0 });
    expect(faultsIn(g.ledger, g.receiver, drafts)).toEqual([]);
    expect(right(await g.ledger.verify({ workers: 1 })).verdict).toBe('verified');
    expect(right(g.ledger.projection('outbox', 'ahead'))).toEqual([]);
  });
});

describe('a lane that is longer than a plan', () => {
  it('has none of its items left out, and none told as superseded twice', async () => {
    const g = await ground();
    await setUp(g, { concurrency: 2, limits: { items: 1 } });
    const drafts = events(30).map((each) => ({ ...each, session_id: 's-1' }));
    await write(g.ledger, drafts);
    const other = (n: number) =>
      enqueue(g, 'note', { owner: 's-2', replaceable: true, payload: n });
    for (const n of [1, 2]) await other(n);
    expect(await deliver(g.world)).toMatchObject({ delivered: 31, waiting: 0 });
    expect(listed(g.ledger, 'superseded').length).toBe(1);
    expect(right(standing(g.ledger.reader, 'hooks'))?.superseded).toBe(1);
    expect(g.receiver.effective.slice(0, 30).length).toBe(30);
    expect(drafts.every(({ id }) => g.receiver.effective.includes(id))).toBe(true);
  });

  it('hides nothing of another lane that is to be sent again', async () => {
    const g = await ground();
    await setUp(g, { concurrency: 2, limits: { items: 1 } });
    const drafts = Array.from({ length: 30 }, (_, n) => n).map((n) => ({
      event_type: 'a.b',
      id: `e-${n}`,
      payload: n,
      session_id: n < 24 ? 's-1' : 's-2',
    }));
    await write(g.ledger, drafts);
    const isLater = (id: string): boolean => drafts.findIndex((each) => each.id === id) >= 24;
    const others = Promise.withResolvers<void>();
    g.receiver.script = async ({ ids: [id = ''] }) => {
      if (id === 'e-29') others.resolve();
      if (isLater(id)) return { status: id === 'e-24' ? 422 : 200 };
      await others.promise;
      return { status: 401 };
    };
    expect(await deliver(g.world)).toMatchObject({ state: 'stopped', parked: 1, waiting: 24 });
    const items = listed(g.ledger, 'parked').map(({ seq }) => seq);
    await configure(g.ledger, 'outbox.retried', { destination: 'hooks', items });
    expect(faultsIn(g.ledger, g.receiver, drafts)).toEqual([]);
    const now = right(standing(g.ledger.reader, 'hooks'));
    expect(now && right(waitingOf(g.ledger.reader, now))).toBe(25);
    // Nothing is left between, and it goes all the same.
    const between = listed(g.ledger, 'waiting').filter(({ item }) => item !== 'e-24');
    const dropped = { items: between.map(({ seq }) => seq), reason: 'enough' };
    await configure(g.ledger, 'outbox.dropped', { destination: 'hooks', ...dropped });
    g.receiver.script = () => ({});
    await configure(g.ledger, 'outbox.destination_resumed', { name: 'hooks' });
    expect(await deliver(g.world)).toMatchObject({ delivered: 17, waiting: 0 });
    expect(g.receiver.effective).toContain('e-24');
  });
});

describe('the outbox as a projection', () => {
  it('is the same after a replay, and tells how it goes', async () => {
    const g = await ground();
    await setUp(g, { limits: { items: 4 } });
    await write(g.ledger, events(10));
    g.receiver.script = ({ ids }) => (ids.includes('e-6') ? { status: 422 } : {});
    await deliver(g.world);
    const before = right(g.ledger.digests());
    const { report } = right(await g.ledger.replay({ projectionsOnly: true }));
    expect(report?.projections['outbox']).toBe(before['outbox']);
    const now = right(standing(g.ledger.reader, 'hooks'));
    if (now === undefined) throw new Error('there is no destination');
    const status = right(statusOf(g.ledger.reader, now, g.world.now()));
    expect(status).toMatchObject({ delivered: 9, parked: 1, waiting: 0, lastStatus: 200 });
    expect(await deliver(g.world)).toMatchObject({ delivered: 0, attempts: 0 });
    expect(outboxTypes(g.ledger).filter((type) => type === 'parked').length).toBe(1);
  });
});
