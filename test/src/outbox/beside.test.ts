/**
 * Who fails holds nobody else, within one flush: what fails is tried again at its own time while
 * all others go on, and a receiver that asks to be left alone is, by all of them.
 */
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Draft, Ground } from '../../outbox/ground.ts';
import { right } from '../../build/ledger.ts';
import {
  configure,
  deliver,
  faultsIn,
  ground,
  listed,
  outboxTypes,
  payloadsOf,
  setUp,
  write,
} from '../../outbox/ground.ts';
import type { Reply } from '../../outbox/receiver.ts';

type Answers = (id: string, attempt: number, now: number) => Reply | Promise<Reply>;

interface Sent {
  readonly id: string;
  /** Since the flush was begun. */
  readonly at: number;
}

/** One item of each owner, each in a batch of its own. */
const draftsOf = (count: number, owners = count): readonly Draft[] =>
  Array.from({ length: count }, (_, at) => ({
    event_type: 'a.b',
    id: `e-${at}`,
    payload: {},
    session_id: `s-${at % owners}`,
  }));

const SINGLE = { limits: { items: 1, attempts: 8 } };

const withItems = async (drafts: readonly Draft[], answers: Answers, more: object = SINGLE) => {
  const g = await ground();
  await setUp(g, more);
  await write(g.ledger, drafts);
  const begun = g.world.now();
  const sent: Sent[] = [];
  g.receiver.script = ({ ids: [id = ''], attempt }) => {
    const at = g.world.now() - begun;
    sent.push({ id, at });
    return answers(id, attempt, at);
  };
  const sound = (): void => expect(faultsIn(g.ledger, g.receiver, drafts)).toEqual([]);
  return { ...g, sent, sound };
};

/** When the last of those was sent that never fail. */
const lastOf = (sent: readonly Sent[], bad: readonly string[]): number =>
  Math.max(...sent.flatMap(({ id, at }) => (bad.includes(id) ? [] : at)));

const failing = (g: Pick<Ground, 'ledger'>) => listed(g.ledger, 'planned').map(({ item }) => item);

/** The first one fails, once. */
const once: Answers = (id, attempt) => (id === 'e-0' && attempt === 1 ? { status: 502 } : {});

describe('an owner whose item fails', () => {
  it('holds nobody else, and neither do ten of them', async () => {
    for (const bad of [['e-3'], Array.from({ length: 10 }, (_, at) => `e-${5 + at * 9}`)])
      for (const concurrency of [1, 4]) {
        const answers: Answers = (id) => (bad.includes(id) ? { status: 500 } : {});
        const g = await withItems(draftsOf(100), answers, { ...SINGLE, concurrency });
        expect(await deliver(g.world)).toMatchObject({ delivered: 100 - bad.length });
        expect(lastOf(g.sent, bad)).toBeLessThan(1000);
        // Each was tried as often as it may be, in the time that it takes one of them.
        expect(g.sent.filter(({ id }) => bad.includes(id)).length).toBe(bad.length * 8);
        expect(g.sent.at(-1)?.at).toBeLessThan(30_000);
        expect(failing(g)).toEqual(bad);
        g.sound();
      }
  });

  it('is tried again soon where that was all, before most of the others', async () => {
    const g = await withItems(draftsOf(120), once);
    const world = { ...g.world, random: () => 0 };
    expect(await deliver(world)).toMatchObject({ delivered: 120, waiting: 0 });
    const places = g.sent.flatMap(({ id }, at) => (id === 'e-0' ? at : []));
    expect(places[0]).toBe(0);
    expect(places[1]).toBeLessThan(60);
    g.sound();
  });

  it('has its third attempt behind all others', async () => {
    const g = await withItems(draftsOf(60), (id, attempt) =>
      id === 'e-0' && attempt < 3 ? { status: 502 } : {},
    );
    expect(await deliver({ ...g.world, random: () => 0 })).toMatchObject({ delivered: 60 });
    const places = g.sent.flatMap(({ id }, at) => (id === 'e-0' ? at : []));
    expect(places[1]).toBeLessThan(40);
    expect(places[2]).toBe(61);
    g.sound();
  });

  it('holds nobody behind a long queue of its own, either', async () => {
    for (const [own, limits] of [
      [100, SINGLE.limits],
      [11_700, { ...SINGLE.limits, items: 400 }],
    ] as const) {
      const mine = draftsOf(own, 1);
      const drafts = [...mine, ...draftsOf(own + 1).slice(own)];
      const g = await withItems(drafts, (id) => ({ status: id === 'e-0' ? 500 : 200 }), { limits });
      expect(await deliver(g.world)).toMatchObject({ delivered: 1, waiting: own });
      expect(g.sent.find(({ id }) => id === `e-${own}`)?.at).toBeLessThan(1000);
      g.receiver.script = () => ({});
      expect(await deliver(g.world)).toMatchObject({ delivered: own, waiting: 0 });
      expect(right(await g.ledger.verify({ workers: 1 })).verdict).toBe('verified');
    }
  });

  it('passes nobody over where nothing else could go', async () => {
    const g = await withItems(draftsOf(60, 1), once);
    expect(await deliver(g.world)).toMatchObject({ delivered: 60, waiting: 0 });
    expect(g.sent.map(({ id }) => id).slice(0, 3)).toEqual(['e-0', 'e-0', 'e-1']);
    for (const plan of payloadsOf(g, 'outbox.batch_planned'))
      expect(plan).not.toHaveProperty('behind');
    g.sound();
  });

  it('is left when its patience is over, counted from its first failure', async () => {
    const limits = { items: 1, attempts: 100, wait_ms: 5000 };
    const g = await withItems(draftsOf(2), (id) => ({ status: id === 'e-0' ? 500 : 200 }), {
      limits,
    });
    expect(await deliver(g.world)).toMatchObject({ delivered: 1, waiting: 1 });
    const times = g.sent.flatMap(({ id, at }) => (id === 'e-0' ? at : []));
    expect(times).toEqual([0, 200, 600, 1400, 3000]);
  });

  it('is tried in its time, though the clock is set back meanwhile', async () => {
    const g = await withItems(draftsOf(2), once);
    let back = 0;
    const sleep = async (ms: number): Promise<void> => {
      await g.world.sleep(ms);
      back = 3_600_000;
    };
    const world = { ...g.world, now: () => g.world.now() - back, sleep };
    expect(await deliver(world)).toMatchObject({ delivered: 2, waiting: 0 });
    expect(g.sent.at(-1)).toEqual({ id: 'e-0', at: 200 });
  });

  it('is left to whoever took it away meanwhile', async () => {
    const g = await withItems(draftsOf(4), (id) => (id === 'e-0' ? { status: 500 } : {}));
    const sleep = async (ms: number): Promise<void> => {
      await g.world.sleep(ms);
      if (g.slept.length !== 3) return;
      const [{ key, seq } = {}] = listed(g.ledger, 'planned');
      const payload = { destination: 'hooks', items: [seq], key, held: true, reason: 'enough' };
      await configure(g.ledger, 'outbox.set_aside', payload);
    };
    expect(await deliver({ ...g.world, sleep })).toMatchObject({ delivered: 3, waiting: 0 });
    expect(listed(g.ledger, 'parked').map(({ item }) => item)).toEqual(['e-0']);
    expect(g.sent.filter(({ id }) => id === 'e-0').length).toBeLessThan(5);
  });

  it('lets in what comes while it is waited for', async () => {
    const g = await withItems(draftsOf(2), (id) => (id === 'e-0' ? { status: 500 } : {}));
    const begun = g.world.now();
    let written = 0;
    const sleep = async (ms: number): Promise<void> => {
      await g.world.sleep(ms);
      if (g.slept.length !== 8) return;
      await write(g.ledger, draftsOf(3).slice(2));
      written = g.world.now() - begun;
    };
    const world = { ...g.world, random: () => 0.9 };
    expect(await deliver({ ...world, sleep })).toMatchObject({ delivered: 2, waiting: 1 });
    const at = g.sent.findIndex(({ id }) => id === 'e-2');
    const time = g.sent[at]?.at ?? 0;
    expect(time - written).toBeLessThan(1);
    // The one that fails was waited for, and is tried later than that.
    expect((g.sent[at + 1]?.at ?? 0) - time).toBeGreaterThan(1000);
  });
});

describe('a receiver that asks to be left alone', () => {
  it.each([429, 503])('by %s is, in all lanes, and all go on behind that', async (status) => {
    const asks = { status, headers: { 'Retry-After': '6' } };
    const g = await withItems(
      draftsOf(100),
      (id, attempt) => (id === 'e-7' && attempt < 4 ? asks : {}),
      {
        ...SINGLE,
        concurrency: 4,
      },
    );
    expect(await deliver(g.world)).toMatchObject({ delivered: 100, waiting: 0 });
    const asked = g.sent.filter(({ id }) => id === 'e-7').map(({ at }) => at);
    expect(asked.length).toBe(4);
    // What was on its way by then had gone.
    for (const from of asked.slice(0, 3))
      expect(g.sent.filter(({ at }) => at > from && at < from + 6000)).toEqual([]);
    // Those that no lane had begun went when the first time was over, and waited for no other.
    const later = g.sent.filter(({ id, at }) => id !== 'e-7' && at >= 6000);
    expect(later.length).toBeGreaterThan(50);
    expect(lastOf(g.sent, ['e-7'])).toBeLessThan(6500);
    g.sound();
  });
});

it('a receiver that asks for little is left alone for as long as it asked for before', async () => {
  const g = await withItems(
    draftsOf(2),
    async (id, attempt) => {
      if (attempt > 1) return {};
      if (id === 'e-1') await setTimeout(100);
      return { status: 429, headers: { 'Retry-After': id === 'e-0' ? '60' : '5' } };
    },
    { ...SINGLE, concurrency: 2 },
  );
  expect(await deliver(g.world)).toMatchObject({ delivered: 2, attempts: 4 });
  expect(g.sent.map(({ at }) => at)).toEqual([0, 0, 60_000, 60_000]);
  g.sound();
});

it('a receiver that asks for a moment is left alone for no longer if others fail', async () => {
  let isUp = false;
  let asks: Reply = { status: 500 };
  const answers: Answers = (id) => (isUp ? {} : id === 'e-4' ? asks : { status: 500 });
  const g = await withItems(draftsOf(5), answers, { limits: { items: 1, attempts: 1 } });
  for (let n = 0; n < 8; n++) await deliver(g.world);
  await configure(g.ledger, 'outbox.destination_resumed', { name: 'hooks' });
  asks = { status: 503, headers: { 'retry-after': '20' } };
  const told = await deliver(g.world);
  expect(g.sent.at(-1)?.id).toBe('e-4');
  expect(told).toMatchObject({ waiting: 5, isAsked: true, retryAt: g.world.now() + 20_000 });
  isUp = true;
  await g.world.sleep(20_000);
  expect(await deliver(g.world)).toMatchObject({ delivered: 5, waiting: 0 });
  g.sound();
});

describe('a receiver that may be down', () => {
  it('is asked by one of those in a row, and by none that failed before them', async () => {
    const bad = ['e-20', 'e-21', 'e-22'];
    const answers: Answers = (id, attempt) =>
      id === 'e-0' || (bad.includes(id) && attempt === 1) ? { status: 500 } : {};
    const g = await withItems(draftsOf(60), answers, { limits: { items: 1, attempts: 2 } });
    expect(await deliver(g.world)).toMatchObject({ delivered: 59, waiting: 1, isDown: false });
    g.sound();
  });

  it('is not given up for one that was left before it answered', async () => {
    const bad = ['e-40', 'e-41', 'e-42'];
    const answers: Answers = (id, attempt) =>
      id === 'e-0' || (bad.includes(id) && attempt === 1) ? { status: 500 } : {};
    const g = await withItems(draftsOf(60), answers, { limits: { items: 1, attempts: 2 } });
    // The first is left as soon as the second plan was sent.
    const world = { ...g.world, random: () => 0 };
    expect(await deliver(world)).toMatchObject({ delivered: 59, waiting: 1, isDown: false });
    g.sound();
  });

  it('is asked by one batch alone until it answers, and then sent all', async () => {
    const g = await withItems(draftsOf(50), (_, __, at) => (at < 3000 ? { status: 502 } : {}), {
      ...SINGLE,
      concurrency: 2,
    });
    expect(await deliver(g.world)).toMatchObject({ delivered: 50, waiting: 0, isDown: false });
    const early = g.sent.filter(({ at }) => at < 3000).map(({ id }) => id);
    expect(new Set(early).size).toBeLessThan(6);
    expect(early.length).toBeLessThan(12);
    g.sound();
  });

  it('ends a flush once the first of them was tried enough, and is left as that', async () => {
    const g = await withItems(draftsOf(50), () => ({ trouble: 'reset', isLost: true }));
    expect(await deliver(g.world)).toMatchObject({ delivered: 0, waiting: 50, isDown: true });
    expect(g.sent.length).toBe(10);
    const kinds = outboxTypes(g.ledger).filter((type) => type === 'retry_later');
    expect(kinds.length).toBeLessThan(6);
    const ending = new AbortController();
    const resting = { ...g.world, sleep: async () => ending.abort() };
    const ended = await deliver(resting, { signal: ending.signal });
    expect(ended).toMatchObject({ delivered: 0, waiting: 50 });
    g.receiver.script = () => ({});
    expect(await deliver(g.world)).toMatchObject({ delivered: 50, waiting: 0 });
    g.sound();
  });
});
