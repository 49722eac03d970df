/**
 * Completion in the shells themselves: bash, zsh and fish read the script, and are asked.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import type { Shell } from './shell.ts';
import { withLedger } from './shell.ts';

const BIN = inject('bin');

/** A folder with a command of this name, to be put before the others of PATH. */
const withCommand = (shell: Shell, name: string): string => {
  const bin = shell.path('bin');
  mkdirSync(bin, { recursive: true });
  const path = join(bin, name);
  writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`);
  chmodSync(path, 0o755);
  return bin;
};

/** How each shell is made to say what it would offer, a word in a line. */
const ASK: Readonly<Record<string, (name: string, lines: readonly string[]) => string>> = {
  fish: (name, lines) =>
    [
      `${name} completion fish --name ${name} | source`,
      ...lines.map((line) => `complete -C '${line}'; echo ==`),
    ].join('\n'),
};

const inShell = (
  shell: Shell,
  kind: string,
  flags: readonly string[],
  name: string,
  script: string,
  input = '',
) => {
  const path = `${withCommand(shell, name)}:${process.env['PATH'] ?? ''}`;
  const ran = spawnSync(kind, [...flags, ...(script === '' ? [] : ['-c', script])], {
    cwd: shell.folder,
    input,
    encoding: 'utf8',
    env: { ...process.env, LEDGER_DIR: '', HOME: shell.folder, PATH: path, INPUTRC: '/dev/null' },
  });
  if (ran.error !== undefined) throw ran.error;
  return ran;
};

/** What a shell offers for lines, the words alone. */
const asked = (
  shell: Shell,
  kind: string,
  name: string,
  lines: readonly string[],
): readonly (readonly string[])[] => {
  const script = ASK[kind]?.(
    name,
    lines.map((line) => `${name} ${line}`),
  );
  const { stdout, stderr } = inShell(shell, kind, ['--no-config'], name, script ?? '');
  expect([kind, stderr]).toEqual([kind, '']);
  return stdout
    .split('==\n')
    .slice(0, -1)
    .map((part) =>
      part
        .split('\n')
        .filter((each) => each !== '')
        .map((each) => each.split('\t')[0] ?? ''),
    );
};

describe('the script of completion', () => {
  it('works in fish, where a line that is typed has its words offered', () => {
    const shell = withLedger();
    const alice =
      readdirSync(shell.path('.ledger/keys')).find((name) => name.startsWith('alice')) ?? '';
    const lines = ['log --type led', 'append --sign al', 'replay --from=', 'show '];
    const [types, signers, sources, files] = asked(shell, 'fish', 'ledger', lines);
    expect([types, signers]).toEqual([['ledger.created'], [alice]]);
    expect(sources).toEqual(['--from=journal', '--from=mirror']);
    // Where nothing is known to fit, files are offered.
    expect(files).toContain('bin/');
  });

  it('works in bash, where a line is typed and completed', async () => {
    const shell = withLedger();
    await shell.told('key new bob@example.com');
    await shell.told('append --type a.b --session run:seven');
    const [bob = ''] = readdirSync(shell.path('.ledger/keys')).filter((name) =>
      name.startsWith('bob'),
    );
    const cases: readonly (readonly [typed: string, words: readonly string[]])[] = [
      ['appr\t', ['approve']],
      ['log --type led\t', ['log', '--type', 'ledger.created']],
      ['append --sign bob@e\t', ['append', '--sign', bob]],
      ['append --sign=bob@e\t', ['append', `--sign=${bob}`]],
      ['append --sign "bob@e\t', ['append', '--sign', bob]],
      ['log --session run:\t --json', ['log', '--session', 'run:seven', '--json']],
      ['log --session=run:s\t', ['log', '--session=run:seven']],
      ['-C ./.led\t', ['-C', './.ledger/']],
      ['replay --from=m\t --dry-\t', ['replay', '--from=mirror', '--dry-run']],
      ['replay --from  m\t', ['replay', '--from', 'mirror']],
    ];
    const input = [
      'source <(ledger completion bash)',
      'say() { printf "%s\\n" "$@"; echo ==; }; complete -o default -F _ledger_complete say',
      ...cases.map(([typed]) => `say ${typed}`),
      '',
    ].join('\n');
    const flags = ['--norc', '--noprofile', '-i'];
    const { stdout } = inShell(shell, 'bash', flags, 'ledger', '', input);
    const said = stdout.split('==\n').map((part) => part.split('\n').slice(0, -1));
    expect(said.slice(0, -1)).toEqual(cases.map(([, words]) => words));
  });

  it('works in zsh, under another name, where a line is typed, completed and run', () => {
    const shell = withLedger();
    const name = 'our-ledger.1';
    const lines = ['appr\\t', 'log --type led\\t --json'];
    const script = [
      'zmodload zsh/zpty; zpty z "zsh -f -i"',
      `zpty -w z 'PS1=; autoload -Uz compinit; compinit -u -D'`,
      `zpty -w z 'source <(${name} completion zsh --name ${name}); print READY$((0))'`,
      `zpty -r z said '*READY0*'`,
      ...lines.flatMap((line, at) => [
        `zpty -w z $'${name} ${line} 2>&1; print READY$((${at + 1}))'`,
        `zpty -r z said '*READY${at + 1}*'; print -r -- "$said"`,
      ]),
      'zpty -d z',
    ];
    const { stdout, stderr } = inShell(shell, 'zsh', ['-f'], name, script.join('\n'));
    expect(stderr).toBe('');
    expect(stdout).toContain('approve takes SUBJECT');
    expect(stdout).toContain('"event_type":"ledger.created"');
  });
});
