/**
 * As much of vitest as the tests of the kernel use, so that they run in a bundle, in one thread, up
 * to the first that fails.
 */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';

/** Which case fails is enough: nothing is shrunk. */
fc.configureGlobal({ endOnFailure: true });

interface Entry {
  readonly title: string;
  readonly body: () => unknown;
}

const entries: Entry[] = [];

type Body = (...args: readonly never[]) => unknown;

const add = (title: string, ...rest: readonly unknown[]): void => {
  const body = rest.find((each) => typeof each === 'function') as (() => unknown) | undefined;
  if (body !== undefined) entries.push({ title, body });
};

const group = (_title: string, body: () => void): void => body();

const argumentsOf = (row: unknown): readonly unknown[] => (Array.isArray(row) ? row : [row]);

export const describe = Object.assign(group, {
  each: (rows: readonly unknown[]) => (_title: string, body: Body) => {
    for (const row of rows) body(...(argumentsOf(row) as readonly never[]));
  },
});

export const it = Object.assign(add, {
  each: (rows: readonly unknown[]) => (title: string, body: Body) => {
    for (const row of rows) add(title, () => body(...(argumentsOf(row) as readonly never[])));
  },
});

export const test = it;

/** Members that are undefined count as absent, as `toEqual` has it. */
const plain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [key, plain(member)]),
  );
};

class Part {
  readonly members: unknown;
  constructor(members: unknown) {
    this.members = members;
  }
}

const isEqual = (actual: unknown, expected: unknown): boolean =>
  expected instanceof Part
    ? matchesObject(actual, expected.members)
    : isDeepStrictEqual(plain(actual), plain(expected));

const contains = (actual: unknown, part: unknown): boolean =>
  typeof actual === 'string'
    ? actual.includes(String(part))
    : (actual as readonly unknown[]).includes(part);

const matchesObject = (actual: unknown, expected: unknown): boolean => {
  if (typeof expected !== 'object' || expected === null) return isEqual(actual, expected);
  if (typeof actual !== 'object' || actual === null) return false;
  return Object.entries(expected).every(([key, inner]) =>
    matchesObject((actual as Readonly<Record<string, unknown>>)[key], inner),
  );
};

type Thrown = string | Error | (new (...args: never[]) => Error);

const throwsThat = (body: unknown, expected: Thrown): boolean => {
  try {
    (body as () => unknown)();
    return false;
  } catch (thrown) {
    if (typeof expected === 'function') return thrown instanceof expected;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return typeof expected === 'string' ? message.includes(expected) : message === expected.message;
  }
};

const matchers = (actual: unknown, isWanted: boolean) => {
  const hold = (holds: boolean, what: string): void => {
    if (holds !== isWanted) throw new Error(`expected${isWanted ? '' : ' not'} ${what}`);
  };
  return {
    toBe: (expected: unknown) => hold(Object.is(actual, expected), String(expected)),
    toEqual: (expected: unknown) => hold(isEqual(actual, expected), 'an equal value'),
    toMatchObject: (expected: unknown) => hold(matchesObject(actual, expected), 'these members'),
    toContain: (part: unknown) => hold(contains(actual, part), `${String(part)} inside`),
    toMatch: (pattern: RegExp) => hold(pattern.test(String(actual)), String(pattern)),
    toBeUndefined: () => hold(actual === undefined, 'nothing'),
    toThrow: (expected: Thrown) => hold(throwsThat(actual, expected), 'this to be thrown'),
    toBeLessThan: (most: number) => hold(Number(actual) < most, `less than ${most}`),
    toBeGreaterThan: (least: number) => hold(Number(actual) > least, `more than ${least}`),
  };
};

const expectation = (actual: unknown) => ({
  ...matchers(actual, true),
  not: matchers(actual, false),
});

export const expect = Object.assign(expectation, {
  objectContaining: (members: unknown) => new Part(members),
});

/**
 * firstFailure runs what was added since it was last called, in order; it tells what failed,
 * undefined where nothing did.
 */
export const firstFailure = (isLeftOut: (title: string) => boolean): string | undefined => {
  for (const { title, body } of entries.splice(0)) {
    if (isLeftOut(title)) continue;
    try {
      body();
    } catch (thrown) {
      return `${title}: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    }
  }
  return undefined;
};
