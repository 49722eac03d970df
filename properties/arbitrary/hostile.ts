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

/** A member that is sound when it is read first, and something else ever after. */
const turning = (later: unknown): unknown => {
  let reads = 0;
  return {
    get a(): unknown {
      return reads++ > 0 ? later : 1;
    },
  };
};

/** The same of everything in a value, items and members alike. */
const shifting = (target: object, later: unknown): unknown => {
  const read = new Set<string | symbol>();
  return new Proxy(target, {
    get: (from: object, name): unknown => {
      const isFirst = !read.has(name);
      read.add(name);
      return isFirst ? Reflect.get(from, name) : later;
    },
  });
};

const revoked = (): unknown => {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  return [proxy];
};

const deep = (): unknown => {
  let value: unknown = 1;
  for (let i = 0; i < 20_000; i++) value = [value];
  return value;
};

/** Small in memory, a gigabyte when written. */
const longKeys = (): unknown => {
  const shared = { ['k'.repeat(1_000_000)]: 1 };
  return Array.from({ length: 1000 }, () => shared);
};

const STRANGE: readonly (() => unknown)[] = [
  cycle,
  revoked,
  () => turning(Number.NaN),
  () => turning('\udfff'),
  () => turning(undefined),
  () => shifting({ a: 1, b: [2] }, 10n),
  () => shifting([1, [2], 'x'], Number.NaN),
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

/** Values that cost up to a second wherever they are written (measured), and so come seldom. */
const dear: fc.Arbitrary<unknown> = fc
  .constantFrom(
    deep,
    longKeys,
    () => ({ a: [deep()] }),
    () => ['x', longKeys()],
  )
  .map((make) => make());

const affordable: fc.Arbitrary<unknown> = fc.oneof(
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

/** Any value at all, strange ones in sound ones too. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: affordable, weight: 199 },
  { arbitrary: dear, weight: 1 },
);
