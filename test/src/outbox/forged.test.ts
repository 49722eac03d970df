/**
 * Events of the outbox that it never made: whoever may write such can neither have it send without
 * an end nor hide from an audit what they write next.
 */
import Sqlite from 'better-sqlite3';
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { OutboxError } from '../../../src/cli/outbox/error.ts';
import { outboxText } from '../../../src/cli/outbox/error-text.ts';
import { flush } from '../../../src/delivery/flush.ts';
import { preview } from '../../../src/delivery/preview.ts';
import { draftOf, record } from '../../../src/delivery/record.ts';
import { standing } from '../../../src/delivery/standing.ts';
import { LIMITS } from '../../../src/outbox/destination.ts';
import type { OutboxType } from '../../../src/outbox/event.ts';
import type { Recorded } from '../../../policies/state/past.ts';
import { outbox } from '../../../src/projection/outbox.ts';
import { Fold } from '../../../src/storage/mirror/fold.ts';
import { createTables } from '../../../src/storage/mirror/schema.ts';
import { right } from '../../build/ledger.ts';
import type { Ground } from '../../outbox/ground.ts';
import {
  configure,
  deliver,
  outboxTypes,
  payloadsOf,
  setUp,
  unread,
  withEvents,
} from '../../outbox/ground.ts';

const KEY = 'b'.repeat(64);
const hooks = { destination: 'hooks' };

const forge = async (g: Ground, type: OutboxType, payload: object): Promise<void> =>
  right(await record(g.ledger, [draftOf(type, { ...hooks, ...payload })]));

const verdictOf = async (g: Ground) => {
  const { verdict, findings } = right(await g.ledger.verify({ workers: 1 }));
  return [verdict, ...findings.map(({ code }) => code)];
};

it.each<[OutboxType, object]>([
  ['outbox.retry_later', { reason: 'x', key: KEY, attempts: 1 }],
  ['outbox.retry_later', { reason: 'x', attempts: 1 }],
  ['outbox.stopped', { reason: 'x', key: KEY, attempts: 1 }],
  ['outbox.stopped', { reason: 'x', attempts: 1 }],
])('%s with %j counts nothing, and a receipt behind it is found', async (type, payload) => {
  const g = await withEvents(1, () => ({}));
  await forge(g, type, payload);
  const receipt = { key: KEY, body: KEY, status: 200, attempts: 1, latency_ms: 1 };
  await forge(g, 'outbox.delivered', receipt);
  expect(await verdictOf(g)).toEqual(['tampered', 'outbox_receipt_unplanned']);
});

it('a count that cannot grow does not keep a receipt from being recorded', async () => {
  const g = await withEvents(1, () => ({ status: 500 }), { limits: { attempts: 1 } });
  await deliver(g.world);
  const key = g.receiver.got[0]?.key;
  const attempts = Number.MAX_SAFE_INTEGER;
  await forge(g, 'outbox.retry_later', { reason: 'x', key, attempts });
  g.receiver.script = () => ({});
  expect(await deliver(g.world)).toMatchObject({ delivered: 1, waiting: 0, error: undefined });
  expect(payloadsOf(g, 'outbox.delivered')).toMatchObject([{ attempts }]);
});

/** The keys of the batches that come next, of so many items each. */
const keysOf = (g: Ground, items: number): readonly string[] => {
  const now = right(standing(g.ledger.reader, 'hooks'));
  if (now === undefined) throw new Error('there is no destination');
  const limits = { ...now.destination.limits, items };
  const by = { ...now, destination: { ...now.destination, limits } };
  return right(preview(g.world, by)).batches.map(({ key }) => key);
};

/** Somebody else's plan of another item, under one of them. */
const takeKey = async (g: Ground, key = ''): Promise<void> => {
  const batches = [{ key, items: [0], body: KEY }];
  await forge(g, 'outbox.batch_planned', { config: 1, through: 0, batches });
};

const goOn = (g: Ground) => configure(g.ledger, 'outbox.destination_resumed', { name: 'hooks' });

it('a plan under the key of the next batch stops the destination: nothing is sent', async () => {
  const g = await withEvents(3, () => ({}));
  await takeKey(g, keysOf(g, 3)[0]);
  const before = outboxTypes(g.ledger).length;
  expect(await deliver(g.world)).toMatchObject({ state: 'stopped', reason: 'plan_differs' });
  expect(await deliver(g.world)).toMatchObject({ state: 'stopped', attempts: 0 });
  // What cannot be made again is held.
  expect(outboxTypes(g.ledger).slice(before)).toEqual(['parked', 'batch_planned', 'stopped']);
  expect(g.receiver.got).toEqual([]);
  expect(g.health).toEqual([{ destination: 'hooks', reason: 'stopped: plan_differs' }]);
  const error = { _tag: 'DestinationStopped', destination: 'hooks', reason: 'plan_differs' };
  expect(outboxText(error as OutboxError).next).toContain('See ledger verify');
  // Where other batches come of it, it goes on.
  await setUp(g, { limits: { items: 2 } });
  await goOn(g);
  expect(await deliver(g.world)).toMatchObject({ delivered: 3 });
  expect(await verdictOf(g)).toEqual(['tampered', 'outbox_body_differs']);
});

it('one under the key of a half does so, too, and the whole stays as it was', async () => {
  const g = await withEvents(2, ({ ids }) => ({ status: ids.length > 1 ? 413 : 200 }));
  await takeKey(g, keysOf(g, 1)[1]);
  expect(await deliver(g.world)).toMatchObject({ state: 'stopped', reason: 'plan_differs' });
  expect(g.receiver.got).toHaveLength(1);
  expect(right(g.ledger.projection('outbox', 'batch'))).toMatchObject(
    expect.arrayContaining([expect.objectContaining({ items: 2, state: 'planned' })]),
  );
});

it('nothing is planned or sent by tables that stopped', async () => {
  const g = await withEvents(2, () => ({}));
  right(await g.ledger.append([]));
  const sqlite = new Sqlite(join(g.folder, 'mirror.db'));
  sqlite.exec("UPDATE projections SET stopped = 'x', size = 2 WHERE name = 'outbox'");
  sqlite.close();
  const before = outboxTypes(g.ledger);
  const cause = { _tag: 'GateFailed', projection: 'outbox', reason: 'x' };
  expect(await flush(g.world)).toMatchObject(E.left({ _tag: 'AppendFailed', cause }));
  expect(outboxTypes(g.ledger)).toEqual(before);
  expect(g.receiver.got).toEqual([]);
  // Made anew they are sound.
  right(await g.ledger.replay());
  expect(await deliver(g.world)).toMatchObject({ delivered: 2 });
});

const OTHER = 'c'.repeat(64);

it.each<[string, OutboxType, object, string]>([
  [
    'two bodies under one key in one plan',
    'outbox.batch_planned',
    {
      config: 1,
      through: 0,
      batches: [2, 3].map((n) => ({ key: KEY, items: [n], body: n === 2 ? KEY : OTHER })),
    },
    'outbox_body_differs',
  ],
  [
    'two batches under one key in one plan',
    'outbox.batch_planned',
    { config: 1, through: 0, batches: [2, 3].map((n) => ({ key: KEY, items: [n], body: KEY })) },
    'outbox_plan_differs',
  ],
  [
    'a plan by what is no configuration',
    'outbox.batch_planned',
    { config: 2, through: 0, batches: [{ key: KEY, items: [2], body: KEY }] },
    'outbox_plan_differs',
  ],
  [
    'a group that has come further than the ledger',
    'outbox.group_delivered',
    { destination: undefined, group: 'partners', through: 900, members: { hooks: 900 } },
    'outbox_receipt_unplanned',
  ],
])('%s is found, and takes nothing away', async (_, type, payload, code) => {
  const g = await withEvents(3, () => ({}), { group: { name: 'partners', mode: 'fail_closed' } });
  await forge(g, type, payload);
  expect(await deliver(g.world)).toMatchObject({ delivered: 3, waiting: 0, error: undefined });
  expect(g.faults()).toEqual([]);
  expect(payloadsOf(g, 'outbox.group_delivered').at(-1)).toMatchObject({ through: 5 });
  expect(await verdictOf(g)).toEqual(['tampered', code]);
});

const UNTRUE = [{ status: 500 }, { attempts: 0 }, { status: 302 }, { redaction: KEY }];

it.each<object>(UNTRUE)('a receipt with %j is none', async (wrong) => {
  const g = await withEvents(1, () => ({ status: 500 }), { limits: { attempts: 1 } });
  await deliver(g.world);
  const [plan] = payloadsOf(g, 'outbox.batch_planned') as readonly {
    readonly batches: readonly { readonly key: string; readonly body: string }[];
  }[];
  const { key, body } = plan?.batches[0] ?? {};
  const receipt = { ...hooks, key, body, status: 200, attempts: 1, latency_ms: 1, ...wrong };
  await unread(g.ledger, draftOf('outbox.delivered', receipt), 'delivery_receipt');
  expect(await verdictOf(g)).toEqual(['tampered', 'outbox_receipt_unplanned']);
  g.receiver.script = () => ({});
  expect(await deliver(g.world)).toMatchObject({ delivered: 1 });
});

it('halves by another redaction than their whole are found, those by its own are not', async () => {
  const redaction = { drop: ['/n'] };
  const g = await withEvents(2, () => ({ status: 500 }), { redaction, limits: { attempts: 1 } });
  await deliver(g.world);
  const [plan] = payloadsOf(g, 'outbox.batch_planned') as readonly {
    readonly config: number;
    readonly batches: readonly { readonly key: string; readonly items: readonly number[] }[];
  }[];
  const whole = plan?.batches[0];
  const batches = whole?.items.map((seq) => ({
    key: String(seq).repeat(64),
    items: [seq],
    body: KEY,
  }));
  const half = { config: plan?.config, through: 0, batches, replaces: whole?.key, redaction: KEY };
  await forge(g, 'outbox.batch_planned', half);
  const faults = right(g.ledger.projection('outbox', 'fault'));
  expect(faults).toMatchObject([{ code: 'outbox_plan_differs' }]);
  g.receiver.script = ({ ids }) => ({ status: ids.length > 1 ? 413 : 200 });
  expect(await deliver(g.world)).toMatchObject({ delivered: 2, error: undefined });
  expect(await verdictOf(g)).toEqual(['tampered', 'outbox_plan_differs']);
});

it('a plan of more items than fit on a stack stops nothing', () => {
  const sqlite = new Sqlite(':memory:');
  createTables(sqlite, 'example.com/test', '');
  const fold = new Fold(sqlite);
  fold.register([outbox]);
  const take = (seq: number, type: OutboxType, payload: object): void =>
    fold.take({
      header: { event_type: type, seq, recorded_at: '2026-01-01T00:00:00.000Z' },
      payload,
    } as unknown as Recorded);
  const url = 'http://127.0.0.1:9/';
  take(0, 'outbox.destination_set', { name: 'hooks', url, format: 'ndjson', limits: LIMITS });
  for (let seq = 1; seq < 140_000; seq++) take(seq, 'outbox.destination_paused', { name: 'none' });
  const batches = Array.from({ length: 26 }, (_, at) => ({
    key: at.toString(16).padStart(64, '0'),
    items: Array.from({ length: 5000 }, (__, n) => at * 5000 + n),
    body: KEY,
  }));
  take(140_000, 'outbox.batch_planned', { ...hooks, config: 0, through: 0, batches });
  expect(fold.status()).toEqual([expect.objectContaining({ name: 'outbox', size: 140_001 })]);
  expect(fold.rows('outbox', 'batch')).toHaveLength(26);
  sqlite.close();
});
