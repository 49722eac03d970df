/**
 * What an import says of itself: the same as its report says later, and where it was given a file
 * that wants a folder.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, symlinkSync } from 'node:fs';
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

it('a folder, a link or a pipe is told where lines are wanted', async () => {
  const shell = withLedger();
  shell.write('map.yaml', 'type: { text: o.x }\n');
  shell.write('rows.ndjson', '{}\n');
  symlinkSync(shell.path('rows.ndjson'), shell.path('link'));
  spawnSync('mkfifo', [shell.path('pipe')]);
  const lines = ['.', 'link', 'pipe', 'gone'].map((name) => [
    'import',
    'ndjson',
    shell.path(name),
    '--map',
    shell.path('map.yaml'),
  ]);
  const other = '3 not_a_file';
  expect(await shell.refusals(lines)).toEqual([other, other, other, '3 no_source']);
  for (const line of lines)
    expect((await shell.inside(line)).stderr).not.toContain('the folder in which it lies');
});

it('a link to a folder is that folder, whichever tool it is of', async () => {
  for (const [tool, from] of [
    ['cortex', 'v2-signed-cli'],
    ['kaizen', 'halfway'],
  ] as const) {
    const shell = withLedger();
    const folder = copyOf(tool, from);
    symlinkSync(folder, shell.path('link'));
    const words = ['import', tool, shell.path('link')];
    expect(await shell.told(words)).toMatchObject([{ status: 'imported' }]);
    expect(await shell.told(['import', tool, folder])).toMatchObject([{ appended: 0 }]);
    expect(await shell.told([...words, '--archive'])).toMatchObject([{ appended: 0 }]);
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    expect(names.filter((name) => name.includes('.imported-')).length).toBeGreaterThan(0);
    expect(await shell.refusals([words])).toEqual(['3 no_source']);
  }
});
