/**
 * Laws of sorted values: they are what a plain map would hold, at every moment that there was, and
 * no order of keys makes them slow.
 */
import fc from 'fast-check';
import type { Sorted } from '../../policies/state/sorted.ts';

export type Empty = () => Sorted<string>;

const key = fc.oneof(
  fc.integer({ min: 0, max: 40 }).map(String),
  fc.constantFrom('', '__proto__', 'constructor', 'é', '😀'),
);
const steps = fc.array(fc.record({ key, isPut: fc.boolean() }), { maxLength: 120 });

const byUnits = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

const isLike = (sorted: Sorted<string>, model: ReadonlyMap<string, string>): boolean => {
  const keys = [...model.keys()].toSorted(byUnits);
  const values = keys.map((each) => model.get(each));
  return (
    sorted.size === model.size &&
    [...sorted.values()].join('\0') === values.join('\0') &&
    sorted.first(3).join('\0') === values.slice(0, 3).join('\0') &&
    keys.every((each) => sorted.get(each) === model.get(each)) &&
    keys.every((each, i) => sorted.countWhile((value) => value < each) === i) &&
    sorted.get('absent') === undefined
  );
};

/** Every state that there was stays as it was. */
export const isAMapAtEveryMoment = (empty: Empty) =>
  fc.property(steps, (all) => {
    let [sorted, model] = [empty(), new Map<string, string>()];
    const seen: (readonly [Sorted<string>, ReadonlyMap<string, string>])[] = [[sorted, model]];
    for (const step of all) {
      model = new Map(model);
      if (step.isPut) model.set(step.key, step.key);
      else model.delete(step.key);
      sorted = step.isPut ? sorted.with(step.key, step.key) : sorted.without(step.key);
      seen.push([sorted, model]);
    }
    return seen.every(([before, then]) => isLike(before, then));
  });

const ORDERS: readonly ((i: number, count: number) => number)[] = [
  (i) => i,
  (i, count) => count - i,
  (i, count) => (i % 2 === 0 ? i : count - i),
  (i) => (i * 7919) % 10_007,
];

/** As many questions as the logarithm, with the factor that the authors proved. */
export const isBalanced = (empty: Empty) =>
  fc.property(
    fc.constantFrom(...ORDERS),
    fc.integer({ min: 1, max: 600 }),
    fc.integer({ min: 0, max: 3 }),
    (order, count, gap) => {
      const keyOf = (i: number): string => String(order(i, count)).padStart(6, '0');
      let sorted = empty();
      for (let i = 0; i < count; i++) sorted = sorted.with(keyOf(i), keyOf(i));
      for (let i = 0; i < count; i += gap + 2) sorted = sorted.without(keyOf(i));
      return [...sorted.values()].every((value) => {
        let asked = 0;
        sorted.countWhile((each) => {
          asked++;
          return each < value;
        });
        return asked <= 1.4405 * Math.log2(sorted.size + 2);
      });
    },
  );
