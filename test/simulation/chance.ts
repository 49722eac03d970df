/**
 * Chance that can be had again: whatever is left open in a simulation is decided by one of these,
 * drawn from a seed, or led through every outcome there is.
 */

/** Gives one of so many choices, from 0. */
export type Chance = (choices: number) => number;

/** oldest leaves behind nothing that was not synced, newest everything. */
export const oldest: Chance = () => 0;
export const newest: Chance = (choices) => choices - 1;

/** seeded draws the same choices for the same seed (mulberry32). */
export const seeded = (seed: number): Chance => {
  let state = seed | 0;
  return (choices) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % choices;
  };
};

/**
 * everyOutcome runs something once for each way in which its choices can fall, `most` times at the
 * most, and gives how often it ran: `most` where there may be more.
 */
export const everyOutcome = (run: (chance: Chance) => void, most: number): number => {
  let path: { choice: number; readonly choices: number }[] = [];
  for (let runs = 1; ; runs++) {
    let depth = 0;
    const led = path;
    run((choices) => {
      const step = led[depth] ?? { choice: 0, choices };
      led[depth++] = step;
      return step.choice;
    });
    while (path.length > 0) {
      const last = path.at(-1);
      if (last !== undefined && ++last.choice < last.choices) break;
      path = path.slice(0, -1);
    }
    if (path.length === 0 || runs >= most) return runs;
  }
};
