/**
 * `ledger doctor` about the mirror, the evidence and the machine: each ill is brought about.
 */
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Key } from '../../../ledger/key/key.ts';
import type { Time } from '../../../ledger/name.ts';
import { parseKeyId, parseKeyName, parseOrigin } from '../../../ledger/name.ts';
import { judgeFileSystem, judgeSpace, judgeSync } from '../../../src/cli/doctor/disk.ts';
import { judgeRuntime, judgeSqlite } from '../../../src/cli/doctor/installation.ts';
import { judgeClock } from '../../../src/cli/doctor/moment.ts';
import { foundLedger } from '../../../src/found.ts';
import { Ledger } from '../../../src/ledger.ts';
import { readSettings } from '../../../src/storage/settings-file.ts';
import { keyPath, readKey } from '../../../src/storage/key-file.ts';
import { layoutOf } from '../../../src/storage/layout.ts';
import { realPorts } from '../../../src/wiring.ts';
import { MACHINE, SEGMENT, at, ills, inMirror, messageOf, must, states, toldIn } from './doctor.ts';
import { Shell, withLedger } from './shell.ts';

describe('the doctor', () => {
  it('finds what is wrong with the mirror, its projections and the journal', async () => {
    const shell = withLedger();
    const mirror = shell.path('.ledger/mirror.db');
    const segment = shell.path(SEGMENT);
    const copy = shell.path('copy');
    const row = (set: string, name: string) => (): void =>
      inMirror(shell, `UPDATE projections SET ${set} WHERE name = '${name}'`);
    const mendRow = (set: string, name: string) => row(set, name);
    const cases: readonly (readonly [ill: string, harm: () => void, mend: () => void])[] = [
      ['warn mirror', () => renameSync(mirror, copy), () => renameSync(copy, mirror)],
      [
        'fail mirror',
        () => inMirror(shell, 'PRAGMA user_version = 4711'),
        () => copyFileSync(copy, mirror),
      ],
      [
        'warn pragmas',
        () => inMirror(shell, 'PRAGMA journal_mode = DELETE'),
        () => inMirror(shell, 'PRAGMA journal_mode = WAL'),
      ],
      ['warn projection', row("stopped = 'no'", 'overview'), mendRow('stopped = NULL', 'overview')],
      ['fail projection', row("stopped = 'no'", 'keyring'), mendRow('stopped = NULL', 'keyring')],
      ['warn projection', row('version = 9', 'keyring'), mendRow('version = 1', 'keyring')],
      ['warn projection', row('size = 0', 'policies'), mendRow('size = 1', 'policies')],
      ['warn projection', row("name = 'mine'", 'policies'), mendRow("name = 'policies'", 'mine')],
      [
        'fail journal',
        () => {
          copyFileSync(segment, shell.path('whole'));
          truncateSync(segment, statSync(segment).size - 1);
        },
        () => copyFileSync(shell.path('whole'), segment),
      ],
      [
        'fail journal',
        () => writeFileSync(segment, readFileSync(segment, 'utf8').replace(/\n$/, ' ')),
        () => copyFileSync(shell.path('whole'), segment),
      ],
      [
        'fail journal',
        () => writeFileSync(shell.path('.ledger/journal/notes.txt'), ''),
        () => rmSync(shell.path('.ledger/journal/notes.txt')),
      ],
      [
        'warn journal',
        () => writeFileSync(segment, '{"torn', { flag: 'a' }),
        () => copyFileSync(shell.path('whole'), segment),
      ],
    ];
    copyFileSync(mirror, copy);
    for (const [nth, [ill, harm, mend]] of cases.entries()) {
      if (nth === 1) copyFileSync(mirror, copy);
      harm();
      expect([nth, await ills(shell)]).toEqual([nth, [ill]]);
      mend();
    }
    expect(await ills(shell)).toEqual([]);
    copyFileSync(mirror, copy);
    await shell.told('append --type note.taken');
    await shell.told('checkpoint');
    for (const end of ['-wal', '-shm']) rmSync(`${mirror}${end}`, { force: true });
    copyFileSync(copy, mirror);
    expect(await ills(shell)).toEqual(['warn journal', 'warn checkpoint']);
    await shell.told('replay');
    expect(await ills(shell)).toEqual([]);
    // A projection of another program's own is told, and is none of ours to judge.
    inMirror(shell, "INSERT INTO projections VALUES ('theirs', 3, 1, 0, NULL)");
    expect(await ills(shell)).toEqual([]);
    const { stdout } = await shell.inside(['doctor']);
    expect(stdout).toContain('theirs: version 3, 0 of 2 events, of another program');
    shell.write('.ledger/ledger.json', '{"format":2}');
    expect(await ills(shell)).toEqual(['fail ledger']);
  });

  it('sends nobody to a replay that refuses what a later release made', async () => {
    const shell = withLedger();
    inMirror(shell, 'PRAGMA user_version = 99');
    for (const line of ['doctor', 'log', 'show 0', 'key list', 'drill', 'append --type a.b']) {
      const { stdout, stderr } = await shell.inside(line);
      expect([line, stdout + stderr]).toEqual([
        line,
        expect.stringContaining('or use the release that made it. Or run ledger replay --from '),
      ]);
    }
    expect(await shell.refusals(['replay'])).toEqual(['22 mirror_newer']);
    await shell.told('replay --from journal');
    expect(await ills(shell)).toEqual(['warn leftover']);
  });

  it('finds evidence that is too old, and a log key that is not here', async () => {
    const shell = new Shell();
    const layout = layoutOf(shell.path('.ledger'));
    const founding = {
      origin: must(parseOrigin('example.com/acme')),
      operator: must(parseKeyName('alice')),
      hasKeys: true,
    };
    const keys = must(await foundLedger(at(100), layout, founding));
    const pathOf = (of: Key | undefined): string =>
      keyPath(layout.keys, must(parseKeyId(of?.keyId)));
    const old = ['warn checkpoint', 'warn verified', 'warn drilled'];
    expect(await ills(shell)).toEqual(old);
    const key = must(readKey(realPorts.crypto, realPorts.disk, pathOf(keys.operator)));
    const record = async (type: string, daysAgo: number): Promise<void> => {
      const ledger = new Ledger(at(daysAgo), layout, must(readSettings(realPorts, layout)), {});
      const draft = {
        event_type: type,
        payload: {},
        source: { kind: 'runtime', name: 'ledger' },
      };
      must(await ledger.append([draft], { surface: 'record', sign: { key } }));
      await ledger.close();
    };
    await record('ledger.verified', 31);
    await record('ledger.drilled', 31);
    expect(await ills(shell)).toEqual(old.slice(0, 2));
    await record('ledger.verified', 29);
    expect(await ills(shell)).toEqual(old.slice(0, 1));
    await shell.told('checkpoint');
    expect(await ills(shell)).toEqual([]);
    expect(await messageOf(shell, 'checkpoint')).toContain(
      'covers 4 of 4 events and is 29 days old',
    );
    renameSync(pathOf(keys.log), shell.path('elsewhere'));
    expect(await ills(shell)).toEqual(['warn log-key']);
    renameSync(shell.path('elsewhere'), pathOf(keys.log));
    // What came within a day is covered by the next append, however soon one is due.
    await record('ledger.verified', 1 / 8);
    expect(await ills(shell)).toEqual([]);
    // What was recorded by a clock that is ahead of ours.
    await record('ledger.verified', -1);
    expect(await ills(shell)).toEqual(['warn clock']);
  });

  it('says what a user lacks who may only read', () => {
    const shell = withLedger();
    chmodSync(shell.folder, 0o755);
    const isRoot = process.getuid?.() === 0;
    if (!isRoot) chmodSync(shell.path('.ledger'), 0o555);
    const nobody = isRoot ? 'process.setgid(65534);process.setuid(65534)' : '';
    const become = `data:text/javascript,${nobody}`;
    const ran = shell.run(['doctor', '--json'], '', { NODE_OPTIONS: `--import ${become}` });
    const found = toldIn(ran).filter(({ state }) => state !== 'ok');
    expect(found.map(({ check, state }) => `${state} ${check}`)).toEqual(
      expect.arrayContaining(['warn access', 'warn sync']),
    );
    expect(ran.status).toBe(0);
    if (!isRoot) chmodSync(shell.path('.ledger'), 0o755);
  });

  it('tells that nothing can be tried where no temporary file can be', () => {
    const shell = withLedger();
    const ran = shell.run(['doctor', '--json'], '', { TMPDIR: shell.path('nowhere') });
    const found = toldIn(ran).filter(({ state, check }) => state !== 'ok' && !MACHINE.has(check));
    expect([ran.status, found.map(({ check }) => check)]).toEqual([0, ['pragmas']]);
  });

  it('fails, and does not crash, where SQLite cannot be loaded', () => {
    const hook =
      'import{registerHooks}from"node:module";registerHooks({resolve(s,c,n){' +
      'if(s==="better-sqlite3")throw new Error("wrong machine");return n(s,c)}})';
    const shell = new Shell();
    const env = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(hook)}` };
    const ran = shell.run(['doctor', '--json'], '', env);
    expect([ran.status, ran.stderr]).toEqual([1, '']);
    expect(toldIn(ran).map(({ check, state }) => `${state} ${check}`)).toEqual([
      'ok runtime',
      'fail sqlite',
      'fail summary',
    ]);
  });

  it('warns of a ledger in memory, whose syncs are too fast to be true', async () => {
    const shell = new Shell();
    const folder = mkdtempSync('/dev/shm/ledger-');
    onTestFinished(() => rmSync(folder, { recursive: true }));
    shell.json(`-C ${join(folder, 'l')} init --origin example.com/acme`);
    const told = toldIn(await shell.inside(['-C', join(folder, 'l'), 'doctor', '--json']));
    const found = told.filter(({ state }) => state !== 'ok').map(({ check }) => check);
    expect(found).toEqual(['file-system', 'sync', 'summary']);
    expect(readdirSync(join(folder, 'l')).filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(told.at(-1)?.state).toBe('warn');
    cpSync(join(folder, 'l'), shell.path('.ledger'), { recursive: true });
    expect(await ills(shell)).toEqual([]);
  });

  it('judges what this machine does not have by the same numbers', () => {
    const types = [0xef53, 0x58465342, 0x6969, 0xff534d42, -0xacb2be, 0x794c7630, 0x01021994, 7];
    expect(states(types.map((type) => judgeFileSystem(type, 'linux')))).toBe(
      'ok ok warn warn warn warn warn ok',
    );
    expect(states([judgeFileSystem(0x6969, 'darwin')])).toBe('ok');
    expect(states([29.9, 30].map(judgeSync))).toBe('warn ok');
    const MIB = 2 ** 20;
    const spaces = [
      [63, 0],
      [64, 0],
      [1024, 0],
      [1024, 2048],
    ] as const;
    expect(states(spaces.map(([free, size]) => judgeSpace(free * MIB, size * MIB)))).toBe(
      'fail warn ok warn',
    );
    expect(states(['v20.20.2', 'v22.13.9', 'v22.14.0', 'v26.1.0'].map(judgeRuntime))).toBe(
      'fail fail ok ok',
    );
    const builds = [
      ['3.51.2', 'THREADSAFE=2'],
      ['3.51.3', 'THREADSAFE=2'],
      ['3.54.1', 'THREADSAFE=0'],
    ] as const;
    expect(
      states(builds.map(([version, option]) => judgeSqlite({ version, options: [option] }))),
    ).toBe('warn ok fail');
    const recorded = '2026-11-20T08:00:00.000Z' as Time;
    const then = Date.parse(recorded);
    const moments = [then - 1001, then - 1000, then, 0, Date.parse('2100-01-01')];
    expect(states(moments.map((now) => judgeClock(now, recorded)))).toBe('warn ok ok fail fail');
    expect(states([judgeClock(then, undefined)])).toBe('ok');
  });
});
