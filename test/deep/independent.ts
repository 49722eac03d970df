/**
 * Two implementations that share no code: the Python one checks the known answers carried here, and
 * makes folders of new ones, of other origins, keys and events, that the kernel must answer alike.
 *
 *     LEDGER_SEED=7 node test/deep/independent.ts     begin with seed 7
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runFolders } from '../conformance/run.ts';

const FOLDERS = 10;
const HERE = fileURLToPath(new URL('../independent/', import.meta.url));
const VECTORS = fileURLToPath(new URL('../vectors', import.meta.url));

const python = (...args: readonly string[]): boolean => {
  const { status } = spawnSync('python3', ['-B', ...args], { stdio: 'inherit' });
  return status === 0;
};

const first = Number(process.env['LEDGER_SEED'] ?? Math.floor(Math.random() * 1e6));
let failed = python(join(HERE, 'check_vectors.py'), VECTORS) ? 0 : 1;
let passed = 0;
for (let seed = first; seed < first + FOLDERS; seed++) {
  const folder = mkdtempSync(join(tmpdir(), 'independent-'));
  const isMade = python(join(HERE, 'make_vectors.py'), folder, '--seed', String(seed));
  const report = runFolders([folder]);
  for (const { file, label, message } of report.failures.slice(0, 10))
    console.log(`FAILED seed ${seed}: ${file}\n  ${label}\n  ${message}`);
  console.log(`seed ${seed}: ${report.passed} passed, ${report.failures.length} failed`);
  passed += report.passed;
  failed += report.failures.length + (isMade ? 0 : 1);
  rmSync(folder, { recursive: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
