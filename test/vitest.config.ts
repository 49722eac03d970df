/**
 * How the tests run: sequentially enough for two cores, with a seed that is printed and can be set.
 *
 *     LEDGER_SEED=42 npm test        the same inputs again
 *     LEDGER_RUNS=100000 npm test    as many per law
 */
import { defineConfig } from 'vitest/config';
import { CountReporter } from './reporter.ts';

const seed = process.env['LEDGER_SEED'] ?? String(Math.floor(Math.random() * 2 ** 31));
const runs = process.env['LEDGER_RUNS'] ?? '200';
console.log(`seed ${seed}, ${runs} runs per law (LEDGER_SEED, LEDGER_RUNS)`);

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts', 'properties/**/*.test.ts'],
    env: { LEDGER_SEED: seed, LEDGER_RUNS: runs },
    testTimeout: 60_000,
    reporters: ['default', new CountReporter()],
  },
});
