/**
 * The guided minute: every command that it shows works as it is shown, for whoever types it.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { BIN, Shell, withLedger } from './shell.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

interface Shown {
  readonly command: string;
  readonly exit: number;
}

describe('the demo', () => {
  it('shows commands that do what it says when they are typed, and leaves nothing', () => {
    const shell = new Shell();
    const temporary = shell.path('temporary');
    mkdirSync(temporary);
    const { status, stdout } = shell.run(['demo', '--json'], '', { TMPDIR: temporary });
    expect(status).toBe(0);
    expect(readdirSync(temporary)).toEqual([]);
    const shown = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Shown);
    expect(shown.map(({ exit }) => exit).filter((exit) => exit !== 0)).toEqual([24, 20]);
    const home = new Shell();
    let vkey = '';
    for (const { command, exit } of shown) {
      // The key that the stranger has is the one of this ledger.
      const line = command.replace(/--vkey \S+/, `--vkey ${vkey}`);
      const script = `ledger() { '${process.execPath}' '${BIN}' "$@"; }\n${line}`;
      const ran = spawnSync('sh', ['-c', script], { cwd: home.folder, encoding: 'utf8' });
      expect([line, ran.status]).toEqual([line, exit]);
      vkey = /^log_vkey: (.*)$/m.exec(ran.stdout)?.[1] ?? vkey;
    }
  });

  it('leaves nothing where it is interrupted either', async () => {
    const shell = new Shell();
    const env = { ...process.env, TMPDIR: shell.folder };
    const child = spawn(process.execPath, [BIN, 'demo'], { cwd: ROOT, env });
    await once(child.stdout, 'data');
    expect(readdirSync(shell.folder)).toHaveLength(1);
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([130, null]);
    expect(readdirSync(shell.folder)).toEqual([]);
  });

  it('says how scripts find it where nothing is installed, and so does the README', () => {
    const shell = new Shell();
    const ran = spawnSync(process.execPath, [`${ROOT}src/bin.ts`, 'demo'], {
      cwd: shell.folder,
      encoding: 'utf8',
    });
    expect(ran.status).toBe(0);
    const EXPORT = /^export PATH=.*$/m;
    const [told = ''] = EXPORT.exec(ran.stderr) ?? [];
    const [read = ''] = EXPORT.exec(readFileSync(`${ROOT}README.md`, 'utf8')) ?? [];
    const init = new Shell().path('init.sh');
    writeFileSync(init, 'ledger init --origin example.com/a --as me\n');
    for (const [interpreter, line] of [
      ['bash', told],
      ['sh', read],
    ] as const) {
      const script = `${line}\ncd '${shell.folder}'; ledger --version && sh '${init}'`;
      const typed = spawnSync(interpreter, ['-c', script], { cwd: ROOT, encoding: 'utf8' });
      expect([line, typed.status]).toEqual([line, 0]);
      expect(readdirSync(shell.folder)).toEqual(['.ledger']);
      rmSync(shell.path('.ledger'), { recursive: true });
    }
  }, 300_000);

  it('keeps its folder where that is asked for', () => {
    const shell = new Shell();
    const { stderr } = shell.run(['demo', '--keep'], '', { TMPDIR: shell.folder });
    const [, folder = ''] = /It is in (\S+)\./.exec(stderr) ?? [];
    expect(readdirSync(folder)).toContain('.ledger');
  });

  it('is no mistake of ours where no folder can be made for it, and nor is a drill', () => {
    const shell = withLedger();
    for (const line of ['demo', 'drill'])
      for (const [TMPDIR, refusal] of [
        [shell.path('nowhere'), '3 place_refused'],
        [shell.path('.ledger', 'ledger.json'), '2 place_refused'],
      ])
        expect([line, shell.refusesAs([line], '', { TMPDIR })]).toEqual([line, refusal]);
    // Nobody typed the name of that folder.
    const TMPDIR = shell.path('nowhere');
    expect(shell.run(['demo'], '', { TMPDIR }).stderr).toMatch(/^TMPDIR=\/.*nowhere: /);
  });
});
