/**
 * What a benchmark of processes runs, as it is published: plain JavaScript. What takes the types
 * out of a source needs more memory and time than a short verification does.
 */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Bundle {
  readonly once: string;
  readonly remove: () => void;
}

/** bundle makes `verify-once.ts`, its floor and its threads into scripts of their own. */
export const bundle = async (): Promise<Bundle> => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-bench-'));
  const built = await rolldown({
    input: {
      once: join(ROOT, 'test/bench/verify-once.ts'),
      floor: join(ROOT, 'test/bench/floor.ts'),
      worker: join(ROOT, 'src/verify/worker.ts'),
    },
    platform: 'node',
    external: 'better-sqlite3',
  });
  const names = { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' };
  await built.write({ format: 'esm', dir: folder, ...names });
  await built.close();
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return {
    once: join(folder, 'once.js'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
