/**
 * Where the compiled scripts are kept between two starts. A folder that somebody else could write
 * would let them decide what runs: each such folder is refused in silence, and the command works.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { BIN, Shell } from './shell.ts';

const isRoot = process.getuid?.() === 0;
const STRANGER = 65_534;

/** Runs a command that needs no ledger; it must work and say nothing of what it keeps. */
const start = (shell: Shell, env: NodeJS.ProcessEnv): void => {
  const ran = shell.run(['help', 'exit-codes'], '', { NODE_COMPILE_CACHE: undefined, ...env });
  expect([ran.status, ran.stderr]).toEqual([0, '']);
  expect(ran.stdout).toContain('74');
};

/** What lies in it, or where it leads. */
const kept = (folder: string): number =>
  existsSync(folder) ? readdirSync(folder, { recursive: true }).length : 0;

/** Where it is kept what became of the scripts of a command. */
const keptOf = (shell: Shell, word: string): string =>
  shell.path('own', 'sealed-ledger', `${process.version}-${process.arch}`, word);

const indexOf = (file: string) => {
  const [line = ''] = readFileSync(file, 'latin1').split('\n', 1);
  return JSON.parse(line) as Readonly<Record<string, readonly [number, number]>>;
};

const NONE = ['', [0, 0]] as const;

/** A script by which a disk has so much room. */
const withFree = (mebibytes: number): string =>
  `require('node:fs').statfsSync = () => ({ bsize: 4096, bavail: ${mebibytes * 256} });`;

/** An append, and what it prints but for what is new each time. */
const append = (shell: Shell, ...more: readonly string[]): string => {
  const env = { NODE_COMPILE_CACHE: undefined, XDG_CACHE_HOME: shell.path('own') };
  const { stdout, stderr } = shell.run(['append', ...more], '', env);
  return `${stdout}${stderr}`.replaceAll(/ \S{36} \S{64}$/gm, '').replace(/ \d+/, '');
};

describe('what is compiled', () => {
  it('is kept in the cache of the user, which only they can read', () => {
    const shell = new Shell();
    start(shell, { XDG_CACHE_HOME: shell.path('own') });
    const folder = shell.path('own', 'sealed-ledger');
    const file = keptOf(shell, 'help');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { ino } = statSync(file);
    start(shell, { XDG_CACHE_HOME: shell.path('own') });
    // What is refused would be made anew.
    expect([kept(folder), statSync(file).ino]).toEqual([2, ino]);
  });

  it('is kept in the home where nothing else is named, or by no whole path', () => {
    for (const named of ['', 'relative']) {
      const shell = new Shell();
      start(shell, { XDG_CACHE_HOME: named, HOME: shell.folder });
      expect(kept(shell.path('.cache', 'sealed-ledger'))).toBe(2);
      expect(readdirSync(shell.folder)).toEqual(['.cache']);
    }
  });

  it('is kept where the environment says, or nowhere', () => {
    const shell = new Shell();
    const XDG_CACHE_HOME = shell.path('own');
    start(shell, { XDG_CACHE_HOME, NODE_DISABLE_COMPILE_CACHE: '1' });
    expect(readdirSync(shell.folder)).toEqual([]);
    start(shell, { XDG_CACHE_HOME, NODE_COMPILE_CACHE: shell.path('elsewhere') });
    expect(readdirSync(shell.folder)).toEqual(['elsewhere']);
  });

  it('is what was called, not only what was loaded', () => {
    const shell = new Shell();
    start(shell, { XDG_CACHE_HOME: shell.path('own') });
    const [name, [, length]] = Object.entries(indexOf(keptOf(shell, 'help')))[0] ?? NONE;
    const text = readFileSync(join(dirname(BIN), name), 'utf8');
    const loaded = new Script(`(function (exports, require, module) {${text}\n})`);
    expect(length).toBeGreaterThan(1.2 * loaded.createCachedData().length);
  });

  it('is kept by itself for each first word, once its command has succeeded', () => {
    const shell = new Shell();
    shell.run(['init', '--origin', 'example.com/acme', '--as', 'me'], '');
    append(shell, '--type', 'ledger.created');
    expect(kept(shell.path('own', 'sealed-ledger'))).toBe(0);
    expect(append(shell, '--type', 'a.b', '--sign', 'me')).toBe('appended\n');
    start(shell, { XDG_CACHE_HOME: shell.path('own') });
    const [appending, helping] = ['append', 'help'].map((word) => indexOf(keptOf(shell, word)));
    const names = Object.keys(appending ?? {}).map((name) => name.replace(/-.{8}\.cjs$/, ''));
    expect(names).toContain('append');
    // Neither of these has anything to do there.
    for (const idle of ['cel', 're2js', 'yaml', 'yargs', 'error-text'])
      expect(names).not.toContain(idle);
    expect(Object.keys(helping ?? {}).join()).not.toContain('append');
  });

  it('is made anew where it is damaged, and the command goes on', () => {
    const shell = new Shell();
    shell.run(['init', '--origin', 'example.com/acme', '--as', 'me'], '');
    expect(append(shell, '--type', 'a.b')).toBe('appended\n');
    const file = keptOf(shell, 'append');
    const good = readFileSync(file);
    for (const bad of [
      '',
      'none',
      '{}\n',
      '{"a":7}\n',
      good.subarray(0, 5000),
      good.subarray(0, -9),
    ]) {
      writeFileSync(file, bad);
      expect(append(shell, '--type', 'a.b')).toBe('appended\n');
      expect(statSync(file).size).toBeGreaterThan(good.length / 2);
    }
    expect(readdirSync(dirname(file))).toEqual(['append']);
  });

  it('goes when its script goes, and what others load stays', () => {
    const shell = new Shell();
    const own = { XDG_CACHE_HOME: shell.path('own') };
    start(shell, own);
    const file = keptOf(shell, 'help');
    const names = Object.keys(indexOf(file));
    const text = readFileSync(file, 'latin1');
    const [name = ''] = names;
    const gone = name.replace(/-.{8}\.cjs$/, '-00000000.cjs');
    writeFileSync(file, text.replace(name, gone), 'latin1');
    expect(
      shell.run(['help', 'format'], '', { NODE_COMPILE_CACHE: undefined, ...own }).status,
    ).toBe(0);
    const now = Object.keys(indexOf(file));
    expect(now).not.toContain(gone);
    expect(now).toEqual(expect.arrayContaining([...names]));
  });

  it('is not kept in part, and what another left half written is in nobody’s way', () => {
    const shell = new Shell();
    start(shell, { XDG_CACHE_HOME: shell.path('own') });
    const file = keptOf(shell, 'help');
    const whole = statSync(file).size;
    const begin = (before: string): number | null =>
      spawnSync('sh', ['-c', `${before}; exec "$0" "$1" help format`, process.execPath, BIN], {
        cwd: shell.folder,
        env: {
          ...process.env,
          NODE_COMPILE_CACHE: undefined,
          XDG_CACHE_HOME: shell.path('own'),
          FILE: file,
        },
      }).status;
    // Blocks of 512 or of 1024 bytes: the writing fails half way.
    expect(begin(`rm "$FILE"; ulimit -f ${Math.floor(whole / 4096)}`)).toBe(0);
    expect(readdirSync(dirname(file))).toEqual([]);
    expect(begin('echo left > "$FILE.$$"')).toBe(0);
    expect(readdirSync(dirname(file))).toEqual(['help']);
  });

  it('is not kept where the disk has little room', () => {
    const shell = new Shell();
    for (const [mebibytes, files] of [
      [63, 0],
      [64, 1],
    ] as const) {
      const preload = shell.path(shell.write('room.cjs', withFree(mebibytes)));
      start(shell, { XDG_CACHE_HOME: shell.path('own'), NODE_OPTIONS: `--require ${preload}` });
      const folder = dirname(keptOf(shell, 'help'));
      expect([mebibytes, kept(folder)]).toEqual([mebibytes, files]);
    }
  });

  it('is not kept by a command that loads next to nothing', () => {
    const shell = new Shell();
    const env = { NODE_COMPILE_CACHE: undefined, XDG_CACHE_HOME: shell.path('own') };
    expect(shell.run(['--version'], '', env).status).toBe(0);
    expect(readdirSync(shell.folder)).toEqual([]);
  });
});

/** Each makes the folder as it must not be. */
const HOSTILE: readonly (readonly [string, (folder: string) => void])[] = [
  ['that its group may write', (folder) => chmodSync(folder, 0o720)],
  ['that anybody may write', (folder) => chmodSync(folder, 0o702)],
  ['that anybody may add to', (folder) => chmodSync(folder, 0o1777)],
  ['that others may read', (folder) => chmodSync(folder, 0o750)],
  ['in a folder that its group may write', (folder) => chmodSync(dirname(folder), 0o770)],
  [
    'that a link leads to',
    (folder) => {
      renameSync(folder, `${folder}-own`);
      symlinkSync(`${folder}-own`, folder);
    },
  ],
];

/** Only root can give a folder away, and only root is not kept from writing one. */
const OF_ANOTHER: typeof HOSTILE = [
  ['that is another’s', (folder) => chownSync(folder, STRANGER, STRANGER)],
  ['in a folder that is another’s', (folder) => chownSync(dirname(folder), STRANGER, STRANGER)],
];
const UNWRITABLE: typeof HOSTILE = [['that is not writable', (folder) => chmodSync(folder, 0o500)]];

describe('a folder is not used', () => {
  it.each([...HOSTILE, ...(isRoot ? OF_ANOTHER : UNWRITABLE)])('%s', (_title, spoil) => {
    const shell = new Shell();
    const folder = shell.path('own', 'sealed-ledger');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    spoil(folder);
    start(shell, { XDG_CACHE_HOME: shell.path('own') });
    expect(kept(folder)).toBe(0);
  });

  it('below one that others may write, where none is made either', () => {
    const shell = new Shell();
    mkdirSync(shell.path('theirs'));
    chmodSync(shell.path('theirs'), 0o777);
    start(shell, { XDG_CACHE_HOME: shell.path('theirs', 'own') });
    expect(readdirSync(shell.path('theirs'))).toEqual([]);
  });

  it('where a file stands in its place, or there is no home', () => {
    const shell = new Shell();
    start(shell, { XDG_CACHE_HOME: shell.path(shell.write('file', ''), 'below') });
    start(shell, { XDG_CACHE_HOME: shell.path('file') });
    start(shell, { XDG_CACHE_HOME: '', HOME: shell.path('none') });
    start(shell, { XDG_CACHE_HOME: '', HOME: '.' });
    expect(readdirSync(shell.folder)).toEqual(['file']);
  });

  it('where nobody can make any, and is not asked for again', () => {
    const ran = spawnSync(process.execPath, [BIN, 'help'], {
      env: { ...process.env, NODE_COMPILE_CACHE: undefined, XDG_CACHE_HOME: '', HOME: '/proc' },
      encoding: 'utf8',
      timeout: 20_000,
      killSignal: 'SIGKILL',
    });
    expect([ran.status, ran.stderr]).toEqual([0, '']);
  });
});
