/**
 * The rank test of Mann and Whitney, with the normal approximation, corrected for ties and for
 * continuity, and the effect size that goes with it: Cliff's delta.
 */
import type { Sorted } from './bootstrap.ts';
import { twoSided } from './distribution.ts';

export interface Ranked {
  /** How many pairs have the larger value in the treatment; a tie is half a pair. */
  readonly u: number;
  readonly p: number;
  /** From −1 to 1: how much more often the treatment has the larger value of a pair. */
  readonly delta: number;
}

/** rankTest compares two sorted samples, neither of which is empty. */
export const rankTest = (control: Sorted, treatment: Sorted): Ranked => {
  const [n, m] = [control.length, treatment.length];
  const total = n + m;
  let [i, j, u, ties] = [0, 0, 0, 0];
  while (i < n || j < m) {
    const least = Math.min(control[i] ?? Infinity, treatment[j] ?? Infinity);
    const [fromI, fromJ] = [i, j];
    while (i < n && control[i] === least) i++;
    while (j < m && treatment[j] === least) j++;
    // Those of the treatment exceed all of the control before, and tie with those that are equal.
    u += (j - fromJ) * (fromI + (i - fromI) / 2);
    const tied = i - fromI + (j - fromJ);
    ties += tied ** 3 - tied;
  }
  const middle = (n * m) / 2;
  const variance = ((n * m) / 12) * (total + 1 - ties / (total * (total - 1)));
  const distance = Math.max(0, Math.abs(u - middle) - 0.5);
  const p = variance > 0 ? twoSided(distance / Math.sqrt(variance)) : 1;
  return { u, p, delta: (2 * u) / (n * m) - 1 };
};
