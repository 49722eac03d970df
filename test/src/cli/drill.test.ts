/**
 * What a drill tells, and what it leaves alone.
 */
import Sqlite from 'better-sqlite3';
import * as E from 'fp-ts/lib/Either.js';
import { cpSync, existsSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drill } from '../../../src/drill.ts';
import { openLedger } from '../../../src/front-door.ts';
import type { Ledger } from '../../../src/ledger.ts';
import { layoutOf } from '../../../src/storage/layout.ts';
import { realPorts } from '../../../src/wiring.ts';
import { right } from '../../build/ledger.ts';
import { SEGMENT, grown, withBackup } from './backed-up.ts';

type Digests = ReturnType<Ledger['digests']>;

describe('a drill', () => {
  it('of an older backup says how much more the ledger holds', async () => {
    const shell = await withBackup();
    await grown(shell, ['e-3', 'e-4']);
    const { status, stdout } = await shell.inside('drill --from copy');
    expect([status, stdout]).toEqual([
      0,
      expect.stringContaining('the ledger holds 2 more events'),
    ]);
    expect(await shell.told('drill --from copy')).toMatchObject([{ more: 2, compared: false }]);
    expect(await shell.told('drill')).toMatchObject([{ more: 0, compared: true }]);
  });

  it('names the ledger that the backup is of', async () => {
    const shell = await withBackup();
    shell.json('-C other init --origin example.com/other');
    await shell.inside('-C other backup --to theirs');
    const { status, stderr } = await shell.inside('drill --from theirs');
    expect([status, stderr]).toEqual([
      25,
      expect.stringMatching(/theirs: it is the backup of another ledger, example\.com\/other\n/),
    ]);
  });

  it('copies no private key, so that one which is killed leaves none behind', async () => {
    const shell = await withBackup();
    await shell.told('backup --to copy --with-keys');
    const from = layoutOf(shell.path('copy'));
    const into = layoutOf(shell.path('into'));
    const ledger = openLedger(shell.path('.ledger'));
    if (E.isLeft(ledger)) throw new Error('it cannot be opened');
    expect(await drill(realPorts, ledger.right, from, into)).toMatchObject({ _tag: 'Right' });
    await ledger.right.close();
    expect(readdirSync(from.keys)).toHaveLength(2);
    expect(readdirSync(into.keys)).toEqual([]);
  });

  it('finds the key that is to sign before it begins, and takes none to sign nothing', async () => {
    const shell = await withBackup();
    truncateSync(shell.path('copy', SEGMENT), 100);
    expect(
      await shell.refusals([
        'drill --from copy --record --sign nobody',
        'drill --from copy --sign alice',
        'drill --from copy --break-glass some-id',
        'drill --from copy --record --sign alice --break-glass -',
      ]),
    ).toEqual(['12 missing', '2 usage', '2 usage', '2 bad_form']);
  });

  it('compares no projections of a ledger that grows meanwhile', async () => {
    const shell = await withBackup();
    cpSync(shell.path('.ledger'), shell.path('behind'), { recursive: true });
    await grown(shell, ['e-3']);
    await shell.told('backup --to ahead');
    const grow = (name: string): void => void shell.json(`-C ${name} append --type a.b --id grown`);
    const rehearse = async (name: string, from: string, digests: (of: Ledger) => Digests) => {
      const ledger = right(openLedger(shell.path(name)));
      const own = { digests: { value: () => digests(ledger) } };
      const growing = Object.create(ledger, own) as Ledger;
      const into = layoutOf(shell.path(`into-${name}`));
      const drilled = await drill(realPorts, growing, layoutOf(shell.path(from)), into);
      await ledger.close();
      return drilled;
    };
    const before = await rehearse('.ledger', 'ahead', (of) => {
      grow('.ledger');
      return of.digests();
    });
    expect(right(before)).toMatchObject({ more: 1, differing: undefined });
    // It is as long as the backup only once they were read.
    const after = await rehearse('behind', 'ahead', (of) => {
      const read = of.digests();
      grow('behind');
      return read;
    });
    expect(right(after)).toMatchObject({ more: 0, differing: undefined });
  });

  it('is no word against a ledger whose mirror lags behind its journal', async () => {
    const shell = await withBackup();
    const ends = ['', '-wal', '-shm'].map((end) => `.ledger/mirror.db${end}`);
    const before = ends.filter((name) => existsSync(shell.path(name)));
    for (const name of before) cpSync(shell.path(name), shell.path('old', name));
    await grown(shell, ['e-3']);
    for (const name of ends) rmSync(shell.path(name), { force: true });
    for (const name of before) cpSync(shell.path('old', name), shell.path(name));
    for (const line of ['drill', 'drill --from copy'])
      expect([line, await shell.refusal(line)]).toEqual([line, '22 mirror_behind']);
    await shell.told('replay');
    expect(await shell.told('drill')).toMatchObject([{ size: 4, compared: true }]);
  });

  it('names the projections that hold something else than a recovery makes', async () => {
    const shell = await withBackup();
    const mirror = new Sqlite(shell.path('.ledger/mirror.db'));
    mirror.exec("UPDATE keyring__key__1 SET reason = 'none'");
    mirror.exec('UPDATE overview__counted__1 SET count = count + 1');
    mirror.close();
    for (const line of ['drill', 'drill --from copy']) {
      const { status, stderr } = await shell.inside(line);
      expect([line, status, stderr]).toEqual([
        line,
        22,
        expect.stringContaining('differs from the ledger in the projections keyring, overview\n'),
      ]);
    }
    expect(await shell.refusal('drill --record --sign alice')).toBe('22 drill_failed');
    expect(await shell.told('log --type ledger.drilled')).toEqual([]);
    expect((await shell.inside('verify')).status).toBe(22);
  });
});
