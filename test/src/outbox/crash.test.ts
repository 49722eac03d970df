/**
 * Real processes that are killed while they deliver, race each other, or lose what they stand on:
 * whoever goes on sends the same under the same keys.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { flush } from '../../../src/delivery/flush.ts';
import { openLedger } from '../../../src/front-door.ts';
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
  outboxTypes,
  setUp,
  worldOf,
  write,
} from '../../outbox/ground.ts';
import { killed, start } from '../../outbox/sender.ts';

const holdWriting = async ({ folder }: Ground) => {
  const hold = right(await realPorts.lock.take(folder, 5000));
  onTestFinished(() => hold.release());
  return hold;
};

/** Each kills a process that delivers, at one place of its work. */
const PLACES: Readonly<Record<string, (g: Ground) => Promise<void>>> = {
  'before a plan is recorded': async (g) => {
    expect(await killed(g, 'write', 1)).toBe('SIGKILL');
  },
  'after the plan, before a byte arrives': async (g) => {
    const child = start(g);
    g.receiver.onConnection = child.kill;
    await child.ended;
  },
  'when all is sent, before it takes effect': async (g) => {
    const child = start(g);
    g.receiver.script = () => {
      child.kill();
      return { isLost: true, trouble: 'reset' };
    };
    await child.ended;
  },
  'when it took effect, before it is answered': async (g) => {
    const child = start(g);
    g.receiver.script = () => ({ before: child.kill, trouble: 'reset' });
    await child.ended;
  },
  'when it is answered, before the receipt is recorded': async (g) => {
    const child = start(g);
    g.receiver.script = async () => {
      const hold = await holdWriting(g);
      // The answer is on its way before this; the receipt waits for the lock.
      void setTimeout(50).then(async () => {
        child.kill();
        await child.ended;
        hold.release();
      });
      return {};
    };
    await child.ended;
    await setTimeout(20);
  },
};

describe('a process that is killed while it delivers', () => {
  it.each(Object.entries(PLACES))('%s, leaves nothing lost and nothing twice', async (_, at) => {
    const g = await ground();
    const drafts = events(25);
    await setUp(g, { limits: { items: 10 } });
    await write(g.ledger, drafts);
    await at(g);
    expect(listed(g.ledger, 'delivered').length).toBeLessThan(25);
    g.receiver.script = () => ({});
    g.receiver.onConnection = () => undefined;
    expect(await deliver(g.world)).toMatchObject({ waiting: 0, parked: 0 });
    expect(listed(g.ledger, 'delivered').length).toBe(25);
    expect(g.receiver.effective.length).toBe(25);
    expect(new Set(g.receiver.got.map(({ key }) => key)).size).toBe(3);
    expect(faultsIn(g.ledger, g.receiver, drafts)).toEqual([]);
  });
});

describe('two that deliver at once', () => {
  it('send each item once: a lease goes from one to the other', async () => {
    const g = await ground();
    const drafts = events(60);
    await setUp(g, { limits: { items: 5 } });
    await write(g.ledger, drafts);
    // The first is kept waiting until another one comes, which only a second sender would send.
    const other = Promise.withResolvers<void>();
    g.receiver.script = async ({ count }) => {
      if (count === 1) await Promise.race([other.promise, setTimeout(1500)]);
      else other.resolve();
      return {};
    };
    const all = await Promise.all([start(g).ended, start(g).ended]);
    expect(all).toMatchObject([{ code: 0 }, { code: 0 }]);
    expect(g.receiver.got.length).toBe(12);
    expect(outboxTypes(g.ledger).filter((type) => type === 'delivered').length).toBe(12);
    expect(faultsIn(g.ledger, g.receiver, drafts)).toEqual([]);
  });
});

describe('one that follows', () => {
  it('delivers what comes, and leaves a batch for its key when it must end at once', async () => {
    const g = await ground();
    const drafts = events(4);
    await setUp(g);
    const child = start(g, '--follow');
    const first = Promise.withResolvers<void>();
    g.receiver.script = () => {
      first.resolve();
      return {};
    };
    await write(g.ledger, drafts.slice(0, 2));
    await first.promise;
    const second = Promise.withResolvers<void>();
    g.receiver.script = () => {
      second.resolve();
      return { trouble: 'silent' };
    };
    while (listed(g.ledger, 'delivered').length < 2) await setTimeout(10);
    await write(g.ledger, drafts.slice(2));
    await second.promise;
    child.term();
    expect(await Promise.race([child.ended, setTimeout(300)])).toBe(undefined);
    child.term();
    expect(await child.ended).toMatchObject({ code: 130 });
    expect(listed(g.ledger, 'planned').length).toBe(2);
    g.receiver.script = () => ({});
    expect(await deliver(g.world)).toMatchObject({ delivered: 2, waiting: 0 });
    expect(faultsIn(g.ledger, g.receiver, drafts)).toEqual([]);
  });
});

describe('one that is ended', () => {
  it.each([['--follow'], ['--max-wait=1h']])('waits for what it sent (%s)', async (option) => {
    const g = await ground();
    const drafts = events(6);
    await setUp(g, { limits: { items: 2 } });
    await write(g.ledger, drafts);
    const sent = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    g.receiver.script = async () => {
      sent.resolve();
      await answer.promise;
      return {};
    };
    const child = start(g, option);
    await sent.promise;
    child.term();
    await setTimeout(300);
    answer.resolve();
    expect(await child.ended).toMatchObject({ code: 130 });
    expect(g.receiver.got.length).toBe(1);
    expect(listed(g.ledger, 'delivered').length).toBe(2);
    expect(listed(g.ledger, 'planned').length).toBe(4);
    expect(await deliver(g.world)).toMatchObject({ delivered: 4, waiting: 0 });
    expect(faultsIn(g.ledger, g.receiver, drafts)).toEqual([]);
  });

  it('does not wait until it may try again', async () => {
    const g = await ground();
    const drafts = events(2);
    await setUp(g);
    await write(g.ledger, drafts);
    g.receiver.script = () => ({ status: 503, headers: { 'retry-after': '600' } });
    const child = start(g, '--max-wait=1h');
    while (!outboxTypes(g.ledger).includes('retry_later')) await setTimeout(10);
    child.term();
    expect(await child.ended).toMatchObject({ code: 130 });
    g.receiver.script = () => ({});
    // What it was asked for is known to whoever comes after it.
    const world = { ...g.world, now: Date.now };
    expect(await deliver(world)).toMatchObject({ attempts: 0, waiting: 2 });
    await configure(g.ledger, 'outbox.destination_resumed', { name: 'hooks' });
    expect(await deliver(g.world)).toMatchObject({ delivered: 2, waiting: 0 });
    expect(faultsIn(g.ledger, g.receiver, drafts)).toEqual([]);
  });
});

const copyOf = async (folder: string, at: string) => {
  cpSync(folder, at, { recursive: true });
  for (const end of ['', '-wal', '-shm']) rmSync(`${at}/mirror.db${end}`, { force: true });
  const ledger = right(openLedger(at));
  onTestFinished(() => ledger.close());
  right(await ledger.append([]));
  return ledger;
};

describe('a ledger that lost something', () => {
  it('delivers on where its mirror is deleted between two batches', async () => {
    const g = await ground();
    const drafts = events(25);
    await setUp(g, { limits: { items: 10 } });
    await write(g.ledger, drafts);
    g.receiver.script = ({ count }) => {
      if (count === 2)
        for (const end of ['', '-wal', '-shm'])
          rmSync(`${g.folder}/mirror.db${end}`, { force: true });
      return {};
    };
    expect(await deliver(g.world)).toMatchObject({ delivered: 25, waiting: 0, error: undefined });
    expect(g.receiver.got.length).toBe(3);
    expect(faultsIn(g.ledger, g.receiver, drafts)).toEqual([]);
    expect(right(await g.ledger.verify({ workers: 1 })).verdict).toBe('verified');
  });

  it('delivers on wherever its mirror is deleted behind a record, and never stops', async () => {
    for (let at = 2; at < 12; at++) {
      const g = await ground();
      const drafts = events(4);
      await setUp(g);
      await write(g.ledger, drafts);
      g.receiver.script = ({ ids }) => ({ status: ids.length > 1 ? 413 : 200 });
      const append = g.ledger.append.bind(g.ledger);
      let count = 0;
      g.ledger.append = async (...asked) => {
        const appended = await append(...asked);
        if (++count === at)
          for (const end of ['', '-wal', '-shm'])
            rmSync(`${g.folder}/mirror.db${end}`, { force: true });
        return appended;
      };
      // What it cannot read it leaves to the next.
      for (let n = 0; n < 3; n++) await flush(g.world);
      expect(await deliver(g.world)).toMatchObject({ state: 'active', waiting: 0 });
      expect([at, outboxTypes(g.ledger).includes('stopped')]).toEqual([at, false]);
      expect(faultsIn(g.ledger, g.receiver, drafts)).toEqual([]);
    }
  });

  it.each([
    ['before the receipts', 2],
    ['before the plans', 0],
  ])('and is restored from a copy of %s sends the same under the same keys', async (_, count) => {
    const g = await ground();
    const root = mkdtempSync(join(tmpdir(), 'ledger-copy-'));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    const at = join(root, 'ledger');
    const drafts = events(25);
    await setUp(g, { limits: { items: 10 } });
    await write(g.ledger, drafts);
    if (count === 0) cpSync(g.folder, at, { recursive: true });
    g.receiver.script = (got) => {
      if (got.count === count) cpSync(g.folder, at, { recursive: true });
      return {};
    };
    expect(await deliver(g.world)).toMatchObject({ delivered: 25 });
    const keys = new Set(g.receiver.got.map(({ key }) => key));
    g.receiver.script = () => ({});
    const restored = await copyOf(at, join(root, 'restored'));
    const { world } = worldOf(restored);
    expect(await deliver(world)).toMatchObject({ waiting: 0 });
    expect(new Set(g.receiver.got.map(({ key }) => key))).toEqual(keys);
    expect(g.receiver.got.length).toBeGreaterThan(3);
    expect(faultsIn(restored, g.receiver, drafts)).toEqual([]);
  });
});
