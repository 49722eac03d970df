/**
 * Who finds another at work, or is told to come back much later: ended at once by a signal, and
 * never left waiting for what is over.
 */
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { followOutbox } from '../../../src/delivery/follow.ts';
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
import { start } from '../../outbox/sender.ts';

const atWork = async () => {
  const g = await ground();
  const drafts = events(2);
  await setUp(g, { limits: { timeout_ms: 60_000 } });
  await write(g.ledger, drafts);
  const sent = Promise.withResolvers<void>();
  g.receiver.script = () => {
    sent.resolve();
    return { trouble: 'silent' };
  };
  const first = start(g);
  await sent.promise;
  return { ...g, first, drafts };
};

describe('one that finds another at work', () => {
  it('is ended by a signal while it waits', async () => {
    const g = await atWork();
    const second = start(g, '--follow', '--max-wait=1h');
    await second.begun;
    second.term();
    expect(await second.ended).toMatchObject({ code: 130 });
    g.first.kill();
    await g.first.ended;
  });

  it('delivers when that one is gone, though nothing new came', async () => {
    const g = await atWork();
    const tries = Promise.withResolvers<void>();
    const ending = new AbortController();
    const { signal } = ending;
    const sleep = async (ms: number) => {
      await g.world.sleep(ms);
      await setTimeout(1);
    };
    const following = followOutbox(
      { ...g.world, sleep },
      { maxWaitMs: 0, signal, onFlushed: () => tries.resolve() },
    );
    await tries.promise;
    g.first.kill();
    await g.first.ended;
    g.receiver.script = () => ({});
    while (listed(g.ledger, 'delivered').length < 2) await setTimeout(10);
    ending.abort();
    right(await following);
    expect(faultsIn(g.ledger, g.receiver, g.drafts)).toEqual([]);
  });

  it('is woken by a person who changes what it waits for', async () => {
    const g = await ground();
    await setUp(g);
    await write(g.ledger, events(1));
    g.receiver.script = () => ({ status: 503, headers: { 'retry-after': '86400' } });
    const ending = new AbortController();
    const { signal } = ending;
    const told = Promise.withResolvers<void>();
    // The day does not come.
    const world = { ...g.world, now: () => 0, sleep: () => setTimeout(1) };
    const following = followOutbox(world, { signal, onFlushed: () => told.resolve() });
    await told.promise;
    g.receiver.script = () => ({});
    await configure(g.ledger, 'outbox.destination_resumed', { name: 'hooks' });
    while (listed(g.ledger, 'delivered').length < 1) await setTimeout(10);
    ending.abort();
    right(await following);
    expect(g.receiver.got.length).toBe(2);
  });
});

describe('one that follows', () => {
  it('leaves alone who asked for it and who is not named, and tells of groups', async () => {
    const g = await ground();
    await setUp(g, { name: 'busy', url: `${g.receiver.url}/busy` });
    await setUp(g, { name: 'unnamed', url: `${g.receiver.url}/unnamed` });
    await setUp(g, { name: 'up', group: { name: 'partners', mode: 'fail_closed' } });
    await write(g.ledger, events(2));
    g.receiver.script = ({ path }) =>
      path === '/in' ? {} : { status: 503, headers: { 'retry-after': '86400' } };
    expect(await deliver(g.world, { names: ['busy'] })).toMatchObject({ attempts: 1 });
    const ending = new AbortController();
    const world = { ...g.world, sleep: () => setTimeout(1) };
    const options = { names: ['busy', 'up'], signal: ending.signal, onFlushed: () => undefined };
    const following = followOutbox(world, options);
    const last = listed(g.ledger, 'waiting', 'up').at(-1)?.seq ?? 0;
    const through = () => Number(payloadsOf(g, 'outbox.group_delivered').at(-1)?.['through'] ?? 0);
    while (through() <= last) await setTimeout(10);
    ending.abort();
    right(await following);
    expect(g.receiver.got.map(({ path }) => path)).toEqual(['/in/busy', '/in']);
  });
});
