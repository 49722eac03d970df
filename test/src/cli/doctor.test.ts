/**
 * `ledger doctor` about a folder: what it warns of or fails is brought about, and mended again.
 */
import {
  chmodSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startWriter } from '../../process/child.ts';
import { LARGE, withBillingAdopted } from './billing.ts';
import { Shell, withLedger } from './shell.ts';

import { MACHINE, ills, messageOf, snapshot, toldIn } from './doctor.ts';

describe('the doctor', () => {
  it('finds nothing wrong with a new ledger, in stable members, and writes nothing', async () => {
    const shell = withLedger();
    const before = snapshot(shell.path('.ledger'));
    const ran = await shell.inside(['doctor', '--json']);
    const told = toldIn(ran);
    expect(told.filter(({ state, check }) => state !== 'ok' && !MACHINE.has(check))).toEqual([]);
    expect(ran.status).toBe(0);
    expect(new Set(told.map(({ check }) => check))).toEqual(
      new Set(
        [...MACHINE, 'runtime', 'sqlite', 'ledger', 'folder', 'access', 'keys', 'key-files'].concat(
          ['quarantine', 'lock', 'clock', 'mirror', 'pragmas', 'journal', 'projection'],
          ['checkpoint', 'log-key', 'verified', 'drilled', 'leftover'],
        ),
      ),
    );
    for (const each of told.slice(0, -1))
      expect(['check,message,next,state', 'check,message,state']).toContain(
        Object.keys(each).toSorted().join(),
      );
    expect(Object.keys(told.at(-1) ?? {})).toEqual('check state message ok warn fail'.split(' '));
    expect(told.at(-1)).toMatchObject({ check: 'summary', fail: 0 });
    expect(snapshot(shell.path('.ledger'))).toEqual(before);
    const text = (await shell.inside(['doctor'])).stdout;
    expect(text.split('\n').filter((line) => line.startsWith('ok  ')).length).toBeGreaterThan(18);
    expect(text).toMatch(/\d+ ok, \d+ to look at, 0 failed\n$/);
  });

  it('tells of the installation alone where there is no ledger to be named', async () => {
    const shell = new Shell();
    const there = process.cwd();
    onTestFinished(() => process.chdir(there));
    process.chdir(shell.folder);
    const named = await shell.inside(['doctor', '--json']);
    expect([named.status, toldIn(named).at(-2)?.state]).toEqual([1, 'fail']);
    const nearest = shell.type('doctor --json');
    expect([
      nearest.status,
      toldIn(nearest)
        .map(({ check }) => check)
        .join(),
    ]).toEqual([0, 'runtime,sqlite,ledger,summary']);
  });

  it('fails where the folder that is named holds a ledger, and is none itself', async () => {
    const shell = withLedger();
    const ran = await shell.inside(['-C', shell.folder, 'doctor', '--json']);
    expect([ran.status, toldIn(ran).at(-2)]).toEqual([
      1,
      {
        check: 'ledger',
        state: 'fail',
        message: `there is no ledger in ${shell.folder}`,
        next: `Name the folder of the ledger itself: -C ${shell.path('.ledger')}.`,
      },
    ]);
  });

  it('finds a checkpoint that the next append would not go on from', async () => {
    const shell = withLedger();
    await shell.told('checkpoint');
    const [checkpoint, moved] = [shell.path('.ledger/checkpoint'), shell.path('moved')];
    renameSync(checkpoint, moved);
    shell.write('.ledger/checkpoint', 'no note\n');
    const append = ['append --type a.b'];
    expect(await shell.refusals(append)).toEqual(['20 checkpoint_refused']);
    expect(await ills(shell)).toEqual(['fail checkpoint']);
    rmSync(checkpoint);
    mkdirSync(checkpoint);
    expect(await shell.refusals(append)).toEqual(['74 EISDIR']);
    expect(await ills(shell)).toEqual(['fail checkpoint']);
    rmSync(checkpoint, { recursive: true });
    renameSync(moved, checkpoint);
    expect(await ills(shell)).toEqual([]);
  });

  it('says what the file of a key is to be called', async () => {
    const shell = withLedger();
    const keys = shell.path('.ledger/keys');
    const name = readdirSync(keys).find((each) => each.startsWith('example.com')) ?? '';
    renameSync(`${keys}/${name}`, `${keys}/mine`);
    const told = toldIn(await shell.inside(['doctor', '--json']));
    expect(told.find(({ check }) => check === 'key-files')?.next).toBe(`Name it ${name}.`);
    const alice = readdirSync(keys).find((each) => each.startsWith('alice')) ?? '';
    renameSync(`${keys}/${alice}`, `${keys}/alice+00000000`);
    const { status, stderr } = await shell.inside('append --type a.b --sign alice');
    expect([status, stderr]).toEqual([12, expect.stringContaining(`\nName it ${alice}.\n`)]);
  });

  it('finds rights that are too wide, and keys that are not to be used', async () => {
    const shell = withLedger();
    const alice =
      readdirSync(shell.path('.ledger/keys')).find((name) => name.startsWith('alice')) ?? '';
    const key = shell.path('.ledger/keys', alice);
    const other = shell.path('other');
    const stray = shell.path('.ledger/keys/bob+00000000');
    const moved = shell.path('moved');
    const quarantine = shell.path('.ledger/quarantine');
    const cases: readonly (readonly [ill: string, harm: () => void, mend: () => void])[] = [
      [
        'warn folder,warn keys,warn quarantine,fail key-files',
        () => {
          chmodSync(shell.path('.ledger'), 0o775);
          chmodSync(shell.path('.ledger/keys'), 0o750);
          chmodSync(quarantine, 0o701);
          chmodSync(key, 0o640);
        },
        () => {
          chmodSync(shell.path('.ledger'), 0o755);
          chmodSync(shell.path('.ledger/keys'), 0o700);
          chmodSync(quarantine, 0o700);
          chmodSync(key, 0o600);
        },
      ],
      ['fail quarantine', () => renameSync(quarantine, moved), () => renameSync(moved, quarantine)],
      [
        'fail quarantine',
        () => {
          renameSync(quarantine, moved);
          symlinkSync(moved, quarantine);
        },
        () => {
          rmSync(quarantine);
          renameSync(moved, quarantine);
        },
      ],
      ...['checkpoints', 'policies', 'torn'].map((name) => {
        const folder = shell.path('.ledger', name);
        const harm = () => {
          renameSync(folder, moved);
          shell.write(`.ledger/${name}`, '');
        };
        const mend = () => {
          rmSync(folder);
          renameSync(moved, folder);
        };
        return ['fail access', harm, mend] as const;
      }),
      ['fail key-files', () => linkSync(key, other), () => rmSync(other)],
      ['fail key-files', () => copyFileSync(key, stray), () => rmSync(stray)],
      [
        'fail lock',
        () => {
          renameSync(shell.path('.ledger/writer.lock.db'), moved);
          mkdirSync(shell.path('.ledger/writer.lock.db'));
        },
        () => {
          rmSync(shell.path('.ledger/writer.lock.db'), { recursive: true });
          renameSync(moved, shell.path('.ledger/writer.lock.db'));
        },
      ],
    ];
    for (const [ill, harm, mend] of cases) {
      harm();
      expect((await ills(shell)).toSorted()).toEqual(ill.split(',').toSorted());
      mend();
    }
    expect(await ills(shell)).toEqual([]);
    rmSync(shell.path('.ledger/writer.lock.db'));
    expect(await messageOf(shell, 'lock')).toBe('nobody has written yet');
    expect(readdirSync(shell.path('.ledger'))).not.toContain('writer.lock.db');
  });

  it('finds what nobody needs any more, and leaves it where it is', async () => {
    const shell = withLedger();
    const paths = [
      '.ledger/checkpoint.part',
      '.ledger/keys/bob+00000000.part',
      '.ledger/mirror.db.new',
      '.ledger/mirror.db.new-wal',
      '.ledger/torn/mirror.db',
      '.ledger/torn/recovery.json',
      '.ledger/quarantine/0193.json',
    ];
    for (const path of paths) shell.write(path, '{}', 0o600);
    const { stdout, status } = await shell.inside(['doctor', '--json']);
    const told = toldIn({ stdout }).filter(({ check }) => check === 'leftover');
    expect([status, told.length]).toEqual([1, paths.length]);
    for (const path of paths) {
      const about = path.endsWith('torn/mirror.db') ? shell.path('.ledger/torn has 1 files') : path;
      const found = told.find(({ message }) => message.includes(about));
      expect([path, found?.state]).toEqual([path, /recovery/.test(path) ? 'fail' : 'warn']);
      rmSync(shell.path(path));
    }
    expect(await ills(shell)).toEqual([]);
  });

  it('tells a draft that is held from one that is held no longer', async () => {
    const shell = await withBillingAdopted();
    const append = ['append', '--type', 'invoice.issued', '--payload', LARGE, '--sign', 'carol'];
    expect((await shell.inside(append)).status).toBe(24);
    const [name = ''] = readdirSync(shell.path('.ledger/quarantine'));
    expect(name).toMatch(/\.json$/);
    expect(await ills(shell)).toEqual([]);
    const kept = readFileSync(shell.path('.ledger/quarantine', name));
    const id = name.replace(/\.json$/, '');
    await shell.told(['quarantine', 'discard', id, '--reason', 'no', '--sign', 'alice']);
    expect(await ills(shell)).toEqual([]);
    shell.write(`.ledger/quarantine/${name}`, kept, 0o600);
    expect(await ills(shell)).toEqual(['warn leftover']);
  });

  it('says who writes just now, and then takes nothing for a leftover', async () => {
    const shell = withLedger();
    shell.write('.ledger/checkpoint.part', '');
    const holder = startWriter(['hold', shell.path('.ledger')]);
    await holder.says();
    expect(await messageOf(shell, 'lock')).toBe(
      `somebody writes just now; the last to say so was process ${holder.pid} on ${hostname()}`,
    );
    expect(await ills(shell)).toEqual([]);
    expect(await holder.end()).toBe(0);
    expect(await messageOf(shell, 'lock')).toBe('nobody writes just now');
    expect(await ills(shell)).toEqual(['warn leftover']);
  });

  it('looks at what a link to a ledger leads to', async () => {
    const shell = withLedger();
    symlinkSync('.ledger', shell.path('link'));
    const told = async () => {
      const ran = await shell.inside(['-C', 'link', 'doctor', '--json']);
      return toldIn(ran).find(({ check }) => check === 'folder');
    };
    expect(await told()).toMatchObject({ state: 'ok' });
    chmodSync(shell.path('.ledger'), 0o777);
    expect(await told()).toMatchObject({ state: 'warn' });
  });
});
