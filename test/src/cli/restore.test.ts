/**
 * What may be restored, and what is said of a backup that is not what it was.
 */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { restoreLedger } from '../../../src/restore.ts';
import type { Disk } from '../../../src/storage/disk.ts';
import { layoutOf } from '../../../src/storage/layout.ts';
import { realPorts } from '../../../src/wiring.ts';
import { receive } from '../../outbox/ground.ts';
import { SEGMENT, grown, withBackup } from './backed-up.ts';
import { BIN, withLedger } from './shell.ts';

/** Ends the process when the record of a backup has its name. */
const KILLS = `
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const { renameSync } = fs;
fs.renameSync = (from, to) => {
  renameSync(from, to);
  if (to.endsWith('backup.json')) process.kill(process.pid, 'SIGKILL');
};
syncBuiltinESMExports();
`;

const RESTORE = ['-C', 'back', 'restore', '--from', 'copy'];

describe('what is named to be restored', () => {
  it('is told by the option that named it, where it is no backup', async () => {
    const shell = await withBackup();
    mkdirSync(shell.path("it's"));
    cpSync(shell.path('copy'), shell.path("it's/.ledger"), { recursive: true });
    for (const line of [['-C', 'back', 'restore'], ['drill']]) {
      const nowhere = shell.run([...line, '--from', 'nowhere']).stderr;
      expect(nowhere).toBe(
        'there is no ledger in nowhere, nor a backup of one\n' +
          'Name the folder of the backup: --from DIR.\n',
      );
      const around = shell.run([...line, '--from', "it's"]).stderr;
      expect(around).toContain("Name the folder of the ledger itself: --from 'it'\\''s/.ledger'.");
    }
  });

  it('says itself what was left out of it', async () => {
    const shell = await withBackup();
    appendFileSync(shell.path('copy', SEGMENT), 'junk');
    const { stderr } = shell.run(RESTORE);
    const [, line = ''] = /ledger (.*) says more\./.exec(stderr) ?? [];
    expect(line).toBe('-C copy verify --journal-only');
    expect(shell.type(line).status).toBe(21);
    const drilled = shell.run(['drill', '--from', 'copy']).stderr;
    expect(drilled).toContain(`ledger ${line} says more.`);
  });
});

describe('a backup that lost events', () => {
  it('is neither restored nor a drill that went well, wherever it was cut', async () => {
    const shell = await withBackup();
    const whole = readFileSync(shell.path('copy', SEGMENT));
    const line = whole.lastIndexOf('\n', whole.length - 2) + 1;
    for (const size of [whole.length - 1, line + 20, line]) {
      truncateSync(shell.path('copy', SEGMENT), size);
      for (const args of [RESTORE, ['drill', '--from', 'copy']])
        expect(await shell.refusal(args)).toBe('20 backup_cut');
      expect(existsSync(shell.path('back'))).toBe(false);
      writeFileSync(shell.path('copy', SEGMENT), whole);
    }
    truncateSync(shell.path('copy', SEGMENT), line);
    const { stderr } = await shell.inside(RESTORE);
    expect(stderr).toMatch(/copy\/backup\.json: it says 3 events, .* holds 2\n.*move this file/);
    // What is left is restored where nothing says that there was more.
    writeFileSync(shell.path('copy/backup.json'), '{}');
    expect((await shell.inside(RESTORE)).status).toBe(0);
  });

  it('that comes to another root than it says is not restored either', async () => {
    const shell = await withBackup();
    const path = shell.path('copy/backup.json');
    const record = readFileSync(path, 'utf8');
    const other = record.replace(/"root":"./, '"root":"g');
    writeFileSync(path, other);
    expect(await shell.refusal(RESTORE)).toBe('20 backup_differs');
    expect(existsSync(shell.path('back/ledger.json'))).toBe(false);
    // A copy may hold more than was proved of it, and then comes by what was.
    await grown(shell, ['e-3']);
    cpSync(shell.path('.ledger', SEGMENT), shell.path('copy', SEGMENT));
    expect(await shell.refusal(RESTORE)).toBe('20 backup_differs');
    writeFileSync(path, record);
    expect(await shell.told(RESTORE)).toMatchObject([{ size: 4 }]);
  });
});

describe('the checkpoint of a backup', () => {
  it('is held against it: what is shorter is not restored', async () => {
    const shell = await withBackup();
    await grown(shell, ['e-3']);
    await shell.told(['checkpoint', '--out', shell.path('held.note')]);
    await shell.told('backup --to copy');
    const journal = shell.path('copy', SEGMENT);
    const lines = readFileSync(journal, 'utf8').split('\n');
    writeFileSync(journal, `${lines.slice(0, 2).join('\n')}\n`);
    rmSync(shell.path('copy/backup.json'));
    expect(await shell.refusals([RESTORE])).toEqual(['20 checkpoint_beyond_end']);
    expect(existsSync(shell.path('back'))).toBe(false);
  });
});

describe('what was copied', () => {
  it('is no ledger where the audit of it finds something', async () => {
    const shell = await withBackup();
    const [from, to] = [layoutOf(shell.path('copy')), layoutOf(shell.path('back'))];
    // Somebody changes the mirror as soon as it is there.
    const rename: Disk['rename'] = (old, name) => {
      const renamed = realPorts.disk.rename(old, name);
      if (name !== to.mirror) return renamed;
      const sqlite = new Sqlite(name);
      sqlite.exec("UPDATE keyring__key__1 SET tier = 'observed'");
      sqlite.close();
      return renamed;
    };
    const ports = { ...realPorts, disk: { ...realPorts.disk, rename } };
    expect(await restoreLedger(ports, from, to)).toMatchObject({
      _tag: 'Left',
      left: { _tag: 'NotSound', folder: to.folder },
    });
    expect(existsSync(to.settings)).toBe(false);
  });
});

describe('the record of a backup', () => {
  it('is there before anything of it is, and what a crash leaves is written again', async () => {
    const shell = withLedger();
    shell.write('hook.mjs', KILLS);
    const args = ['--import', shell.path('hook.mjs'), BIN, 'backup', '--to', 'copy'];
    const { signal } = spawnSync(process.execPath, args, { cwd: shell.folder });
    expect(signal).toBe('SIGKILL');
    expect(JSON.parse(shell.read('copy/backup.json'))).toEqual({
      origin: 'example.com/acme',
      segment: '',
      offset: 0,
    });
    writeFileSync(shell.path('copy', SEGMENT), Buffer.alloc(100));
    await shell.told('backup --to copy');
    expect(readFileSync(shell.path('copy', SEGMENT))).toEqual(
      readFileSync(shell.path('.ledger', SEGMENT)),
    );
  });

  it('that tells no place is as if there were none', async () => {
    const shell = await withBackup();
    const path = shell.path('copy/backup.json');
    const record = readFileSync(path, 'utf8');
    const whole = readFileSync(shell.path('copy', SEGMENT));
    await grown(shell, ['e-3']);
    for (const offset of ['0.5', '-5', '1e300', '"0"']) {
      writeFileSync(path, record.replace(/"offset":\d+/, `"offset":${offset}`));
      writeFileSync(shell.path('copy', SEGMENT), Buffer.concat([whole, Buffer.alloc(9)]));
      expect(await shell.refusal('backup --to copy')).toBe('25 differs');
      writeFileSync(shell.path('copy', SEGMENT), whole);
      await shell.told('backup --to copy');
      writeFileSync(shell.path('copy', SEGMENT), whole);
    }
  });
});

describe('a backup that holds more than the ledger', () => {
  it('shows a loss, or what somebody or a crash left there', async () => {
    const shell = await withBackup();
    const whole = readFileSync(shell.path('copy', SEGMENT));
    for (const more of [Buffer.alloc(100_000), Buffer.from('more\n')]) {
      writeFileSync(shell.path('copy', SEGMENT), Buffer.concat([whole, more]));
      const { status, stderr } = await shell.inside('backup --to copy');
      expect([status, stderr]).toEqual([
        25,
        expect.stringMatching(/there is more .*\n.* lost events, somebody .* a crash left zeros/),
      ]);
    }
  });
});

describe('what stands behind the last whole line', () => {
  it('is left out, and told of with its place and length', async () => {
    const shell = await withBackup();
    const whole = readFileSync(shell.path('copy', SEGMENT));
    const left = (folder: string, bytes: number) => ({
      left_out: { file: join(folder, SEGMENT), offset: whole.length, bytes },
    });
    const lines = (folder: string): readonly (readonly [line: readonly string[], of: string])[] => [
      [['-C', `of-${folder}`, 'restore', '--from', folder], folder],
      [['drill', '--from', folder], folder],
      [['backup', '--to', `to-${folder}`], shell.path('.ledger')],
      [['drill'], shell.path('.ledger')],
    ];
    const unfinished = '{"header":{"seq":';
    for (const [folder, tail] of [
      ['zeros', Buffer.alloc(5000)],
      ['text', Buffer.from(unfinished)],
    ] as const) {
      cpSync(shell.path('copy'), shell.path(folder), { recursive: true });
      for (const each of [shell.path(folder), shell.path('.ledger')])
        writeFileSync(join(each, SEGMENT), Buffer.concat([whole, tail]));
      for (const [line, of] of lines(folder)) {
        const { stdout, stderr, status } = await shell.inside([...line, '--json']);
        expect([status, JSON.parse(stdout)]).toMatchObject([0, left(of, tail.length)]);
        const told = `${SEGMENT}: byte ${whole.length}: ${tail.length} bytes behind the last`;
        expect(stderr).toContain(told);
      }
    }
    writeFileSync(shell.path('.ledger', SEGMENT), whole);
    for (const line of [[...RESTORE], ['drill'], ['backup', '--to', 'again']]) {
      const { stdout, stderr } = await shell.inside([...line, '--json']);
      expect(`${stdout}${stderr}`).not.toMatch(/left_out|left out/);
    }
    // Where a backup has more than the ledger, it is refused, and told how much.
    const { status, stderr } = await shell.inside(['backup', '--to', 'text']);
    const told = `byte ${whole.length}: there is more than this ledger holds, 17 bytes`;
    expect([status, stderr]).toEqual([25, expect.stringContaining(told)]);
  });
});

describe('a restoration that was interrupted', () => {
  it('goes on where the power went, and over nothing that is no part of the backup', async () => {
    const shell = await withBackup();
    const whole = readFileSync(shell.path('copy', SEGMENT));
    mkdirSync(shell.path('back/journal'), { recursive: true });
    const left = Buffer.concat([whole.subarray(0, 1000), Buffer.alloc(500), Buffer.from('x')]);
    writeFileSync(shell.path('back', SEGMENT), left);
    const { status, stderr } = await shell.inside(RESTORE);
    expect([status, stderr]).toEqual([
      25,
      expect.stringMatching(/jsonl: byte 1500, event \d: the place is not empty.*\n.*-C/),
    ]);
    expect(readFileSync(shell.path('back', SEGMENT)).equals(left)).toBe(true);
    writeFileSync(shell.path('back', SEGMENT), left.subarray(0, -1));
    expect((await shell.inside(RESTORE)).status).toBe(0);
    expect(readFileSync(shell.path('back', SEGMENT)).equals(whole)).toBe(true);
  });
});

describe('a checkpoint to restore by', () => {
  it('that is no checkpoint is a mistake of the command line', async () => {
    const shell = await withBackup();
    shell.write('note', 'no blank line\n');
    const { status, stderr } = await shell.inside([...RESTORE, '--checkpoint', 'note']);
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/^--checkpoint \S+: no blank line /),
    ]);
  });
});

const at = (line: string): string => `-C back ${line}`;

describe('a backup with destinations', () => {
  it('is restored with word of those that go on, and with nothing sent twice by that', async () => {
    const [shell, receiver] = [withLedger(), await receive()];
    const url = `--url ${receiver.url} --format ndjson --type a.*`;
    for (const name of ['hooks', 'quiet', 'old'])
      await shell.told(`outbox destination set ${name} ${url}`);
    await shell.told('outbox destination pause quiet');
    await shell.told('outbox destination retire old');
    await grown(shell, ['e-1', 'e-2']);
    await shell.told('backup --to copy');
    await grown(shell, ['e-3']);
    await shell.told('outbox flush');
    const { stdout, stderr } = await shell.inside([...RESTORE, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ delivering: ['hooks', 'quiet'] });
    expect(stderr).toMatch(
      /^hooks goes on .* under other keys .* outbox destination pause hooks;/m,
    );
    // One that is paused goes on so once it is resumed; one that is retired does not.
    expect(stderr).toMatch(/^quiet goes on /m);
    expect(stderr).not.toMatch(/^old /m);
    // What it says to do.
    await shell.told(at('outbox destination pause hooks'));
    await shell.told(at('append --type a.b --id e-3'));
    await shell.told(at('append --type a.b --id e-4'));
    await shell.told(at('outbox drop e-1 e-2 e-3 --destination hooks --reason there'));
    await shell.told(at('outbox destination resume hooks'));
    await shell.told(at('outbox flush'));
    expect(receiver.effective).toEqual(['e-1', 'e-2', 'e-3', 'e-4']);
    expect(await shell.told(at('verify'))).toMatchObject([{ verdict: 'verified' }]);
  });
});
