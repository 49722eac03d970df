/**
 * Expressions as their grammar makes them, mostly of kinds that go together, over small data; and
 * texts that nearly are expressions.
 */
import fc from 'fast-check';
import type { Json } from '../../ledger/json/value.ts';

/** Few names and few values, so that they meet. */
const NAMES = ['a', 'b', 'x', 'toString'];
const TEXTS = ['', 'a', 'ab', 'b😀', '10'];

const plain = fc.oneof(
  fc.constantFrom<Json>(null, true, false, 0, 1, 2, -1.5, 1e21),
  fc.constantFrom(...TEXTS),
);

/** Data with members of few names, so that an expression finds what it asks for. */
export const expressionData: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    plain,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 4 }),
  ),
})).value;

const join =
  (pattern: string) =>
  (parts: readonly string[]): string =>
    parts.reduce((text, part) => text.replace('@', () => part), pattern);

const form = (pattern: string, ...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map(join(pattern));

const name: fc.Arbitrary<string> = fc.constantFrom('a', 'b', 'x');
const quoted = fc.constantFrom(...TEXTS).map((text) => JSON.stringify(text));
const infix = (...words: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...words);
const loop = infix('all', 'exists', 'exists_one', 'filter', 'map');

const grammar = fc.letrec<Record<'whatever' | 'number' | 'text' | 'truth' | 'list', string>>(
  (tie) => ({
    whatever: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      name,
      form('@.@', tie('whatever'), name),
      form('@[@]', tie('whatever'), tie('whatever')),
      tie('number'),
      tie('text'),
      tie('truth'),
      tie('list'),
      form('(@ ? @ : @)', tie('truth'), tie('whatever'), tie('whatever')),
      form('{"a": @, "b": @}', tie('whatever'), tie('whatever')),
    ),
    number: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      infix('0', '1', '2', '1.0', '0.5', '-3', '9223372036854775807'),
      form('(@ @ @)', tie('number'), infix('+', '-', '*', '/', '%'), tie('number')),
      form('(@ + @)', tie('whatever'), tie('whatever')),
      form('@(@)', infix('int', 'double', 'size'), tie('whatever')),
      form('(-@)', tie('number')),
      name,
    ),
    text: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      quoted,
      form('(@ + @)', tie('text'), tie('text')),
      form('string(@)', tie('whatever')),
      name,
    ),
    truth: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      infix('true', 'false'),
      form(
        '(@ @ @)',
        tie('whatever'),
        infix('==', '!=', '<', '<=', '>', '>=', 'in'),
        tie('whatever'),
      ),
      form('(@ @ @)', tie('truth'), infix('&&', '||'), tie('truth')),
      form('(!@)', tie('truth')),
      form('has(@.@)', name, name),
      form('@.@(@)', tie('text'), infix('contains', 'startsWith', 'endsWith'), tie('text')),
      form('@.matches("^a")', tie('text')),
      form('@.@(@, @)', tie('list'), loop, name, tie('truth')),
    ),
    list: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      name,
      form('[@, @]', tie('whatever'), tie('whatever')),
      fc.constant('[]'),
      form('(@ + @)', tie('list'), tie('list')),
      form('@.map(@, @)', tie('list'), name, tie('whatever')),
      form('@.map(@, @, @)', tie('list'), name, tie('truth'), tie('whatever')),
      form('@.filter(@, @)', tie('list'), name, tie('truth')),
    ),
  }),
);

export const expressionText: fc.Arbitrary<string> = grammar.whatever;

/** Pieces of the language in any order, and expressions with something cut out or put in. */
const piece = fc.oneof(
  infix('a', '.', '(', ')', '[', ']', '{', '}', '"', "'", '"""', '\\', '//', '\n', ' ', ','),
  infix(
    '1',
    '0x',
    '1e',
    'u',
    '?',
    ':',
    '!',
    '-',
    '&&',
    'in',
    'has',
    '.all',
    '.matches',
    'b"',
    'r"',
  ),
  fc.string({ unit: 'binary', maxLength: 3 }),
);
export const nearlyExpression: fc.Arbitrary<string> = fc.oneof(
  fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
  fc
    .tuple(expressionText, fc.nat({ max: 100 }), fc.nat({ max: 5 }), piece)
    .map(([text, at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut)),
);
