/**
 * Redaction: what is taken out does not leave, what cannot be taken out keeps its item here.
 */
import * as E from 'fp-ts/lib/Either.js';
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../ledger/json/value.ts';
import { preview } from '../../../src/delivery/preview.ts';
import { standing } from '../../../src/delivery/standing.ts';
import type { Redaction } from '../../../src/outbox/redaction.ts';
import { REDACTION, redactorOf } from '../../../src/outbox/redaction.ts';
import { right } from '../../build/ledger.ts';
import {
  configure,
  deliver,
  events,
  faultsIn,
  ground,
  listed,
  setUp,
  write,
} from '../../outbox/ground.ts';

const keyed = (text: string): string => createHmac('sha256', 'pepper').update(text).digest('hex');
const HASH = { secret: 'env:PEPPER' as never };

const redacted = (redaction: Redaction, payload: Json): unknown => {
  expect(REDACTION(redaction as unknown as Json, '')).toEqual([]);
  const made = redactorOf(redaction, keyed).redact(payload);
  return made._tag === 'Left' ? made.left : made.right.payload;
};

describe('a redaction', () => {
  it.each<[string, Redaction, Json, unknown]>([
    ['drops', { drop: ['/a/b'] }, { a: { b: 1, c: 2 } }, { a: { c: 2 } }],
    [
      'drops in every item',
      { drop: ['/l/*/x'] },
      { l: [{ x: 1 }, { y: 2 }] },
      { l: [{}, { y: 2 }] },
    ],
    ['keeps the place of an item', { drop: ['/l/0'] }, { l: [1, 2] }, { l: [null, 2] }],
    ['reads escapes', { drop: ['/a~1b', '/c~0d'] }, { 'a/b': 1, 'c~d': 2, e: 3 }, { e: 3 }],
    ['masks', { mask: ['/a'] }, { a: { deep: 1 } }, { a: '***' }],
    ['hashes', { hash: { ...HASH, pointers: ['/a'] } }, { a: 'ada' }, { a: keyed('ada') }],
    ['allows', { allow: ['/a', '/b/c'] }, { a: 1, b: { c: 2, d: 3 }, e: 4 }, { a: 1, b: { c: 2 } }],
    [
      'allows no names and no lengths of what it does not name',
      { allow: ['/a', '/b/c'] },
      { a: 1, b: { d: { 'ada@example.com': 1 } }, 'e@example.com': { f: {} }, g: [1, [2]] },
      { a: 1, b: {} },
    ],
    ['allows nothing of a text', { allow: ['/a'] }, 'secret', undefined],
    [
      'replaces what a pattern finds, in names and numbers too',
      { patterns: [{ find: '[0-9]{4,}', replace: '$0#' }] },
      { 'n-12345': ['ab 9999 cd 12345', 12_345, 123, true, null] },
      { 'n-$0#': ['ab $0# cd $0#', '$0#', 123, true, null] },
    ],
    [
      'replaces between all letters what is found there',
      { patterns: [{ find: 'z*', replace: '-' }] },
      'azzb',
      '-a--b-',
    ],
    [
      'fails where what it makes of two names is one',
      { patterns: [{ find: '[0-9]', replace: '' }] },
      { in: { a1: 1, a2: 2 } },
      'redaction_failed',
    ],
    [
      'fails where a text grows without bounds',
      { patterns: ['.', '.'].map((find) => ({ find, replace: 'y'.repeat(4096) })) },
      'a'.repeat(100_000),
      'redaction_failed',
    ],
    [
      'fails where many texts grow without bounds',
      { patterns: [{ find: '.', replace: 'y'.repeat(4096) }] },
      Array.from({ length: 300_000 }, () => 'a'),
      'redaction_failed',
    ],
    ['is not troubled by what is not there', { drop: ['/x/y'], mask: ['/z'] }, { a: 1 }, { a: 1 }],
    ['fails where a text stands in the way', { drop: ['/a/b'] }, { a: 'b' }, 'redaction_failed'],
    [
      'fails where what is to be hashed is no identifier',
      { hash: { ...HASH, pointers: ['/a'] } },
      { a: ['ada'] },
      'redaction_failed',
    ],
  ])('%s', (_, redaction, payload, expected) => {
    expect(redacted(redaction, payload)).toEqual(expected);
  });

  it('fails where a pattern that was taken once is none any more', () => {
    const patterns = [
      { find: 'a', replace: 'b' },
      { find: '(', replace: '' },
    ];
    expect(redactorOf({ patterns }, keyed).redact('a card')).toEqual(E.left('redaction_failed'));
    expect(redactorOf({ patterns: patterns.slice(0, 1) }, keyed).redact('a')).toEqual(
      E.right({ payload: 'b' }),
    );
  });

  it.each([
    ['a pointer that is none', { drop: ['a'] }],
    ['a pattern that is none', { patterns: [{ find: '(', replace: '' }] }],
    ['a pattern that looks behind', { patterns: [{ find: '(?<=a)b', replace: '' }] }],
    ['a secret that is written out', { hash: { secret: 'hunter2' } }],
    ['an owner that is hashed with nothing', { owner: 'hash' }],
    ['a member that nobody knows', { dorp: ['/a'] }],
  ])('with %s is refused', (_, redaction) => {
    expect(REDACTION(redaction, '').length).toBeGreaterThan(0);
  });
});

const REDACT: Redaction = {
  drop: ['/customer/phone'],
  hash: { ...HASH, pointers: ['/customer/id'] },
};

const event = (id: string, customer: Json) => ({
  event_type: 'a.b',
  id,
  payload: { customer },
  session_id: 'of-ada',
});

const withRedaction = async () => {
  const g = await ground();
  g.environment['PEPPER'] = 'pepper';
  await setUp(g, { redaction: { ...REDACT, owner: 'hash' } });
  const good = event('e-1', { id: 'ada', phone: '555' });
  // Where the customer is a text nobody knows what would have to go.
  const bad = event('e-2', 'ada, 555');
  await write(g.ledger, [good, bad]);
  return { ...g, drafts: [good, bad] };
};

describe('a destination with a redaction', () => {
  it('is sent what is left, told by a digest, and never what could not be redacted', async () => {
    const g = await withRedaction();
    const now = right(standing(g.ledger.reader, 'hooks'));
    if (now === undefined) throw new Error('there is no destination');
    const shown = right(preview(g.world, now));
    expect(shown.unfit).toEqual([{ reason: 'redaction_failed', items: [3] }]);
    expect(await deliver(g.world)).toMatchObject({ delivered: 1, parked: 1, waiting: 0 });
    const [got] = g.receiver.got;
    expect(got?.body).toBe(shown.batches[0]?.body);
    expect(JSON.parse(got?.body ?? '')).toEqual({
      seq: 2,
      id: 'e-1',
      event_type: 'a.b',
      recorded_at: expect.any(String) as string,
      session_id: keyed('of-ada'),
      payload: { customer: { id: keyed('ada') } },
    });
    expect(listed(g.ledger, 'parked')).toMatchObject([{ item: 'e-2', reason: 'redaction_failed' }]);
    const [plan] = [...g.ledger.read({ types: ['outbox.batch_planned' as never] })];
    const [, digest] = /"redaction":"([0-9a-f]{64})"/.exec(plan ? right(plan).line : '') ?? [];
    const [receipt] = [...g.ledger.read({ types: ['outbox.delivered' as never] })];
    expect(digest).toBeDefined();
    expect(receipt && right(receipt).line).toContain(`"redaction":"${digest}"`);
    expect(faultsIn(g.ledger, g.receiver, g.drafts)).toEqual([]);
  });

  it('is sent nothing of a text for being one: what it says as JSON is redacted', async () => {
    const g = await ground();
    await setUp(g, { redaction: { drop: ['/card'] } });
    for (const payload of ['{"card":"4711","a":1}', ' [{"card":"4711"', 'no card'])
      await configure(g.ledger, 'outbox.enqueued', { owner: 'ada', kind: 'fact', payload });
    expect(await deliver(g.world)).toMatchObject({ delivered: 1, parked: 2, waiting: 0 });
    const [got] = g.receiver.got;
    expect(JSON.parse(got?.body ?? '')).toMatchObject({ payload: { a: 1 } });
    expect(got?.body).not.toContain('4711');
  });

  it('tells of no next attempt while its secret is missing', async () => {
    const g = await ground();
    await setUp(g, { headers: { 'X-Token': 'env:TOKEN' as never }, limits: { attempts: 1 } });
    await write(g.ledger, events(1));
    g.receiver.script = () => ({ status: 500 });
    g.environment['TOKEN'] = 'x';
    expect((await deliver(g.world)).retryAt).toBeGreaterThan(0);
    delete g.environment['TOKEN'];
    expect(await deliver(g.world)).toMatchObject({ state: 'stopped', retryAt: undefined });
  });

  it('keeps everything back while its secret is missing', async () => {
    const g = await withRedaction();
    delete g.environment['PEPPER'];
    const told = await deliver(g.world);
    expect(told).toMatchObject({ state: 'stopped', reason: 'secret_missing env:PEPPER' });
    expect(g.receiver.got).toEqual([]);
  });

  it('parks a batch that another secret would make anew, and sends no other bytes', async () => {
    const g = await withRedaction();
    g.receiver.script = () => ({ trouble: 'reset' });
    await deliver(g.world, { maxWaitMs: 0 });
    const shown = () => {
      const now = right(standing(g.ledger.reader, 'hooks'));
      return now && right(preview(g.world, now));
    };
    const { key, body: sent } = g.receiver.got[0] ?? {};
    expect(shown()).toMatchObject({ batches: [{ key, body: sent, items: [2] }], unfit: [] });
    g.environment['PEPPER'] = 'salt';
    expect(shown()).toMatchObject({ batches: [], unfit: [{ reason: 'body_differs', items: [2] }] });
    g.receiver.script = () => ({});
    expect(await deliver(g.world)).toMatchObject({ delivered: 0, parked: 1, waiting: 0 });
    expect(listed(g.ledger, 'parked')).toMatchObject([{ item: 'e-1', reason: 'body_differs' }, {}]);
    expect(g.receiver.keysOfTwo).toEqual([]);
    // Another redaction is no reason: a batch is made as it was planned.
    const h = await withRedaction();
    h.receiver.script = () => ({ trouble: 'reset' });
    await deliver(h.world, { maxWaitMs: 0 });
    await setUp(h, {});
    h.receiver.script = () => ({});
    expect(await deliver(h.world)).toMatchObject({ delivered: 1 });
    expect(new Set(h.receiver.got.map(({ body }) => body)).size).toBe(1);
    expect(faultsIn(h.ledger, h.receiver, h.drafts)).toEqual([]);
  });
});

describe('what is recorded of a destination', () => {
  it('is no destination where it holds what may not be kept', async () => {
    const g = await ground();
    await setUp(g);
    for (const more of [
      { url: 'http://ada:hunter2@127.0.0.1/' },
      { headers: { 'X-Token': 'hunter2' } },
      { headers: { 'Idempotency-Key': 'env:KEY' } },
      { name: '../up' },
      { limits: { items: 0 } },
      { format: 'xml' },
    ])
      await expect(setUp(g, more as never)).rejects.toThrow('DraftRefused');
    await configure(g.ledger, 'outbox.destination_paused', { name: 'none' });
    expect(right(g.ledger.projection('outbox', 'destination'))).toMatchObject([{ seq: 1 }]);
  });
});
