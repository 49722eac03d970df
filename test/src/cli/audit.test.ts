/**
 * `ledger verify` and `ledger replay`: an audit exits by its verdict, and what a disaster took is
 * made anew.
 */
import { appendFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Shell } from './shell.ts';
import { withLedger } from './shell.ts';

interface Report {
  readonly verdict: string;
  readonly exit: number;
  readonly size: number;
  readonly findings: readonly { readonly code: string; readonly next: string }[];
  readonly not_proved: readonly string[];
  readonly parity?: { readonly consistent: boolean };
  readonly plan?: readonly { readonly step: string }[];
}

const audit = (shell: Shell, options = ''): Report => {
  const { status, stdout } = shell.type(`verify --json${options}`);
  const report = JSON.parse(stdout) as Report;
  expect(report.exit).toBe(status);
  return report;
};

const segment = (shell: Shell): string => {
  const folder = shell.path('.ledger', 'journal');
  return `${folder}/${readdirSync(folder)[0]}`;
};

const loseMirror = (shell: Shell): void => {
  for (const end of ['', '-wal', '-shm'])
    rmSync(shell.path('.ledger', `mirror.db${end}`), { force: true });
};

describe('ledger verify', () => {
  it('writes a mark over nothing but a mark', async () => {
    const shell = withLedger();
    shell.type('checkpoint --out held.note');
    const held = shell.read('held.note');
    shell.write('empty', '');
    for (const line of ['--checkpoint held.note', '--since held.note', '--journal-only'])
      expect(await shell.refusal(`verify ${line} --mark held.note`)).toBe('2 usage');
    expect(shell.read('held.note')).toBe(held);
    for (const line of ['--mark empty', '--mark empty --since empty', '--mark new'])
      expect([line, (await shell.inside(`verify ${line}`)).status]).toEqual([line, 0]);
    expect(shell.read('new')).toBe(shell.read('empty'));
  });

  it('exits by its verdict, and tells people what to do next', () => {
    const shell = withLedger();
    shell.json('append --type a.b --id x --sign alice');
    shell.type('checkpoint --out held.note');
    expect(audit(shell, ' --checkpoint held.note --decisions')).toMatchObject({
      verdict: 'verified',
      exit: 0,
      size: 2,
      findings: [],
    });
    appendFileSync(segment(shell), '{"torn');
    expect(audit(shell)).toMatchObject({ verdict: 'torn_tail', exit: 21 });
    loseMirror(shell);
    expect(audit(shell)).toMatchObject({ verdict: 'torn_tail', exit: 21 });
    const text = readFileSync(segment(shell), 'utf8').replace('{"torn', '');
    writeFileSync(segment(shell), text);
    const people = shell.type('verify');
    expect(people.status).toBe(22);
    expect(people.stdout).toContain('drift: there is no mirror [mirror_missing]');
    expect(people.stdout).toContain('Run ledger replay');
    writeFileSync(segment(shell), text.replace('"id":"x"', '"id":"y"'));
    const tampered = audit(shell);
    expect(tampered).toMatchObject({ verdict: 'tampered', exit: 20 });
    expect(tampered.findings[0]).toMatchObject({ code: 'event_hash_mismatch' });
    expect(shell.refuses('verify --checkpoint none.note')).toBe('3 file_unreadable');
    expect(shell.refuses('verify --workers many')).toBe('2 usage');
  });
});

describe('what is recorded of an audit', () => {
  it('is asked for whole before the audit begins', async () => {
    const shell = withLedger();
    expect(
      await shell.refusals([
        'verify --record --sign nobody',
        'verify --record --sign alice --break-glass -',
        'verify --sign alice',
        'verify --meaning reviewed',
        'verify --break-glass some-id',
      ]),
    ).toEqual(['12 missing', '2 bad_form', '2 usage', '2 usage', '2 usage']);
    const { stderr } = await shell.inside('verify --break-glass some-id');
    expect(stderr).toContain('--break-glass takes --record');
    loseMirror(shell);
    const early = await shell.inside('verify --record --sign nobody');
    expect([early.status, early.stdout]).toEqual([12, '']);
  });
});

describe('ledger replay', () => {
  it('plans, makes the mirror anew, and a journal of the mirror', () => {
    const shell = withLedger();
    shell.json('append --type a.b --id x --sign alice');
    const journal = readFileSync(segment(shell), 'utf8');
    const replay = (options: string): Report =>
      JSON.parse(shell.type(`replay --json${options}`).stdout) as Report;
    expect(replay(' --dry-run').plan).toEqual([]);
    loseMirror(shell);
    expect(replay(' --dry-run').plan?.[0]).toMatchObject({ step: 'rebuild_mirror' });
    expect(audit(shell).exit).toBe(22);
    expect(replay('').parity).toMatchObject({ consistent: true });
    expect(audit(shell).exit).toBe(0);
    expect(shell.refuses('replay --from mirror')).toBe('25 journal_stands');
    rmSync(segment(shell));
    expect(replay(' --from mirror').parity).toMatchObject({ consistent: true });
    expect(readFileSync(segment(shell), 'utf8')).toBe(journal);
    expect(audit(shell).exit).toBe(0);
  });
});
