/**
 * Values that answer differently each time they are read, and input so large or so deep that an
 * engine would throw: what comes of them is a refusal, or text that says what was read.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { draftOf } from '../../ledger/event/draft.ts';
import { format, write } from '../../ledger/json/format.ts';
import { parse } from '../../ledger/json/parse.ts';
import { isCanonical } from '../../ledger/json/scan.ts';
import type { Json } from '../../ledger/json/value.ts';
import { MAX_MEMBERS } from '../../ledger/json/value.ts';
import { ORIGIN, timeOf } from '../build/ledger.ts';

/** An object whose member gives one answer after the other. */
const turning = (...answers: readonly unknown[]): object => {
  let reads = 0;
  return {
    get a(): unknown {
      return answers[Math.min(reads++, answers.length - 1)];
    },
  };
};

/** A proxy for a list or an object that gives a sound item once, and another ever after. */
const shifting = (target: object, key: string, later: unknown): object => {
  let reads = 0;
  return new Proxy(target, {
    get: (from: object, name): unknown =>
      name === key && reads++ > 0 ? later : Reflect.get(from, name),
  });
};

const thrower = (): object => {
  let reads = 0;
  return {
    get a(): number {
      if (reads++ > 0) throw new Error('read twice');
      return 1;
    },
  };
};

const LATER: readonly unknown[] = [NaN, undefined, '\ud800', 10n, -0, () => 1, { b: NaN }];

describe('a value that changes while it is read', () => {
  it.each(LATER.map((later) => [later]))('is read once, and never gives %s', (later) => {
    expect(format(turning(1, later))).toEqual(E.right('{"a":1}'));
    expect(format([turning('x', later)])).toEqual(E.right('[{"a":"x"}]'));
    expect(format(shifting({ a: 1 }, 'a', later))).toEqual(E.right('{"a":1}'));
    expect(format(shifting([1, 2], '0', later))).toEqual(E.right('[1,2]'));
    expect(format(turning(later, 1))._tag).toBe(E.isLeft(format(later)) ? 'Left' : 'Right');
  });

  it('is not asked again where it would throw then', () => {
    expect(format(thrower())).toEqual(E.right('{"a":1}'));
  });
});

const form = (changes: object): Json => ({
  event_type: 'a.b',
  id: 'e-1',
  ledger: ORIGIN,
  observed_at: timeOf(0),
  payload: 1,
  salt: '0'.repeat(32),
  source: { kind: 'tool', name: 'test' },
  ...changes,
});

/** The form as an object of getters that give what stands in it once, and something else later. */
const once = (flat: Json, later: unknown): Json => {
  const object = {};
  for (const [key, value] of Object.entries(flat as object) as [string, unknown][]) {
    let reads = 0;
    Object.defineProperty(object, key, {
      enumerable: true,
      get: () => (reads++ > 0 ? later : value),
    });
  }
  return object;
};

describe('a draft of a form that changes while it is read', () => {
  it.each(LATER.map((later) => [later]))(
    'is the one of what was read first, not of %s',
    (later) => {
      const whole = form({ domain_tags: ['a'] });
      expect(draftOf(native, once(whole, later))).toEqual(draftOf(native, whole));
      const draft = draftOf(native, form({ payload: turning(1, later) }));
      expect(draft).toMatchObject({ right: { payload: '{"a":1}' } });
      const source = shifting({ kind: 'tool', name: 'test' }, 'name', later);
      expect(draftOf(native, form({ source }))).toEqual(draftOf(native, form({})));
    },
  );

  it('is refused where reading throws', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const throwing = Object.defineProperty({}, 'id', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    for (const flat of [proxy, throwing] as Json[])
      expect(draftOf(native, flat)).toMatchObject({ left: { problems: [{ path: '' }] } });
    expect(draftOf(native, form({ payload: throwing }))).toMatchObject({
      left: { problems: [], value: { reason: 'not_json_data' } },
    });
    expect(draftOf(native, form({ source: throwing, salt: 1 }))).toMatchObject({
      left: {
        problems: [
          { path: 'salt', reason: 'not_text' },
          { path: 'source', reason: 'not_object' },
        ],
      },
    });
  });

  it('is refused for a payload and for members alike, and both are told', () => {
    expect(draftOf(native, form({ payload: [NaN], salt: 'x' }))).toMatchObject({
      left: { problems: [{ path: 'salt' }], value: { path: '/0', reason: 'not_finite' } },
    });
    const { payload: _payload, ...rest } = form({}) as { readonly payload: Json };
    expect(draftOf(native, rest)).toMatchObject({
      left: { problems: [{ path: 'payload', reason: 'missing' }] },
    });
    expect(draftOf(native, form({ payload: undefined }))).toMatchObject({
      left: { problems: [], value: { reason: 'not_json_data', path: '' } },
    });
  });
});

describe('a value that is larger than any line', () => {
  const tooLarge = { left: { reason: 'too_large' } };

  it('is refused for its keys as for its texts, however often one is shared', () => {
    const long = { ['k'.repeat(1_000_000)]: 1 };
    expect(format(long)._tag).toBe('Right');
    expect(format([long, long])).toMatchObject(tooLarge);
    expect(format(Array.from({ length: 1000 }, () => long))).toMatchObject(tooLarge);
    expect(draftOf(native, form({ payload: Array.from({ length: 9 }, () => long) }))).toMatchObject(
      {
        left: { value: { reason: 'too_large' } },
      },
    );
  });

  it('is refused for its members before any of them is read', () => {
    const items = Array.from({ length: MAX_MEMBERS + 1 }, () => NaN);
    expect(format(items)).toMatchObject(tooLarge);
    expect(format(Object.fromEntries(items.entries()))).toMatchObject(tooLarge);
    expect(format(Object.assign([], { length: 4_000_000_000 }))).toMatchObject(tooLarge);
  });

  it('is written where it fits into a line to the last byte', () => {
    const keys = Array.from({ length: 130_000 }, (_, i) => i.toString(36).padStart(4, '0'));
    for (const value of [
      'x'.repeat(MAX_MEMBERS - 2),
      Array.from({ length: MAX_MEMBERS / 2 - 1 }, () => 1),
      { ['k'.repeat(MAX_MEMBERS - 7)]: '' },
      Object.fromEntries(keys.slice(0, 116_508).map((key) => [key, 1])),
    ])
      expect(format(value)).toEqual(E.right(write(value)));
  });
});

const textOf = (open: string, item: (i: number) => string, close: string, count: number) =>
  encodeUtf8(`${open}${Array.from({ length: count }, (_, i) => item(i)).join(',')}${close}`);

const reasonOf = (bytes: Uint8Array): string => {
  const parsed = parse(bytes);
  return E.isLeft(parsed) ? parsed.left.reason : 'accepted';
};

describe('text with more members than any line holds', () => {
  it.each<readonly [string, string, (i: number) => string, string]>([
    ['a list', '[', () => '0', ']'],
    ['an object', '{', (i) => `"${String(i).padStart(7, '0')}":0`, '}'],
  ])(
    '%s of a million is read, and one of a million and one is too large',
    (_, open, item, close) => {
      const [most, more] = [0, 1].map((by) => textOf(open, item, close, MAX_MEMBERS + by));
      expect(reasonOf(most ?? new Uint8Array())).toBe('accepted');
      expect(isCanonical(most ?? new Uint8Array())).toBe(true);
      expect(reasonOf(more ?? new Uint8Array())).toBe('too_large');
      expect(isCanonical(more ?? new Uint8Array())).toBe(false);
    },
  );
});

const nested = (depth: number): Uint8Array => encodeUtf8('['.repeat(depth) + ']'.repeat(depth));

describe('a depth that is asked for', () => {
  const deep = new Uint8Array(1_000_000).fill(0x5b);

  it.each([66, 1e6, Infinity, NaN])('of %d is cut to that of a line', (depth) => {
    const limit = Number.isNaN(depth) ? 0 : 65;
    expect(parse(nested(limit), depth)._tag).toBe(limit === 0 ? 'Left' : 'Right');
    expect(parse(nested(limit + 1), depth)).toMatchObject({ left: { reason: 'too_deep' } });
    expect(parse(deep, depth)).toMatchObject({ left: { reason: 'too_deep' } });
    expect(isCanonical(nested(65), depth)).toBe(limit === 65);
    expect(isCanonical(nested(66), depth)).toBe(false);
    expect(isCanonical(deep, depth)).toBe(false);
  });

  it('is that of a line for values too, and none at all below zero', () => {
    let value: unknown = 1;
    for (let i = 0; i < 100_000; i++) value = [value];
    for (const depth of [65, 1e6, Infinity])
      expect(format(value, depth)).toMatchObject({ left: { reason: 'too_deep' } });
    for (const depth of [0, -1, NaN]) {
      expect(format([], depth)).toMatchObject({ left: { reason: 'too_deep', path: '' } });
      expect(parse(nested(1), depth)).toMatchObject({ left: { reason: 'too_deep' } });
      expect(format(1, depth)).toEqual(E.right('1'));
    }
  });
});
