/**
 * Mutation testing: does some test notice when the kernel is broken in one place? Every mutant is
 * met by the quick part of the tests, in a thread of its own.
 *
 *     node test/deep/mutation.ts                         all of the kernel, some thousand mutants
 *     node test/deep/mutation.ts --sample 300 --seed 7   so many mutants, chosen by the seed
 *     node test/deep/mutation.ts ledger/note             the files that begin so
 *
 * It prints each survivor, then the score, and fails below `--least` percent. What is known to
 * survive, and why, stands in `survivors.md`.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { bundle } from './mutate/bundle.ts';
import type { Mutant } from './mutate/mutant.ts';
import { kernelFiles, mutantsOf, pathOf } from './mutate/mutant.ts';
import type { Trial, Verdict } from './mutate/trial.ts';
import { attempt } from './mutate/trial.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: String(Math.min(4, availableParallelism())) },
    least: { type: 'string', default: '0' },
    verbose: { type: 'boolean', default: false },
  },
});

const FIRST_LIMIT_MS = 120_000;

/** A generator of 32-bit numbers (mulberry32): the same seed, the same sample. */
const randomOf = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};

const sampled = (mutants: readonly Mutant[], count: number, seed: number): readonly Mutant[] => {
  const random = randomOf(seed);
  return mutants
    .map((mutant) => ({ mutant, rank: random() }))
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, count)
    .map(({ mutant }) => mutant);
};

const print = ({ file, line, original, changed }: Mutant): string =>
  `${file}:${line}: ${original}  →  ${changed}`;

const tryMutant = async (mutant: Mutant, name: string, limitMs: number): Promise<Trial> => {
  let code: string;
  try {
    code = await bundle({ path: pathOf(mutant.file), text: mutant.text });
  } catch {
    return { verdict: 'killed', by: 'it is no script' };
  }
  return attempt(name, code, limitMs);
};

const chosen = kernelFiles().filter(
  (file) => positionals.length === 0 || positionals.some((start) => file.startsWith(start)),
);
const every = chosen.flatMap(mutantsOf);
const count = values.sample === undefined ? every.length : Number(values.sample);
const mutants = sampled(every, count, Number(values.seed));

const began = Date.now();
const healthy = await attempt('healthy', await bundle(), FIRST_LIMIT_MS);
if (healthy.verdict !== 'survived')
  throw new Error(`the kernel as it stands does not pass: ${healthy.by ?? healthy.verdict}`);
const limitMs = 2000 + 3 * (Date.now() - began);

const counts: Record<Verdict, number> = { killed: 0, survived: 0, timeout: 0 };
let next = 0;
const work = async (): Promise<void> => {
  for (;;) {
    const i = next++;
    const mutant = mutants[i];
    if (mutant === undefined) return;
    const { verdict, by } = await tryMutant(mutant, `mutant-${i}`, limitMs);
    counts[verdict]++;
    if (verdict === 'survived') console.log(print(mutant));
    else if (values.verbose) console.log(`  ${verdict} ${print(mutant)}  (${by ?? ''})`);
  }
};
await Promise.all(Array.from({ length: Number(values.jobs) }, work));

const found = counts.killed + counts.timeout;
const score = mutants.length === 0 ? 0 : (100 * found) / mutants.length;
const seconds = Math.round((Date.now() - began) / 1000);
console.log(
  `score ${score.toFixed(1)} %: ${counts.killed} killed, ${counts.timeout} timeout, ` +
    `${counts.survived} survived of ${mutants.length} (${every.length} in all), ${seconds} s`,
);
process.exitCode = score < Number(values.least) ? 1 : 0;
