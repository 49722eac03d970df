/**
 * One trial of a mutant: its bundle in a thread of its own, which is ended when it takes too long.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

export type Verdict = 'killed' | 'survived' | 'timeout';

export interface Trial {
  readonly verdict: Verdict;
  /** The test that failed, or what was thrown where none ran. */
  readonly by?: string;
}

const ENV = { LEDGER_SEED: '1', LEDGER_RUNS: '10' };

export const folder = mkdtempSync(join(tmpdir(), 'mutation-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** attempt runs a bundle; what fails in any way kills the mutant. */
export const attempt = (name: string, code: string, limitMs: number): Promise<Trial> => {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, code);
  return new Promise((resolve) => {
    const worker = new Worker(path, {
      env: { ...process.env, ...ENV },
      stdout: true,
      stderr: true,
    });
    const end = (trial: Trial): void => {
      clearTimeout(timer);
      rmSync(path, { force: true });
      void worker.terminate();
      resolve(trial);
    };
    const timer = setTimeout(() => end({ verdict: 'timeout' }), limitMs);
    worker.on('message', ({ failure }: { readonly failure: string | undefined }) =>
      end(failure === undefined ? { verdict: 'survived' } : { verdict: 'killed', by: failure }),
    );
    worker.on('error', (thrown) =>
      end({ verdict: 'killed', by: thrown instanceof Error ? thrown.message : String(thrown) }),
    );
    worker.on('exit', () => end({ verdict: 'killed', by: 'no answer' }));
  });
};
