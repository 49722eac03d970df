/**
 * Which event types a pattern means, and which patterns mean all that another means.
 */
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import type { EventType } from '../../ledger/name.ts';
import { parseEventType } from '../../ledger/name.ts';
import { typePattern } from '../../policies/document/form.ts';
import type { TypePattern } from '../../policies/type-pattern.ts';
import { coverings, isOfType, parseTypePattern } from '../../policies/type-pattern.ts';
import { all, law } from '../../properties/check.ts';

const part = fc.constantFrom('a', 'b', 'ab', 'a_1');
const parts = fc.array(part, { minLength: 1, maxLength: 4 });
const type = fc.tuple(part, parts).map(([first, rest]) => [first, ...rest].join('.') as EventType);
const pattern = fc.oneof(
  fc.constant('*'),
  parts.map((each) => `${each.join('.')}.*`),
  type,
) as fc.Arbitrary<TypePattern>;

describe('a pattern', () => {
  it.each(['*', 'a.*', 'a.b', 'a.b.*', 'a_1.2.*', `${'a'.repeat(126)}.*`])(
    'may be written %s',
    (text) => {
      expect(parseTypePattern(text)).toBe(text);
    },
  );

  it.each([
    '',
    'a',
    '.*',
    'a*',
    'a.',
    'a.*.b',
    '*.a',
    '**',
    '*.*',
    'a..*',
    'A.*',
    'a.B',
    '1.*',
    'a.*\n',
    ' a.*',
    'a.b ',
    'a-b.*',
    `${'a'.repeat(129)}.*`,
    `${'a'.repeat(127)}.b`,
  ])('is not %j', (text) => {
    expect(parseTypePattern(text)).toBeUndefined();
  });

  it.each([null, 1, ['a.b'], { toString: () => 'a.b' }])('is no text such as %j', (value) => {
    expect(parseTypePattern(value)).toBeUndefined();
  });

  it.each([
    ['*', 'a.b', true],
    ['a.*', 'a.b', true],
    ['a.*', 'a.b.c', true],
    ['a.*', 'ab.c', false],
    ['a.b.*', 'a.b', false],
    ['a.b.*', 'a.bc.d', false],
    ['a.b', 'a.b', true],
    ['a.b', 'a.b.c', false],
    ['a.b', 'a.bc', false],
  ])('%s: does it mean %s? %s', (text, of, isMeant) => {
    expect(isOfType(text as TypePattern, of as EventType)).toBe(isMeant);
  });

  law(
    'of a document is one',
    () =>
      fc.property(fc.oneof(pattern, fc.string(), fc.stringMatching(/^[a-b.*_1]{1,9}$/)), (text) => {
        const isStated = E.isRight(typePattern(text, ''));
        return isStated === (text.length <= 128 && parseTypePattern(text) !== undefined);
      }),
    { runs: all },
  );

  law(
    'of one type alone is a type',
    () => fc.property(type, (of) => E.isRight(parseEventType(of)) && isOfType(of as never, of)),
    { runs: all },
  );
});

describe('the patterns that cover one', () => {
  it.each([
    ['*', ['*']],
    ['a.*', ['*', 'a.*']],
    ['a.b', ['*', 'a.*', 'a.b']],
    ['a.b.*', ['*', 'a.*', 'a.b.*']],
    ['a.b.c', ['*', 'a.*', 'a.b.*', 'a.b.c']],
  ])('%s are %j', (text, expected) => {
    expect(coverings(text as TypePattern)).toEqual(expected);
  });

  law(
    'of a type are the patterns that mean it',
    () =>
      fc.property(pattern, type, (each, of) => {
        const isCovering = coverings(of as string as TypePattern).includes(each);
        return isCovering === isOfType(each, of);
      }),
    { runs: all },
  );

  law(
    'mean every type that it means',
    () =>
      fc.property(pattern, type, (inner, of) =>
        coverings(inner).every((outer) => !isOfType(inner, of) || isOfType(outer, of)),
      ),
    { runs: all },
  );
});
