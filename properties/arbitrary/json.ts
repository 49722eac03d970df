/**
 * JSON values that a ledger holds, with the keys, characters and numbers that tell implementations
 * apart.
 */
import fc from 'fast-check';
import type { Json, JsonObject } from '../../ledger/json/value.ts';

/** Both sides of every border that matters to a string: quotes, controls, surrogates, planes. */
const BORDERS = Array.from(
  '"\\/\b\t\n\f\r\u0000\u001f ~\u007f\u0080\u07ff\u0800\u2028\ud7ff\ue000\ufb33\ufffd\uffff' +
    '\u{10000}\u{1f600}\u{10ffff}aAz0_\u00e9\u0301',
);

export const borderCharacter = fc.constantFrom(...BORDERS);

export const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: borderCharacter, maxLength: 6 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
);

const KEYS = ['', 'constructor', 'toString', 'hasOwnProperty', 'length', '__proto', 'a', 'b', '10'];

export const key = fc
  .oneof(text, fc.constantFrom(...KEYS))
  .filter((candidate) => candidate !== '__proto__');

/** Every double but those that a ledger refuses. */
export const number = fc.oneof(
  fc.integer({ min: -100, max: 100 }),
  fc.maxSafeInteger(),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .filter((value) => !Object.is(value, -0))
    .filter((value) => !Number.isInteger(value) || Number.isSafeInteger(value)),
);

export const leaf: fc.Arbitrary<Json> = fc.oneof(fc.constantFrom(null, true, false), number, text);

const recursive = fc.letrec<{ value: Json; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc.dictionary(key, tie('value'), { maxKeys: 4 }),
}));

/** Containers in containers, to exactly the depth stated, around a leaf. */
export const nested = (depth: number): fc.Arbitrary<Json> =>
  fc
    .tuple(leaf, fc.array(fc.boolean(), { minLength: depth, maxLength: depth }))
    .map(([inner, kinds]) =>
      kinds.reduce<Json>((value, isList) => (isList ? [value] : { k: value }), inner),
    );

/** Values with room around them before containers nest too deep. */
export const shallow: fc.Arbitrary<Json> = recursive.value;
export const object: fc.Arbitrary<JsonObject> = recursive.object;
export const json: fc.Arbitrary<Json> = fc.oneof(
  { weight: 12, arbitrary: recursive.value },
  { weight: 1, arbitrary: fc.nat(63).chain((depth) => nested(depth + 1)) },
);
