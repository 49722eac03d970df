/**
 * Places that no backup goes into, and in which nothing is restored.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asNobody } from '../../as-nobody.ts';
import { linesOf, withLedger } from './shell.ts';

describe('a folder that may not be written', () => {
  it('takes neither a backup nor a ledger, and is not the disk of either', async () => {
    const shell = withLedger();
    await shell.told('backup --to copy');
    // By a process of its own: what this one had open it could still write.
    shell.json('backup --to own');
    mkdirSync(shell.path('new'));
    const there = ['copy', 'own', 'new'];
    execFileSync('chmod', ['-R', 'a+rwX', shell.folder]);
    if (process.getuid?.() === 0) execFileSync('chown', ['-R', '65534', shell.path('own')]);
    execFileSync('chmod', ['-R', 'a-w', ...there.map((name) => shell.path(name))]);
    const lines = [...there.map((name) => `backup --to ${name}`), '-C new restore --from copy'];
    const told: unknown[] = [];
    await asNobody(async () => {
      for (const line of lines) {
        const { status, stdout } = await shell.inside([...line.split(' '), '--json']);
        told.push([line, status, linesOf(stdout)[0]?.error?.message]);
      }
    });
    expect(told).toEqual(
      [...there, 'new'].map((name, nth) => [lines[nth], 2, `${name}: permission denied`]),
    );
    execFileSync('chmod', ['-R', 'u+w', shell.folder]);
  });
});

describe('a folder within another one', () => {
  it('takes neither a backup nor what is restored, whatever its name begins with', async () => {
    const shell = withLedger();
    await shell.told('backup --to copy');
    const there = readdirSync(shell.path('.ledger'));
    expect(
      await shell.refusals([
        'backup --to .ledger/..b',
        'backup --to .ledger/...',
        '-C .ledger/..r restore --from .ledger',
        '-C copy/..r restore --from copy',
      ]),
    ).toEqual(Array.from({ length: 4 }, () => '25 within'));
    expect(readdirSync(shell.path('.ledger'))).toEqual(there);
    await shell.told('backup --to ..b');
  });
});

describe('a folder of somebody', () => {
  it('that is no backup loses nothing to one', async () => {
    const shell = withLedger();
    await shell.told('checkpoint');
    const names = ['checkpoint', 'ledger.json', 'backup.json', 'checkpoints/1', 'policies/own'];
    for (const name of [...names, 'quarantine/mail', 'torn/page']) {
      mkdirSync(dirname(shell.path(`own/${name}`)), { recursive: true });
      shell.write(`own/${name}`, 'mine');
      const { status, stdout } = await shell.inside('backup --to own --json');
      const { code, message } = linesOf(stdout)[0]?.error ?? {};
      expect([name, status, code]).toEqual([name, 25, 'stands']);
      expect(message).toContain(`own/${name}: `);
      expect(shell.read(`own/${name}`)).toBe('mine');
      expect(readdirSync(shell.path('own'))).toEqual([name.split('/')[0]]);
      rmSync(shell.path('own'), { recursive: true });
    }
    mkdirSync(shell.path('own'));
    shell.write('own/notes.txt', 'mine');
    await shell.told('backup --to own');
    await shell.told('backup --to own');
    expect(shell.read('own/notes.txt')).toBe('mine');
  });
});
