/**
 * How the tests run: a file on each core, with a seed that is printed and can be set. What is pure
 * shares its modules from file to file: to load them anew for each took longer than the tests.
 *
 *     LEDGER_SEED=42 npm test        the same inputs again
 *     LEDGER_RUNS=100000 npm test    as many per law
 *     LEDGER_WITHOUT_STRACE=1        without the tests that take strace, where it cannot be had
 *     LEDGER_WITHOUT_SHELLS=1        without those that take zsh and fish
 *     LEDGER_WITHOUT_TMUX=1          without those that take tmux
 *     LEDGER_WITHOUT_CHROMIUM=1      without those that take Chromium
 *     LEDGER_EVENTS=10000            so many events in the bundle that a recipe hands out
 */
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { CountReporter } from './reporter.ts';

const seed = process.env['LEDGER_SEED'] ?? String(Math.floor(Math.random() * 2 ** 31));
const runs = process.env['LEDGER_RUNS'] ?? '200';
console.log(`seed ${seed}, ${runs} runs per law (LEDGER_SEED, LEDGER_RUNS)`);

const root = new URL('..', import.meta.url).pathname;
const without = (tool: string, pattern: string): readonly string[] => {
  const variable = `LEDGER_WITHOUT_${tool}`;
  const files = process.env[variable] === '1' ? globSync(pattern, { cwd: root }) : [];
  for (const file of files) console.log(`skipped: ${file} (${variable})`);
  return files;
};
const skipped = [
  ...without('STRACE', 'test/src/strace-*.test.ts'),
  ...without('SHELLS', 'test/src/cli/completion-shell.test.ts'),
  ...without('TMUX', 'test/src/cli/tmux.test.ts'),
  ...without('CHROMIUM', 'test/src/{bundle,page}/browser.test.ts'),
];

/** No test there changes anything that another one of the same process could see. */
const PURE = ['properties/**/*.test.ts', 'test/{ledger,policies}/**/*.test.ts'];

export default defineConfig({
  test: {
    root,
    projects: [
      { extends: true, test: { name: 'pure', include: PURE, isolate: false } },
      {
        extends: true,
        test: {
          name: 'whole',
          include: ['test/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...PURE, ...skipped],
          globalSetup: 'test/command.ts',
          setupFiles: 'test/started.ts',
        },
      },
    ],
    env: { LEDGER_SEED: seed, LEDGER_RUNS: runs },
    testTimeout: 60_000,
    maxWorkers: availableParallelism(),
    reporters: ['default', new CountReporter()],
  },
});
