/**
 * What people say while a flush waits for what fails is heard within a second: what they take away
 * is waited for no more, what they bring back goes in its order, and what is set anew is tried
 * anew. What they say of others changes nothing about it.
 */
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { right } from '../../build/ledger.ts';
import type { Draft, Ground } from '../../outbox/ground.ts';
import {
  before,
  configure,
  deliver,
  faultsIn,
  ground,
  listed,
  payloadsOf,
  setUp,
  write,
} from '../../outbox/ground.ts';
import type { Reply } from '../../outbox/receiver.ts';

interface Sent {
  readonly id: string;
  /** Since the flush was begun. */
  readonly at: number;
}

const SINGLE = { limits: { items: 1, attempts: 8 } };
const BUSY: Reply = { status: 503, headers: { 'Retry-After': '60' } };

/** An item of each owner, in that order. */
const draftsOf = (owners: string, from = 0): readonly Draft[] =>
  owners.split('').map((owner, at) => ({
    event_type: 'a.b',
    id: `e-${from + at}`,
    payload: {},
    session_id: `s-${owner}`,
  }));

type Answers = (id: string, attempt: number) => Reply | Promise<Reply>;

const withItems = async (owners: string, answers: Answers, more: object = SINGLE) => {
  const g = await ground();
  await setUp(g, more);
  await write(g.ledger, draftsOf(owners));
  const begun = g.world.now();
  const sent: Sent[] = [];
  g.receiver.script = ({ ids: [id = ''], attempt }) => {
    sent.push({ id, at: g.world.now() - begun });
    return answers(id, attempt);
  };
  return { ...g, sent, ids: () => sent.map(({ id }) => id) };
};

/** Somebody says something in the nth wait. */
const saying = ({ world, slept }: Ground, nth: number, say: () => Promise<void>) => {
  const sleep = async (ms: number): Promise<void> => {
    await world.sleep(ms);
    if (slept.length === nth) await say();
  };
  return { ...world, sleep };
};

const batchOf = ({ ledger }: Pick<Ground, 'ledger'>, item: string) => {
  const all = [...listed(ledger, 'planned'), ...listed(ledger, 'parked')];
  const { key = null, seq = -1 } = all.find((each) => each.item === item) ?? {};
  return { destination: 'hooks', items: [seq], key };
};

const takeAway = (g: Pick<Ground, 'ledger'>, item: string): Promise<void> =>
  configure(g.ledger, 'outbox.set_aside', { ...batchOf(g, item), held: true, reason: 'enough' });

const bringBack = (g: Pick<Ground, 'ledger'>, item: string): Promise<void> =>
  configure(g.ledger, 'outbox.retried', batchOf(g, item));

const isSound = async (g: Ground, owners: string): Promise<void> => {
  expect(faultsIn(g.ledger, g.receiver, draftsOf(owners))).toEqual([]);
  expect(right(await g.ledger.verify({ workers: 1 })).verdict).toBe('verified');
};

describe('a batch that a person takes away while it is waited for', () => {
  it('lets nothing of another owner be overtaken', async () => {
    const g = await withItems('aab', (id, attempt) =>
      id === 'e-2' || (id === 'e-0' && attempt < 4) ? { status: 500 } : {},
    );
    const world = saying(g, 3, async () => {
      await takeAway(g, 'e-2');
      await write(g.ledger, draftsOf('aaba').slice(3));
    });
    expect(await deliver(world)).toMatchObject({ delivered: 3, waiting: 0 });
    expect(g.ids().slice(-3)).toEqual(['e-0', 'e-1', 'e-3']);
    await isSound(g, 'aaba');
  });

  it('is waited for no more, nor is it by others of its owner', async () => {
    const g = await withItems('aa', (id) => (id === 'e-0' ? { status: 500 } : {}));
    const begun = g.world.now();
    // The next attempt would come after 12.6 seconds.
    const world = saying(g, 11, () => takeAway(g, 'e-0'));
    expect(await deliver(world)).toMatchObject({ delivered: 1, waiting: 0 });
    expect(g.world.now() - begun).toBeLessThan(9500);
    await isSound(g, 'aa');
  });

  it('while another is brought back, does not hide that one', async () => {
    let isBad = true;
    const fails: Answers = (id) => (id === 'e-1' || (id === 'e-0' && isBad) ? { status: 500 } : {});
    const g = await withItems('a', fails);
    await deliver(g.world, { maxWaitMs: 0 });
    await takeAway(g, 'e-0');
    await write(g.ledger, draftsOf('ab').slice(1));
    isBad = false;
    const world = saying(g, 4, async () => {
      await takeAway(g, 'e-1');
      await bringBack(g, 'e-0');
      await write(g.ledger, draftsOf('aba').slice(2));
    });
    await deliver(world);
    expect(g.ids().slice(-2)).toEqual(['e-0', 'e-2']);
    await isSound(g, 'aba');
  });
});

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await setTimeout(5);
};

const WORDS = [
  ['resumed', 'outbox.destination_resumed'],
  ['set anew', 'outbox.destination_set'],
] as const;

const say = (g: Ground, type: string): Promise<void> =>
  type === 'outbox.destination_set'
    ? setUp(g, { ...SINGLE, concurrency: 2 })
    : configure(g.ledger, type, { name: 'hooks' });

describe('a destination of which a person says something while it is left alone', () => {
  it('that is set anew goes on at once, where it goes then', async () => {
    const [g, other] = [await withItems('ab', () => BUSY), await ground()];
    const begun = g.world.now();
    const world = saying(g, 3, () => setUp({ ...g, receiver: other.receiver }, SINGLE));
    expect(await deliver(world)).toMatchObject({ delivered: 2, waiting: 0 });
    expect(g.world.now() - begun).toBe(3000);
    expect(g.ids()).toEqual(['e-0']);
    expect(other.receiver.effective.toSorted()).toEqual(['e-0', 'e-1']);
  });

  it('has all its patience anew', async () => {
    const g = await withItems('ab', (id, attempt) =>
      id === 'e-0' && attempt < 10 ? { status: 500 } : {},
    );
    const world = saying(g, 5, () => setUp(g, SINGLE));
    expect(await deliver(world)).toMatchObject({ delivered: 2, attempts: 11 });
    const times = g.sent.flatMap(({ id, at }) => (id === 'e-0' ? at : []));
    expect(times).toEqual([0, 200, 600, 1400, 3000, 3200, 3600, 4400, 6000, 9200]);
    await isSound(g, 'ab');
  });

  it('that is resumed goes on at once, and one of another name changes nothing', async () => {
    for (const name of ['hooks', 'other']) {
      const g = await withItems('ab', (_, attempt) => (attempt === 1 ? BUSY : {}));
      await setUp(g, { name: 'other', types: ['c.*' as never] });
      const world = saying(g, 3, () => configure(g.ledger, 'outbox.destination_resumed', { name }));
      await deliver(world, { names: ['hooks'] });
      expect(g.sent[1]?.at).toBe(name === 'hooks' ? 3000 : 60_000);
    }
  });

  it.each(WORDS)('that is %s while another lane is on its way, too', async (_, type) => {
    const asked = Promise.withResolvers<void>();
    const answers: Answers = async (id, attempt) => {
      if (id === 'e-0') return attempt > 1 ? {} : { ...BUSY, headers: { 'Retry-After': '7200' } };
      await asked.promise;
      await say(g, type);
      return {};
    };
    const g = await withItems('ab', answers, { ...SINGLE, concurrency: 2 });
    const begun = g.world.now();
    const onHealth = () => asked.resolve();
    expect(await deliver({ ...g.world, onHealth })).toMatchObject({ delivered: 2, waiting: 0 });
    expect(g.world.now()).toBe(begun);
    expect(payloadsOf(g, 'outbox.retry_later').length).toBe(1);
  });

  it('that is resumed just before it asks for more patience than there is, is left', async () => {
    const g = await withItems('a', async (_, attempt) => {
      if (attempt > 1) return {};
      await say(g, 'outbox.destination_resumed');
      return { ...BUSY, headers: { 'Retry-After': '7200' } };
    });
    const begun = g.world.now();
    const left = {
      attempts: 1,
      waiting: 1,
      isDown: true,
      isAsked: true,
      retryAt: begun + 7_200_000,
    };
    expect(await deliver(g.world, { maxWaitMs: 1000 })).toMatchObject(left);
    expect(g.world.now()).toBe(begun);
    expect(payloadsOf(g, 'outbox.retry_later').length).toBe(1);
  });

  it.each(WORDS)('that is %s just before another lane has its receipt, too', async (_, type) => {
    const asked = Promise.withResolvers<void>();
    const answers: Answers = async (id, attempt) => {
      if (id === 'e-0') return attempt > 1 ? {} : BUSY;
      await asked.promise;
      return {};
    };
    const g = await withItems('ab', answers, { ...SINGLE, concurrency: 2 });
    const begun = g.world.now();
    const overtaken = before(
      g.world,
      ({ event_type: of }) => of === 'outbox.delivered',
      () => say(g, type),
    );
    const world = { ...overtaken, onHealth: () => asked.resolve() };
    expect(await deliver(world)).toMatchObject({ delivered: 2, waiting: 0 });
    expect(g.world.now()).toBe(begun);
  });
});

describe('what a person says of another batch', () => {
  it('takes nothing of the patience that there is for one', async () => {
    const g = await withItems('abcd', async (id) => {
      if (id === 'e-2') await takeAway(g, 'e-3');
      return id === 'e-0' ? { status: 500 } : {};
    });
    expect(await deliver(g.world)).toMatchObject({ delivered: 2, attempts: 10 });
    const times = g.sent.flatMap(({ id, at }) => (id === 'e-0' ? at : []));
    expect(times).toEqual([0, 200, 600, 1400, 3000, 6200, 12_600, 25_400]);
  });

  it('ends no silence that a receiver asked for in another lane', async () => {
    let isSaid = false;
    const answers: Answers = async (id, attempt) => {
      if (id !== 'e-0') await until(() => isSaid);
      else if (attempt === 1) {
        await until(() => g.sent.length === 2);
        const [, other] = g.sent.map((each) => each.id).toSorted();
        const rest = listed(g.ledger, 'planned').map(({ item }) => item);
        for (const item of rest) if (item !== 'e-0' && item !== other) await takeAway(g, item);
        isSaid = true;
        await setTimeout(100);
        return BUSY;
      }
      return {};
    };
    const g = await withItems('abcdefgh', answers, { ...SINGLE, concurrency: 2 });
    expect(await deliver(g.world)).toMatchObject({ delivered: 2, waiting: 0 });
    expect(g.sent.at(-1)).toEqual({ id: 'e-0', at: 60_000 });
  });
});

it('what is sent again goes before a later one of its owner that fails', async () => {
  let isBad = true;
  const g = await withItems('aab', (id, attempt) => {
    if (id === 'e-0') return isBad ? { status: 400 } : {};
    return attempt > 1 ? {} : id === 'e-1' ? { status: 500 } : BUSY;
  });
  const world = saying(g, 5, async () => {
    isBad = false;
    await configure(g.ledger, 'outbox.retried', { ...batchOf(g, 'e-0'), key: undefined });
  });
  expect(await deliver(world)).toMatchObject({ delivered: 3, waiting: 0 });
  expect(g.ids().slice(3, 5)).toEqual(['e-0', 'e-1']);
});

it('and before that one is tried once more, where it fails itself', async () => {
  const g = await withItems('aa', async (id, attempt) => {
    if (id === 'e-0') return { status: [400, 500][attempt - 1] ?? 200 };
    if (attempt === 1)
      await configure(g.ledger, 'outbox.retried', { ...batchOf(g, 'e-0'), key: undefined });
    return { status: attempt === 1 ? 500 : 200 };
  });
  expect(await deliver(g.world)).toMatchObject({ delivered: 2, waiting: 0 });
  expect(g.receiver.effective).toEqual(['e-0', 'e-1']);
});
