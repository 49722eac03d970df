/**
 * Reading and writing JSON: every refusal with its place, the bounds at, below and above, and
 * hostile input that must cost nothing.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { MAX_LINE_BYTES } from '../../ledger/event/header.ts';
import { format, write } from '../../ledger/json/format.ts';
import { parse, parseString } from '../../ledger/json/parse.ts';
import { isCanonical } from '../../ledger/json/scan.ts';
import type { JsonReason } from '../../ledger/json/value.ts';

const refusal = (input: Uint8Array | string, maxDepth?: number): string => {
  const parsed = typeof input === 'string' ? parseString(input, maxDepth) : parse(input, maxDepth);
  if (E.isRight(parsed)) return `accepted as ${write(parsed.right)}`;
  const { reason, line, column, offset } = parsed.left;
  return `${reason} ${line}:${column} @${offset}`;
};

const bytes = (...parts: readonly (string | number)[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'number' ? [part] : Array.from(encodeUtf8(part)))),
  );

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('refusals say why and where', () => {
  const cases: readonly (readonly [string, string | Uint8Array, string])[] = [
    ['a byte order mark', '\ufeff1', 'byte_order_mark 1:1 @0'],
    ['what only begins like one', '\ufec0', 'syntax 1:1 @0'],
    ['an empty text', '', 'unexpected_end 1:1 @0'],
    ['an unfinished object', '{"a":1', 'unexpected_end 1:7 @6'],
    ['an unfinished string', '["a', 'unexpected_end 1:4 @3'],
    ['a comma too many', '[1,]', 'syntax 1:4 @3'],
    ['a missing colon', '{"a" 1}', 'syntax 1:6 @5'],
    ['a missing comma in a list', '[1 2]', 'syntax 1:4 @3'],
    ['a semicolon between members', '{"a":1;"b":2}', 'syntax 1:7 @6'],
    ['a bare word', 'nope', 'syntax 1:1 @0'],
    ['NaN', 'NaN', 'syntax 1:1 @0'],
    ['single quotes', "{'a':1}", 'syntax 1:2 @1'],
    ['a leading zero', '01', 'syntax 1:1 @0'],
    ['a plus', '+1', 'syntax 1:1 @0'],
    ['a bare point', '1.', 'syntax 1:1 @0'],
    ['a bare exponent', '1e', 'syntax 1:1 @0'],
    ['a bare signed exponent', '1e+', 'syntax 1:1 @0'],
    ['a colon among digits', '[1:2]', 'syntax 1:3 @2'],
    ['something behind the value', '{} x', 'trailing_text 1:4 @3'],
    ['a raw tab in a string', '"\t"', 'control_character 1:2 @1'],
    ['a raw newline in a string', '"a\nb"', 'control_character 1:3 @2'],
    ['an unknown escape', '"\\x"', 'bad_escape 1:2 @1'],
    ['an unknown escape in a key', '{"\\x":1}', 'bad_escape 1:3 @2'],
    ['a short escape', '"\\u12"', 'bad_escape 1:2 @1'],
    ['half a pair, escaped', '["\\ud800"]', 'lone_surrogate 1:2 @1'],
    ['the other half', '{"\\udc00":1}', 'lone_surrogate 1:2 @1'],
    ['half a pair, raw', '["é\ud800"]', 'lone_surrogate 1:4 @4'],
    ['half a pair, raw, behind a whole one', '"\u{1f600}a\udc00"', 'lone_surrogate 1:4 @6'],
    ['a repeated key', '{"a":1,\n "a":2}', 'repeated_key 2:2 @9'],
    ['a key repeated by an escape', '{"a":1,"\\u0061":2}', 'repeated_key 1:8 @7'],
    ['a key repeated by another escape', '{"\\/":1,"/":2}', 'repeated_key 1:9 @8'],
    ['a forbidden key', '{"__proto__":1}', 'forbidden_key 1:2 @1'],
    ['a forbidden key, escaped', '{"\\u005f_proto__":1}', 'forbidden_key 1:2 @1'],
    ['a repeated key of Object.prototype', '{"toString":1,"toString":2}', 'repeated_key 1:15 @14'],
    ['negative zero', '[-0]', 'negative_zero 1:2 @1'],
    ['negative zero with an exponent', '-0e5', 'negative_zero 1:1 @0'],
    ['a number too large', '[1,\n1e400]', 'not_finite 2:1 @4'],
    ['a number that rounds to zero', '1e-400', 'rounds_to_zero 1:1 @0'],
    ['a negative one', '-0.1e-999', 'rounds_to_zero 1:1 @0'],
    ['2^53', '9007199254740992', 'unsafe_integer 1:1 @0'],
    ['-2^53', '-9007199254740992', 'unsafe_integer 1:1 @0'],
    ['a whole number with an exponent', '1e16', 'unsafe_integer 1:1 @0'],
    ['a byte that is not UTF-8', bytes('["é', 0xff, '"]'), 'invalid_utf8 1:4 @4'],
    ['such a byte outside a string', bytes('[', 0xff, ']'), 'invalid_utf8 1:2 @1'],
    ['an overlong form', bytes('"', 0xc0, 0x80, '"'), 'invalid_utf8 1:2 @1'],
    ['a surrogate in UTF-8', bytes('"', 0xed, 0xa0, 0x80, '"'), 'invalid_utf8 1:2 @1'],
    ['past U+10FFFF', bytes('"', 0xf4, 0x90, 0x80, 0x80, '"'), 'invalid_utf8 1:2 @1'],
    ['four bytes without the last', bytes('"', 0xf0, 0x90, 0x80, '"'), 'invalid_utf8 1:2 @1'],
    ['a sequence cut off', bytes('"', 0xe2, 0x82), 'invalid_utf8 1:2 @1'],
    ['one container too many', nested(65), 'too_deep 1:65 @64'],
    ['columns count characters', '["😀é", nope]', 'syntax 1:8 @11'],
    ['NUL behind the value', '1\0', 'trailing_text 1:2 @1'],
  ];
  it.each(cases)('%s', (_, input, expected) => {
    expect(refusal(input)).toBe(expected);
  });
});

describe('a refusal is data', () => {
  it('says what it is, why, and where in bytes, lines and characters', () => {
    const at = { offset: 6, line: 2, column: 2 };
    const left = { _tag: 'JsonRefused', reason: 'syntax', ...at };
    expect(parseString('{"é"\n 1}')).toEqual(E.left({ ...left, offset: 7, column: 2 }));
    expect(parseString('{"e"\n 1}')).toEqual(E.left(left));
  });
});

describe('what is accepted keeps its meaning', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['9007199254740991', '9007199254740991'],
    ['-9007199254740991', '-9007199254740991'],
    ['9007199254740990.6', '9007199254740991'],
    ['5e-324', '5e-324'],
    ['0e-999999', '0'],
    ['0.0', '0'],
    ['1E+2', '100'],
    ['"\\ud83d\\ude00\\/\\u00e9"', '"😀/é"'],
    ['"\ufeffé"', '"\ufeffé"'],
    ['"ÿ"', '"ÿ"'],
    ['"\\u2028\\u007f\\u001F"', '"\u2028\u007f\\u001f"'],
    ['\t{ "b" : [ ] ,\r\n "a" : { } } ', '{"a":{},"b":[]}'],
    ['{"\u{10000}":1,"\ue000":2,"\ud7ff":3}', '{"\ud7ff":3,"\u{10000}":1,"\ue000":2}'],
    ['{"constructor":1,"__proto":2}', '{"__proto":2,"constructor":1}'],
    [nested(64), nested(64)],
  ];
  it.each(cases)('%s is written %s', (input, expected) => {
    const parsed = parseString(input);
    expect(E.isRight(parsed) && write(parsed.right)).toBe(expected);
    expect(isCanonical(encodeUtf8(expected))).toBe(true);
  });
});

describe('hostile input costs nothing', () => {
  const big = new Uint8Array(100_000_000);
  it('a hundred megabytes of [ are refused at the sixty-fifth', () => {
    big.fill(0x5b);
    expect(refusal(big)).toBe('too_deep 1:65 @64');
    expect(isCanonical(big)).toBe(false);
  });
  it('a hundred megabytes of NUL are refused at the first', () => {
    big.fill(0);
    expect(refusal(big)).toBe('syntax 1:1 @0');
  });
  it('a text longer than any runtime holds as a string is refused at once', () => {
    const huge = new Uint8Array(268_435_457).fill(0x31);
    expect(refusal(huge)).toBe('too_large 1:1 @0');
    expect(isCanonical(huge)).toBe(false);
    expect(refusal(huge.subarray(0, -1).fill(0, 0, 1))).toBe('syntax 1:1 @0');
  });
  it('ten thousand levels of objects are refused at the sixty-fifth', () => {
    expect(refusal('{"a":'.repeat(10_000))).toBe('too_deep 1:321 @320');
  });
});

const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

/** A list of a list twice, and so on: small in memory, endless when written. */
const shared = (depth: number): unknown => {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = [value, value];
  return value;
};

describe('values that are not data', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  const cases: readonly (readonly [string, unknown, JsonReason, string])[] = [
    ['undefined', undefined, 'not_json_data', ''],
    ['a hole in a list', [1, undefined], 'not_json_data', '/1'],
    ['a date', { at: new Date(0) }, 'not_json_data', '/at'],
    ['a map', new Map(), 'not_json_data', ''],
    ['a big integer', { n: 1n }, 'not_json_data', '/n'],
    ['a function', [() => 1], 'not_json_data', '/0'],
    ['NaN', { 'a/b~c': NaN }, 'not_finite', '/a~1b~0c'],
    ['negative zero', -0, 'negative_zero', ''],
    ['half a pair', ['\ud800'], 'lone_surrogate', '/0'],
    ['half a pair in a key', { '\ud800': 1 }, 'lone_surrogate', ''],
    ['a cycle', cyclic, 'too_deep', '/self'.repeat(64)],
    ['a symbol for a key', { [Symbol('a')]: 1 }, 'not_json_data', ''],
    ['a list with a name on it', Object.assign([1], { x: 2 }), 'not_json_data', ''],
    ['a list with a hole', Array(1), 'not_json_data', ''],
    ['a list with a symbol on it', Object.assign([1], { [Symbol('a')]: 1 }), 'not_json_data', ''],
    ['a list with a hidden item', Object.defineProperty([], 0, { value: 1 }), 'not_json_data', ''],
    ['a hidden member', Object.defineProperty({}, 'x', { value: 1 }), 'not_json_data', ''],
    [
      'a getter that throws',
      {
        get a() {
          throw new Error('x');
        },
      },
      'not_json_data',
      '',
    ],
    ['a revoked proxy', revoked(), 'not_json_data', ''],
    ['an own __proto__', JSON.parse('{"__proto__":1}'), 'forbidden_key', ''],
  ];
  it.each(cases)('%s is refused', (_, value, reason, path) => {
    expect(format(value)).toEqual(E.left({ _tag: 'ValueRefused', reason, path }));
  });
});

describe('a string that is longer than a line', () => {
  it('is refused before it is written', () => {
    expect(format('\u0001'.repeat(200_000_000))).toMatchObject({ left: { reason: 'too_large' } });
  });

  it.each<readonly [string, (length: number) => unknown, number]>([
    ['a text', (length) => 'a'.repeat(length), 1],
    ['a list of a text and two numbers', (length) => ['a'.repeat(length), 1, 1], 7],
  ])('and holds more than a line has bytes is too large: %s', (_, make, values) => {
    const room = MAX_LINE_BYTES - values;
    expect(E.isRight(format(make(room)))).toBe(true);
    expect(format(make(room + 1))).toMatchObject({ left: { reason: 'too_large' } });
  });
});

describe('a value that is endless when written', () => {
  it('is refused once it holds more than fits into a line', () => {
    expect(format(shared(60))).toMatchObject({ left: { reason: 'too_large' } });
    expect(E.isRight(format(shared(10)))).toBe(true);
  });
});

describe('what is stored is canonical to the byte', () => {
  const not = [
    '',
    ' 1',
    '1 ',
    '1.0',
    '-0',
    '1e2',
    '01',
    '"\\u0041"',
    '"\\/"',
    '"\\u001F"',
    '"\\u0008"',
    '"\\b',
    '{"b":1,"a":2}',
    '{"a":1,"a":1}',
    '{"a":1,}',
    '[1,]',
    '{"__proto__":1}',
    '"\t"',
    '"\\ud800"',
    '9007199254740992',
    '1E400',
    'tru',
    'trxe',
    'fals3',
    'nul',
    '{"a" :1}',
    '{"a";1}',
    '{a":1}',
    '{"a":1;"b":2}',
    '[1;2]',
    '1:2',
    '{"\ue000":2,"\u{10000}":1}',
    nested(66),
    `${'{"a":'.repeat(66)}1${'}'.repeat(66)}`,
    '{"\\u001f":1,"\\u0001":2}',
    '0.0000001',
    '0.10',
    '1.50',
    '00.5',
    '1.',
    '.5',
    '1.2.3',
    '-0.0',
    '1e',
    '1e+',
    '0.1e1',
    '{"\ue001":1,"\uff01":2,"\ue000":3}',
    '{"\uffff":1,"\u{1f600}":2}',
    '{"a\\n":1,"a\\t":2}',
    '{"A":1,"\\n":2}',
    '{"a!":1,"a":2}',
    '{"\\n":1,"\\n":2}',
    '0.10000000000000001',
  ];
  it.each(not)('%j is not canonical', (text) => {
    expect(isCanonical(encodeUtf8(text))).toBe(false);
  });
  const are = [
    '0.000001',
    '-0.5',
    '-1.25',
    '10.5',
    '0.00001234',
    '1e-7',
    '{"\u{1f600}":1,"\ue000":2,"\uffee":3}',
    '{"\ud7ff":1,"\u{10ffff}":2}',
    '{"\\t":1,"\\n":2}',
    '{"":1,"\\u0001":2,"a":3}',
    '[-1.5,1e-7,123456789012345]',
    nested(65),
    `${'{"a":'.repeat(65)}1${'}'.repeat(65)}`,
    '{"_23456789":1}',
    '{"\\n":1,"A":2}',
    '{"a":1,"a!":2}',
    '[true,false,null]',
  ];
  it.each(are)('%j is canonical', (text) => {
    expect(isCanonical(encodeUtf8(text))).toBe(true);
  });
});
