/**
 * Several destinations of the same items: one that is down, and what their group waits for.
 */
import { describe, expect, it } from 'vitest';
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
});
