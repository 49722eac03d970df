/**
 * Who finds another at work, or is told to come back much later: ended at once by a signal, and
 * never left waiting for what is over.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { followOutbox } from '../../../src/delivery/follow.ts';
import type { RecordError } from '../../../src/delivery/record.ts';
import { openLedger } from '../../../src/front-door.ts';
import type { Hold } from '../../../src/storage/database.ts';
import type { ReadError } from '../../../src/usecase/reader.ts';
import { realPorts } from '../../../src/wiring.ts';
import { right } from '../../build/ledger.ts';
import type { Ground } from '../../outbox/ground.ts';
import {
  configure,
  deliver,
  events,
  faultsIn,
  ground,
  listed,
  payloadsOf,
  setUp,
  worldOf,
  write,
} from '../../outbox/ground.ts';
import { start } from '../../outbox/sender.ts';

/** How far a group has come. */
const throughOf = (g: Ground): number =>
  Number(payloadsOf(g, 'outbox.group_delivered').at(-1)?.['through'] ?? 0);

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
    while (throughOf(g) <= last) await setTimeout(10);
    ending.abort();
    right(await following);
    expect(g.receiver.got.map(({ path }) => path)).toEqual(['/in/busy', '/in']);
  });

  it('and tells of them, too, where it is ended while it sends', async () => {
    const g = await ground();
    await setUp(g, { group: { name: 'partners', mode: 'fail_closed' } });
    await write(g.ledger, events(2));
    const ending = new AbortController();
    g.receiver.script = () => {
      ending.abort();
      return {};
    };
    const world = { ...g.world, sleep: () => setTimeout(1) };
    right(await followOutbox(world, { signal: ending.signal, onFlushed: () => undefined }));
    const last = listed(g.ledger, 'delivered').at(-1)?.seq ?? Infinity;
    expect(throughOf(g)).toBeGreaterThan(last);
  });
});

/** A writer who has the ledger from the moment at which somebody asks for it. */
const writer = (folder: string) => {
  let hold: Hold | undefined;
  const take = async () => (hold ??= right(await realPorts.lock.take(folder, 5000)));
  const release = () => hold?.release();
  onTestFinished(release);
  return { take, release, isHeld: () => hold !== undefined };
};

describe('one that follows and cannot record', () => {
  it('says so, once, and goes on when it can', async () => {
    const g = await ground();
    const other = writer(g.folder);
    await setUp(g, { group: { name: 'partners', mode: 'fail_closed' } });
    await write(g.ledger, events(1));
    g.receiver.script = () => other.take().then(() => ({}));
    const child = start(g, '--follow', '--lock-wait=200ms');
    while (!child.heard().includes('hooks: another writer has the ledger by')) await setTimeout(10);
    other.release();
    while (listed(g.ledger, 'delivered').length < 1) await setTimeout(10);
    child.term();
    expect(await child.ended).toMatchObject({ code: 130 });
    expect(child.heard().match(/another writer/g)).toHaveLength(1);
    expect(g.receiver.keysOfTwo).toEqual([]);
  });

  it('how far a group has come, says so once each time, and does that later', async () => {
    const g = await ground();
    const ledger = right(openLedger(g.folder, { lockWaitMs: 20 }));
    onTestFinished(() => ledger.close());
    const { world } = worldOf(ledger);
    await setUp(g);
    await write(ledger, events(1));
    await deliver(world);
    const ending = new AbortController();
    const told: string[] = [];
    let [turns, names] = [0, ['one', 'two']];
    let other: Hold | undefined;
    const onTrouble = (error: ReadError | RecordError) => {
      told.push(`${turns} ${'cause' in error ? error.cause._tag : error._tag}`);
    };
    const sleep = async () => {
      turns++;
      if (other !== undefined && turns === 5) {
        other.release();
        other = undefined;
      } else if (
        other === undefined &&
        payloadsOf(g, 'outbox.group_delivered').length >= 2 - names.length
      ) {
        const [name, ...left] = names;
        names = left;
        if (name === undefined) return ending.abort();
        turns = 0;
        await setUp(g, { group: { name, mode: 'fail_closed' } });
        other = right(await realPorts.lock.take(g.folder, 5000));
        onTestFinished(other.release);
      }
      return setTimeout(1);
    };
    const options = { signal: ending.signal, onFlushed: () => undefined, onTrouble };
    right(await followOutbox({ ...world, sleep }, options));
    // A turn may be one in which something is replaced: the second in a row tells.
    expect(told).toEqual(['1 Locked', '1 Locked']);
  });

  it('ends where its ledger is closed', async () => {
    const g = await ground();
    const ledger = right(openLedger(g.folder));
    const { world } = worldOf(ledger);
    await setUp(g);
    const sleep = () => ledger.close().then(() => setTimeout(1));
    const options = { signal: new AbortController().signal, onFlushed: () => undefined };
    const ended = await followOutbox({ ...world, sleep }, options);
    expect(ended).toMatchObject({ left: { _tag: 'Closed' } });
  });

  it('waits for a mirror that is not there, and says that', async () => {
    const g = await ground();
    await setUp(g);
    await write(g.ledger, events(1));
    const child = start(g, '--follow');
    while (listed(g.ledger, 'delivered').length < 1) await setTimeout(10);
    // It may be made anew by what is still under way.
    while (!child.heard().includes('mirror')) {
      for (const end of ['', '-wal', '-shm'])
        rmSync(join(g.folder, `mirror.db${end}`), { force: true });
      await setTimeout(10);
    }
    await write(g.ledger, events(1, 1));
    while (listed(g.ledger, 'delivered').length < 2) await setTimeout(10);
    child.term();
    expect(await child.ended).toMatchObject({ code: 130 });
  });
});
