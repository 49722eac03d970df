/**
 * Patterns: how large one is said to be before it is compiled.
 */
import { describe } from 'vitest';
import { estimate } from '../policies/pattern/estimate.ts';
import { all, law } from './check.ts';
import * as L from './law/pattern.ts';

describe('the estimate of a pattern', () => {
  law('is never less than its program', () => L.isNeverTooLittle(estimate), { runs: all });
  law('is what is refused for its size', () => L.isWhatIsRefused(estimate), { runs: all });
});
