/**
 * Ledgers that are edited at random, by seed: what is said of them afterwards, and what becomes of
 * them. A seed is had again with `node test/fuzz/run.ts SEED`; thousands more are a deep check.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { AREAS } from '../fuzz/case.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MINUTES = 60_000;

describe('a ledger that somebody edited', () => {
  it('is never found to be sound, and loses nothing more', { timeout: 3 * MINUTES }, async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['test/fuzz/run.ts', '1', '60'],
      { cwd: ROOT },
    );
    // One that fails ends the process with an exit code, and this with what it printed.
    expect(stdout).toMatch(/^60 passed, 0 failed/m);
    for (const verdict of ['tampered', 'drift', 'verified', 'refused'])
      expect(stdout).toMatch(new RegExp(`[1-9]\\d* ${verdict}`));
  });

  it('may have been edited in more than a hundred and fifty ways', () => {
    const names = AREAS.flat().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(150);
  });
});
