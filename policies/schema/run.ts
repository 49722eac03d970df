/**
 * One run of a compiled schema over one value: the steps that are left, where in the value it
 * stands, and what it found wrong.
 *
 *     {"pointer":"/lines/0/amount","schema":"/$defs/line/properties/amount/minimum",
 *      "keyword":"minimum","expected":"1"}
 *
 * Steps are counted, not timed, so that the same value is judged alike for ever. Nothing of the
 * value but the names of its members is told: what was wrong may be recorded where it may not be.
 */
import type { Json } from '../../ledger/json/value.ts';
import { PAYLOAD_DEPTH } from '../../ledger/json/value.ts';

/** The steps that all the schemas of one event may take together. */
export const MAX_STEPS = 1_000_000;
export const MAX_VIOLATIONS = 20;

/** How many subschemas may be at work inside one another: what a stack holds with ease. */
export const MAX_NESTING = 512;

/** How much of a pointer or of an expectation is told. */
export const MAX_TOLD = 256;

/** How many characters are looked at in one step, or instructions of a pattern tried. */
const STRIDE = 32;

/** What failed: a keyword, its place in the schema, and what it asks for. */
export interface Fault {
  readonly schema: string;
  readonly keyword: string;
  readonly expected?: string;
}

export interface Violation extends Fault {
  /** A JSON pointer (RFC 6901) into the value, cut short where it is very long. */
  readonly pointer: string;
}

/** The violations, none where the value is valid, or that the steps did not suffice to tell. */
export type Checked = readonly Violation[] | 'budget_exceeded';

/** What is left of the steps, from one schema to the next. */
export interface Meter {
  steps: number;
}
export const newMeter = (): Meter => ({ steps: MAX_STEPS });

export interface Run extends Meter {
  nesting: number;
  /** Above zero, a failure ends what it is part of, and nothing is noted. */
  quiet: number;
  readonly path: (string | number)[];
  readonly violations: Violation[];
}

/** A check notes what fails, unless the run is quiet, and tells whether all holds. */
export type Check = (value: Json, run: Run) => boolean;

/** shorten cuts text, never into halves of a character. */
export const shorten = (text: string, most = MAX_TOLD): string =>
  (text.length <= most ? text : `${text.slice(0, most)}…`).toWellFormed();

/** escape writes one step of a JSON pointer. */
export const escape = (step: string | number): string =>
  `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** spend takes steps; where they do not suffice, whatever is at work fails quietly. */
export const spend = (run: Run, steps: number): boolean => {
  run.steps -= steps;
  if (run.steps >= 0) return true;
  run.quiet = Infinity;
  return false;
};

/** spendOn takes the steps that looking at so many characters is worth. */
export const spendOn = (run: Run, characters: number): boolean =>
  spend(run, Math.ceil(characters / STRIDE));

/** fail notes a failure; with the last one that is told, the run is over. */
export const fail = (run: Run, fault: Fault): false => {
  if (run.quiet > 0) return false;
  run.violations.push({ pointer: shorten(run.path.map(escape).join('')), ...fault });
  if (run.violations.length === MAX_VIOLATIONS) spend(run, Infinity);
  return false;
};

/** below checks a part of the value. */
export const below = (check: Check, part: Json, step: string | number, run: Run): boolean => {
  run.path.push(step);
  const isValid = check(part, run);
  run.path.pop();
  return isValid;
};

/** holds asks for a verdict alone. */
export const holds = (check: Check, value: Json, run: Run): boolean => {
  run.quiet += 1;
  const isValid = check(value, run);
  run.quiet -= 1;
  return isValid;
};

/** weigh spends what it takes to look at all of a value. */
export const weigh = (value: Json, run: Run, depth = PAYLOAD_DEPTH): boolean => {
  if (typeof value === 'string') return spendOn(run, 1 + value.length);
  if (typeof value !== 'object' || value === null) return spend(run, 1);
  if (!spend(run, depth === 0 ? Infinity : 1)) return false;
  if (!Array.isArray(value)) {
    const members = Object.entries(value as Readonly<Record<string, Json>>);
    return members.every(([key, part]) => weigh(key, run) && weigh(part, run, depth - 1));
  }
  for (const item of value as readonly Json[]) if (!weigh(item, run, depth - 1)) return false;
  return true;
};

/** all checks a value against every part of a schema. */
export const all =
  (checks: readonly Check[]): Check =>
  (value, run) => {
    run.nesting += 1;
    let isValid = spend(run, run.nesting > MAX_NESTING ? Infinity : 1);
    for (const check of checks) {
      if (!isValid && run.quiet > 0) break;
      if (!check(value, run)) isValid = false;
    }
    run.nesting -= 1;
    return isValid;
  };

/** judge runs a check over a value, and takes its steps from the meter. */
export const judge = (check: Check, value: Json, meter: Meter): Checked => {
  const run: Run = { steps: meter.steps, nesting: 0, quiet: 0, path: [], violations: [] };
  try {
    check(value, run);
  } catch {
    return 'budget_exceeded'; // no JSON at all: a proxy or a getter threw, and nothing can be said
  }
  const { violations } = run;
  meter.steps = run.steps;
  return run.steps < 0 && violations.length < MAX_VIOLATIONS ? 'budget_exceeded' : violations;
};
