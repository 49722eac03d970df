/**
 * Known answers: `npm run vectors -- FOLDER…` runs every vector file in the folders through the
 * kernel, on both implementations of its cryptography. Without a folder it runs `test/vectors`. It
 * prints each failure with what was expected and ends with `N passed, N failed`.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { native } from '../../ledger/crypto/native.ts';
import { noble } from '../../ledger/crypto/noble.ts';
import type { Suite } from './report.ts';
import { SUITES } from './suite.ts';
import { Report, Vector } from './report.ts';

const OWN_VECTORS = fileURLToPath(new URL('../vectors', import.meta.url));

const IMPLEMENTATIONS = [
  ['native', native],
  ['noble', noble],
] as const;

const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

const readVector = (path: string): Vector =>
  new Vector(JSON.parse(readFileSync(path, 'utf8')) as unknown, '');

/** A file that another leans on: from its own folder, else from one of the others, by origin. */
const findCompanion =
  (folders: readonly string[]) =>
  (name: string, origin: string): Vector | undefined => {
    for (const folder of folders) {
      try {
        const file = readVector(join(folder, name));
        if (file.find('origin')?.text() === origin) return file;
      } catch {
        continue; // not there, or broken: its own run says so
      }
    }
    return undefined;
  };

const runFile = (
  report: Report,
  folder: string,
  name: string,
  folders: readonly string[],
): void => {
  const path = join(folder, name);
  const run = SUITES.get(name);
  if (run === undefined) {
    report.fail(path, 'file', `unknown: expected one of ${[...SUITES.keys()].join(', ')}`);
    return;
  }
  let file: Vector;
  try {
    file = readVector(path);
  } catch (thrown) {
    report.fail(path, 'file', `cannot be read: ${messageOf(thrown)}`);
    return;
  }
  for (const [label, crypto] of IMPLEMENTATIONS) {
    const before = report.passed + report.failures.length;
    const suite: Suite = {
      crypto,
      companion: findCompanion([folder, ...folders, OWN_VECTORS]),
      test: (each, check) => report.run(`${path} [${label}]`, each, check),
    };
    try {
      run(suite, file);
    } catch (thrown) {
      report.fail(`${path} [${label}]`, 'file', messageOf(thrown));
    }
    if (report.passed + report.failures.length === before)
      report.fail(`${path} [${label}]`, 'file', 'expected at least one case, found none');
  }
};

/** runFolders runs every vector file of the folders. */
export const runFolders = (folders: readonly string[]): Report => {
  const report = new Report();
  for (const folder of folders) {
    let names: readonly string[];
    try {
      names = readdirSync(folder).toSorted();
    } catch (thrown) {
      report.fail(folder, 'folder', `cannot be read: ${messageOf(thrown)}`);
      continue;
    }
    if (names.length === 0) report.fail(folder, 'folder', 'expected vector files, found none');
    for (const name of names) runFile(report, folder, name, folders);
  }
  return report;
};

if (import.meta.main) {
  // npm runs a script in the package's folder, and tells from where it was called.
  const from =
    process.env['npm_lifecycle_event'] === 'vectors' ? process.env['INIT_CWD'] : undefined;
  const folders = process.argv.slice(2).map((folder) => resolve(from ?? '.', folder));
  const report = runFolders(folders.length === 0 ? [OWN_VECTORS] : folders);
  for (const { file, label, message } of report.failures)
    console.log(`FAILED ${file}\n  ${label}\n  ${message}`);
  console.log(`${report.passed} passed, ${report.failures.length} failed`);
  process.exitCode = report.failures.length === 0 ? 0 : 1;
}
