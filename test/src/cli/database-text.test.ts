/**
 * What is said of a database that fails leads out, where it is done.
 */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withLedger } from './shell.ts';

describe('a lock that is no database', () => {
  it.each([
    ['other bytes', (lock: string) => writeFileSync(lock, Buffer.alloc(8192, 7))],
    ['zeros', (lock: string) => writeFileSync(lock, Buffer.alloc(8192))],
    [
      'a folder',
      (lock: string) => {
        rmSync(lock);
        mkdirSync(lock);
      },
    ],
  ])('is moved away, and the next writer makes another: %s', async (_what, harm) => {
    const shell = withLedger();
    const lock = shell.path('.ledger/writer.lock.db');
    harm(lock);
    const append = 'append --type a.b --sign alice';
    const { status, stderr } = await shell.inside(append);
    expect([status, stderr]).toEqual([74, expect.stringMatching(/\nMove it away while nobody w/)]);
    expect((await shell.inside('doctor')).stdout).toMatch(/^fail +lock .*\n +→ Move it away/m);
    renameSync(lock, shell.path('away'));
    await shell.told(append);
  });
});
