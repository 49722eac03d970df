/**
 * More than one event, one plan, or one memory takes.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { MAX_HEADER_BYTES, MAX_LINE_BYTES } from '../../../ledger/event/header.ts';
import { aheadOf } from '../../../src/delivery/prepare.ts';
import { draftOf, record } from '../../../src/delivery/record.ts';
import { standing } from '../../../src/delivery/standing.ts';
import { LIMITS } from '../../../src/outbox/destination.ts';
import { MOST_BATCHES, MOST_ITEMS } from '../../../src/outbox/event.ts';
import { right } from '../../build/ledger.ts';
import {
  deliver,
  events,
  faultsIn,
  ground,
  listed,
  outboxTypes,
  payloadsOf,
  setUp,
  withEvents,
  write,
} from '../../outbox/ground.ts';

describe('more items than one event can name', () => {
  it('are parked all the same, and none is lost', async () => {
    const g = await ground();
    const count = MOST_ITEMS + 1;
    await setUp(g, { format: 'kaizen' });
    const drafts = Array.from({ length: count }, () => ({
      event_type: 'outbox.enqueued',
      payload: { owner: 's-1', kind: 'of_tomorrow', payload: {} },
      source: { kind: 'tool', name: 'test' },
    }));
    for (let at = 0; at < count; at += 1000)
      right(
        await g.ledger.append(drafts.slice(at, at + 1000), { surface: 'outbox_configuration' }),
      );
    await write(g.ledger, events(1));
    expect(await deliver(g.world)).toMatchObject({ parked: count, delivered: 1, waiting: 0 });
    expect(listed(g.ledger, 'parked').length).toBe(count);
  });

  it('are told as superseded, over as many plans as it takes', async () => {
    const g = await ground();
    const count = MOST_ITEMS + 2;
    await setUp(g);
    const drafts = Array.from({ length: count }, (_, at) => ({
      event_type: 'outbox.enqueued',
      id: `x-${at}`,
      payload: { owner: 's-1', kind: 'snapshot', payload: at, replaceable: true },
      source: { kind: 'tool', name: 'test' },
    }));
    for (let at = 0; at < count; at += 1000)
      right(
        await g.ledger.append(drafts.slice(at, at + 1000), { surface: 'outbox_configuration' }),
      );
    expect(await deliver(g.world)).toMatchObject({ delivered: 1, waiting: 0 });
    const plans = payloadsOf(g, 'outbox.batch_planned');
    const told = plans.map(({ superseded }) => (superseded as readonly number[]).length);
    expect(told).toEqual([MOST_ITEMS, 1]);
    const superseded = listed(g.ledger, 'superseded').map(({ item }) => item);
    expect(superseded).toEqual(drafts.slice(0, -1).map(({ id }) => id));
    expect(right(standing(g.ledger.reader, 'hooks'))?.superseded).toBe(count - 1);
    expect(right(await g.ledger.verify({ workers: 1 })).verdict).toBe('verified');
  });

  it('and pass no more than that at once, of an owner that fails', async () => {
    const g = await ground();
    const drafts = events(MOST_ITEMS + 1502).map((each, n) => ({
      ...each,
      session_id: n === 0 || n > 1 ? 's-down' : 's-up',
    }));
    await setUp(g, { limits: { items: 1000, attempts: 1, timeout_ms: 20_000 } });
    await write(g.ledger, drafts.slice(0, 1));
    g.receiver.script = ({ body }) => (body.includes('"s-down"') ? { status: 500 } : {});
    await deliver(g.world);
    await write(g.ledger, drafts.slice(1));
    const told = await deliver(g.world);
    expect(told.error).toBe(undefined);
    expect(told).toMatchObject({ delivered: 1, waiting: drafts.length - 1 });
    const passed = payloadsOf(g, 'outbox.batch_planned').flatMap(({ behind }) =>
      behind === undefined ? [] : (behind as { readonly items: readonly number[] }).items.length,
    );
    expect(passed).toEqual([5999, 501]);
    expect(right(await g.ledger.verify({ workers: 1 })).verdict).toBe('verified');
  });

  it('or larger batches than memory takes are planned one by one', async () => {
    const g = await withEvents(2, () => ({}), { limits: { items: 1, bytes: 64_000_000 } });
    expect(await deliver(g.world)).toMatchObject({ delivered: 2, batches: 2 });
    expect(outboxTypes(g.ledger).filter((type) => type === 'batch_planned').length).toBe(2);
  });

  it('go in as many plans as it takes, where many lanes have many small batches', async () => {
    const g = await ground();
    await setUp(g, { concurrency: 16, limits: { items: 1 } });
    const drafts = events(400).map((each, n) => ({ ...each, session_id: `s-${n % 160}` }));
    await write(g.ledger, drafts);
    expect(await deliver(g.world)).toMatchObject({ delivered: 400, waiting: 0 });
    const plans = payloadsOf(g, 'outbox.batch_planned').map(({ batches }) => batches as object[]);
    expect(Math.max(...plans.map(({ length }) => length))).toBeLessThanOrEqual(MOST_BATCHES);
    expect(faultsIn(g.ledger, g.receiver, drafts)).toEqual([]);
    expect(right(await g.ledger.verify({ workers: 1 })).verdict).toBe('verified');
  });

  it('or what else is of no form of the outbox is never recorded', async () => {
    const g = await ground();
    const draft = draftOf('outbox.stopped', { destination: 'hooks', reason: 'two\nlines' });
    const problems = [{ path: 'payload.reason', reason: 'bad_form' }];
    expect(await record(g.ledger, [draft])).toEqual(E.left({ _tag: 'DraftRefused', problems }));
    expect(outboxTypes(g.ledger)).toEqual([]);
  });

  it.each([1, 4, 16])('are never in one plan, whatever a batch may hold, in %i lanes', (lanes) => {
    for (const items of [1, 500, 1000, 5000]) {
      const ahead = aheadOf({ ...LIMITS, items }, lanes);
      const digits = String(999_999_999);
      const batches = Array.from({ length: ahead * lanes }, () => ({
        key: 'ab'.repeat(32),
        body: 'ab'.repeat(32),
        items: Array.from({ length: items }, () => Number(digits)),
      }));
      const superseded = Array.from({ length: MOST_ITEMS + items }, () => Number(digits));
      const length = JSON.stringify({ batches, superseded }).length;
      expect(length).toBeLessThan(MAX_LINE_BYTES - MAX_HEADER_BYTES);
      // It passes no more than that and a batch, and has none of those in its batches.
      const all = batches.flatMap((batch) => batch.items);
      const passed = all.slice(0, MOST_ITEMS + items);
      const behind = { items: passed, owners: passed.map(() => 2 ** 32 - 1) };
      const rest = all.slice(passed.length);
      const most = JSON.stringify({ superseded, behind, rest }).length;
      expect(most + 160 * batches.length).toBeLessThan(MAX_LINE_BYTES - MAX_HEADER_BYTES);
      expect(aheadOf({ ...LIMITS, items, bytes: 64_000_000 }, lanes)).toBe(1);
    }
    expect(aheadOf(LIMITS, lanes)).toBe(lanes === 16 ? 4 : 16);
  });
});
