/**
 * Sorted values against a plain map, and how deep they lie.
 */
import { describe } from 'vitest';
import { Sorted } from '../policies/state/sorted.ts';
import { all, law, share } from './check.ts';
import * as L from './law/sorted.ts';

const empty = (): Sorted<string> => new Sorted();

describe('sorted values', () => {
  law(
    'are those of a plain map, at every moment that there was',
    () => L.isAMapAtEveryMoment(empty),
    { runs: all },
  );
  law('lie no deeper than the logarithm of their number', () => L.isBalanced(empty), {
    runs: share(0.5, 2000),
  });
});
