/**
 * What is said of a file that cannot be read or written names it: the one that is at fault.
 */
import { spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { atPlace, inPlace } from '../../../src/cli/place.ts';
import { BIN, withLedger } from './shell.ts';

const disk = (path: string, errno: string) => E.left({ _tag: 'DiskFailed', path, errno } as const);

describe('an error', () => {
  it('names the file in which it was found', async () => {
    const shell = withLedger();
    mkdirSync(shell.path('empty'));
    shell.write('bad.ndjson', '{"event_type":"a.b","payload":1}\n{"event_type":"a.b","x":01}\n');
    shell.write('bad.json', '{"event_type":"a.b","x":01}');
    shell.write('odd.json', '{"event_type":"a.b","x":1}');
    const lines: Readonly<Record<string, RegExp>> = {
      'policy adopt empty --sign alice': /^empty:1:1: nothing there/,
      'policy replay --with empty': /^empty:1:1: nothing there/,
      'policy explain bad.json': /^bad\.json: line 1, column \d+: /,
      'policy explain odd.json': /^odd\.json: /,
      'append bad.ndjson': /^bad\.ndjson: line 2, column \d+: /m,
      'append odd.json': /^odd\.json: line 1, /m,
      'sign bad.ndjson --key alice --origin example.com/acme': /^bad\.ndjson: line 2, /m,
      'sign odd.json --key alice --origin example.com/acme': /^odd\.json: line 1, /m,
      'append --type a.b --payload @bad.json': /^--payload @bad\.json: line 1, /,
      'import ndjson odd.json --map bad.json': /^bad\.json:1:.*\n.*src\/import\/README\.md says/,
    };
    for (const [line, text] of Object.entries(lines)) {
      const { status, stderr } = await shell.inside(line);
      expect([line, status, stderr]).toEqual([line, 2, expect.stringMatching(text)]);
    }
    // What comes through a pipe has no name.
    const { stderr } = shell.type('append -', '{"event_type":"a.b","x":01}\n');
    expect(stderr).toMatch(/^line 1, /m);
  });

  it('names the place of a mark that is no file, and leaves what is there', async () => {
    const shell = withLedger();
    const pipe = shell.path('pipe');
    spawnSync('mkfifo', [pipe]);
    expect(await shell.refusal('verify --mark pipe')).toBe('2 place_refused');
    expect(lstatSync(pipe).isFIFO()).toBe(true);
  });

  it('names what is in the way in a folder, and not the folder', async () => {
    const shell = withLedger();
    await shell.told('backup --to copy');
    const record = shell.path('copy/backup.json');
    rmSync(record);
    symlinkSync('elsewhere', record);
    const next = 'Move it away, or name another folder.\n';
    const told = async () => (await shell.inside('backup --to copy')).stderr;
    expect(await told()).toBe(`copy/backup.json: it is a symbolic link\n${next}`);
    rmSync(record);
    mkdirSync(record);
    expect(await told()).toBe(`copy/backup.json: it is a folder\n${next}`);
    for (const make of [
      () => spawnSync('mkfifo', [record]),
      () => writeFileSync(record, Buffer.alloc(5_000_000)),
      () => symlinkSync(shell.path('ledger.json'), record),
      () => mkdirSync(record),
    ]) {
      rmSync(record, { recursive: true });
      make();
      for (const line of ['backup --to copy', '-C back restore --from copy', 'drill --from copy']) {
        const { status, stderr } = await shell.inside(line);
        const said = /^copy\/backup\.json: it is (?:\w+ )+\w+\nMove it away/;
        expect([line, status, stderr]).toEqual([line, 2, expect.stringMatching(said)]);
      }
    }
    // A file that is written is put there by another name first.
    expect((await shell.inside('checkpoint --out nowhere/note')).stderr).toMatch(
      /^nowhere\/note: /,
    );
  });

  it('says of a name that no file has why, and nothing of the disk', async () => {
    const shell = withLedger();
    const long = 'x'.repeat(300);
    for (const line of [`append --type a.b --sign ${long}`, `policy replay --with ${long}`]) {
      const { stderr } = await shell.inside(line);
      expect([line, stderr]).toEqual([
        line,
        expect.stringMatching(/: the name is too long\nName /),
      ]);
    }
  });

  it('is of what was named only where that is at fault', () => {
    const at = (path: string, errno: string) => atPlace('b', '/a/b')(disk(path, errno));
    // What is written whole is put beside its place first.
    expect(at('/a/b.part', 'EACCES')).toMatchObject({ left: { path: 'b', errno: 'EACCES' } });
    expect(at('/a/b/c/d', 'EISDIR')).toMatchObject({ left: { path: 'b', inside: 'c/d' } });
    // What lies beside it lies not in it, and what lies elsewhere is named by itself.
    const beside = at('/a/bc/d', 'EISDIR');
    expect(E.isLeft(beside) && 'inside' in beside.left).toBe(false);
    expect(at('/a/c', 'ENOENT')).toEqual(disk('/a/c', 'ENOENT'));
    expect(at('/a/b', 'EIO')).toEqual(disk('/a/b', 'EIO'));
    const within = inPlace('a/b');
    expect(within(disk('a/bc', 'EISDIR'))).toEqual(disk('a/bc', 'EISDIR'));
    expect(within(disk('a/b/c', 'EISDIR'))).toMatchObject({ left: { path: 'a/b', inside: 'c' } });
    expect(within(disk('a/b/c', 'ENOENT'))).toEqual(disk('a/b/c', 'ENOENT'));
  });
});

describe('stdout', () => {
  it('is no file of the ledger, whichever folder that is asked for in', () => {
    const shell = withLedger();
    const cwd = shell.path('.ledger', 'journal');
    const there = readdirSync(cwd);
    for (const line of ['checkpoint --out -', 'prove 0 --out -', 'export --format ndjson --to -']) {
      const { status, stdout } = spawnSync(process.execPath, [BIN, ...line.split(' ')], { cwd });
      expect([line, status, stdout.length > 100]).toEqual([line, 0, true]);
    }
    const { status } = spawnSync(process.execPath, [BIN, 'checkpoint', '--out', './-'], { cwd });
    expect([status, readdirSync(cwd)]).toEqual([2, there]);
  });
});
