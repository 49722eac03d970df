/**
 * A mirror that was put in the place of ours: what it holds is not what this ledger says.
 */
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ills } from './doctor.ts';
import { withLedger } from './shell.ts';

describe('a mirror of another ledger', () => {
  it('is read by nobody as if it were of this one', async () => {
    const shell = withLedger();
    const theirs = 'example.com/theirs';
    await shell.told(['-C', shell.path('other'), 'init', '--origin', theirs, '--as', 'bob']);
    const mirror = shell.path('.ledger', 'mirror.db');
    for (const end of ['-wal', '-shm']) rmSync(`${mirror}${end}`, { force: true });
    copyFileSync(shell.path('other', 'mirror.db'), mirror);
    const reads = ['log', 'show 0', 'key list', 'prove 0', 'policy list', 'outbox status', 'drill'];
    for (const line of [...reads, `export --format ndjson --to ${shell.path('out')}`])
      expect([line, await shell.refusals([line])]).toEqual([line, ['22 mirror_other_ledger']]);
    expect(existsSync(shell.path('out'))).toBe(false);
    expect(await ills(shell)).toEqual(['fail mirror']);
    expect(await shell.refusals(['append --type a.b', 'replay'])).toEqual([
      '22 origin_differs',
      '22 origin_differs',
    ]);
    expect((await shell.inside('verify --json')).status).toBe(22);
    const { stderr } = await shell.inside('log');
    expect(stderr).toContain('Or run ledger replay --from journal');
    await shell.told('replay --from journal');
    const [first] = await shell.told('log');
    expect(first?.header?.['ledger']).toBe('example.com/acme');
    expect(await ills(shell)).toEqual(['warn leftover']);
  });
});
