/**
 * Names at, below and above every bound of their forms, each refused for its reason.
 */
import { describe, expect, it } from 'vitest';
import type { Named } from '../../ledger/name.ts';
import * as N from '../../ledger/name.ts';
import { render } from '../../ledger/render/render.ts';

type Parse = (value: unknown) => Named<unknown>;
const a = (n: number): string => 'a'.repeat(n);

const parsers: readonly (readonly [
  string,
  Parse,
  readonly unknown[],
  readonly (readonly [unknown, string])[],
])[] = [
  [
    'origin',
    N.parseOrigin,
    ['example.com/payments', 'A', '9', 'a//b', a(128)],
    [
      ['', 'empty'],
      [a(129), 'too_long'],
      ['/a', 'bad_form'],
      [`/${a(127)}`, 'bad_form'],
      ['a b', 'bad_form'],
      ['a@b', 'bad_form'],
      ['a\n', 'bad_form'],
      [1, 'not_text'],
      [null, 'not_text'],
    ],
  ],
  [
    'event id',
    N.parseEventId,
    [
      'invoice:2026-0001',
      '1a',
      `${'0'.repeat(64)}a`,
      'f'.repeat(63),
      a(128),
      '12-3',
      `${'f'.repeat(64)}-`,
    ],
    [
      ['', 'empty'],
      ['12', 'looks_like_seq'],
      ['0'.repeat(64), 'looks_like_seq'],
      ['f'.repeat(64), 'looks_like_hash'],
      ['F'.repeat(64), 'looks_like_hash'],
      [a(129), 'too_long'],
      ['1'.repeat(129), 'too_long'],
      ['../x', 'bad_form'],
      ['../1', 'bad_form'],
      ['1/', 'bad_form'],
      [`/${'f'.repeat(64)}`, 'bad_form'],
      [`${'f'.repeat(64)}/`, 'bad_form'],
      [`/${a(127)}`, 'bad_form'],
      ['a\u202eb', 'bad_form'],
      ['a/b', 'bad_form'],
    ],
  ],
  [
    'event type',
    N.parseEventType,
    ['a.b', 'invoice.paid', 'a1_.b_2.3', `a.${a(126)}`],
    [
      ['a', 'bad_form'],
      ['a.', 'bad_form'],
      ['.a', 'bad_form'],
      ['a..b', 'bad_form'],
      ['A.b', 'bad_form'],
      ['1.b', 'bad_form'],
      ['a.b-c', 'bad_form'],
      [`a.${a(127)}`, 'too_long'],
      ['', 'empty'],
    ],
  ],
  [
    'key name',
    N.parseKeyName,
    ['alice@example.com', 'a/../b', a(128)],
    [
      ['@a', 'bad_form'],
      ['a+b', 'bad_form'],
      [a(129), 'too_long'],
    ],
  ],
  [
    'key id',
    N.parseKeyId,
    ['alice+c9c082b4', `${a(128)}+00000000`],
    [
      ['alice', 'bad_form'],
      ['alice+C9C082B4', 'bad_form'],
      ['alice+c9c082b', 'bad_form'],
      [`${a(129)}+00000000`, 'too_long'],
    ],
  ],
  [
    'digest',
    N.parseDigest,
    ['0'.repeat(64)],
    [
      ['0'.repeat(63), 'bad_form'],
      ['0'.repeat(65), 'bad_form'],
      ['A'.repeat(64), 'bad_form'],
      [['0'.repeat(64)], 'not_text'],
    ],
  ],
  [
    'salt',
    N.parseSalt,
    ['0'.repeat(32)],
    [
      ['0'.repeat(31), 'bad_form'],
      ['g'.repeat(32), 'bad_form'],
    ],
  ],
  [
    'trace id',
    N.parseTraceId,
    ['4bf92f3577b34da6a3ce929d0e0e4736'],
    [
      ['0'.repeat(32), 'all_zero'],
      ['0'.repeat(31), 'bad_form'],
      ['0'.repeat(33), 'bad_form'],
      [`x${'0'.repeat(32)}`, 'bad_form'],
      [`${'0'.repeat(32)}x`, 'bad_form'],
    ],
  ],
  [
    'tag',
    N.parseTag,
    ['a', 'release:v1', a(64)],
    [
      ['A', 'bad_form'],
      ['-a', 'bad_form'],
      [a(65), 'too_long'],
      ['', 'empty'],
    ],
  ],
  [
    'rule id',
    N.parseRuleId,
    ['a', 'ledger.append.clock_sane', a(128)],
    [
      ['1a', 'bad_form'],
      [a(129), 'too_long'],
    ],
  ],
  [
    'meaning',
    N.parseMeaning,
    ['authored', 'a', 'a_', a(32)],
    [
      ['Approved', 'bad_form'],
      ['a b', 'bad_form'],
      [a(33), 'too_long'],
    ],
  ],
  [
    'label',
    N.parseLabel,
    ['run 42', ' ', 'Grüße', '😀'.repeat(256), '"\\'],
    [
      ['', 'empty'],
      ['a\u0000', 'bad_character'],
      ['\u007f', 'bad_character'],
      ['\u0085', 'bad_character'],
      ['\u2028', 'bad_character'],
      ['\u2029', 'bad_character'],
      ['\ud800', 'bad_character'],
      ['😀'.repeat(257), 'too_long'],
      [a(257), 'too_long'],
      ['x'.repeat(10_000_000), 'too_long'],
      [7, 'not_text'],
    ],
  ],
  [
    'time',
    N.parseTime,
    [
      '1970-01-01T00:00:00.000Z',
      '9999-12-31T23:59:59.999Z',
      '2024-02-29T00:00:00.000Z',
      '2000-02-29T00:00:00.000Z',
    ],
    [
      ['1969-12-31T23:59:59.999Z', 'out_of_range'],
      ['2026-02-29T00:00:00.000Z', 'no_such_moment'],
      ['2100-02-29T00:00:00.000Z', 'no_such_moment'],
      ['2026-04-31T00:00:00.000Z', 'no_such_moment'],
      ['2026-13-01T00:00:00.000Z', 'no_such_moment'],
      ['2026-00-01T00:00:00.000Z', 'no_such_moment'],
      ['2026-01-00T00:00:00.000Z', 'no_such_moment'],
      ['2026-01-01T24:00:00.000Z', 'no_such_moment'],
      ['2026-06-30T23:59:60.000Z', 'no_such_moment'],
      ['2026-01-01T00:60:00.000Z', 'no_such_moment'],
      ['2026-01-01T00:00:00Z', 'bad_form'],
      ['2026-01-01T00:00:00.000Z1', 'bad_form'],
      ['12026-01-01T00:00:00.000Z', 'bad_form'],
      ['2026-01-01T00:00:00.000+00:00', 'bad_form'],
      ['2026-01-01 00:00:00.000Z', 'bad_form'],
      ['10000-01-01T00:00:00.000Z', 'bad_form'],
    ],
  ],
  [
    'seq',
    N.parseSeq,
    [0, 1, Number.MAX_SAFE_INTEGER],
    [
      [-0, 'out_of_range'],
      [-1, 'out_of_range'],
      [1.5, 'out_of_range'],
      [2 ** 53, 'out_of_range'],
      ['1', 'out_of_range'],
      [NaN, 'out_of_range'],
    ],
  ],
];

describe.each(parsers)('the form of the name: %s', (name, parse, accepted, refused) => {
  const kind = name.replace(' ', '_');

  it.each(accepted.map((value) => [value]))('takes the value %j', (value) => {
    expect(parse(value)).toMatchObject({ _tag: 'Right', right: value });
  });
  it.each(refused)('refuses %j: %s', (value, reason) => {
    const parsed = parse(value);
    expect(parsed).toMatchObject({ _tag: 'Left', left: { kind, reason } });
    if (parsed._tag === 'Left') expect(render(parsed.left).next).toMatch(/\.$/);
  });
});

const isDay = (day: string): boolean => N.parseTime(`${day}T00:00:00.000Z`)._tag === 'Right';

describe('the days of the calendar', () => {
  it('are those that a month has, leap years from 1970 to 9999 included', () => {
    const ends = ['02-28', '02-29', '02-30', '04-30', '04-31', '12-31', '12-32'];
    for (let year = 1970; year <= 9999; year++) {
      const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
      const are = ends.map((day) => isDay(`${year}-${day}`));
      expect([year, ...are]).toEqual([year, true, isLeap, false, true, false, true, false]);
    }
    expect(['-02-29', '02-29', '00-02-29'].filter(isDay)).toEqual([]);
  });
});

describe('reserved and governing types', () => {
  it.each([
    'ledger.verified',
    'key.enrolled',
    'policy.adopted',
    'break_glass.reviewed',
    'outbox.delivered',
    'experiment.created',
    'schema_migration.run',
  ])('%s is reserved', (type) => {
    expect(N.isReserved(type as N.EventType)).toBe(true);
  });
  it.each(['ledgers.x', 'keyed.x', 'invoice.key.x', 'my.ledger.x'])('%s is anybody’s', (type) => {
    expect(N.isReserved(type as N.EventType)).toBe(false);
    expect(N.isGoverning(type)).toBe(false);
  });
  it.each(['outbox.x', 'experiment.x', 'schema_migration.x'])(
    '%s is reserved and may be withheld',
    (type) => {
      expect(N.isGoverning(type)).toBe(false);
    },
  );
});
