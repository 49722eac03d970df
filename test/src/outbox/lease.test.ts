/**
 * A lease that is lost while its holder works, and secrets that no header can bear.
 */
import * as E from 'fp-ts/lib/Either.js';
import { mkdirSync, renameSync } from 'node:fs';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { outboxText } from '../../../src/cli/outbox/error-text.ts';
import { flushError } from '../../../src/cli/outbox/told.ts';
import { flush, leaseFolder } from '../../../src/delivery/flush.ts';
import { lockPath } from '../../../src/storage/writer-lock.ts';
import { right } from '../../build/ledger.ts';
import {
  deliver,
  events,
  faultsIn,
  ground,
  outboxTypes,
  setUp,
  withEvents,
  write,
} from '../../outbox/ground.ts';

describe('a lease that is lost', () => {
  it.each([
    ['between two batches', {}],
    ['between two attempts', { status: 503 }],
    ['between two halves', { status: 413 }],
  ])('%s ends the delivery: nothing more is sent, nothing recorded', async (_, reply) => {
    const g = await ground();
    const drafts = events(6);
    await setUp(g, { limits: { items: 2 } });
    await write(g.ledger, drafts);
    const path = lockPath(leaseFolder(g.folder, 'hooks'));
    g.receiver.script = () => {
      renameSync(path, `${path}.old`);
      return reply;
    };
    const told = await deliver(g.world);
    expect([told.error?._tag, g.receiver.got.length]).toEqual(['LeaseLost', 1]);
    expect(outboxTypes(g.ledger)).toEqual(['destination_set', 'batch_planned']);
    g.receiver.script = () => ({});
    expect(await deliver(g.world)).toMatchObject({ delivered: 6, waiting: 0 });
    expect(new Set(g.receiver.got.map(({ key }) => key)).size).toBe(3);
    expect(faultsIn(g.ledger, g.receiver, drafts)).toEqual([]);
  });
});

describe('a secret', () => {
  it.each([
    ['a line end', 'one\r\nX-Other: two'],
    ['a NUL', 'one\0two'],
    ['a DEL', 'one\x7f'],
    ['an escape', '\x1b[2Jone'],
    ['a letter that no header has', 'one€'],
  ])('with %s in it is sent nowhere, and told as what it is', async (_, secret) => {
    const g = await ground();
    await setUp(g, { headers: { 'X-Token': 'env:TOKEN' as never } });
    await write(g.ledger, events(1));
    g.environment['TOKEN'] = secret;
    const reason = 'secret_unusable env:TOKEN';
    expect(await deliver(g.world)).toMatchObject({ state: 'stopped', reason, attempts: 0 });
    expect(g.receiver.got).toEqual([]);
    g.environment['TOKEN'] = 'one two\n';
    expect(await deliver(g.world)).toMatchObject({ delivered: 1 });
    expect(g.receiver.got[0]?.headers['x-token']).toBe('one two');
  });
});

it('whoever waits for a lease is told who delivers', async () => {
  const g = await withEvents(1, () => ({}));
  const folder = leaseFolder(g.folder, 'hooks');
  mkdirSync(folder, { recursive: true });
  const held = right(await g.world.ports.lock.take(folder, 0));
  const flushed = right(await flush(g.world, { maxWaitMs: 0 }));
  const reason = `process ${process.pid} delivers to it`;
  expect(flushError(flushed)).toMatchObject({ left: { late: [{ reason }], waiting: 1 } });
  held.release();
  expect(flushError(right(await flush(g.world)))).toMatchObject({ _tag: 'Right' });
});

it('each that is not delivered to is told, and which one asks to be left alone', async () => {
  const g = await withEvents(1, () => ({ status: 500 }));
  const [hooks] = right(await flush(g.world, { maxWaitMs: 0 }));
  if (hooks === undefined) throw new Error('there is a destination');
  const busy = { ...hooks, destination: 'busy', reason: 'status_429', status: 429 };
  const told = flushError([hooks, { ...busy, isAsked: true, waiting: 2 }]);
  expect(E.isLeft(told) && told.left._tag === 'Undelivered' && outboxText(told.left)).toEqual({
    code: 'undelivered',
    message:
      'hooks cannot be delivered to now (status_500), nor busy (status_429); items that wait: 3',
    next:
      'busy asks to be left alone. Run ledger outbox flush later; to have it tried now: ' +
      'ledger outbox destination resume busy.',
  });
});
