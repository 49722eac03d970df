/**
 * Several destinations of the same items: one that is down, and what their group waits for.
 */
import { describe, expect, it, onTestFinished } from 'vitest';
import { deliverTo, flush } from '../../../src/delivery/flush.ts';
import { recordGroups } from '../../../src/delivery/group.ts';
import { draftOf, record } from '../../../src/delivery/record.ts';
import { standings } from '../../../src/delivery/standing.ts';
import { openLedger } from '../../../src/front-door.ts';
import { right } from '../../build/ledger.ts';
import {
  configure,
  deliver,
  events,
  faultsIn,
  ground,
  listed,
  payloadsOf,
  setUp,
  write,
} from '../../outbox/ground.ts';

describe('destinations', () => {
  it('go on where another one is down, and a group waits for those that it must', async () => {
    const g = await ground();
    const drafts = events(6);
    await setUp(g);
    const dead = { url: 'http://127.0.0.1:9/', limits: { attempts: 2 } };
    const group = { name: 'partners', mode: 'fail_open' } as const;
    await setUp(g, { name: 'down', ...dead, group });
    await setUp(g, { name: 'up', group: { ...group, mode: 'fail_closed' } });
    await write(g.ledger, drafts);
    expect(await deliver(g.world, { names: ['hooks'] })).toMatchObject({ delivered: 6 });
    expect(await deliver(g.world, { names: ['down'] })).toMatchObject({ reason: 'refused' });
    expect(await deliver(g.world, { names: ['up'] })).toMatchObject({ delivered: 6 });
    // The one that fails open holds nobody.
    const [receipt] = payloadsOf(g, 'outbox.group_delivered');
    expect(receipt).toMatchObject({ group: 'partners', members: { up: receipt?.['through'] } });
    // Once it must, too, the receipt waits for it.
    await setUp(g, { name: 'down', ...dead, group: { ...group, mode: 'fail_closed' } });
    await write(g.ledger, events(3, 6));
    await deliver(g.world);
    expect(payloadsOf(g, 'outbox.group_delivered').length).toBe(1);
    expect(faultsIn(g.ledger, g.receiver, [], 'up')).not.toContain('e-0 is lost');
    await setUp(g, { name: 'down', group: { ...group, mode: 'fail_closed' } });
    await deliver(g.world);
    expect(payloadsOf(g, 'outbox.group_delivered').length).toBe(2);
  });

  it('at one host, of which most never answer, keep no other from being delivered to', async () => {
    const g = await ground();
    const limits = { timeout_ms: 1000, attempts: 1 };
    const names = Array.from({ length: 40 }, (_, at) => `silent-${at}`);
    for (const name of names) await setUp(g, { name, url: `${g.receiver.url}/silent`, limits });
    await setUp(g, { name: 'up', limits });
    await write(g.ledger, events(1));
    g.receiver.script = ({ path }) => (path === '/in' ? {} : { trouble: 'silent' });
    const told = right(await flush(g.world));
    expect(told.filter(({ delivered }) => delivered > 0)).toMatchObject([{ destination: 'up' }]);
    expect(g.receiver.got.length).toBe(41);
  });

  it('that all fail open have no receipt, and one that is retired holds nobody', async () => {
    const g = await ground();
    const open = { name: 'partners', mode: 'fail_open' } as const;
    const dead = { url: 'http://127.0.0.1:9/', limits: { attempts: 1 } };
    await setUp(g, { group: open });
    await write(g.ledger, events(1));
    expect(await deliver(g.world)).toMatchObject({ delivered: 1 });
    expect(payloadsOf(g, 'outbox.group_delivered')).toEqual([]);
    const closed = { ...open, mode: 'fail_closed' } as const;
    await setUp(g, { group: closed });
    await setUp(g, { name: 'down', ...dead, group: closed });
    await deliver(g.world);
    const members = () =>
      payloadsOf(g, 'outbox.group_delivered').map((each) => Object.keys(each['members'] ?? {}));
    // As far as the first item nobody has anything to wait for.
    expect(members()).toEqual([['down', 'hooks']]);
    await configure(g.ledger, 'outbox.destination_retired', { name: 'down' });
    await deliver(g.world);
    expect(members().at(-1)).toEqual(['hooks']);
  });

  it('hold their group while an item is parked, until it is given up', async () => {
    const g = await ground();
    await setUp(g, { limits: { items: 1 }, group: { name: 'partners', mode: 'fail_closed' } });
    await write(g.ledger, events(3));
    g.receiver.script = ({ ids }) => (ids.includes('e-1') ? { status: 422 } : {});
    expect(await deliver(g.world)).toMatchObject({ delivered: 2, parked: 1 });
    const [parked] = listed(g.ledger, 'parked');
    const through = () => payloadsOf(g, 'outbox.group_delivered').at(-1)?.['through'];
    expect(through()).toBe(parked?.seq);
    const items = [parked?.seq];
    await configure(g.ledger, 'outbox.dropped', { destination: 'hooks', items, reason: 'wrong' });
    await deliver(g.world);
    expect(through()).toBe((parked?.seq ?? 0) + 2);
  });

  it.each([200, 422, 503])(
    'that ask for events of the outbox, and answer %i, come to an end, and so does their group',
    async (status) => {
      const g = await ground();
      const more = { types: ['a.*', 'outbox.*'] as never, limits: { attempts: 2 } };
      const group = { name: 'partners', mode: 'fail_closed' } as const;
      for (const name of ['one', 'two']) await setUp(g, { ...more, name, group });
      await write(g.ledger, events(2));
      // Whoever goes on after this would go on for ever.
      const posts = 40;
      g.receiver.script = ({ count }) => ({ status: count > posts ? 401 : status });
      await deliver(g.world);
      expect(g.receiver.got.length).toBeLessThan(posts);
      const { length } = [...g.ledger.read()];
      await deliver(g.world);
      // What fails on is on record with its next attempt, and goes to nobody.
      expect([...g.ledger.read()].length).toBe(length + (status === 503 ? 2 : 0));
      // What people said of the outbox is among what each of them was sent.
      const names = ['one', 'two'].map((name) => listed(g.ledger, 'delivered', name).length);
      expect(names).toEqual(status === 200 ? [4, 4] : [0, 0]);
    },
  );
});

describe('the receipt of a group', () => {
  const partners = { name: 'partners', mode: 'fail_closed' } as const;

  /** Two that must, of which one takes what is given. */
  const withTwo = async (types: readonly string[] = ['a.*']) => {
    const g = await ground();
    await setUp(g, { name: 'one', group: partners });
    await setUp(g, { name: 'two', group: partners, types: types as never });
    await write(g.ledger, events(3));
    await flush(g.world);
    return { ...g, told: () => payloadsOf(g, 'outbox.group_delivered') };
  };

  it('waits for none that was dropped before it was planned', async () => {
    const g = await withTwo();
    await write(g.ledger, events(1, 3));
    const seq = listed(g.ledger, 'waiting', 'two')[0]?.seq ?? 0;
    await configure(g.ledger, 'outbox.dropped', { destination: 'two', items: [seq], reason: 'x' });
    await flush(g.world);
    expect(g.told().at(-1)).toMatchObject({ through: seq + 1, members: { two: seq + 1 } });
    // What every one of them gave up is answered for, too.
    await write(g.ledger, events(1, 4));
    const last = listed(g.ledger, 'waiting', 'two')[0]?.seq ?? 0;
    for (const destination of ['one', 'two'])
      await configure(g.ledger, 'outbox.dropped', { destination, items: [last], reason: 'x' });
    await flush(g.world);
    expect(g.told().at(-1)).toMatchObject({ through: last + 1 });
    // Nothing is told again, nor of the receipts themselves.
    const { length } = g.told();
    for (let times = 0; times < 3; times++) await flush(g.world);
    expect(g.told()).toHaveLength(length);
  });

  it('comes where nothing is for one of them, and not where something waits there', async () => {
    const g = await withTwo(['b.*']);
    const seq = listed(g.ledger, 'delivered', 'one').at(-1)?.seq ?? 0;
    expect(g.told()).toMatchObject([{ through: seq + 1, members: { two: seq + 1 } }]);
    await configure(g.ledger, 'outbox.destination_paused', { name: 'two' });
    await write(g.ledger, [{ event_type: 'b.b', id: 'other', payload: {} }, ...events(1, 3)]);
    await flush(g.world);
    const [{ seq: waiting } = {}] = listed(g.ledger, 'waiting', 'two');
    expect(g.told().at(-1)).toMatchObject({ through: waiting });
    const [parked] = listed(g.ledger, 'waiting', 'two');
    const of = { destination: 'two', items: [parked?.seq], reason: 'x' };
    right(await record(g.ledger, [draftOf('outbox.parked', of)]));
    const { length } = g.told();
    await flush(g.world);
    expect(g.told()).toHaveLength(length);
    await configure(g.ledger, 'outbox.dropped', of);
    await flush(g.world);
    expect(g.told()).toHaveLength(length + 1);
  });

  it('waits for what is to be sent again', async () => {
    const g = await withTwo();
    await write(g.ledger, events(2, 3));
    const seq = listed(g.ledger, 'waiting', 'two')[0]?.seq ?? 0;
    const of = { destination: 'two', items: [seq], reason: 'x' };
    right(await record(g.ledger, [draftOf('outbox.parked', of)]));
    await flush(g.world);
    const before = g.told();
    expect(before.every(({ through }) => Number(through) <= seq)).toBe(true);
    await configure(g.ledger, 'outbox.retried', of);
    right(await recordGroups(g.world));
    expect(g.told()).toEqual(before);
    await flush(g.world);
    expect(Number(g.told().at(-1)?.['through'])).toBeGreaterThan(seq + 1);
  });

  it('is recorded once, whoever else flushes, and never goes back', async () => {
    const g = await withTwo();
    await write(g.ledger, events(1, 3));
    // Delivered, and nobody has told of the group yet.
    const others = [1, 2, 3].map(() => right(openLedger(g.folder)));
    onTestFinished(async () => {
      for (const each of others) await each.close();
    });
    const before = g.told().length;
    for (const now of right(standings(g.ledger.reader))) right(await deliverTo(g.world, now, {}));
    const worlds = [g.ledger, ...others].map((ledger) => ({ ...g.world, ledger }));
    for (const each of await Promise.all(worlds.map(recordGroups))) right(each);
    expect(g.told()).toHaveLength(before + 1);
    const through = Number(g.told().at(-1)?.['through']);
    const late = { group: 'partners', through: through - 1, members: { one: through - 1 } };
    right(await record(g.ledger, [draftOf('outbox.group_delivered', late)]));
    expect(right(g.ledger.projection('outbox', 'grouped'))).toMatchObject([{ through }]);
    await flush(g.world);
    expect(g.told()).toHaveLength(before + 2);
    expect(right(await g.ledger.verify({ workers: 1 })).verdict).toBe('verified');
  });
});
