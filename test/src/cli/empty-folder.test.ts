/**
 * A ledger that came without its empty folders, as from a copy that keeps files alone: what is
 * held back is kept in a folder that is made anew, for its owner alone.
 */
import { rmSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LARGE, withBillingAdopted } from './billing.ts';
import type { Shell } from './shell.ts';
import { linesOf } from './shell.ts';

const hold = async (shell: Shell, id: string): Promise<string> => {
  const line = ['append', '--type', 'invoice.issued', '--id', id, '--payload', LARGE];
  const { status, stdout } = await shell.inside([...line, '--sign', 'carol', '--json']);
  expect(status).toBe(24);
  return linesOf(stdout)[0]?.quarantine ?? '';
};

describe('without the folder for what is held back', () => {
  it('a draft is held back, and another one is discarded, all the same', async () => {
    const shell = await withBillingAdopted();
    const folder = shell.path('.ledger/quarantine');
    const lost = await hold(shell, 'invoice:1');
    rmSync(folder, { recursive: true });
    const discard = ['quarantine', 'discard', lost, '--reason', 'it is lost', '--sign', 'alice'];
    await shell.told(discard);
    expect(await shell.told(discard)).toMatchObject([{ status: 'already_recorded' }]);
    const held = await hold(shell, 'invoice:2');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    await shell.told(['quarantine', 'release', held, '--sign', 'alice']);
    await shell.told('show invoice:2');
  });
});
