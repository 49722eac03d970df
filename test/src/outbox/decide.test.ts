/**
 * What follows from an answer: given how a batch stands, when that comes back, then this is next.
 */
import Sqlite from 'better-sqlite3';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../src/delivery/post.ts';
import type { Answer } from '../../../src/outbox/answer.ts';
import type { Moment, Sending, Step } from '../../../src/outbox/decide.ts';
import { backoff, decide } from '../../../src/outbox/decide.ts';
import { keyOf } from '../../../src/outbox/key.ts';
import { parseRetryAfter } from '../../../src/outbox/retry-after.ts';
import { native } from '../../../ledger/crypto/native.ts';
import { deliver, events, ground, setUp, write } from '../../outbox/ground.ts';

const FRESH: Sending = {
  items: 10,
  attempts: 1,
  failingSince: undefined,
  limits: { attempts: 5, wait_ms: 60_000 },
};
const NOW: Moment = { now: 1000, random: 0.5 };

describe('the next step', () => {
  it.each<[string, Partial<Sending>, Answer, Step]>([
    ['a 200', {}, { status: 200 }, { step: 'delivered', isBefore: false }],
    ['a 409', {}, { status: 409 }, { step: 'delivered', isBefore: true }],
    ['a 401', {}, { status: 401 }, { step: 'stop' }],
    ['a 413 of many', {}, { status: 413 }, { step: 'split', reason: 'too_large' }],
    ['a 413 of one', { items: 1 }, { status: 413 }, { step: 'park', reason: 'too_large' }],
    ['a 404 of many', {}, { status: 404 }, { step: 'split', reason: 'rejected' }],
    ['a 404 of one', { items: 1 }, { status: 404 }, { step: 'park', reason: 'rejected' }],
    ['a first 500', {}, { status: 500 }, { step: 'wait', until: 1200 }],
    ['a third 500', { attempts: 3 }, { status: 500 }, { step: 'wait', until: 1800 }],
    ['a last 500', { attempts: 5 }, { status: 500 }, { step: 'later', until: 4200 }],
    [
      'a 429 that asks for more than there is time',
      {},
      { status: 429, retryAfterMs: 60_001 },
      { step: 'later', until: 61_001 },
    ],
    [
      'a 429 that asks for as much as there is',
      {},
      { status: 429, retryAfterMs: 60_000 },
      { step: 'wait', until: 61_000 },
    ],
    [
      'a 429 that asks for less than it is due by',
      { attempts: 4 },
      { status: 429, retryAfterMs: 1000 },
      { step: 'wait', until: 2600 },
    ],
    [
      'a 429 that asks for little, of what was left often',
      { failures: 2, limits: { attempts: 1, wait_ms: 0 } },
      { status: 429, retryAfterMs: 1000 },
      { step: 'later', until: 1000 + 204_800 },
    ],
    ['a 408', {}, { status: 408 }, { step: 'wait', until: 1200 }],
    ['a 302', {}, { failure: 'redirect', status: 302 }, { step: 'wait', until: 1200 }],
    [
      'a reset, long after the first failure',
      { failingSince: -60_000 },
      { failure: 'reset' },
      { step: 'later', until: 1200 },
    ],
  ])('after %s is as decided', (_, given, answer, then) => {
    expect(decide({ ...FRESH, ...given }, answer, NOW)).toEqual(then);
  });

  it('waits longer each time, by chance and never for more than a minute', () => {
    expect([1, 2, 3, 20, 10_000].map((attempts) => backoff(attempts, 0.999_999_9))).toEqual([
      400, 800, 1600, 60_000, 60_000,
    ]);
    expect(backoff(20, 0)).toBe(0);
  });
});

describe('what a receiver asks for', () => {
  it.each([
    ['120', 120_000],
    ['0', 0],
    ['-1', undefined],
    ['1.5', undefined],
    ['1e9', undefined],
    ['Thu, 01 Jan 1970 00:00:10 GMT', 9000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['Thu, 99 Foo 1970 00:00:00 GMT', undefined],
    ['', undefined],
  ])('as %s is read so', (text, ms) => {
    expect(parseRetryAfter(text, 1000)).toBe(ms);
  });

  it.each(['UTC', 'America/New_York', 'Asia/Kolkata'])('as a date is of UTC in %s', (TZ) => {
    const forms = [
      'Sun, 06 Nov 1994 08:49:37 GMT',
      'Sunday, 06-Nov-94 08:49:37 GMT',
      'Sun Nov  6 08:49:37 1994',
    ];
    const path = new URL('../../../src/outbox/retry-after.ts', import.meta.url).href;
    const before = Date.UTC(1994, 10, 6, 8, 49);
    const script =
      `import { parseRetryAfter as parse } from '${path}';` +
      `console.log(JSON.stringify(${JSON.stringify(forms)}.map((each) => parse(each, ${before}))))`;
    const args = ['--input-type=module', '-e', script];
    const { stdout } = spawnSync(process.execPath, args, {
      env: { ...process.env, TZ },
      encoding: 'utf8',
    });
    expect(JSON.parse(stdout)).toEqual(forms.map(() => 37_000));
  });
});

describe('a key', () => {
  it('follows from ledger, destination, body and members, each of them', () => {
    const key = keyOf(native, 'example.com/a', 'hooks', 'ab', ['1', '2']);
    expect(keyOf(native, 'example.com/a', 'hooks', 'ab', ['1', '2'])).toBe(key);
    for (const other of [
      keyOf(native, 'example.com/b', 'hooks', 'ab', ['1', '2']),
      keyOf(native, 'example.com/a', 'other', 'ab', ['1', '2']),
      keyOf(native, 'example.com/a', 'hooks', 'ac', ['1', '2']),
      keyOf(native, 'example.com/a', 'hooks', 'ab', ['2', '1']),
      keyOf(native, 'example.com/a', 'hooks', 'ab', ['1']),
    ])
      expect(other).not.toBe(key);
  });
});

describe('a connection that fails', () => {
  it.each([
    ['ECONNREFUSED', 'refused'],
    ['ENOTFOUND', 'unreachable'],
    ['ECONNRESET', 'reset'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['HPE_INVALID_CONSTANT', 'bad_response'],
    ['SOMETHING_NEW', 'unreachable'],
  ])('with %s is told as %s', (code, failure) => {
    expect(failureOf(code)).toBe(failure);
  });

  it('for want of TLS is tried again in its time, and nothing is lost', async () => {
    const g = await ground();
    const url = g.receiver.url.replace('http:', 'https:');
    await setUp(g, { url, limits: { attempts: 2 } });
    await write(g.ledger, events(2));
    expect(await deliver(g.world)).toMatchObject({ reason: 'tls', waiting: 2, attempts: 2 });
    await setUp(g);
    expect(await deliver(g.world)).toMatchObject({ delivered: 2, waiting: 0 });
  });
});

describe('a mirror whose rows are damaged', () => {
  it('is told, and nothing is sent of it', async () => {
    const g = await ground();
    await setUp(g);
    await write(g.ledger, events(2));
    const mirror = new Sqlite(join(g.folder, 'mirror.db'));
    mirror.exec("DROP TRIGGER event_stays; UPDATE events SET line = '{' WHERE seq = 2");
    mirror.close();
    const told = await deliver(g.world);
    expect([told.delivered, told.waiting, told.error?._tag]).toEqual([0, 2, 'DatabaseFailed']);
    expect(g.receiver.got).toEqual([]);
  });
});
