/**
 * How a law is run: with the seed and the number of runs that the environment states, so that every
 * failure can be had again. A failure prints seed and path; the seed alone repeats the whole run.
 *
 *     LEDGER_SEED=42 LEDGER_RUNS=100000 npx vitest run --config test/vitest.config.ts properties
 */
import fc from 'fast-check';
import { test } from 'vitest';
import { native } from '../ledger/crypto/native.ts';
import { noble } from '../ledger/crypto/noble.ts';
import type { Crypto } from '../ledger/crypto/port.ts';

/** How many of the runs asked for a law can afford. */
export type Runs = (asked: number) => number;

export const all: Runs = (asked) => asked;

/** share is for dear laws: a part of the runs, at least one, and never more than `most`. */
export const share =
  (part: number, most: number): Runs =>
  (asked) =>
    Math.min(most, Math.max(1, Math.ceil(asked * part)));

export interface Effort {
  readonly runs: Runs;
  /** Set for laws that loop over a whole line: to shrink what they find would take minutes. */
  readonly isLoop?: boolean;
}

const stated = (name: string): number => {
  const text = process.env[name] ?? '';
  if (!/^-?\d{1,10}$/.test(text)) throw new Error(`state ${name}: no law runs by chance alone`);
  return Number(text);
};

/** check runs a law; without a seed it refuses to. */
export const check = <Ts>(property: fc.IProperty<Ts>, { runs, isLoop = false }: Effort): void => {
  const numRuns = runs(stated('LEDGER_RUNS'));
  fc.assert(property, { seed: stated('LEDGER_SEED'), numRuns, endOnFailure: isLoop });
};

/** checkAsync runs a law about something that waits. */
export const checkAsync = async <Ts>(
  property: fc.IAsyncProperty<Ts>,
  { runs, isLoop = false }: Effort,
): Promise<void> => {
  const numRuns = runs(stated('LEDGER_RUNS'));
  await fc.assert(property, { seed: stated('LEDGER_SEED'), numRuns, endOnFailure: isLoop });
};

/** A run of many is given the time it takes. */
const TIMEOUT_MS = 3_600_000;

/** law makes a test of a law; the claim is the sentence that holds. */
export const law = <Ts>(claim: string, property: () => fc.IProperty<Ts>, effort: Effort): void => {
  test(claim, { timeout: TIMEOUT_MS }, () => check(property(), effort));
};

const IMPLEMENTATIONS: readonly (readonly [string, Crypto])[] = [
  ['native', native],
  ['noble', noble],
];

/**
 * lawOfBoth runs a law against either implementation; `slow` is what the portable one can afford.
 */
export const lawOfBoth = <Ts>(
  claim: string,
  property: (crypto: Crypto) => fc.IProperty<Ts>,
  effort: Effort & { readonly slow?: Runs },
): void => {
  for (const [name, crypto] of IMPLEMENTATIONS) {
    const runs = crypto === noble ? (effort.slow ?? effort.runs) : effort.runs;
    law(`${claim} (${name})`, () => property(crypto), { ...effort, runs });
  }
};
