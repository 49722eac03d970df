/**
 * The guided minute: every command that it shows works as it is shown, for whoever types it.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BIN, Shell, withLedger } from './shell.ts';

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
  });
});
