/**
 * Plans and receipts in an audit: those that the outbox wrote fit together, and others are found.
 */
import { describe, expect, it } from 'vitest';
import type { Ledger } from '../../src/ledger.ts';
import { standing } from '../../src/delivery/standing.ts';
import { right } from '../build/ledger.ts';
import type { Ground } from '../outbox/ground.ts';
import {
  configure,
  deliver,
  events,
  ground,
  payloadsOf,
  setUp,
  unread,
  write,
} from '../outbox/ground.ts';

const forge = async (ledger: Ledger, event_type: string, payload: object): Promise<void> => {
  const draft = { event_type, payload: { ...payload }, source: { kind: 'tool', name: 'forger' } };
  await unread(ledger, draft, 'delivery_receipt');
};

const told = async (ledger: Ledger): Promise<readonly string[]> => {
  const { verdict, findings } = right(await ledger.verify({ workers: 1 }));
  return [verdict, ...findings.map(({ code }) => code)];
};

const DIGEST = 'ab'.repeat(32);

const receiptOf = (ledger: Ledger): object => {
  const [found] = [...ledger.read({ types: ['outbox.delivered' as never] })];
  if (found === undefined) throw new Error('there is no receipt');
  return (JSON.parse(right(found).line) as { readonly payload: object }).payload;
};

describe('receipts', () => {
  it('fit their plans as the outbox writes them, once or twice', async () => {
    const g = await ground();
    await setUp(g);
    await write(g.ledger, events(5));
    await deliver(g.world);
    expect(await told(g.ledger)).toEqual(['verified']);
    await forge(g.ledger, 'outbox.delivered', receiptOf(g.ledger));
    expect(await told(g.ledger)).toEqual(['verified']);
  });

  it.each([
    ['of a batch that was never planned', { key: DIGEST }, 'outbox_receipt_unplanned'],
    ['of another destination', { destination: 'other' }, 'outbox_receipt_unplanned'],
    ['of no form', { key: 7 }, 'outbox_receipt_unplanned'],
    ['of another body', { body: DIGEST }, 'outbox_body_differs'],
  ])('%s are found', async (_, change, code) => {
    const g = await ground();
    await setUp(g);
    await write(g.ledger, events(5));
    await deliver(g.world);
    await forge(g.ledger, 'outbox.delivered', { ...receiptOf(g.ledger), ...change });
    expect(await told(g.ledger)).toEqual(['tampered', code]);
  });

  it('are found where a plan is of a destination that nobody set', async () => {
    const g = await ground();
    await setUp(g);
    const batches = [{ key: DIGEST, items: [2], body: DIGEST }];
    const plan = { destination: 'nobody', config: 1, through: 7, batches };
    await forge(g.ledger, 'outbox.batch_planned', plan);
    expect(await told(g.ledger)).toEqual(['tampered', 'outbox_receipt_unplanned']);
  });

  it('are found where a plan puts another body under a key', async () => {
    const g = await ground();
    await setUp(g);
    await write(g.ledger, events(5));
    await deliver(g.world);
    const { key } = receiptOf(g.ledger) as { readonly key: string };
    const batches = [{ key, items: [2], body: DIGEST }];
    const plan = { destination: 'hooks', config: 1, through: 7, batches };
    await forge(g.ledger, 'outbox.batch_planned', plan);
    expect(await told(g.ledger)).toEqual(['tampered', 'outbox_body_differs']);
  });
});

interface Plan {
  readonly config: number;
  readonly through: number;
  readonly batches: readonly { key: string; items: readonly number[]; body: string }[];
}

const planIn = (g: Ground): Plan | undefined =>
  (payloadsOf(g, 'outbox.batch_planned') as unknown as readonly Plan[])[0];

it('a receipt of a batch that went in halves is found, and counts nothing twice', async () => {
  const g = await ground();
  await setUp(g);
  await write(g.ledger, events(2));
  g.receiver.script = ({ ids }) => (ids.length > 1 ? { status: 413 } : {});
  expect(await deliver(g.world)).toMatchObject({ delivered: 2 });
  const plan = planIn(g);
  expect(await told(g.ledger)).toEqual(['verified']);
  const { key, body } = plan?.batches[0] ?? {};
  await forge(g.ledger, 'outbox.delivered', { ...receiptOf(g.ledger), key, body });
  expect(right(standing(g.ledger.reader, 'hooks'))).toMatchObject({ delivered: 2, batches: 2 });
  expect(await told(g.ledger)).toEqual(['tampered', 'outbox_receipt_unplanned']);
});

/** A ledger in which one batch was delivered, one is parked, and one is under way. */
const withBatches = async () => {
  const g = await ground();
  await setUp(g, { limits: { items: 1, attempts: 1 } });
  await write(g.ledger, events(3));
  g.receiver.script = ({ ids: [id] }) => ({
    status: id === 'e-0' ? 200 : id === 'e-1' ? 422 : 503,
  });
  await deliver(g.world);
  const plan = planIn(g);
  const [delivered, parked, open] = plan?.batches ?? [];
  if (plan === undefined || delivered === undefined || parked === undefined || open === undefined)
    throw new Error('there is no plan of three batches');
  return { ...g, plan: { ...plan, destination: 'hooks' }, delivered, parked, open };
};

const passing = (plan: object, items: readonly number[], owners: readonly number[]) => ({
  ...plan,
  batches: [],
  behind: { items, owners },
});

type Batches = Awaited<ReturnType<typeof withBatches>>;

describe('plans and parkings', () => {
  it('fit where they say once more what was said, or what somebody asked for', async () => {
    const g = await withBatches();
    const before = right(g.ledger.digests())['outbox'];
    await forge(g.ledger, 'outbox.batch_planned', { ...g.plan, batches: [g.delivered] });
    const again = { destination: 'hooks', items: g.parked.items, reason: 'rejected' };
    await forge(g.ledger, 'outbox.parked', { ...again, status: 422, key: g.parked.key });
    expect(right(g.ledger.digests())['outbox']).toBe(before);
    const { items } = g.parked;
    // What a person has yet to decide about waits behind nobody.
    await forge(g.ledger, 'outbox.batch_planned', passing(g.plan, items, [1]));
    expect(right(g.ledger.digests())['outbox']).toBe(before);
    await configure(g.ledger, 'outbox.retried', { destination: 'hooks', items });
    g.receiver.script = () => ({});
    expect(await deliver(g.world)).toMatchObject({ delivered: 2, parked: 0, waiting: 0 });
    expect(await told(g.ledger)).toEqual(['verified']);
  });

  it('leave a batch that is held what it was, but for all of it or what is dropped', async () => {
    const g = await withBatches();
    const { key, items } = g.open;
    const held = { destination: 'hooks', items, reason: 'ill', key, held: true };
    await forge(g.ledger, 'outbox.parked', held);
    const digest = () => right(g.ledger.digests())['outbox'];
    const before = digest();
    await forge(g.ledger, 'outbox.parked', held);
    const retried = { destination: 'hooks', items };
    for (const other of [{}, { key: g.delivered.key }, { key, items: g.parked.items }])
      await configure(g.ledger, 'outbox.retried', { ...retried, ...other });
    expect(digest()).toBe(before);
    await configure(g.ledger, 'outbox.dropped', { ...retried, reason: 'ill' });
    const after = digest();
    await configure(g.ledger, 'outbox.retried', { ...retried, key });
    expect(digest()).toBe(after);
    expect(after).not.toBe(before);
    expect(await told(g.ledger)).toEqual(['verified']);
  });

  const PLAN = 'outbox.batch_planned';
  const batch = { key: DIGEST, items: [3], body: DIGEST };
  const receipt = { destination: 'hooks', status: 200, attempts: 1, latency_ms: 1 };
  const parked = { destination: 'hooks', reason: 'rejected', status: 422 };
  it.each<[string, string, (g: Batches) => object, string]>([
    [
      'of other items under a key',
      PLAN,
      ({ plan, open }) => ({ ...plan, batches: [{ ...open, items: [2] }] }),
      'outbox_plan_differs',
    ],
    [
      'of items that were delivered, under another key',
      PLAN,
      ({ plan, delivered }) => ({ ...plan, batches: [{ ...delivered, key: DIGEST }] }),
      'outbox_plan_differs',
    ],
    [
      'of items that are under way, under another key',
      PLAN,
      ({ plan, open }) => ({ ...plan, batches: [{ ...open, key: DIGEST }] }),
      'outbox_plan_differs',
    ],
    [
      'of an item that is not there',
      PLAN,
      ({ plan }) => ({ ...plan, batches: [{ ...batch, items: [9999] }] }),
      'outbox_plan_differs',
    ],
    [
      'of as much as is not there',
      PLAN,
      ({ plan, open }) => ({ ...plan, through: 9999, batches: [open] }),
      'outbox_plan_differs',
    ],
    [
      'of one item twice',
      PLAN,
      ({ plan, parked: { items } }) => ({
        ...plan,
        batches: [{ ...batch, items: [...items, ...items] }],
      }),
      'outbox_plan_differs',
    ],
    [
      'of two bodies under one key',
      PLAN,
      ({ plan, open }) => ({ ...plan, batches: [{ ...open, body: DIGEST }] }),
      'outbox_body_differs',
    ],
    [
      'in place of a batch that is over',
      PLAN,
      ({ plan, delivered: { key, items } }) => ({
        ...plan,
        replaces: key,
        batches: [{ ...batch, items }],
      }),
      'outbox_plan_differs',
    ],
    [
      'in place of a batch, with items that were delivered',
      PLAN,
      ({ plan, open, delivered: { items } }) => ({
        ...plan,
        replaces: open.key,
        batches: [{ ...batch, items }],
      }),
      'outbox_plan_differs',
    ],
    [
      'that passes items that were delivered',
      PLAN,
      ({ plan, delivered: { items } }) => passing(plan, items, [1]),
      'outbox_plan_differs',
    ],
    [
      'that passes items of no owners',
      PLAN,
      ({ plan, parked: { items } }) => passing(plan, items, [1, 2]),
      'outbox_plan_differs',
    ],
    [
      'of a batch that was never planned',
      'outbox.parked',
      ({ open: { items } }) => ({ ...parked, items, key: DIGEST }),
      'outbox_receipt_unplanned',
    ],
    [
      'of a batch that was delivered',
      'outbox.parked',
      ({ delivered: { key, items } }) => ({ ...parked, items, key }),
      'outbox_receipt_unplanned',
    ],
    [
      'of items that were not in their batch',
      'outbox.parked',
      ({ open: { key }, delivered: { items } }) => ({ ...parked, items, key }),
      'outbox_receipt_unplanned',
    ],
    [
      'of a batch that is parked',
      'outbox.delivered',
      ({ parked: { key, body } }) => ({ ...receipt, key, body }),
      'outbox_receipt_unplanned',
    ],
    [
      'of a group that nobody set',
      'outbox.group_delivered',
      () => ({ group: 'nobody', through: 1, members: {} }),
      'outbox_receipt_unplanned',
    ],
  ])('%s are found, and change nothing', async (_, type, of, code) => {
    const g = await withBatches();
    expect(await told(g.ledger)).toEqual(['verified']);
    const all = () =>
      ['destination', 'batch', 'failing', 'item', 'ahead', 'grouped'].map((table) =>
        right(g.ledger.projection('outbox', table)),
      );
    const before = all();
    await forge(g.ledger, type, of(g));
    expect(all()).toEqual(before);
    expect(await told(g.ledger)).toEqual(['tampered', code]);
  });
});
