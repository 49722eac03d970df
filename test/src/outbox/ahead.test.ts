/**
 * The next plan, prepared while batches of the last are on their way: whatever happens meanwhile,
 * it is as if it had been made when it is recorded.
 */
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { draftOf, record } from '../../../src/delivery/record.ts';
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
  withEvents,
  write,
} from '../../outbox/ground.ts';
import type { Got } from '../../outbox/receiver.ts';
import { start } from '../../outbox/sender.ts';

/** So many batches are in a plan. */
const PLAN = 16;
const SINGLE = { limits: { items: 1 } };

const moveOf = (item: number) => ({ destination: 'hooks', items: [item], reason: 'agreed' });

/** Three plans of batches of one item; in the middle of the first somebody does something. */
const during = async (act: (g: Ground, got: Got) => Promise<unknown>) => {
  const g = await withEvents(2 * PLAN + 4, () => ({}), SINGLE);
  g.receiver.script = async (got) => {
    // Time in which the next plan is prepared.
    if (got.count === PLAN - 1) await setTimeout(100);
    if (got.count === PLAN) await act(g, got);
    return {};
  };
  return { ...g, told: await deliver(g.world) };
};

const planned = (g: Ground): readonly number[] =>
  payloadsOf(g, 'outbox.batch_planned').map(({ batches }) => (batches as object[]).length);

describe('a plan that is prepared while the one before it is sent', () => {
  it('goes on where that ended', async () => {
    const g = await during(async () => undefined);
    expect(g.told).toMatchObject({ delivered: 36, waiting: 0 });
    expect(planned(g)).toEqual([PLAN, PLAN, 4]);
    expect(g.receiver.effective).toEqual(g.drafts.map(({ id }) => id));
    expect(g.faults()).toEqual([]);
  });

  it('has none of what was dropped meanwhile', async () => {
    const g = await during(async ({ ledger }) => {
      const { seq } = listed(ledger, 'waiting')[3] ?? {};
      const payload = { destination: 'hooks', items: [seq], reason: 'agreed' };
      await configure(ledger, 'outbox.dropped', payload);
    });
    expect(g.told).toMatchObject({ delivered: 35, waiting: 0 });
    expect(listed(g.ledger, 'dropped').map(({ item }) => item)).toEqual(['e-19']);
    expect(g.receiver.effective).not.toContain('e-19');
  });

  it('has none of what was parked meanwhile, while another one is to be sent again', async () => {
    const g = await withEvents(2 * PLAN + 4, () => ({}), SINGLE);
    const seqs = listed(g.ledger, 'waiting').map(({ seq }) => seq);
    const [one = 0, other = 0] = [seqs[PLAN + 3], seqs[PLAN + 5]];
    const retry = (item: number) => configure(g.ledger, 'outbox.retried', moveOf(item));
    const park = async (item: number) =>
      right(await record(g.ledger, [draftOf('outbox.parked', moveOf(item))]));
    await park(one);
    await park(other);
    await retry(one);
    g.receiver.script = async ({ count }) => {
      if (count === PLAN - 1) await setTimeout(100);
      if (count === PLAN) {
        await retry(other);
        await park(one);
      }
      return {};
    };
    expect(await deliver(g.world)).toMatchObject({ delivered: 35, waiting: 0 });
    expect(listed(g.ledger, 'parked').map(({ item }) => item)).toEqual(['e-19']);
    expect(g.receiver.effective).not.toContain('e-19');
    expect(g.faults()).toEqual([]);
  });

  it('is by the configuration of when it is recorded', async () => {
    const redaction = { drop: ['/n'] };
    const g = await during(async (of) => setUp(of, { ...SINGLE, redaction }));
    expect(g.told).toMatchObject({ delivered: 36, waiting: 0 });
    const [first, ...later] = payloadsOf(g, 'outbox.batch_planned').map(({ config }) => config);
    expect(later.every((config) => config !== first)).toBe(true);
    const bodies = g.receiver.got.map(({ body }) => body.includes('"n":'));
    expect(bodies.indexOf(false)).toBe(PLAN);
    expect(bodies.lastIndexOf(true)).toBe(PLAN - 1);
    expect(g.faults()).toEqual([]);
  });

  it('has none of an owner of whom a batch failed meanwhile', async () => {
    const g = await ground();
    await setUp(g, { limits: { items: 1, attempts: 1 } });
    const owner = (n: number) => (n === PLAN - 1 || n === PLAN + 3 ? 's-down' : `s-${n}`);
    const drafts = events(2 * PLAN + 4).map((each, n) => ({ ...each, session_id: owner(n) }));
    await write(g.ledger, drafts);
    g.receiver.script = async ({ count, body }) => {
      if (count === PLAN - 1) await setTimeout(100);
      return body.includes('"s-down"') ? { status: 500 } : {};
    };
    expect(await deliver(g.world)).toMatchObject({ delivered: 34, waiting: 2 });
    expect(listed(g.ledger, 'planned').map(({ item }) => item)).toEqual([`e-${PLAN - 1}`]);
    expect(listed(g.ledger, 'waiting').map(({ item }) => item)).toEqual([`e-${PLAN + 3}`]);
    expect(faultsIn(g.ledger, g.receiver, drafts)).toEqual([]);
  });

  it('has none that a later one stands for by then', async () => {
    const g = await ground();
    const enqueue = (n: number) => {
      const [owner, payload] = [`s-${n}`, { id: `x-${n}` }];
      const item = { owner, kind: 'snapshot', replaceable: true, payload };
      return configure(g.ledger, 'outbox.enqueued', item);
    };
    await setUp(g, SINGLE);
    for (let n = 0; n < 2 * PLAN + 4; n++) await enqueue(n);
    g.receiver.script = async ({ count }) => {
      if (count === PLAN - 1) await setTimeout(100);
      if (count === PLAN) await enqueue(PLAN + 2);
      return {};
    };
    expect(await deliver(g.world)).toMatchObject({ delivered: 36, waiting: 0 });
    const superseded = listed(g.ledger, 'superseded').length;
    expect([superseded, g.receiver.got.length]).toEqual([1, 36]);
  });

  it.each([
    [200, [200, 200, 100, 100]],
    [10, Array.from({ length: 60 }, () => 10)],
  ])('has batches as full as they can be, of %i items at most', async (items, sizes) => {
    const g = await ground();
    await setUp(g, { format: 'kaizen', limits: { items } });
    const source = { kind: 'tool', name: 'test' };
    const drafts = Array.from({ length: 600 }, (_, n) => ({
      event_type: 'outbox.enqueued',
      source,
      payload: {
        owner: `s-${n}`,
        kind: n % 2 === 0 ? 'session_evals' : 'session_feedback',
        payload: { id: `x-${n}` },
      },
    }));
    right(await g.ledger.append(drafts, { surface: 'outbox_configuration' }));
    expect(await deliver(g.world)).toMatchObject({ delivered: 600, waiting: 0 });
    expect(g.receiver.got.map(({ ids }) => ids.length)).toEqual(sizes);
    expect(right(await g.ledger.verify({ workers: 1 })).verdict).toBe('verified');
  });

  it('is nothing yet, wherever the process is killed', async () => {
    for (const at of [1, PLAN - 1, PLAN, PLAN + 1, 2 * PLAN]) {
      const g = await ground();
      const drafts = events(2 * PLAN + 4);
      await setUp(g, SINGLE);
      await write(g.ledger, drafts);
      const child = start(g);
      g.receiver.script = ({ count }) =>
        count === at ? { before: child.kill, trouble: 'reset' } : {};
      await child.ended;
      g.receiver.script = () => ({});
      expect(await deliver(g.world)).toMatchObject({ waiting: 0, parked: 0 });
      expect(new Set(g.receiver.got.map(({ key }) => key)).size).toBe(36);
      expect(faultsIn(g.ledger, g.receiver, drafts)).toEqual([]);
      expect(right(await g.ledger.verify({ workers: 1 })).verdict).toBe('verified');
    }
  });
});

describe('several batches at once', () => {
  it.each([
    ['of several owners', 'owner', (n: number) => ({ session_id: `s-${n}` })],
    ['of one owner, where order is none of its concerns', 'none', () => ({})],
  ] as const)('are on their way together, %s', async (_, order, more) => {
    const g = await ground();
    await setUp(g, { order, concurrency: 2, limits: { items: 1 } });
    const drafts = events(6).map(({ session_id: __, ...each }, n) => ({ ...each, ...more(n) }));
    await write(g.ledger, drafts);
    const second = Promise.withResolvers<boolean>();
    let isTogether = false;
    g.receiver.script = async ({ count }) => {
      if (count === 2) second.resolve(true);
      if (count === 1)
        isTogether = await Promise.race([second.promise, setTimeout(1500).then(() => false)]);
      return {};
    };
    expect(await deliver(g.world)).toMatchObject({ delivered: 6, waiting: 0 });
    expect(isTogether).toBe(true);
    expect(g.receiver.effective.toSorted()).toEqual(drafts.map(({ id }) => id));
  });
});

describe('the halves of a batch', () => {
  it('are the lines of the journal, of whatever letters', async () => {
    const g = await ground();
    await setUp(g);
    const texts = ['plain', 'Malmö', '🐟', '\u2028', 'x'.repeat(300), 'é'];
    await write(
      g.ledger,
      texts.map((text, n) => ({ event_type: 'a.b', id: `e-${n}`, payload: { text } })),
    );
    g.receiver.script = ({ ids }) => (ids.length > 1 ? { status: 413 } : {});
    expect(await deliver(g.world)).toMatchObject({ delivered: 6, waiting: 0 });
    const lines = [...g.ledger.read({ types: ['a.b' as never] })].map((read) => right(read).line);
    const alone = g.receiver.got.filter(({ ids }) => ids.length === 1);
    expect(alone.map(({ body }) => body)).toEqual(lines.map((line) => `${line}\n`));
    const [whole] = g.receiver.got;
    expect(whole?.body).toBe(lines.map((line) => `${line}\n`).join(''));
  });
});
