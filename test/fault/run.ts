/**
 * Whether the tests notice: `node test/fault/run.ts [NUMBER …]`. Each defect is made in a copy of
 * the project, where the test that is named for it must fail; before that it must pass.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Fault } from './fault.ts';
import { fullNameOf } from './fault.ts';
import { FAULTS } from './table.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PARTS = ['ledger', 'policies', 'properties', 'src', 'test', 'package.json', 'tsconfig.json'];
const MINUTES = 60_000;

type Outcome = 'passed' | 'failed' | 'no test';

/** Runs the one test, and tells what came of it. */
const outcomeIn = (root: string, fault: Fault): Outcome => {
  const { stdout } = spawnSync(
    join(root, 'node_modules/.bin/vitest'),
    ['run', '--config', 'test/vitest.config.ts', fault.test[0], '-t', fullNameOf(fault)],
    { cwd: root, encoding: 'utf8', timeout: 15 * MINUTES },
  );
  const [, passed = '0', failed = '1'] = /^(\d+) passed, (\d+) failed/m.exec(stdout) ?? [];
  if (/ Tests .*[1-9]\d* failed| Failed Suites /.test(stdout)) return 'failed';
  return Number(passed) > 0 || failed === '0' ? 'passed' : 'no test';
};

const copy = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-fault-'));
  for (const part of PARTS) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
};

const withDefect = (root: string, fault: Fault): Outcome => {
  const { file, from, to } = fault.defect;
  const path = join(root, file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  try {
    return outcomeIn(root, fault);
  } finally {
    writeFileSync(path, text);
  }
};

const numbers = process.argv.slice(2).map(Number);
const chosen = FAULTS.filter(({ number }) => numbers.length === 0 || numbers.includes(number));
const folder = copy();
let wrong = 0;
try {
  for (const fault of chosen) {
    const started = performance.now();
    const sound = outcomeIn(folder, fault);
    const broken = sound === 'passed' ? withDefect(folder, fault) : 'not tried';
    const isRight = sound === 'passed' && broken === 'failed';
    if (!isRight) wrong++;
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    const what = isRight ? 'noticed' : `NOT NOTICED (as it is ${sound}, broken ${broken})`;
    console.log(`${fault.number} ${fault.name}: ${what}, ${seconds} s`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${chosen.length - wrong} of ${chosen.length} defects are noticed`);
process.exitCode = wrong === 0 && chosen.length > 0 ? 0 : 1;
