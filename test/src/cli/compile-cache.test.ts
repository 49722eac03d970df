/**
 * Where the compiled scripts are kept between two starts. A folder that somebody else could write
 * would let them decide what runs: each such folder is refused in silence, and the command works.
 */
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Shell } from './shell.ts';

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

describe('what is compiled', () => {
  it('is kept in the cache of the user, which only they can read', () => {
    const shell = new Shell();
    start(shell, { XDG_CACHE_HOME: shell.path('own') });
    const folder = shell.path('own', 'sealed-ledger');
    const count = kept(folder);
    expect(count).toBeGreaterThan(2);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    start(shell, { XDG_CACHE_HOME: shell.path('own') });
    expect(kept(folder)).toBe(count);
  });

  it('is kept in the home where nothing else is named, or by no whole path', () => {
    for (const named of ['', 'relative']) {
      const shell = new Shell();
      start(shell, { XDG_CACHE_HOME: named, HOME: shell.folder });
      expect(kept(shell.path('.cache', 'sealed-ledger'))).toBeGreaterThan(2);
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
});
