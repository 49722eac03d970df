/**
 * `ledger checkpoint` and `ledger prove`: what is handed out holds; what cannot be shown is told
 * apart from what is not so.
 */
import {
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { native } from '../../../ledger/crypto/native.ts';
import { signCheckpoint } from '../../../ledger/note/checkpoint.ts';
import { EMPTY, root } from '../../../ledger/tree/tree.ts';
import { readKey } from '../../../src/front-door.ts';
import { Shell, linesOf } from './shell.ts';

const founded = (): { readonly shell: Shell; readonly vkey: string } => {
  const shell = new Shell();
  const [made] = shell.json('init --origin example.com/acme --as alice');
  return { shell, vkey: made?.log_vkey ?? '' };
};

describe('ledger checkpoint and prove', () => {
  it('hand out what whoever holds the log key can check without the ledger', async () => {
    const { shell, vkey } = founded();
    await shell.told('append --type a.b --id x');
    expect(shell.type('prove 1 --out 1.tlog-proof').stdout).toBe('');
    expect((await shell.told(`check-proof 1.tlog-proof --vkey ${vkey}`))[0]).toMatchObject({
      proof: 'inclusion',
      seq: 1,
      size: 2,
    });
    expect(shell.type('checkpoint --out held.note').status).toBe(0);
    expect(shell.read('held.note')).toMatch(/^example\.com\/acme\n2\n/);
    await shell.told('append --type a.b --id y');
    const [proof] = await shell.told('prove y');
    expect(proof).toMatchObject({ proof: 'inclusion', seq: 2, size: 3 });
    const held = shell.read('held.note');
    symlinkSync('held.note', shell.path('link'));
    for (const out of ['held.note', './held.note', 'link'])
      expect(await shell.refusal(`prove --consistent-with held.note --out ${out}`)).toBe('2 usage');
    expect(shell.read('held.note')).toBe(held);
    shell.write('y.proof', proof?.text ?? '');
    expect((await shell.told(`check-proof y.proof --vkey ${vkey}`)).length).toBe(1);
    const grown = (await shell.inside('prove --consistent-with held.note')).stdout;
    expect(shell.json(`check-proof - --vkey ${vkey}`, grown)[0]).toMatchObject({
      proof: 'consistency',
      size: 3,
    });
    shell.write('other', shell.read('y.proof').replace('index 2', 'index 1'));
    expect(await shell.refusal(`check-proof other --vkey ${vkey}`)).toBe('20 index_mismatch');
  });

  it('are put into no file of the ledger, by whatever way that is named', async () => {
    const { shell } = founded();
    await shell.told('append --type a.b --sign alice');
    symlinkSync('.ledger/keys', shell.path('link'));
    const ledger = shell.path('.ledger');
    const files = () =>
      readdirSync(ledger, { recursive: true, withFileTypes: true })
        .filter((each) => each.isFile() && !/^(?:mirror|writer)\./.test(each.name))
        .map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name), 'utf8')]);
    const before = files();
    const segment = '.ledger/journal/00000000000000000000.jsonl';
    expect(
      await shell.refusals([
        `checkpoint --out ${segment}`,
        'checkpoint --out .ledger/journal/held.note',
        'prove 1 --out .ledger/ledger.json',
        'prove 1 --out link/alice',
        `export --format ndjson --to ${segment}`,
        'export --format sqlite --to link/alice',
        'export --format bundle --to .ledger/bundle --sign alice',
      ]),
    ).toEqual(Array.from({ length: 7 }, () => '2 usage'));
    expect(files()).toEqual(before);
    expect((await shell.inside('checkpoint --out beside.note')).status).toBe(0);
  });

  it('say 3 for what is not there, 23 without a log key, 12 for one others may read', async () => {
    const { shell } = founded();
    expect(await shell.refusal('prove 1')).toBe('3 not_found');
    expect(await shell.refusal('prove')).toBe('2 usage');
    expect(await shell.refusal('prove 0 --consistent-with x')).toBe('2 usage');
    expect((await shell.inside('checkpoint')).status).toBe(0);
    const keys = shell.path('.ledger/keys');
    const log = readdirSync(keys).find((name) => name.startsWith('example.com')) ?? '';
    const key = shell.read(`.ledger/keys/${log}`);
    renameSync(shell.path('.ledger/keys', log), shell.path('away'));
    await shell.told('append --type a.b');
    expect(await shell.refusal('prove 1')).toBe('23 no_log_key');
    expect(await shell.refusal('checkpoint')).toBe('23 no_log_key');
    expect((await shell.inside('prove 0')).status).toBe(0);
    shell.write(`.ledger/keys/${log}`, key, 0o644);
    expect(await shell.refusal('checkpoint')).toBe('12 readable_by_others');
    expect((await shell.inside('append --type a.b')).stderr).toContain('others may read');
  });

  it('name a place of which nothing can become a file as it was typed', async () => {
    const { shell } = founded();
    shell.write('file', '');
    const folder = shell.path('folder');
    mkdirSync(folder);
    for (const [line, place, exit] of [
      ['checkpoint --out none/held.note', 'none/held.note', 3],
      ['prove 0 --out none/x', 'none/x', 3],
      ['prove 0 --out file/x', 'file/x', 2],
      ['prove 0 --out folder', 'folder', 2],
      ['prove 0 --out /proc/x', '/proc/x', 3],
      ['export --format ndjson --to none/x', 'none/x', 3],
      ['export --format ndjson --to file/x', 'file/x', 2],
      ['export --format csv --to folder', 'folder', 2],
      ['export --format bundle --to none/x --sign alice', 'none/x', 3],
      ['export --format bundle --to /proc/x --sign alice', '/proc/x', 3],
      ['verify --mark none/x', 'none/x', 3],
      ['verify --mark folder', 'folder', 2],
      ['backup --to none/x', 'none/x', 3],
      ['backup --to file/x', 'file/x', 2],
      ['-C x/y/z init --origin example.com/acme', 'x/y/z', 3],
      ['-C file/z init --origin example.com/acme', 'file/z', 2],
    ] as const) {
      const { status, stdout } = await shell.inside(`${line} --json`);
      const { code, message, next } = linesOf(stdout).at(-1)?.error ?? {};
      expect([line, status, code]).toEqual([line, exit, 'place_refused']);
      expect([message?.startsWith(`${place}: `), next]).toEqual([true, expect.any(String)]);
    }
  });

  it('say 74 where the disk is full, whoever named the place', () => {
    const { shell } = founded();
    expect(shell.refuses('checkpoint --out /dev/full')).toBe('74 ENOSPC');
  });

  it('say 20 for a checkpoint that this ledger, cut or made anew, is not of', async () => {
    const { shell } = founded();
    cpSync(shell.path('.ledger'), shell.path('earlier'), { recursive: true });
    await shell.told('append --type a.b');
    await shell.inside('checkpoint --out held.note');
    const since = 'prove --consistent-with held.note';
    expect(await shell.refusal(`-C earlier ${since}`)).toBe('20 checkpoint_beyond_end');
    await shell.told('-C earlier append --type c.d');
    expect(await shell.refusal(`-C earlier ${since}`)).toBe('20 checkpoint_root_mismatch');
    await shell.told('-C other init --origin example.com/other --as bob');
    expect(await shell.refusal(`-C other ${since}`)).toBe('2 other_ledger');
    shell.write('no.note', 'nothing');
    expect(await shell.refusal('prove --consistent-with no.note')).toMatch(/^2 /);
    expect(await shell.refusal('prove --consistent-with none')).toBe('3 file_unreadable');
  });

  it('say 2 for a checkpoint of no event, which nothing is proved of', async () => {
    const { shell } = founded();
    const key = readKey(shell.path('.ledger'), 'example.com/acme');
    if (E.isLeft(key)) throw new Error(key.left._tag);
    const note = signCheckpoint(native, key.right, 0, root(native, EMPTY));
    shell.write('zero.note', E.isRight(note) ? note.right : '');
    expect(await shell.refusal('prove --consistent-with zero.note')).toBe('2 out_of_range');
    expect(shell.type('verify --checkpoint zero.note').status).toBe(0);
  });

  it('hand out nothing that a mirror which was altered gives', async () => {
    const { shell } = founded();
    await shell.told('append --type a.b --id x');
    await shell.inside('checkpoint');
    const mirror = new Sqlite(shell.path('.ledger/mirror.db'));
    mirror.exec('DROP TRIGGER event_stays');
    mirror.exec("UPDATE events SET line = replace(line, 'a.b', 'a.c') WHERE seq = 1");
    mirror.close();
    const { status, stdout } = shell.type('prove 1');
    expect([status, stdout]).toEqual([22, '']);
    rmSync(shell.path('.ledger/mirror.db'));
    expect(await shell.refusal('prove 1')).toBe('22 SQLITE_CANTOPEN');
  });
});
