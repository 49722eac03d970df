/**
 * Hostile documents of the largest size: each is answered after a bounded effort. A reader that
 * took quadratic time, or recursed as deep as a text tells it to, would not come to an end here.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { readDocument } from '../../policies/document/read.ts';
import { MAX_DOCUMENT } from '../../policies/document/text.ts';

const answer = (text: string): string => {
  const read = readDocument('a.yaml', Buffer.from(text));
  if (E.isRight(read)) return 'taken';
  const [first] = read.left;
  return `${first?.line}:${first?.column} ${first?.reason}`;
};

/** A text of the largest size: a beginning, and a part again and again. */
const full = (begin: string, part: string): string =>
  begin + part.repeat(Math.floor((MAX_DOCUMENT - begin.length) / Buffer.byteLength(part)));

const numbered = (part: (i: number) => string): string => {
  let text = '';
  for (let i = 0; text.length < MAX_DOCUMENT - 50; i++) text += part(i);
  return text.slice(0, MAX_DOCUMENT);
};

describe('depth is bounded before it is walked', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['', '[', '1:33 too_deep'],
    ['', '{', '1:33 too_deep'],
    ['', '{a: ', '1:129 too_deep'],
    ['', '[{', '1:33 too_deep'],
    ['', '[a: ', '1:129 too_deep'],
    ['', '? ', '1:65 too_deep'],
    ['', '- ', '1:65 too_deep'],
    ['', '- ? ', '1:65 too_deep'],
    ['- - ', '[', '1:35 too_deep'],
    ['a: ', '[', '1:35 too_deep'],
  ];
  it.each(cases)('%j and then %j without end', (begin, part, expected) => {
    expect(answer(full(begin, part))).toBe(expected);
  });
  it('indentation that gets deeper with every line', () => {
    expect(answer(numbered((i) => `${' '.repeat(i)}a:\n`))).toBe('33:33 too_deep');
    expect(answer(numbered((i) => `${' '.repeat(i)}-\n`))).toBe('33:33 too_deep');
  });
  it('a key that nests, in keys that nest', () => {
    const nested = `${'['.repeat(31)}${']'.repeat(31)}`;
    expect(answer(`? ${nested}\n: 1`)).toBe('1:3 key_not_text');
    expect(answer(`${nested}: ${nested}`)).toBe('1:1 key_not_text');
    expect(answer(`{${nested}: ${nested}}`)).toBe('1:2 key_not_text');
  });
});

describe('a text of too many pieces is not composed', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['', '# c\n', '50001:4 too_large'],
    ['a: 1\n', '# c\n', '49998:4 too_large'],
    ['a:\n  - b\n', '\n  # c\n', '49998:3 too_large'],
    ['', '[]', '1:100001 too_large'],
    ['[', '[],', '1:100001 too_large'],
    ['', '{a:1}', '1:125001 too_large'],
    ['', '"', '1:200001 too_large'],
    ['', '"\n', '100001:1 too_large'],
    ['', '?\n', '50001:1 too_large'],
    ['', ':\n', '50001:1 too_large'],
    ['', '}', '1:100001 too_large'],
    ['[', ',', '1:100001 too_large'],
    ['[', '-,', '1:50001 too_large'],
    ['', '[a]: 1\n', '11112:2 too_large'],
    ['', '\t\n', '50001:2 too_large'],
    ['', 'a: 1\r\n', '14286:4 too_large'],
  ];
  it.each(cases)('%j and then %j without end', (begin, part, expected) => {
    expect(answer(full(begin, part))).toBe(expected);
  });
  it('as many keys as fit are compared in no time', () => {
    expect(answer(numbered((i) => `k${i}: 1\n`))).toBe('14286:9 too_large');
    const keys = Array.from({ length: 14_000 }, (_, i) => `k${i}: 1\n`).join('');
    expect(answer(keys)).toBe('taken');
    expect(answer(`${keys}k7: 2`)).toBe('14001:1 repeated_key');
  });
});

describe('a text of few pieces, or of offending ones, has its answer', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['', 'x', 'taken'],
    ['', 'x\n', 'taken'],
    ['a:\n', ' x\n', 'taken'],
    ['', 'x ', 'taken'],
    ['a: |\n', ' x\n', 'taken'],
    ['a: >\n', ' x\n   y\n\n', 'taken'],
    ['a: 1.', '9', 'taken'],
    ['a: ', '9', '1:4 bad_number'],
    ['"', '\\u0041', '1:262142 syntax'],
    ['"', '\\q', '1:2 bad_text'],
    ['"', '\\', '1:262145 syntax'],
    ['', "'", 'taken'],
    ["'", "''", '1:262144 syntax'],
    ['', '?', 'taken'],
    ['', ':', '1:1 too_long'],
    ['', '-', 'taken'],
    ['', '*', '1:1 alias'],
    ['', '- *a\n', '1:3 alias'],
    ['', '!', '1:1 tag'],
    ['', '!a ', '1:1 tag'],
    ['', '&a', '1:1 anchor'],
    ['', '&a ', '1:1 anchor'],
    ['', '|', '1:2 syntax'],
    ['', '>', '1:2 syntax'],
    ['', '%', '1:1 directive'],
    ['', '%TAG ! a\n', '1:1 directive'],
    ['', '---\n', '2:1 many_documents'],
    ['', '@', '1:1 syntax'],
    ['', ' ', '1:1 empty'],
    ['', '#', '1:1 empty'],
    ['', '\u0000', '1:1 bad_text'],
    ['', '😀', 'taken'],
  ];
  it.each(cases)('%j and then %j without end', (begin, part, expected) => {
    expect(answer(full(begin, part))).toBe(expected);
  });
  it('ten megabytes are not even decoded', () => {
    expect(answer('[]'.repeat(5_000_000))).toBe('1:1 too_large');
  });
});
