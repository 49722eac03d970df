/**
 * Work that takes long says on a terminal how far it has come, and takes that away; here every look
 * at the clock takes a second.
 */
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { BIN, withLedger } from './shell.ts';

const SLOW = [
  'const now = performance.now.bind(performance);',
  'let looks = 0;',
  'performance.now = () => now() + 1000 * looks++;',
].join(' ');

const MEGABYTES = /journal: \d+ of \d+ MB, \d+ %, \d+ MB\/s/;

it.each([
  ['backup --to copy', MEGABYTES],
  ['-C new restore --from copy', MEGABYTES],
  ['-C new replay', /comparing the mirror with the journal/],
  ['drill', MEGABYTES],
])('%s', async (line, progress) => {
  const shell = withLedger();
  shell.write('drafts', '{"event_type":"a.b","payload":1}\n'.repeat(3000));
  await shell.told(['append', shell.path('drafts')]);
  if (line.startsWith('-C new')) {
    await shell.told('backup --to copy');
    if (line.endsWith('replay')) await shell.told('-C new restore --from copy');
  }
  const before = line.endsWith('replay') ? 'rm new/mirror.db && ' : '';
  const hook = `data:text/javascript,${encodeURIComponent(SLOW)}`;
  const { stdout, status } = spawnSync(
    'script',
    ['-qec', `${before}'${process.execPath}' --import '${hook}' '${BIN}' ${line}`, '/dev/null'],
    { cwd: shell.folder, encoding: 'utf8', env: { ...process.env, LEDGER_DIR: '' } },
  );
  expect([status, stdout]).toEqual([0, expect.stringMatching(progress)]);
  expect(stdout.split('\r\u001b[K').at(-1)).not.toMatch(progress);
});

it('is told in one line, however narrow the terminal is', async () => {
  const shell = withLedger();
  shell.write('drafts', '{"event_type":"a.b","payload":1}\n'.repeat(3000));
  const hook = `data:text/javascript,${encodeURIComponent(SLOW)}`;
  const line = `'${process.execPath}' --import '${hook}' '${BIN}' append drafts > receipts`;
  const { stdout } = spawnSync('script', ['-qec', `stty cols 20; ${line}`, '/dev/null'], {
    cwd: shell.folder,
    encoding: 'utf8',
    env: { ...process.env, LEDGER_DIR: '' },
  });
  const told = stdout.split('\r\u001b[K').filter((text) => text.startsWith('append: '));
  expect(told.length).toBeGreaterThan(0);
  for (const text of told) expect(text.length).toBe(19);
});
