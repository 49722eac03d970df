/**
 * What a drill tells, and what it leaves alone.
 */
import * as E from 'fp-ts/lib/Either.js';
import { cpSync, readdirSync, truncateSync } from 'node:fs';
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
      ]),
    ).toEqual(['12 missing', '2 usage']);
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
});
