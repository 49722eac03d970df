/**
 * The checks that are too long for every day: `npm run test:deep -- [NAME…]`. Each is a process of
 * its own that passes or fails; without a name all of them run.
 *
 *     laws         every law with 100,000 runs, where a run is cheap
 *     independent  the Python implementation on our answers, and ours on answers it makes
 *     chromium     the known answers in headless Chromium (Debian: apt-get install chromium)
 *     export       exports read back by DuckDB, pyarrow, bagit and others (PyPI, python3-venv)
 *     evidence     the page that verifies itself, in headless Chromium
 *     mutation     whether the tests notice when the kernel is broken, mutant by mutant
 *     simulation   a hundred thousand stories of crashes, failing calls and two writers
 *     crash        real processes killed at every system call, and every call failed (takes strace)
 *     experiment   commands about experiments, killed at every system call of theirs (takes strace)
 *     fault        the table of faults: each test fails without the line that is named beside it
 *     recipe       ten thousand events handed out as a bundle, and checked by bare Node
 *     statistic    experiments against SciPy (PyPI: scipy), and over 2,000 that are simulated
 *     page         the page of a report in headless Chromium
 *     package      what is packed, installed beside other runtimes (npm: node), and its recipes
 *     fuzz         ledgers edited at random, audited, appended to and replayed
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const node = (script: string, ...args: readonly string[]): readonly string[] => [
  process.execPath,
  script,
  ...args,
];

interface Check {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const VITEST = ['node_modules/.bin/vitest', 'run', '--config', 'test/vitest.config.ts'];

const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['laws', { command: [...VITEST, 'properties'], env: { LEDGER_RUNS: '100000' } }],
  ['independent', { command: node('test/deep/independent.ts') }],
  ['chromium', { command: node('test/deep/chromium.ts') }],
  ['export', { command: node('test/deep/export.ts') }],
  ['evidence', { command: node('test/deep/evidence.ts') }],
  [
    'recipe',
    {
      command: [...VITEST, 'test/recipe.test.ts', '-t', 'hands out'],
      env: { LEDGER_EVENTS: '10000' },
    },
  ],
  ['mutation', { command: node('test/deep/mutation.ts', '--sample', '1500', '--least', '90') }],
  ['simulation', { command: node('test/simulation/run.ts', '1001', '101000') }],
  ['crash', { command: node('test/crash/run.ts') }],
  ['experiment', { command: node('test/crash/experiment-run.ts') }],
  ['fault', { command: node('test/fault/run.ts') }],
  ['statistic', { command: node('test/deep/statistic.ts') }],
  ['page', { command: node('test/deep/page.ts') }],
  ['package', { command: node('test/deep/package.ts') }],
  ['fuzz', { command: node('test/fuzz/run.ts', '1001', '6000') }],
]);

const run = (name: string, { command, env }: Check): boolean => {
  console.log(`\n== ${name}`);
  const [program = '', ...args] = command;
  const started = Date.now();
  const { status } = spawnSync(program, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(`== ${name} ${status === 0 ? 'passed' : 'FAILED'} in ${seconds} s`);
  return status === 0;
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !CHECKS.has(name));
if (unknown.length > 0) {
  console.error(`no such check: ${unknown.join(', ')}; there is ${[...CHECKS.keys()].join(', ')}`);
  process.exitCode = 2;
} else {
  const chosen = [...CHECKS].filter(([name]) => names.length === 0 || names.includes(name));
  const results = chosen.map(([name, check]) => run(name, check));
  const failed = results.filter((passed) => !passed).length;
  console.log(`${results.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
