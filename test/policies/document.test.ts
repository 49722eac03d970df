/**
 * Reading policy documents: every refusal with its place, and what people write in YAML.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { readDocument } from '../../policies/document/read.ts';
import { MAX_DOCUMENT } from '../../policies/document/text.ts';
import { MAX_KEY } from '../../policies/document/value.ts';

const bytes = (...parts: readonly (string | number)[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'number' ? [part] : Array.from(Buffer.from(part)))),
  );

const answer = (input: string | Uint8Array): unknown => {
  const read = readDocument('a.yaml', typeof input === 'string' ? bytes(input) : input);
  if (E.isRight(read)) return read.right.value;
  return read.left
    .map(({ line, column, reason, found }) =>
      [`${line}:${column}`, reason, ...(found === undefined ? [] : [found])].join(' '),
    )
    .join('; ');
};

describe('a refusal says why and where', () => {
  const cases: readonly (readonly [string, string | Uint8Array, string])[] = [
    ['no text at all', '', '1:1 empty'],
    ['nothing but a comment', '# to come\n', '1:1 empty'],
    ['nothing between two marks', '---\n...\n', '1:1 empty'],
    ['an anchor', 'a: 1\nb: &x 1', '2:4 anchor &x'],
    ['an alias', 'a: *x', '1:4 alias *x'],
    ['an alias as a key', '*x : 1', '1:1 alias *x'],
    ['a star that is not in quotes', 'type: *', '1:7 alias *'],
    ['anchor and alias', 'a: &x [1]\nb: [*x, *x]', '1:4 anchor &x; 2:5 alias *x; 2:9 alias *x'],
    ['a tag', 'a: !x 1', '1:4 tag !x'],
    ['a standard tag', 'a: !!binary aGk=', '1:4 tag !!binary'],
    ['a tag that changes nothing', '!!map\na: !!str x', '1:1 tag !!map; 2:4 tag !!str'],
    ['a verbatim tag', 'a: !<tag:x> 1', '1:4 tag !<tag:x>'],
    ['a version', '%YAML 1.1\n---\na: 1', '1:1 directive %YAML 1.1'],
    ['a tag handle', '%TAG ! tag:x\n---\na: 1', '1:1 directive %TAG ! tag:x'],
    ['a percent sign in front of text', 'a: %b', '1:4 syntax %b'],
    ['two documents', 'a: 1\n---\nb: 2', '2:1 many_documents'],
    ['a document behind the end of one', 'a: 1\n...\nb: 2', '3:1 many_documents'],
    ['two empty documents', '---\n---\n', '2:1 many_documents'],
    ['a number as a key', 'a:\n  1: x', '2:3 key_not_text 1'],
    ['a truth value as a key', '{a: {true: x}}', '1:6 key_not_text true'],
    ['null as a key', '~: x', '1:1 key_not_text ~'],
    ['nothing as a key', 'a: 1\n: x', '2:1 key_not_text nothing'],
    ['a list as a key', '? [a]\n: x', '1:3 key_not_text no text'],
    ['a map as a key', '{a: 1}: x', '1:1 key_not_text no text'],
    ['a repeated key', 'a: 1\nb: 2\na: 3', '3:1 repeated_key a'],
    ['a key repeated by an escape', 'a: 1\n"\\x61": 2', '2:1 repeated_key a'],
    ['a key repeated by quotes', "a: 1\n'a': 2", '2:1 repeated_key a'],
    ['a key repeated three times', '{a: 1, a: 2, a: 3}', '1:8 repeated_key a; 1:14 repeated_key a'],
    [
      'a repeated key of Object.prototype',
      '{toString: 1, toString: 2}',
      '1:15 repeated_key toString',
    ],
    ['a forbidden key', 'a:\n  __proto__: {b: 1}', '2:3 forbidden_key __proto__'],
    ['a forbidden key, escaped', '"__proto\\x5f_": 1', '1:1 forbidden_key __proto__'],
    ['a merge', 'a:\n  <<: {b: 1}', '2:3 forbidden_key <<'],
    ['half a pair', 'a: "\\ud800"', '1:4 bad_text \\u{d800}'],
    ['half a pair in a key', '{"\\udc00": 1}', '1:2 bad_text \\u{dc00}'],
    ['an escape that YAML lacks', 'a: "b\\q"', '1:6 bad_text \\q"'],
    ['a byte order mark', '\ufeffa: 1', '1:1 bad_text U+FEFF'],
    ['such a mark later', '# a\n\ufeffa: 1', '2:1 bad_text U+FEFF'],
    ['NUL', 'a: "\u0000"', '1:5 bad_text U+0000'],
    ['an escape sequence in a comment', '# 😀 \u001b[2K\na: 1', '1:5 bad_text U+001B'],
    ['CSI and DEL', 'a: \u009b\nb: \u007f', '1:4 bad_text U+009B; 2:4 bad_text U+007F'],
    ['a CR without LF', '# a\rb: 1', '1:4 bad_text U+000D'],
    ['a byte that is not UTF-8', bytes('a: 1\nb: é', 0xff), '2:5 not_utf8 the byte 0xff'],
    ['a surrogate in UTF-8', bytes('"', 0xed, 0xa0, 0x80, '"'), '1:2 not_utf8 the byte 0xed'],
    ['a sequence cut off', bytes('a', 0xe2, 0x82), '1:2 not_utf8 the byte 0xe2'],
    [
      'a key that is too long',
      `? ${'k'.repeat(MAX_KEY + 1)}\n: 1`,
      `1:3 too_long ${'k'.repeat(39)}…`,
    ],
    ['such a key and its colon', `${'k'.repeat(1025)}: 1`, `1:1 too_long ${'k'.repeat(39)}…`],
    ['infinity', 'a: [1, .inf]', '1:8 bad_number .inf'],
    ['no number', 'a: .NaN', '1:4 bad_number .NaN'],
    ['negative zero', 'a: -0', '1:4 bad_number -0'],
    ['a number too large', '- 1\n- 1e400', '2:3 bad_number 1e400'],
    ['a number that rounds to zero', 'a: 1e-400', '1:4 bad_number 1e-400'],
    ['2^53', 'a: 9007199254740992', '1:4 bad_number 9007199254740992'],
    ['hexadecimal digits', 'a: 0x1F', '1:4 bad_number 0x1F'],
    ['octal digits', 'a: 0o17', '1:4 bad_number 0o17'],
    ['a leading zero', 'a: 017', '1:4 bad_number 017'],
    ['a plus', 'a: +1', '1:4 bad_number +1'],
    ['a bare point', 'a: .5', '1:4 bad_number .5'],
    ['one level too many', `${'['.repeat(33)}${']'.repeat(33)}`, '1:33 too_deep'],
    ['such levels on one line', '- '.repeat(33), '1:65 too_deep'],
    ['such levels of pairs in lists', `${'[a: '.repeat(17)}1${']'.repeat(17)}`, '1:65 too_deep'],
    ['a byte too many', `a: ${'x'.repeat(MAX_DOCUMENT - 2)}`, '1:1 too_large 262145 bytes'],
  ];
  it.each(cases)('%s', (_, input, expected) => {
    expect(answer(input)).toBe(expected);
  });
});

describe('a mistake in the form is shown where it is', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['a:\n\tb: 1', '2:1 syntax \\u{9}b: 1', 'spaces as indentation'],
    ['a:\n  b: 1\n c: 2', '3:1 syntax  c: 2', 'indentation that fits the lines around it'],
    ['a: [1, 2\nb: 3', '2:1 syntax b: 3', ']'],
    ['[1, 2', '1:6 syntax the end of the line', ']'],
    ['[1,,2]', '1:4 syntax ,2]', 'an item before the comma'],
    ['["a" "b"]', '1:6 syntax "b"]', ', or : between flow sequence items'],
    ['a: "b\\"', '1:8 syntax the end of the line', 'a closing "'],
    ['a: "b\\"\nc: d"', '1:8 syntax the end of the line', 'a closing "'],
    ["a: 'it''", '1:9 syntax the end of the line', "a closing '"],
    ["a: 'it''\nb: 'c'", '1:9 syntax the end of the line', "a closing '"],
    ['a: "b', '1:6 syntax the end of the line', 'a closing "'],
    ["a: 'b", '1:6 syntax the end of the line', "a closing '"],
    ['a: "b" c', '1:8 syntax c', 'the end of the line'],
    ['a: "b"#c', '1:7 syntax #c', 'white space before #'],
    ['😀: 😀: c', '1:4 syntax 😀: c', 'a nested list or map on lines of its own'],
    ['a: @b', '1:4 syntax @b', 'quotes around text that begins so'],
    ['a: - b', '1:4 syntax - b', 'the list on lines of its own'],
    ['b: 1\na', '2:1 syntax a', 'a colon behind the key'],
    ['a\nb: 1', '1:1 syntax a', 'a key on one line, then a colon'],
    ['}', '1:1 syntax }', 'a key, a value or the end'],
    ['a: [\n- b\n]', '2:1 syntax - b', ']'],
  ];
  it.each(cases)('%j is refused', (input, expected, wanted) => {
    const read = readDocument('a.yaml', bytes(input));
    const [first] = E.isLeft(read) ? read.left : [];
    const { line, column, reason, found } = first ?? {};
    expect(`${line}:${column} ${reason} ${found}`).toBe(expected);
    expect(first?.expected).toBe(wanted);
  });
});

const told = (text: string): readonly string[] => String(answer(text)).split('; ');

describe('all that is wrong is told at once', () => {
  it('tells every kind of problem of one text, in the order of the text', () => {
    const input = 'b: .inf\na: !x *y\na: &z {1: 2}\n__proto__: 0x1';
    expect(answer(input)).toBe(
      '1:4 bad_number .inf; 2:4 tag !x; 2:7 alias *y; 3:1 repeated_key a; 3:4 anchor &z; ' +
        '3:8 key_not_text 1; 4:1 forbidden_key __proto__; 4:12 bad_number 0x1',
    );
  });
  it('names file and member', () => {
    expect(readDocument('b.yaml', bytes('a/b:\n  - c~: -0'))).toEqual(
      E.left([
        {
          file: 'b.yaml',
          line: 2,
          column: 9,
          pointer: '/a~1b/0/c~0',
          reason: 'bad_number',
          expected: 'a number that a double keeps, or quotes',
          found: '-0',
        },
      ]),
    );
  });
  it('stops at a hundred', () => {
    expect(told('- *a\n'.repeat(101))).toHaveLength(100);
    expect(told('- -0\n'.repeat(101)).at(-1)).toBe('100:3 bad_number -0');
    expect(told('- "b" c\n'.repeat(101)).at(-1)).toBe('100:7 syntax c');
    expect(told(`# ${'\u0001'.repeat(101)}`)).toHaveLength(100);
    expect(told('- -0\n'.repeat(99))).toHaveLength(99);
  });
});

describe('what people write means what it says', () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ['# who\na: 1 # why\n\nb: [x, # one\n  y]\n', { a: 1, b: ['x', 'y'] }],
    ['---\na: 1\n...\n', { a: 1 }],
    ['a:\n- b\n- c: d\n  e: f\n', { a: ['b', { c: 'd', e: 'f' }] }],
    ['a:\r\n  b: |\r\n    x\r\n    y\r\n', { a: { b: 'x\ny\n' } }],
    ['a: >-\n  one\n  two\n\n  three\n', { a: 'one two\nthree' }],
    ['a: |+\n  x\n\nb: |-\n  y\n', { a: 'x\n\n', b: 'y' }],
    ['a: one\n  two\n', { a: 'one two' }],
    ['a: "one\n  two\\n\\u00e9\\/"', { a: 'one two\né/' }],
    ["a: 'it''s # no comment'", { a: "it's # no comment" }],
    ['{a: {b: [1, 2.5, -3e2]}, "c":"d"}', { a: { b: [1, 2.5, -300] }, c: 'd' }],
    ['country: no\non: yes\noff: NO', { country: 'no', on: 'yes', off: 'NO' }],
    ['a: true\nb: null\nc:\nd: ~', { a: true, b: null, c: null, d: null }],
    [
      'a: 12:30\nb: 2026-11-20\nc: 1_000\nd: 1.2.3',
      { a: '12:30', b: '2026-11-20', c: '1_000', d: '1.2.3' },
    ],
    ['a: "b\\\\"\nc: ""', { a: 'b\\', c: '' }],
    ["a: ''\nb: ''''\nc: 'd'''", { a: '', b: "'", c: "d'" }],
    ['a: "1"\n"1": a', { a: '1', '1': 'a' }],
    ['"*": a\ninvoice.*: b', { '*': 'a', 'invoice.*': 'b' }],
    ['? a\n: b', { a: 'b' }],
    ['[a: 1, b]', [{ a: 1 }, 'b']],
    ['"<<": 1\na: <<', { '<<': 1, a: '<<' }],
    ['constructor: 1\nprototype: 2', { constructor: 1, prototype: 2 }],
    ['a: "\\ud83d\\ude00"\n😀: b', { a: '😀', '😀': 'b' }],
    ['{\n\t"a":\t1\n}', { a: 1 }],
    ['a: 9007199254740991', { a: Number.MAX_SAFE_INTEGER }],
    [`{${'k'.repeat(MAX_KEY)}: 1}`, { ['k'.repeat(MAX_KEY)]: 1 }],
    [`a: ${'x'.repeat(MAX_DOCUMENT - 3)}`, { a: 'x'.repeat(MAX_DOCUMENT - 3) }],
    ['just text', 'just text'],
    ['|\n*x\n', '*x\n'],
    ['null', null],
  ];
  it.each(cases)('%j', (input, expected) => {
    expect(answer(input)).toEqual(expected);
  });

  it('keeps the prototype of an object as it is', () => {
    const value = answer('constructor: 1');
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  it('takes 32 levels of any form', () => {
    expect(answer(`${'['.repeat(32)}${']'.repeat(32)}`)).toBeInstanceOf(Array);
    expect(answer(`${'- '.repeat(32)}a`)).toBeInstanceOf(Array);
    expect(answer(`${'{a: '.repeat(32)}1${'}'.repeat(32)}`)).toBeInstanceOf(Object);
    expect(answer(`${'[a: '.repeat(16)}1${']'.repeat(16)}`)).toBeInstanceOf(Array);
  });
});

describe('places', () => {
  const text =
    '# tiers\ntiers:\n  invoice.*: verified\n  a/b~: [1,\n    😀, {c: d}]\nempty:\n~1: x\n';
  const read = readDocument('a.yaml', bytes(text));
  const cases: readonly (readonly [string, string, string])[] = [
    ['', '2:1', '2:1'],
    ['/tiers', '3:3', '2:1'],
    ['/tiers/invoice.*', '3:14', '3:3'],
    ['/tiers/a~1b~0', '4:9', '4:3'],
    ['/tiers/a~1b~0/1', '5:5', '5:5'],
    ['/tiers/a~1b~0/2/c', '5:12', '5:9'],
    ['/tiers/missing', '3:3', '2:1'],
    ['/tiers/a~1b~0/7/c', '4:9', '4:3'],
    ['/empty', '6:7', '6:1'],
    ['/missing', '2:1', '2:1'],
    ['/~01', '7:5', '7:1'],
  ];
  it.each(cases)('the pointer %j leads to %s, its key to %s', (pointer, value, key) => {
    if (E.isLeft(read)) throw new Error(JSON.stringify(read.left));
    const [of, keyOf] = [read.right.placeOf(pointer), read.right.keyPlaceOf(pointer)];
    expect(`${of.line}:${of.column}`).toBe(value);
    expect(`${keyOf.line}:${keyOf.column}`).toBe(key);
  });
});
