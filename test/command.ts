/**
 * The command as it is installed, put together once for a whole run of the tests: it starts in a
 * fraction of the time that the sources take, and what people run is what is tested.
 */
import { chmodSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import type { TestProject } from 'vitest/node';
import { input, output } from '../src/rolldown.config.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The script that starts it. */
    readonly bin: string;
    /** Where is kept what was compiled of it. */
    readonly cache: string;
  }
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** commandIn puts it together in a folder; gives the path of its script. */
export const commandIn = async (folder: string): Promise<string> => {
  const dir = join(folder, 'dist', 'command');
  const built = await rolldown(input);
  await built.write({ ...output, dir });
  await built.close();
  for (const name of ['node_modules', 'package.json'])
    symlinkSync(join(ROOT, name), join(folder, name));
  return join(dir, 'bin.cjs');
};

/** setup tells the tests where it lies, and takes it away behind them. */
export const setup = async (project: TestProject): Promise<() => void> => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-tests-'));
  // Some tests run it as a user who may read, and no more.
  chmodSync(folder, 0o755);
  project.provide('bin', await commandIn(folder));
  project.provide('cache', join(folder, 'cache'));
  return () => rmSync(folder, { recursive: true, force: true });
};
