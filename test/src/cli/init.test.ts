/**
 * `ledger init`, and finding a ledger: what it makes, what it finds half made, where it looks.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BIN, Shell, linesOf, withLedger } from './shell.ts';

interface First {
  readonly header: { readonly event_type: string };
  readonly payload: Readonly<Record<string, unknown>>;
}

describe('ledger init', () => {
  it('makes a ledger whose first event names the keys that it kept for their owner alone', () => {
    const shell = new Shell();
    const [made] = shell.json('init --origin example.com/acme --as alice');
    expect(Object.keys(made ?? {}).join()).toBe(
      'ledger,origin,log_vkey,operator_vkey,operator_key_id',
    );
    expect(made?.ledger).toBe(shell.path('.ledger'));
    expect(made?.operator_vkey?.startsWith(`${made.operator_key_id}+`)).toBe(true);
    const [first, ...others] = shell.journal();
    const { header, payload } = JSON.parse(first ?? '') as First;
    expect(others).toEqual([]);
    expect(header.event_type).toBe('ledger.created');
    expect(payload['log_key']).toBe(made?.log_vkey);
    expect(payload['operator_key']).toBe(made?.operator_vkey);
    const keys = readdirSync(shell.path('.ledger/keys'));
    expect(keys.length).toBe(2);
    for (const key of keys)
      expect(statSync(shell.path('.ledger/keys', key)).mode & 0o777).toBe(0o600);
    expect(shell.refuses('init --origin example.com/acme')).toBe('25 ledger_exists');
    expect(shell.journal().length).toBe(1);
  });

  it('says what is to be kept elsewhere, and why', () => {
    const { stderr } = new Shell().type('init --origin example.com/acme --as alice');
    expect(stderr).toMatch(/^Keep the vkeys elsewhere: .*\nKeep a copy of keys\/ elsewhere, /);
    expect(new Shell().type('init --origin example.com/acme --no-keys').stderr).toBe('');
  });

  it('goes on where it was killed, and refuses to found another ledger in its place', () => {
    const shell = withLedger();
    const before = shell.journal();
    rmSync(shell.path('.ledger/ledger.json'));
    expect(shell.refuses('log')).toBe('10 no_ledger');
    expect(shell.refuses('init --origin example.com/acme --as bob')).toBe('25 ledger_begun');
    expect(shell.refuses('init --origin example.com/other --as alice')).toBe('25 ledger_begun');
    expect(shell.refuses('log')).toBe('10 no_ledger');
    shell.json('init --origin example.com/acme --as alice');
    expect(shell.journal()).toEqual(before);
    shell.json('append --type a.b --sign alice');
  });

  it('makes no keys where none are wanted, and takes a recovery key along', () => {
    const shell = new Shell();
    const [made] = shell.json('init --origin example.com/acme --no-keys');
    expect(made?.log_vkey).toBe(null);
    expect(readdirSync(shell.path('.ledger/keys'))).toEqual([]);
    const [key] = shell.json('key new safe');
    const options = `--origin example.com/acme --recovery ${key?.vkey}`;
    const [other] = shell.json(`-C other init ${options}`);
    expect(other?.ledger).toBe(shell.path('other'));
    const [listed] = shell
      .json('-C other key list')
      .filter(({ purpose }) => purpose === 'recovery');
    expect(listed?.vkey).toBe(key?.vkey);
  });

  it('refuses what it cannot use, and leaves nothing behind', async () => {
    const shell = new Shell();
    const lines = [
      'init',
      'init --origin https://example.com',
      'init --origin example.com/a --as a+b',
      'init --origin example.com/a --recovery x',
      'init --origin example.com/a --lock-wait soon',
      'init --origin alice --as alice',
    ];
    expect(await shell.refusals(lines)).toEqual([
      '2 usage',
      '2 bad_form',
      '2 bad_form',
      '2 bad_form',
      '2 usage',
      '2 usage',
    ]);
    expect(readdirSync(shell.folder)).toEqual([]);
    await shell.told('init --origin alice --as alice --no-keys');
  });
});

describe('the ledger that is meant', () => {
  it('is the one that -C names, else LEDGER_DIR, else the nearest above', () => {
    const shell = withLedger();
    mkdirSync(shell.path('deep/er'), { recursive: true });
    shell.json('-C other init --origin example.com/other --as bob');
    const originOf = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
      const { stdout } = shell.run([...args, 'show', '0', '--json'], '', env);
      return linesOf(stdout)[0]?.header?.['ledger'];
    };
    expect(originOf([])).toBe('example.com/acme');
    expect(originOf([], { LEDGER_DIR: 'other' })).toBe('example.com/other');
    expect(originOf(['-C', '.ledger'], { LEDGER_DIR: 'other' })).toBe('example.com/acme');
    expect(originOf(['--ledger=other'])).toBe('example.com/other');
    expect(shell.refuses('-C deep log')).toBe('10 no_ledger');
    // Somebody may have meant the one that lies in a folder.
    expect(shell.type('-C . log').stderr).toContain('the folder of the ledger itself: -C .ledger.');
    mkdirSync(shell.path('wide'));
    shell.json('-C wide/.ledger init --origin example.com/wide --as bob');
    renameSync(shell.path('wide'), shell.path("it's wide"));
    const { stderr } = shell.run(['-C', "it's wide", 'log']);
    expect(stderr).toContain("the folder of the ledger itself: -C 'it'\\''s wide/.ledger'.");
    expect(shell.type('-C deep log').stderr).toContain('make one with ledger init');
    const astray = { LEDGER_DIR: 'deep' };
    expect(shell.run(['log'], '', astray).stderr).toBe(
      `there is no ledger in ${shell.path('deep')}, which LEDGER_DIR names\n` +
        'Set LEDGER_DIR to another folder, name one with -C, which goes before it, or make one ' +
        'there with ledger init.\n',
    );
    const [told] = linesOf(shell.run(['doctor', '--json'], '', astray).stdout).slice(-2);
    expect(told).toMatchObject({ check: 'ledger', state: 'fail' });
    expect(JSON.stringify(told)).toContain('which LEDGER_DIR names');
    shell.write('file', '');
    expect(shell.refuses('-C file log')).toBe('10 no_ledger');
    expect(shell.refuses(`-C ${'x'.repeat(300)} log`)).toBe('10 no_ledger');
    symlinkSync('loop', shell.path('loop'));
    expect(shell.refuses('-C loop log')).toBe('10 no_ledger');
    expect(shell.refuses('-C loop/er log')).toBe('10 no_ledger');
    expect(shell.refuses('-C file/er log')).toBe('10 no_ledger');
    spawnSync('mkfifo', [shell.path('pipe')]);
    expect(shell.refuses('-C pipe log')).toBe('10 no_ledger');
    const below = (): unknown => {
      const env = { ...process.env, LEDGER_DIR: '' };
      const cwd = shell.path('deep', 'er');
      const ran = spawnSync(process.execPath, [BIN, 'show', '0', '--json'], { cwd, env });
      return linesOf(ran.stdout.toString())[0]?.header?.['ledger'];
    };
    expect(below()).toBe('example.com/acme');
    shell.json('-C deep/.ledger init --origin example.com/deep --as bob');
    expect(below()).toBe('example.com/deep');
    const inner = new Shell();
    expect(inner.refuses('log')).toBe('10 no_ledger');
    symlinkSync('.ledger', inner.path('.ledger'));
    expect(inner.refuses('log')).toBe('10 no_ledger');
  });
});
