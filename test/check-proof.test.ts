/**
 * `ledger check-proof`, run as a process: what it prints where, and how it exits.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

const BIN = inject('bin');
const data = JSON.parse(
  readFileSync(new URL('vectors/proof-files.json', import.meta.url), 'utf8'),
) as { vkey: string; files: readonly { why: string; text: string; valid: boolean }[] };

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'proof-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const ledger = (args: readonly string[], input = '') => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    encoding: 'utf8',
    input,
    timeout: 20_000,
  });
  return { status, stdout, stderr };
};

const file = (text: string | Uint8Array): string => {
  const path = join(folder, 'a.proof');
  writeFileSync(path, text);
  return path;
};

describe('ledger check-proof', () => {
  it.each(data.files)('judges the file "$why" as valid: $valid', ({ text, valid }) => {
    const { status, stdout, stderr } = ledger([
      'check-proof',
      file(text),
      '--vkey',
      data.vkey,
      '--json',
    ]);
    expect(stderr).toBe('');
    const line = JSON.parse(stdout) as { proof?: string; error?: { exit: number; next: string } };
    if (valid) {
      expect(status).toBe(0);
      expect(line.proof).toMatch(/^(?:inclusion|consistency)$/);
    } else {
      expect([2, 20]).toContain(status);
      expect(line.error?.exit).toBe(status);
      expect(line.error?.next).toMatch(/\.$/);
    }
  });

  it('prints for people what is proved, reads stdin as -, and writes errors to stderr', () => {
    const good = data.files.find(({ valid }) => valid)?.text ?? '';
    const read = ledger(['check-proof', '-', '--vkey', data.vkey], good);
    expect(read.status).toBe(0);
    expect(read.stdout).toContain('proof: inclusion\n');
    const altered = ledger(
      ['check-proof', '-', '--vkey', data.vkey],
      good.replace('index 0', 'index 1'),
    );
    expect(altered).toMatchObject({ status: 20, stdout: '' });
    expect(altered.stderr).toContain('another position');
  });

  it.each([
    ['no command', []],
    ['an unknown command', ['prove']],
    ['no file', ['check-proof', '--vkey', 'x']],
    ['no key', ['check-proof', 'a']],
    ['two files', ['check-proof', 'a', 'b', '--vkey', 'x']],
    ['a bad key', ['check-proof', 'a', '--vkey', 'x']],
    ['an unknown option', ['check-proof', 'a', '--key', 'x']],
  ])('exits 2 on %s, and says where help is or what is wrong', (_, args) => {
    const { status, stdout, stderr } = ledger(args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr.trim().split('\n').length).toBe(2);
  });

  it('exits 3 on a file that is not there or is a folder, and 2 on one that is no text', () => {
    expect(ledger(['check-proof', join(folder, 'none'), '--vkey', data.vkey]).status).toBe(3);
    expect(ledger(['check-proof', folder, '--vkey', data.vkey]).status).toBe(3);
    const binary = file(Uint8Array.of(0xff, 0xfe));
    expect(ledger(['check-proof', binary, '--vkey', data.vkey]).status).toBe(2);
    const huge = file('x'.repeat(1_048_577));
    expect(ledger(['check-proof', huge, '--vkey', data.vkey]).status).toBe(2);
  });

  it('refuses a file with a byte that is not UTF-8, wherever it stands', () => {
    const good = data.files.find(({ valid }) => valid)?.text ?? '';
    const judged = (byte: number) => {
      const line = Buffer.concat([
        Buffer.from('\u2014 witness'),
        Buffer.of(byte),
        Buffer.from(' AAAAAAA=\n'),
      ]);
      const path = file(Buffer.concat([Buffer.from(good), line]));
      const { status, stdout } = ledger(['check-proof', path, '--vkey', data.vkey, '--json']);
      return [status, (JSON.parse(stdout) as { error?: { code: string } }).error?.code];
    };
    expect(judged(0x61)).toEqual([0, undefined]);
    expect(judged(0xff)).toEqual([2, 'invalid_utf8']);
    expect(judged(0xc3)).toEqual([2, 'invalid_utf8']);
  });

  it('does not wait on a FIFO', () => {
    const fifo = join(folder, 'fifo');
    spawnSync('mkfifo', [fifo]);
    expect(ledger(['check-proof', fifo, '--vkey', data.vkey]).status).toBe(3);
  });

  it('prints help on --help', () => {
    const { status, stdout } = ledger(['--help']);
    expect(status).toBe(0);
    expect(stdout).toContain('ledger help COMMAND');
  });
});
