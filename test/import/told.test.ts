/**
 * What an import says of itself: the same as its report says later, and where it was given a file
 * that wants a folder.
 */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withLedger } from '../src/cli/shell.ts';
import { copyOf } from './fixture.ts';

it('an import is told by its report as it was told when it was made', async () => {
  for (const [tool, from] of [
    ['cortex', 'v2-signed-cli'],
    ['kaizen', 'halfway'],
  ] as const) {
    const shell = withLedger();
    const { stdout, stderr } = await shell.inside(['import', tool, copyOf(tool, from)]);
    const [, seq = ''] = /sealed by event (\d+)/.exec(stderr) ?? [];
    const report = await shell.inside(['import', 'report', seq]);
    expect([tool, stdout]).toEqual([tool, report.stdout]);
    expect(stdout).toContain(tool);
  }
});

it('a file of kaizen is not taken for its folder', async () => {
  const folder = copyOf('kaizen', 'halfway');
  const shell = withLedger();
  for (const name of ['kaizen.db', 'hot/outbox.redb']) {
    const { status, stderr } = await shell.inside(['import', 'kaizen', join(folder, name)]);
    expect([status, stderr]).toEqual([2, expect.stringContaining('takes the folder in which')]);
  }
});
