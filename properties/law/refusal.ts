/**
 * Laws of refusal: text whose meaning would not survive is refused, with its reason, wherever in a
 * value it stands, and a value that could not be written is refused likewise.
 */
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { key, object, shallow } from '../arbitrary/json.ts';
import { choices, styledText } from '../arbitrary/json-text.ts';
import { hostileValue } from '../arbitrary/hostile.ts';
import { plainText } from '../model/canonical.ts';
import type { Canon } from './canonical.ts';

/** Text of a value with a hole, and the hole's mark. */
const HOLE = '"\u2603hole\u2603"';
const list = (items: readonly string[]): string => items.join(',');

const around = fc
  .tuple(
    fc.array(shallow, { maxLength: 2 }),
    fc.array(shallow, { maxLength: 2 }),
    object,
    fc.boolean(),
    choices,
  )
  .map(([before, after, members, isMember, ways]) => {
    const styled = (value: (typeof before)[number]): string => styledText(value, ways);
    if (!isMember) return `[${list([...before.map(styled), HOLE, ...after.map(styled)])}]`;
    const { hole: _hole, ...others } = members;
    const written = Object.entries(others).map(
      ([name, value]) => `${JSON.stringify(name)}:${styled(value)}`,
    );
    return `{${list([...written, `"hole":${HOLE}`])}}`;
  });

const digits = fc.string({
  unit: fc.constantFrom(...Array.from('0123456789')),
  minLength: 0,
  maxLength: 30,
});
const escapedKey = (name: string): string =>
  `"${name
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')}"`;

interface Loss {
  readonly text: string;
  readonly reason: string;
}
const loss = (reason: string, texts: fc.Arbitrary<string>): fc.Arbitrary<Loss> =>
  texts.map((text) => ({ text, reason }));

const surrogate = fc.integer({ min: 0xd800, max: 0xdfff }).map((unit) => `\\u${unit.toString(16)}`);

/** Values that no ledger holds, as text, and why not. */
export const lossyText: fc.Arbitrary<Loss> = fc.oneof(
  loss(
    'repeated_key',
    key.map((name) => `{${JSON.stringify(name)}:1,"x\u2603":2,${escapedKey(name)}:1}`),
  ),
  loss('forbidden_key', fc.constantFrom('{"__proto__":1}', '{"a":1,"\\u005f_proto_\\u005F":{}}')),
  loss(
    'negative_zero',
    fc.tuple(fc.nat(4), fc.nat(9)).map(([zeros, e]) => `-0.0${'0'.repeat(zeros)}e${e}`),
  ),
  loss('negative_zero', fc.constantFrom('-0', '-0E-7', '-0.0')),
  loss(
    'not_finite',
    digits.map((more) => `1${more}.5e400`),
  ),
  loss(
    'not_finite',
    digits.map((more) => `-9${more}e308`),
  ),
  loss(
    'rounds_to_zero',
    digits.map((more) => `0.${more}1e-400`),
  ),
  loss(
    'rounds_to_zero',
    digits.map((more) => `-7${more}e-999`),
  ),
  loss('unsafe_integer', fc.bigInt({ min: 2n ** 53n, max: 2n ** 70n }).map(String)),
  loss(
    'unsafe_integer',
    fc.bigInt({ min: -(2n ** 70n), max: -(2n ** 53n) }).map((n) => `${n}.0`),
  ),
  loss(
    'unsafe_integer',
    fc.integer({ min: 16, max: 300 }).map((exponent) => `1e${exponent}`),
  ),
  loss(
    'lone_surrogate',
    surrogate.map((escape) => `"a${escape}b"`),
  ),
  loss(
    'lone_surrogate',
    surrogate.map((escape) => `{"${escape}":0}`),
  ),
  loss(
    'too_deep',
    fc.integer({ min: 65, max: 90 }).map((n) => '['.repeat(n) + ']'.repeat(n)),
  ),
);

/** A loss is named wherever it stands, although the platform's reader might not mind. */
export const refusesEveryLoss = (canon: Canon) =>
  fc.property(around, lossyText, (whole, { text, reason }) => {
    const read = canon.parseString(whole.replace(HOLE, () => text));
    return E.isLeft(read) && read.left.reason === reason && E.isRight(canon.parseString(whole));
  });

/** Text with half a surrogate pair in it is refused before it becomes bytes. */
export const refusesHalfPairs = (canon: Canon) =>
  fc.property(around, fc.integer({ min: 0xd800, max: 0xdfff }), (whole, unit) => {
    const half = JSON.stringify('x').replace('x', String.fromCharCode(unit));
    const read = canon.parseString(whole.replace(HOLE, () => half));
    return E.isLeft(read) && read.left.reason === 'lone_surrogate';
  });

/** Whatever value is handed in, it is refused or what is written of it reads the same. */
export const formatsOrRefuses = (canon: Canon) =>
  fc.property(hostileValue, (value) => {
    const text = canon.format(value);
    if (E.isLeft(text)) return true;
    const read = canon.parseString(text.right);
    return (
      E.isRight(read) &&
      plainText(read.right) === text.right &&
      canon.isCanonical(Buffer.from(text.right))
    );
  });
