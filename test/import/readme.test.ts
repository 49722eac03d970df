/**
 * The recipes for coming from elsewhere, as they are printed.
 */
import { cpSync, readFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { Receiver } from '../outbox/receiver.ts';
import { withLedger } from '../src/cli/shell.ts';
import { fixture } from './fixture.ts';

const README = readFileSync(new URL('../../src/import/README.md', import.meta.url), 'utf8');
const BLOCKS = README.split('\n\n').filter((block) => block.startsWith('    '));

it('goes from an old store to a verified ledger by the lines of each recipe', async () => {
  const shell = withLedger();
  const there = process.cwd();
  onTestFinished(() => process.chdir(there));
  process.chdir(shell.folder);
  cpSync(fixture('cortex', 'v2-signed-cli'), 'old', { recursive: true });
  cpSync(fixture('cortex', 'keys', 'operator.pub'), 'operator.pub');
  cpSync(fixture('kaizen', 'halfway'), '.kaizen', { recursive: true });
  shell.write('orders.ndjson', '{"status":"paid","at":"2026-11-20T09:00:00Z","cart":"c-1"}\n');
  const receiver = await new Receiver().start();
  onTestFinished(() => receiver.stop());
  const ran: (readonly [string, number | null])[] = [];
  for (const block of BLOCKS) {
    const lines = block
      .trimEnd()
      .replaceAll(/ \\\n +/g, ' ')
      .replace('https://kaizen.example.com', receiver.url)
      .split('\n')
      .map((line) => line.slice(4));
    if (lines[0] === '# map.yaml') shell.write('map.yaml', lines.join('\n'));
    else
      for (const line of lines) {
        const { status } = await shell.inside(line.replace(/^ledger /, ''));
        ran.push([line, status]);
      }
  }
  expect(ran.filter(([, status]) => status !== 0)).toEqual([]);
  expect(ran.length).toBe(12);
  // A row of no kind and one that cannot be read are parked, each with its reason.
  expect(receiver.effective.length).toBe(13);
  expect(shell.journal().filter((line) => line.includes('schema_migration.imported')).length).toBe(
    3,
  );
});

it('has a plan where there is no ledger, and takes nothing there', async () => {
  const shell = withLedger();
  const line = ['-C', shell.path('none'), 'import', 'cortex', fixture('cortex', 'v2-signed-cli')];
  const { status, stderr } = await shell.inside([...line, '--dry-run']);
  expect([status, stderr]).toEqual([0, expect.stringContaining('there is no ledger here')]);
  expect(await shell.refusals([line])).toEqual(['10 no_ledger']);
});
