/**
 * Values that are no JSON: everything that JavaScript has and a caller without types might pass.
 */
import fc from 'fast-check';
import { json } from './json.ts';

class Account {
  readonly balance = 1;
  toJSON(): string {
    return 'not what it is';
  }
}

const cycle = (): unknown => {
  const list: unknown[] = [];
  list.push({ list });
  return list;
};

const STRANGE: readonly (() => unknown)[] = [
  cycle,
  () => new Date(0),
  () => new Map([['a', 1]]),
  () => new Set([1]),
  () => new Uint8Array(3),
  () => new Account(),
  () => Object.create({ inherited: 1 }) as unknown,
  () => Object.assign(Object.create(null) as object, { a: 1 }),
  () => JSON.parse('{"__proto__":1}') as unknown,
  () => Object('boxed') as unknown,
  () => Object(1n) as unknown,
  () => Symbol('s'),
  () => () => 1,
  () => 10n,
  () => /x/,
  () => new Error('e'),
  () => Promise.resolve(1),
  () => undefined,
  () => Number.NaN,
  () => -0,
  () => Number.NEGATIVE_INFINITY,
  () => 2 ** 53,
  () => '\ud800',
  () => ({ '\udc00': 1 }),
  () => ({ toJSON: () => 1 }),
  () => ({ a: undefined }),
  () => Array.from({ length: 3 }),
  () => Object.assign([], { length: 4 }),
];

const strange: fc.Arbitrary<unknown> = fc.constantFrom(...STRANGE).map((make) => make());

/** Any value at all, strange ones in sound ones too. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  strange,
  fc.tuple(json, strange).map(([sound, odd]) => [sound, odd]),
  fc.tuple(json, strange, fc.string()).map(([sound, odd, name]) => ({ a: sound, [name]: { odd } })),
  fc.anything({
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withObjectString: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
    withUnicodeString: true,
  }),
);
