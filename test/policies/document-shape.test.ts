/**
 * The shapes of documents: what each takes, and how it says what it does not take, and where.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../ledger/json/value.ts';
import {
  duration,
  eventType,
  name,
  ruleId,
  text,
  typePattern,
} from '../../policies/document/form.ts';
import { FORM, parseTag } from '../../ledger/name.ts';
import { readDocument } from '../../policies/document/read.ts';
import type { Shape } from '../../policies/document/shape.ts';
import {
  boolean,
  integer,
  judge,
  list,
  map,
  object,
  oneOf,
} from '../../policies/document/shape.ts';

const judged = (shape: Shape<unknown>, value: Json): unknown => {
  const read = shape(value, '');
  if (E.isRight(read)) return read.right;
  return read.left
    .map(({ pointer, reason, expected, found, isKey }) =>
      [pointer, isKey === true ? `key ${reason}` : reason, expected, found].join(' | '),
    )
    .join('\n');
};

const word = text('a word', 5, /^[a-z]+$/);
const tier = oneOf('observed', 'verified');
const pair = object({ a: boolean, b: integer(1, 9) }, { c: tier });

describe('a shape gives what a value means', () => {
  const cases: readonly (readonly [string, Shape<unknown>, Json, unknown])[] = [
    ['a truth value', boolean, false, false],
    ['the least integer', integer(-1, 9), -1, -1],
    ['the greatest integer', integer(-1, 9), 9, 9],
    ['a word of a few', tier, 'verified', 'verified'],
    ['text of a form', word, 'abcde', 'abcde'],
    ['text of any form', text('text', 3), 'é\n1', 'é\n1'],
    ['a name of the kernel', name(parseTag, 'a tag', FORM.tag), 'release:v1', 'release:v1'],
    ['a rule id', ruleId, 'amount-is-small', 'amount-is-small'],
    ['an event type', eventType, 'invoice.paid', 'invoice.paid'],
    ['the pattern of any type', typePattern, '*', '*'],
    ['the pattern of many types', typePattern, 'invoice.*', 'invoice.*'],
    ['a longer pattern', typePattern, 'invoice.line_2.*', 'invoice.line_2.*'],
    ['the pattern of one type', typePattern, 'invoice.paid', 'invoice.paid'],
    ['seconds', duration, '90s', 90_000],
    ['minutes', duration, '15m', 900_000],
    ['hours', duration, '2h', 7_200_000],
    ['ten years', duration, '3650d', 315_360_000_000],
    ['an empty list', list(word, 2), [], []],
    ['a full list', list(word, 2), ['a', 'b'], ['a', 'b']],
    [
      'a map',
      map(word, boolean, 2),
      { b: true, a: false },
      new Map([
        ['b', true],
        ['a', false],
      ]),
    ],
    ['an object without its optional member', pair, { b: 2, a: true }, { a: true, b: 2 }],
    ['an object with it', pair, { a: true, b: 2, c: 'observed' }, { a: true, b: 2, c: 'observed' }],
  ];
  it.each(cases)('%s', (_, shape, value, expected) => {
    expect(judged(shape, value)).toEqual(expected);
  });
});

describe('a shape says what is wrong', () => {
  const range = 'a whole number from 1 to 9';
  const span = 'a duration such as 90s, 15m, 2h or 30d';
  const pattern = 'an event type such as invoice.paid, invoice.* or *';
  const cases: readonly (readonly [Shape<unknown>, Json, string])[] = [
    [boolean, 'no', ' | wrong_type | true or false | text'],
    [integer(1, 9), 0, ` | out_of_range | ${range} | 0`],
    [integer(1, 9), 10, ` | out_of_range | ${range} | 10`],
    [integer(1, 9), 1.5, ` | bad_form | ${range} | 1.5`],
    [integer(1, 9), '5', ` | wrong_type | ${range} | text`],
    [tier, 'admin', ' | unknown_value | one of observed, verified | admin'],
    [tier, null, ' | wrong_type | one of observed, verified | null'],
    [tier, 'toString', ' | unknown_value | one of observed, verified | toString'],
    [word, 'abcdef', ' | too_long | at most 5 characters | abcdef'],
    [word, '', ' | bad_form | a word | '],
    [word, 'a\u001b[2K', ' | bad_form | a word | a\\u{1b}[2K'],
    [word, 7, ' | wrong_type | a word | the number 7'],
    [text('text', 1000), '', ' | bad_form | text | '],
    [name(parseTag, 'a tag', FORM.tag), 'T', ' | bad_form | a tag | T'],
    [name(parseTag, 'a tag', FORM.tag), 't'.repeat(65), ` | too_long | a tag | ${'t'.repeat(39)}…`],
    [name(parseTag, 'a tag', FORM.tag), false, ' | wrong_type | a tag | false'],
    [ruleId, 'A', ' | bad_form | a rule id such as amount-is-small | A'],
    [eventType, 'paid', ' | bad_form | an event type such as invoice.paid | paid'],
    [typePattern, 'paid', ` | bad_form | ${pattern} | paid`],
    [typePattern, 'a.*.b', ` | bad_form | ${pattern} | a.*.b`],
    [typePattern, '*.paid', ` | bad_form | ${pattern} | *.paid`],
    [typePattern, 'a*', ` | bad_form | ${pattern} | a*`],
    [typePattern, 'a..*', ` | bad_form | ${pattern} | a..*`],
    [duration, 90, ` | wrong_type | ${span} | the number 90`],
    [duration, '90', ` | bad_form | ${span} | 90`],
    [duration, '09s', ` | bad_form | ${span} | 09s`],
    [duration, '1.5h', ` | bad_form | ${span} | 1.5h`],
    [duration, '1w', ` | bad_form | ${span} | 1w`],
    [duration, '0s', ' | out_of_range | from 1s to 3650d | 0s'],
    [duration, '3651d', ' | out_of_range | from 1s to 3650d | 3651d'],
    [duration, `${'9'.repeat(400)}s`, ` | out_of_range | from 1s to 3650d | ${'9'.repeat(39)}…`],
    [list(word, 2), {}, ' | wrong_type | a list | a map'],
    [list(word, 2), ['a', 'b', 'c'], ' | too_many | at most 2 | 3'],
    [
      list(word, 3),
      ['A', 'b', 1],
      '/0 | bad_form | a word | A\n/2 | wrong_type | a word | the number 1',
    ],
    [map(word, boolean, 2), [], ' | wrong_type | a map | a list'],
    [map(word, boolean, 1), { a: true, b: true }, ' | too_many | at most 1 | 2'],
    [map(word, boolean, 1), { 'A/~': 1 }, '/A~1~0 | key bad_form | a word | A/~'],
    [map(word, boolean, 1), { a: 1 }, '/a | wrong_type | true or false | the number 1'],
    [pair, [], ' | wrong_type | a map | a list'],
    [pair, { a: true }, '/b | missing | the member b | '],
    [pair, { a: true, b: 2, d: 1 }, '/d | key unknown_member | one of a, b, c | d'],
    [
      pair,
      { a: 1, c: 1 },
      [
        '/b | missing | the member b | ',
        '/a | wrong_type | true or false | the number 1',
        '/c | wrong_type | one of observed, verified | the number 1',
      ].join('\n'),
    ],
    [
      object({}, {}),
      { constructor: 1 },
      '/constructor | key unknown_member | no member | constructor',
    ],
    [object({ toString: boolean }, {}), {}, '/toString | missing | the member toString | '],
  ];
  it.each(cases)('case %# of %o', (shape, value, expected) => {
    expect(judged(shape, value)).toBe(expected);
  });
});

describe('problems stand where they are in the document', () => {
  const shape = object({ tiers: map(typePattern, tier, 10), limit: duration }, {});
  const problems = (written: string): unknown => {
    const document = readDocument('a.yaml', Buffer.from(written));
    if (E.isLeft(document)) return document.left;
    const read = judge(document.right, shape);
    return E.isLeft(read)
      ? read.left.map(({ line, column, pointer }) => `${line}:${column} ${pointer}`)
      : read.right;
  };

  it('at the key where the key is wrong, else at the value', () => {
    const written = 'limits: 1h\ntiers:\n  Invoice: verified\n  "*": admin\n';
    expect(problems(written)).toEqual([
      '1:1 /limit',
      '1:1 /limits',
      '3:3 /tiers/Invoice',
      '4:8 /tiers/*',
    ]);
  });
  it('with the name of the file and all else', () => {
    const document = readDocument('b.yaml', Buffer.from('- 1'));
    expect(E.isRight(document) && judge(document.right, shape)).toEqual(
      E.left([
        {
          file: 'b.yaml',
          line: 1,
          column: 1,
          pointer: '',
          reason: 'wrong_type',
          expected: 'a map',
          found: 'a list',
        },
      ]),
    );
  });
  it('a hundred of them at most', () => {
    const lists = object({ a: list(boolean, 1000) }, {});
    const document = readDocument('a.yaml', Buffer.from(`a: [${'1,'.repeat(101)}]`));
    const read = E.isRight(document) ? judge(document.right, lists) : document;
    expect(E.isLeft(read) && read.left.length).toBe(100);
  });
  it('none where there are none', () => {
    expect(problems('limit: 1h\ntiers: {"*": verified}')).toEqual({
      limit: 3_600_000,
      tiers: new Map([['*', 'verified']]),
    });
  });
});
