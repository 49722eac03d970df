/**
 * Backups, what is restored of them, and drills, from the command line.
 */
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { Shell } from './shell.ts';
import { linesOf, withLedger } from './shell.ts';

const SEGMENT = 'journal/00000000000000000000.jsonl';

const grown = async (shell: Shell, ids: readonly string[], ...more: readonly string[]) => {
  for (const id of ids) await shell.told([...more, 'append', '--type', 'a.b', '--id', id]);
};

const withBackup = async (): Promise<Shell> => {
  const shell = withLedger();
  await grown(shell, ['e-1', 'e-2']);
  await shell.told(['checkpoint', '--out', shell.path('held.note')]);
  await shell.told(['backup', '--to', shell.path('copy')]);
  return shell;
};

const at = (shell: Shell, name: string): readonly string[] => ['-C', shell.path(name)];
const restore = (shell: Shell, to: string, ...more: readonly string[]): readonly string[] =>
  at(shell, to).concat('restore', '--from', shell.path('copy'), more);

describe('a backup', () => {
  it('holds the journal to the byte, only what is new is written, and no key', async () => {
    const shell = await withBackup();
    await grown(shell, ['e-3']);
    const [told] = await shell.told(['backup', '--to', shell.path('copy')]);
    const journal = readFileSync(shell.path('.ledger', SEGMENT));
    expect(readFileSync(shell.path('copy', SEGMENT)).equals(journal)).toBe(true);
    expect(told).toMatchObject({ size: 4, bytes: journal.length });
    const { written } = told as { readonly written?: number };
    expect(written).toBeLessThan(journal.length / 2);
    const [again] = await shell.told(['backup', '--to', shell.path('copy')]);
    expect(again).toMatchObject({ written: 0 });
    expect(existsSync(shell.path('copy', 'checkpoints', '3'))).toBe(true);
    const keys = readFileSync(shell.path('copy', 'backup.json'), 'utf8');
    expect(keys).toContain('"size":4');
    const [operator] = await shell.told('key list');
    const file = shell.path('copy', 'keys', operator?.key_id ?? '');
    expect(existsSync(file)).toBe(false);
    await shell.told(['backup', '--to', shell.path('copy'), '--with-keys']);
    expect(existsSync(file)).toBe(true);
  });

  it('goes into no folder that holds another ledger, a fork or more than there is', async () => {
    const shell = await withBackup();
    const to = (name: string): readonly string[] => ['backup', '--to', shell.path(name)];
    cpSync(shell.path('.ledger'), shell.path('fork'), { recursive: true });
    await grown(shell, ['ours']);
    await shell.told(to('copy'));
    const run = await shell.inside([...at(shell, 'fork'), 'append', '--type', 'a.b', '--id', 'x']);
    expect(run.status).toBe(0);
    const fork = await shell.inside(['-C', shell.path('fork'), ...to('copy')]);
    expect([fork.status, fork.stderr]).toEqual([25, expect.stringMatching(/event 3: /)]);
    cpSync(shell.path('copy'), shell.path('longer'), { recursive: true });
    appendFileSync(shell.path('longer', SEGMENT), 'more\n');
    cpSync(shell.path('copy'), shell.path('other'), { recursive: true });
    const record = shell.path('other', 'backup.json');
    writeFileSync(record, readFileSync(record, 'utf8').replace('acme', 'else'));
    expect(
      await shell.refusals([
        to('longer'),
        to('other'),
        to('.ledger/within'),
        to('missing/folder'),
        ['backup'],
      ]),
    ).toEqual(['25 ahead', '25 another_ledger', '25 within', '3 place_refused', '2 usage']);
  });

  it('overwrites what a crash left behind its recorded end, and nothing before that', async () => {
    const shell = await withBackup();
    const copy = shell.path('copy', SEGMENT);
    appendFileSync(copy, '\0'.repeat(64));
    await grown(shell, ['e-3']);
    await shell.told(['backup', '--to', shell.path('copy')]);
    expect(readFileSync(copy).equals(readFileSync(shell.path('.ledger', SEGMENT)))).toBe(true);
    writeFileSync(copy, readFileSync(copy, 'utf8').slice(0, -64) + '\0'.repeat(64));
    await grown(shell, ['e-4']);
    expect(await shell.refusals([['backup', '--to', shell.path('copy')]])).toEqual(['25 differs']);
  });

  it('overwrites nothing that somebody appended there, however short', async () => {
    for (const keys of [[], ['--with-keys']]) {
      const shell = await withBackup();
      const again = ['backup', '--to', shell.path('copy'), ...keys];
      await shell.told(again);
      await grown(shell, ['theirs'], ...at(shell, 'copy'));
      const copy = readFileSync(shell.path('copy', SEGMENT));
      for (const ours of [['e-3'], ['e-4', 'e-5', 'e-6']]) {
        await grown(shell, ours);
        const refused = await shell.inside(again);
        expect([refused.status, refused.stderr]).toEqual([25, expect.stringMatching(/event 3: /)]);
        expect(readFileSync(shell.path('copy', SEGMENT)).equals(copy)).toBe(true);
      }
    }
  });

  it('overwrites no line that is cut off, and is not of this ledger', async () => {
    const shell = await withBackup();
    const copy = shell.path('copy', SEGMENT);
    const before = readFileSync(copy, 'utf8');
    await grown(shell, ['e-3', 'e-4']);
    const more = readFileSync(shell.path('.ledger', SEGMENT), 'utf8').slice(before.length);
    const again = ['backup', '--to', shell.path('copy')];
    // What a crash leaves has holes where nothing was written yet, and ends anywhere.
    const left = `${more.slice(0, 100)}${'\0'.repeat(300)}${more.slice(400, 600)}`;
    for (const [offset, what] of [
      [50, 'x'],
      [450, 'x'],
      [599, '\n'],
    ] as const) {
      writeFileSync(copy, before + left.slice(0, offset) + what + left.slice(offset + 1));
      expect(await shell.refusals([again])).toEqual(['25 differs']);
    }
    writeFileSync(copy, before + left);
    await shell.told(again);
    expect(readFileSync(copy, 'utf8')).toBe(before + more);
  });

  it('of before an erasure is told apart from what somebody changed', async () => {
    const shell = await withBackup();
    const copy = shell.path('copy', SEGMENT);
    await shell.told('erase e-1 --reason asked --sign alice');
    const again = ['backup', '--to', shell.path('copy')];
    const refused = await shell.inside(again);
    expect(refused.status).toBe(25);
    expect(refused.stderr).toMatch(/event 1: its payload was erased since[^]*empty folder/);
    writeFileSync(copy, readFileSync(copy, 'utf8').replace('"id":"e-1"', '"id":"e-0"'));
    expect(await shell.refusals([again])).toEqual(['25 differs']);
    await shell.told(['backup', '--to', shell.path('new')]);
    await grown(shell, ['e-3']);
    await shell.told(['backup', '--to', shell.path('new')]);
  });

  it('is not made of a journal that does not verify, nor where the copy was changed', async () => {
    const shell = await withBackup();
    const path = shell.path('.ledger', SEGMENT);
    const sound = readFileSync(path, 'utf8');
    writeFileSync(path, sound.replace('"id":"e-2"', '"id":"e-9"'));
    const again = ['backup', '--to', shell.path('copy')];
    expect((await shell.refusals([again]))[0]).toMatch(/^20 /);
    writeFileSync(path, sound);
    const copy = shell.path('copy', SEGMENT);
    writeFileSync(copy, readFileSync(copy, 'utf8').replace('"id":"e-2"', '"id":"e-9"'));
    expect(await shell.refusals([again])).toEqual(['25 differs']);
  });
});

describe('a backup by way of a link', () => {
  it('goes into the folder that it leads to, and not into the ledger', async () => {
    const shell = await withBackup();
    mkdirSync(shell.path('far'));
    symlinkSync('far', shell.path('near'));
    for (const to of ['near', 'near/']) await shell.told(['backup', '--to', to]);
    expect(readFileSync(shell.path('far', SEGMENT))).toEqual(
      readFileSync(shell.path('.ledger', SEGMENT)),
    );
    symlinkSync('.ledger', shell.path('in'));
    symlinkSync('nowhere', shell.path('astray'));
    expect(
      await shell.refusals(
        ['in', 'in/journal', 'in/new', 'astray'].map((to) => `backup --to ${to}`),
      ),
    ).toEqual(['25 within', '25 within', '25 within', '25 EEXIST']);
    // The ledger, too, may be named by a link.
    expect(await shell.refusal('-C in backup --to .ledger/new')).toBe('25 within');
  });
});

describe('what is restored', () => {
  it('is the ledger, with its mirror and its checkpoints, and goes on', async () => {
    const shell = await withBackup();
    const held = ['--checkpoint', shell.path('held.note')];
    const { status, stdout } = await shell.inside([...restore(shell, 'back', ...held), '--json']);
    expect([status, JSON.parse(stdout)]).toMatchObject([
      0,
      { size: 3, checkpoints: { matched: 2 } },
    ]);
    rmSync(shell.path('.ledger'), { recursive: true });
    cpSync(shell.path('back'), shell.path('.ledger'), { recursive: true });
    expect((await shell.inside(['verify', ...held])).status).toBe(0);
    await grown(shell, ['e-3']);
    expect(await shell.told('log')).toHaveLength(4);
    expect(await shell.refusals([restore(shell, '.ledger')])).toEqual(['25 ledger_exists']);
  });

  it('goes into an empty place, or on where it stopped, and names what is there', async () => {
    const shell = await withBackup();
    const back = (name: string) => shell.path('back', name);
    for (const name of ['mine.txt', '.hidden', 'journal.bak']) {
      mkdirSync(shell.path('back'));
      writeFileSync(back(name), 'mine');
      const { status, stdout } = await shell.inside([...restore(shell, 'back'), '--json']);
      const { code, message } = linesOf(stdout)[0]?.error ?? {};
      expect([status, code, message?.startsWith(back(name))]).toEqual([25, 'not_empty', true]);
      expect(readdirSync(shell.path('back'))).toEqual([name]);
      rmSync(shell.path('back'), { recursive: true });
    }
    for (const folder of ['quarantine', 'keys', 'policies', 'checkpoints']) {
      mkdirSync(back(folder), { recursive: true });
      writeFileSync(back(`${folder}/mine`), 'mine');
      expect(await shell.refusals([restore(shell, 'back')])).toEqual(['25 not_empty']);
      rmSync(back(`${folder}/mine`));
    }
    expect((await shell.inside(restore(shell, 'back'))).status).toBe(0);
    rmSync(back('ledger.json'));
    expect((await shell.inside(restore(shell, 'back'))).status).toBe(0);
  });

  it('is nothing older than a checkpoint kept elsewhere, nor changed', async () => {
    const shell = await withBackup();
    await grown(shell, ['e-3']);
    const later = shell.path('later.note');
    await shell.told(['checkpoint', '--out', later]);
    expect(await shell.refusals([restore(shell, 'back', '--checkpoint', later)])).toEqual([
      '20 checkpoint_beyond_end',
    ]);
    const { stderr } = await shell.inside(restore(shell, 'back', '--checkpoint', later));
    expect(stderr).toContain('\nRestore a later backup. ');
    const copy = shell.path('copy', SEGMENT);
    writeFileSync(copy, readFileSync(copy, 'utf8').replace('"id":"e-2"', '"id":"e-9"'));
    expect((await shell.refusals([restore(shell, 'back')]))[0]).toMatch(/^20 /);
    expect(existsSync(shell.path('back', 'ledger.json'))).toBe(false);
    expect(
      await shell.refusals([
        [...at(shell, 'back'), 'restore', '--from', shell.path('nowhere')],
        ['restore'],
      ]),
    ).toEqual(['10 no_ledger', '2 usage']);
  });
});

describe('a drill', () => {
  it('gives the same as what stands, leaves nothing behind, and is recorded if asked', async () => {
    const shell = await withBackup();
    const [own] = await shell.told('drill');
    expect(own).toMatchObject({ size: 3, compared: true });
    await shell.told(['drill', '--from', shell.path('copy'), '--record', '--sign', 'alice']);
    const [event] = await shell.told('log --type ledger.drilled');
    expect(event?.payload).toMatchObject({ source: 'backup', size: 3 });
    expect(event?.header?.['attestation']).toBeDefined();
    const [shorter] = await shell.told(['drill', '--from', shell.path('copy')]);
    expect(shorter).toMatchObject({ size: 3, compared: false });
  });

  it('fails where a projection holds something else, and names it', async () => {
    const shell = await withBackup();
    const mirror = new Sqlite(shell.path('.ledger/mirror.db'));
    mirror.exec("UPDATE keyring__key__1 SET tier = 'observed'");
    mirror.close();
    expect(shell.type('drill')).toMatchObject({
      status: 22,
      stdout: '',
      stderr: expect.stringContaining(
        'differs from the ledger in the projection keyring\n',
      ) as string,
    });
  });

  it('fails where the backup is of another history', async () => {
    const shell = await withBackup();
    cpSync(shell.path('.ledger'), shell.path('fork'), { recursive: true });
    await grown(shell, ['ours']);
    rmSync(shell.path('copy'), { recursive: true });
    const fork = ['-C', shell.path('fork')];
    await shell.inside([...fork, 'append', '--type', 'a.b', '--id', 'theirs']);
    await shell.inside([...fork, 'backup', '--to', shell.path('copy')]);
    expect(await shell.refusals([['drill', '--from', shell.path('copy')]])).toEqual([
      '20 drill_failed',
    ]);
  });
});
