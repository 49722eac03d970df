/**
 * Sources that cannot be copied, or change while they are read: the true cause is told, and nothing
 * is left lying about.
 */
import * as E from 'fp-ts/lib/Either.js';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLegacy } from '../../src/import/kaizen/legacy.ts';
import { loadChecksum } from '../../src/import/kaizen/redb-file.ts';
import { surveyKaizen } from '../../src/import/kaizen/survey.ts';
import { sourceFile } from '../../src/import/source-file.ts';
import type { File, Mode } from '../../src/storage/disk.ts';
import type { NoCopy } from '../../src/storage/private-copy.ts';
import { asNobody } from '../as-nobody.ts';
import { right } from '../build/ledger.ts';
import { BIN, linesOf, withLedger } from '../src/cli/shell.ts';
import { WORLD, copyOf, planCortex } from './fixture.ts';

const CHECKSUM = await loadChecksum();

const look = (folder: string) => surveyKaizen({ ...WORLD, checksum: CHECKSUM }, folder);

/** Copies are put there until the test is over. */
const putCopies = (folder: string): void => {
  const { TMPDIR: before } = process.env;
  onTestFinished(() => {
    delete process.env['TMPDIR'];
    if (before !== undefined) process.env['TMPDIR'] = before;
  });
  process.env['TMPDIR'] = folder;
};

describe('a folder of kaizen', () => {
  it('that cannot be copied says why: no room, no right, or somebody who writes to it', () => {
    const folder = copyOf('kaizen', 'sqlite');
    const words = ['import', 'kaizen', folder, '--dry-run', '--json'];
    const { status, stdout } = spawnSync(
      'prlimit',
      ['--fsize=65536', process.execPath, BIN, ...words],
      { cwd: folder, encoding: 'utf8' },
    );
    expect([status, linesOf(stdout).at(-1)?.error]).toEqual([
      74,
      expect.objectContaining({ message: expect.stringContaining('may not grow') as string }),
    ]);
    const failing = (left: NoCopy) =>
      surveyKaizen({ ...WORLD, checksum: CHECKSUM, takeCopy: () => E.left(left) }, folder);
    const path = join(folder, 'kaizen.db');
    const denied = { _tag: 'DiskFailed', call: 'open', path, errno: 'EACCES' } as const;
    expect(failing(denied)).toEqual(E.left(denied));
    expect(failing({ _tag: 'Changing', path })).toEqual(E.left({ _tag: 'SourceBusy', path }));
    putCopies(join(folder, 'nowhere'));
    expect(look(folder)).toMatchObject({ left: { _tag: 'DiskFailed', errno: 'ENOENT' } });
  });
});

it.each([
  ['kaizen', 'sqlite'],
  ['kaizen', 'halfway'],
  ['cortex', 'v2-migrated'],
])('%s/%s is read where nobody may write to it', async (tool, name) => {
  const folder = copyOf(tool, name);
  const survey = () => (tool === 'kaizen' ? right(look(folder)) : planCortex(folder));
  const plan = survey();
  onTestFinished(() => plan.close());
  fs.chmodSync(dirname(folder), 0o755);
  for (const entry of fs.readdirSync(folder, { withFileTypes: true, recursive: true }))
    fs.chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o555 : 0o444);
  const again = await asNobody(async () => survey());
  onTestFinished(() => again.close());
  expect([again.defects.told, again.report]).toEqual([[], plan.report]);
});

it('a source that may not be read is named as a file that cannot be', async () => {
  const folder = copyOf('kaizen', 'sqlite');
  fs.chmodSync(dirname(folder), 0o755);
  fs.chmodSync(join(folder, 'kaizen.db'), 0);
  const { status, stderr } = await asNobody(() =>
    withLedger().inside(['import', 'kaizen', folder, '--dry-run']),
  );
  expect([status, stderr]).toEqual([3, expect.stringContaining('permission denied')]);
  expect(stderr).toContain('Name what can be read');
});

describe('an old outbox', () => {
  it('that is altered between its proof and its digest is refused', () => {
    const path = join(copyOf('kaizen', 'halfway'), 'hot', 'outbox.redb');
    const source = right(sourceFile(WORLD.disk, path));
    if (source === undefined) throw new Error('there is no file');
    let left = Infinity;
    const reads: number[] = [];
    // From some read on, it finds other bytes.
    const disk = {
      ...WORLD.disk,
      open: (name: string, mode: Mode) =>
        E.map((file: File): File => {
          const read: File['read'] = (into, at) => {
            const given = file.read(into, at);
            reads.push(at);
            if (left-- <= 0) into[0] = (into[0] ?? 0) ^ 255;
            return given;
          };
          return {
            path,
            read,
            write: file.write,
            sync: file.sync,
            truncate: file.truncate,
            stat: file.stat,
            close: file.close,
          };
        })(WORLD.disk.open(name, mode)),
    };
    const open = () => openLegacy(disk, source, 'redb', CHECKSUM);
    right(open()).redb.close();
    const { length } = reads;
    for (let at = 1; at <= length; at++) {
      left = length - at;
      expect(open()).toMatchObject({ _tag: 'Left' });
    }
    left = length - 1;
    expect(open()).toMatchObject({ left: { _tag: 'SourceBusy' } });
  });
});

describe('what a killed import left behind', () => {
  it('is removed by the next one, and what somebody uses stays', () => {
    const folder = copyOf('kaizen', 'sqlite');
    const temporary = join(folder, 'temporary');
    fs.mkdirSync(temporary);
    putCopies(temporary);
    const plan = right(look(folder));
    const [mine = ''] = fs.readdirSync(temporary);
    expect(mine).toContain(`-${process.pid}-`);
    const { pid: gone } = spawnSync('true');
    const stale = mine.replace(`-${process.pid}-`, `-${gone}-`);
    // Another machine, a file, a name that is not ours: nobody knows whose they are.
    const strange = [stale.replace('copy-', 'copy-x'), 'ledger-1-a', `${stale}.old`];
    for (const name of [stale, ...strange]) fs.mkdirSync(join(temporary, name));
    fs.writeFileSync(join(temporary, stale, 'copy.db'), 'x');
    fs.symlinkSync(folder, join(temporary, `${stale}1`));
    right(look(folder)).close();
    expect(fs.readdirSync(temporary)).toEqual([mine, ...strange, `${stale}1`].toSorted());
    plan.close();
    expect(fs.readdirSync(temporary)).not.toContain(mine);
  });
});
