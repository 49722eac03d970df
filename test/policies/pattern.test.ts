/**
 * A user's patterns: what the linear engine takes, finds and refuses.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../policies/pattern/pattern.ts';

const isIn = (source: string, text: string): boolean => {
  const pattern = compilePattern(source);
  if (E.isLeft(pattern)) throw new Error(pattern.left.found);
  return pattern.right.isIn(text);
};

const refusal = (source: string): string => {
  const pattern = compilePattern(source);
  return E.isLeft(pattern) ? pattern.left.reason : 'taken';
};

describe('a pattern', () => {
  it.each([
    ['b+c', 'aabbcc', true],
    ['^b', 'ab', false],
    ['^\\d{4}-\\d{2}$', '2026-11', true],
    ['(?i)invoice', 'INVOICE 7', true],
    ['\\p{Lu}', 'straße', false],
    ['\\p{Lu}', 'Ärger', true],
    ['^.$', '😀', true],
  ])('%s in %s is found: %s', (source, text, found) => {
    expect(isIn(source, text)).toBe(found);
  });

  it.each([
    ['(a)\\1', 'bad_form'],
    ['(?=a)b', 'bad_form'],
    ['(?<!a)b', 'bad_form'],
    ['[', 'bad_form'],
    ['a{1001}', 'bad_form'],
    ['((a{30}){30}){30}', 'too_large'],
    ['(?:abcd){900}', 'too_large'],
    ['('.repeat(495) + ')'.repeat(495), 'taken'],
    ['a'.repeat(1000), 'taken'],
    ['a'.repeat(1001), 'too_long'],
  ])('%s is %s', (source, reason) => {
    expect(refusal(source)).toBe(reason);
  });

  it.each(['^(a+)+$', '^(a|a)*$', '(?:a?){100}a{100}$', '(x+x+)+y', '^(.*a){12}$'])(
    '%s cannot be made to look for long',
    (source) => {
      expect(isIn(source, 'a'.repeat(100_000) + '!')).toBe(false);
    },
  );
});
