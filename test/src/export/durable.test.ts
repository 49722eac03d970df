/**
 * What is handed out is on the disk before it has its name: whatever a power loss leaves, the name
 * is not there, or all of it is.
 */
import { dirname } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { Folder } from '../../../src/bundle/folder.ts';
import { pack } from '../../../src/bundle/pack.ts';
import { fileSink } from '../../../src/export/sink.ts';
import { renameSynced } from '../../../src/storage/whole-file.ts';
import { realPorts } from '../../../src/wiring.ts';
import { everyOutcome } from '../../simulation/chance.ts';
import type { SimulatedDisk } from '../../simulation/disk.ts';
import { simulatedDisk } from '../../simulation/disk.ts';
import { withLedger } from '../cli/shell.ts';
import { right, textOf } from '../disk-law.ts';

const TEXT = 'x'.repeat(1000);

/** All that a power loss can leave of files, as their texts. */
const after = (disk: SimulatedDisk, paths: readonly string[]): readonly string[] => {
  const found = new Set<string>();
  everyOutcome((chance) => {
    const left = disk.foresee(chance);
    const textAt = (path: string): string =>
      right(left.stat(path)) === undefined ? 'gone' : textOf(left, path);
    found.add(paths.map(textAt).join());
  }, 10_000);
  return [...found];
};

const folderOn = (disk: SimulatedDisk): Folder => {
  const folder = new Folder(disk, '/part');
  right(folder.make());
  right(folder.put('data/a', TEXT));
  right(folder.put('b', TEXT));
  right(folder.sync());
  return folder;
};

it('holds for a file', async () => {
  const disk = simulatedDisk();
  const sink = right(fileSink(disk, '/out'));
  right(await sink.write(Buffer.from(TEXT)));
  right(sink.finish());
  right(sink.place());
  expect(after(disk, ['/out'])).toEqual([TEXT]);
});

it('holds for the files of a folder', () => {
  const disk = simulatedDisk();
  folderOn(disk);
  right(renameSynced(disk, '/part', '/out'));
  expect(after(disk, ['/out/data/a', '/out/b'])).toEqual([`${TEXT},${TEXT}`]);
});

it.each(['bundle', 'bundle.tar', 'bundle.zip', 'page.html'])(
  'holds for %s, as the command makes it',
  async (name) => {
    const shell = withLedger();
    const calls: string[] = [];
    const { disk } = realPorts;
    const { rename, syncFolder } = disk;
    const spies = [
      vi.spyOn(disk, 'rename').mockImplementation((from, to) => {
        calls.push(`${dirname(from)} > ${to}`);
        return rename(from, to);
      }),
      vi.spyOn(disk, 'syncFolder').mockImplementation((path) => {
        calls.push(path);
        return syncFolder(path);
      }),
    ];
    onTestFinished(() => spies.forEach((spy) => spy.mockRestore()));
    const to = shell.path(name);
    const format = name.endsWith('.html') ? 'html' : 'bundle';
    await shell.told(['export', '--format', format, '--to', to, '--sign', 'alice']);
    const at = calls.findIndex((call) => call.endsWith(`> ${to}`));
    const [from = ''] = calls[at]?.split(' > ') ?? [];
    expect(calls.slice(at + 1)).toEqual(expect.arrayContaining([from, dirname(to)]));
  },
);

it('holds for an archive', () => {
  const disk = simulatedDisk();
  const folder = folderOn(disk);
  right(pack(disk, folder, 'tar', '/part/packed'));
  const text = textOf(disk, '/part/packed');
  right(renameSynced(disk, '/part/packed', '/out'));
  expect([text.includes(TEXT), after(disk, ['/out'])]).toEqual([true, [text]]);
});
