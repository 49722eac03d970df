/**
 * What is kept back: how much is told, a type that nothing is of is told, and what becomes of a
 * payload that is kept back anyway alters nothing.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { withLedger } from './shell.ts';

const told = async () => {
  const shell = withLedger();
  for (const type of ['invoice.paid', 'secret.noted', 'invoice.sent'])
    await shell.told(`append --type ${type} --id ${type}-1 --sign alice`);
  return shell;
};

const idle = (type: string): unknown =>
  expect.stringContaining(`--withhold ${type} keeps nothing back`);

it('is counted, and what a slip of the pen does not keep back is told', async () => {
  const shell = await told();
  const saidAt = async (at: string, ...more: readonly string[]) => {
    const line = ['export', '--format', 'csv', '--to', shell.path('out.csv'), '--at', at];
    const { status, stdout, stderr } = await shell.inside([...line, ...more]);
    expect(status).toBe(0);
    return [/\d+ events.*(?=, \d+ bytes)/.exec(stdout)?.[0], stderr];
  };
  const said = (...more: readonly string[]) => saidAt('3', ...more);
  expect(await said()).toEqual(['4 events', '']);
  const kept = '4 events, 1 payloads left out';
  expect(await said('--withhold', 'secret.noted')).toEqual([kept, '']);
  expect(await said('--withhold', 'secert.noted')).toEqual(['4 events', idle('secert.noted')]);
  const both = await said('--withhold', 'secret.*', '--withhold', 'invoce.*');
  expect(both).toEqual([kept, idle('invoce.*')]);
  expect(both[1]).not.toContain('secret');
  // What governs is never kept back.
  expect(await said('--withhold', 'ledger.*')).toEqual(['4 events', idle('ledger.*')]);
  expect(await saidAt('0', '--withhold', 'payloads')).toEqual(['1 events', idle('payloads')]);
  const governing = await said('--type', 'ledger.*', '--withhold', 'payloads');
  expect(governing).toEqual(['1 events', idle('payloads')]);
  // There is one, but not in the range.
  const none = ['--withhold', 'secret.noted'];
  expect(await said('--after', '2', ...none)).toEqual(['1 events', idle('secret.noted')]);
  expect(await saidAt('1', ...none)).toEqual(['2 events', idle('secret.noted')]);
});

it('alters no bundle and no page when it is erased', async () => {
  const shell = await told();
  const made = async (name: string, format: string): Promise<string> => {
    const to = shell.path(name);
    const line = ['export', '--format', format, '--to', to, '--at', '3', '--sign', 'alice'];
    await shell.told([...line, '--type', 'invoice.*', '--withhold', 'invoice.sent']);
    return createHash('sha256').update(readFileSync(to)).digest('hex');
  };
  const both = async (name: string) => [
    await made(`${name}.tar`, 'bundle'),
    await made(`${name}.html`, 'html'),
  ];
  await shell.told('checkpoint');
  const before = await both('before');
  const erased = async (id: string): Promise<void> => {
    await shell.told(['erase', id, '--reason', 'asked for', '--sign', 'alice']);
  };
  // One is kept back, and one is not meant.
  for (const type of ['invoice.sent', 'secret.noted']) await erased(`${type}-1`);
  expect(await both('after')).toEqual(before);
  await erased('invoice.paid-1');
  for (const [at, digest] of (await both('other')).entries()) expect(digest).not.toBe(before[at]);
  for (const name of ['before.tar', 'other.tar', 'before.html', 'other.html'])
    expect((await shell.inside(['check-bundle', shell.path(name)])).status).toBe(0);
});
