/**
 * Receipts that come late: of a batch that was given up, and of which some went elsewhere since.
 */
import { expect, it } from 'vitest';
import { draftOf, record } from '../../../src/delivery/record.ts';
import { standing } from '../../../src/delivery/standing.ts';
import type { OutboxType } from '../../../src/outbox/event.ts';
import type { Ledger } from '../../../src/ledger.ts';
import { right } from '../../build/ledger.ts';
import {
  configure,
  deliver,
  events,
  ground,
  payloadsOf,
  setUp,
  write,
} from '../../outbox/ground.ts';

const forge = async (ledger: Ledger, type: OutboxType, payload: object): Promise<void> =>
  right(await record(ledger, [draftOf(type, payload)]));

/** A batch of three that failed once, as its plan names it. */
const withFailed = async () => {
  const g = await ground();
  await setUp(g, { limits: { attempts: 1 } });
  await write(g.ledger, events(3));
  g.receiver.script = () => ({ status: 500 });
  await deliver(g.world);
  const [plan] = payloadsOf(g, 'outbox.batch_planned') as readonly {
    readonly batches: readonly { key: string; items: readonly number[]; body: string }[];
  }[];
  const { key = '', items = [], body = '' } = plan?.batches[0] ?? {};
  return { ...g, key, items, body };
};

it('a late receipt of a batch that was given up moves none that went elsewhere since', async () => {
  const g = await withFailed();
  const { key, items, body } = g;
  const of = { destination: 'hooks', reason: 'ill' };
  await forge(g.ledger, 'outbox.parked', { ...of, items, key, held: true });
  await configure(g.ledger, 'outbox.dropped', { ...of, items: items.slice(0, 1) });
  await configure(g.ledger, 'outbox.retried', { ...of, items: items.slice(2) });
  g.receiver.script = () => ({ status: 422 });
  await deliver(g.world);
  const known = { attempts: 1, latency_ms: 1, status: 200 };
  await forge(g.ledger, 'outbox.delivered', { destination: 'hooks', key, body, ...known });
  const rows = right(g.ledger.projection('outbox', 'item'));
  // The last is parked with the batch that it went in since.
  expect(rows.map(({ seq, state }) => [seq, state])).toEqual([[items[2], 'parked']]);
  expect(right(await g.ledger.verify({ workers: 1 })).verdict).toBe('verified');
});

it('a late word of a batch that fails says nothing of one that is under way no more', async () => {
  const g = await withFailed();
  g.receiver.script = () => ({});
  await deliver(g.world);
  const until = g.world.now() + 7_200_000;
  const late = { destination: 'hooks', key: g.key, reason: 'timeout', until };
  await forge(g.ledger, 'outbox.retry_later', late);
  expect(right(g.ledger.projection('outbox', 'failing'))).toEqual([]);
  // What comes next is neither held by it nor told to be.
  await write(g.ledger, events(1, 3));
  expect(await deliver(g.world)).toMatchObject({ delivered: 1, reason: undefined });
  expect(right(standing(g.ledger.reader, 'hooks'))?.next).toBe(undefined);
});

it('a batch of which a person parked one alone since is not sent again as a whole', async () => {
  const g = await withFailed();
  const { key, items } = g;
  const of = { destination: 'hooks', reason: 'ill' };
  await forge(g.ledger, 'outbox.parked', { ...of, items, key, held: true });
  await forge(g.ledger, 'outbox.parked', { ...of, items: items.slice(0, 1) });
  await configure(g.ledger, 'outbox.retried', { ...of, items, key });
  g.receiver.script = () => ({});
  expect(await deliver(g.world)).toMatchObject({ delivered: 0 });
  const rows = right(g.ledger.projection('outbox', 'item'));
  expect(rows.map(({ state }) => state)).toEqual(['parked', 'parked', 'parked']);
  expect(right(await g.ledger.verify({ workers: 1 })).verdict).toBe('verified');
});
