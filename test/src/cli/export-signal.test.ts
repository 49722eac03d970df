/**
 * `ledger export` while it writes: a signal is heard before all of it is done.
 */
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { watch } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { withLedger } from './shell.ts';

it('an export hears a signal between its pages, and leaves nothing that looks whole', async () => {
  const shell = withLedger();
  const draft = `${JSON.stringify({ event_type: 'invoice.paid', payload: 'x'.repeat(99) })}\n`;
  shell.write('drafts', draft.repeat(5000));
  await shell.told(['append', shell.path('drafts')]);
  const before = readdirSync(shell.folder).toSorted();
  for (const format of ['sqlite', 'bundle']) {
    const line = ['export', '--format', format, '--to', shell.path('out'), '--sign', 'alice'];
    const watching = watch(shell.folder);
    const child = shell.start(line);
    for await (const { filename } of watching) if (filename?.endsWith('.part')) break;
    child.kill('SIGTERM');
    expect([format, await once(child, 'exit')]).toEqual([format, [130, null]]);
    expect(readdirSync(shell.folder).toSorted()).toEqual(before);
  }
  expect(shell.journal().filter((text) => text.includes('"ledger.exported"'))).toEqual([]);
});
