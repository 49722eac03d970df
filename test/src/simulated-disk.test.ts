/**
 * The simulated disk, held to the laws of every disk and to its own: what power, a crash and a
 * failing call leave behind.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import type { File } from '../../src/storage/disk.ts';
import type { Chance } from '../simulation/chance.ts';
import { everyOutcome, newest, oldest, seeded } from '../simulation/chance.ts';
import type { SimulatedDisk } from '../simulation/disk.ts';
import { simulatedDisk } from '../simulation/disk.ts';
import { allOf, calls, failing, failingAt } from '../simulation/plan.ts';
import { diskLaws, put, right, textOf } from './disk-law.ts';

diskLaws(() => {
  const disk = simulatedDisk();
  right(disk.makeFolder('/root'));
  return {
    disk,
    root: '/root',
    link: (path, target) => disk.plant(path, { kind: 'link', target }),
    pipe: (path) => disk.plant(path, { kind: 'pipe' }),
    same: (path, as) => disk.plant(path, { kind: 'same', as }),
  };
});

const SEEDS = Array.from({ length: 64 }, (_, seed) => seed);
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const eio = (when: 'before' | 'after' | 'lost') => ({ kind: 'fail', errno: 'EIO', when }) as const;

/** A file that is durable, holds a text and is open. */
const started = (text: string): { readonly disk: SimulatedDisk; readonly file: File } => {
  const disk = simulatedDisk();
  const file = put(disk, '/a', text);
  right(file.sync());
  right(disk.syncFolder('/'));
  return { disk, file };
};

const namesAfter = (disk: SimulatedDisk, chance: Chance): string =>
  right(disk.foresee(chance).list('/')).join(' ');

/** All that a power loss can leave of a file. */
const outcomes = (disk: SimulatedDisk, path: string): readonly string[] => {
  const found = new Set<string>();
  everyOutcome((chance) => {
    const after = disk.foresee(chance);
    found.add(right(after.stat(path)) === undefined ? 'gone' : textOf(after, path));
  }, 10_000);
  return [...found].toSorted();
};

describe('what was not synced', () => {
  it('is lost for some seeds and kept for others, and always the same for one', () => {
    const found = SEEDS.map((seed) => {
      const { disk, file } = started('old');
      right(file.write(bytesOf('new'), 0));
      const once = textOf(disk.foresee(seeded(seed)), '/a');
      expect(textOf(disk.foresee(seeded(seed)), '/a')).toBe(once);
      return once;
    });
    expect(new Set(found)).toEqual(new Set(['old', 'new']));
  });

  it('is kept or lost sector by sector, whatever was written first', () => {
    const { disk, file } = started('');
    right(file.truncate(1024));
    right(file.sync());
    right(file.write(bytesOf('x'.repeat(512)), 512));
    right(file.write(bytesOf('y'.repeat(512)), 0));
    const [zeros, x, y] = ['\0', 'x', 'y'].map((character) => character.repeat(512));
    expect(outcomes(disk, '/a')).toEqual(
      [`${zeros}${zeros}`, `${zeros}${x}`, `${y}${zeros}`, `${y}${x}`].toSorted(),
    );
  });

  it('leaves the old size or the new one, with zeros where no data came', () => {
    const { disk, file } = started('a');
    right(file.write(bytesOf('bc'), 1));
    expect(outcomes(disk, '/a')).toEqual(['a', 'a\0\0', 'abc']);
  });

  it('leaves any of the versions that a sector had', () => {
    const { disk, file } = started('1');
    right(file.write(bytesOf('2'), 0));
    right(file.write(bytesOf('3'), 0));
    expect(outcomes(disk, '/a')).toEqual(['1', '2', '3']);
  });

  it('is cut off or still there', () => {
    const { disk, file } = started('abc');
    right(file.truncate(1));
    expect(outcomes(disk, '/a')).toEqual(['a', 'a\0\0', 'abc']);
    right(file.sync());
    expect(outcomes(disk, '/a')).toEqual(['a']);
  });

  it('stays where only the process died', () => {
    const { disk, file } = started('old');
    right(file.write(bytesOf('new'), 0));
    put(disk, '/b', 'b').close();
    const after = disk.crash();
    expect(textOf(after, '/a') + textOf(after, '/b')).toBe('newb');
    expect(outcomes(after, '/a')).toEqual(['new', 'old']);
  });
});

describe('what was synced', () => {
  it('is never lost', () => {
    const { disk, file } = started('old');
    right(file.write(bytesOf('n'.repeat(2000)), 1));
    right(file.sync());
    expect(outcomes(disk, '/a')).toEqual([`o${'n'.repeat(2000)}`]);
  });

  it('is lost with its name where the folder was not', () => {
    const disk = simulatedDisk();
    right(put(disk, '/a', 'x').sync());
    expect(outcomes(disk, '/a')).toEqual(['gone', 'x']);
    right(disk.syncFolder('/'));
    expect(outcomes(disk, '/a')).toEqual(['x']);
  });

  it('is lost with the folder that it is in', () => {
    const disk = simulatedDisk();
    right(disk.makeFolder('/f'));
    right(put(disk, '/f/a', 'x').sync());
    right(disk.syncFolder('/f'));
    expect(namesAfter(disk, oldest)).toBe('');
    expect(textOf(disk.foresee(newest), '/f/a')).toBe('x');
    right(disk.syncFolder('/'));
    expect(textOf(disk.foresee(oldest), '/f/a')).toBe('x');
  });
});

const timeOf = (disk: SimulatedDisk): bigint | undefined => right(disk.stat('/f'))?.changed;

describe('a change of names', () => {
  it('is lost or kept, each by itself', () => {
    const { disk } = started('a');
    put(disk, '/b', '').close();
    right(disk.remove('/a'));
    const found = new Set(SEEDS.map((seed) => namesAfter(disk, seeded(seed))));
    expect(found).toEqual(new Set(['', 'a', 'b', 'a b']));
    right(disk.syncFolder('/'));
    expect(namesAfter(disk, oldest)).toBe('b');
  });

  it('of one name to another is the old or the new, never both or neither', () => {
    const { disk } = started('a');
    right(disk.makeFolder('/f'));
    right(disk.syncFolder('/'));
    right(disk.rename('/a', '/f/b'));
    const found = new Set<string>();
    const look = (chance: Chance): void => {
      const after = disk.foresee(chance);
      found.add([...right(after.list('/')), ...right(after.list('/f'))].join(' '));
    };
    everyOutcome(look, 100);
    expect(found).toEqual(new Set(['a f', 'f b']));
    right(disk.syncFolder('/f'));
    found.clear();
    everyOutcome(look, 100);
    expect(found).toEqual(new Set(['a f', 'f b']));
    right(disk.syncFolder('/'));
    found.clear();
    everyOutcome(look, 100);
    expect(found).toEqual(new Set(['f b']));
  });

  it('that came later and was synced is not undone by one that was not', () => {
    const { disk } = started('first');
    right(disk.makeFolder('/f'));
    right(disk.syncFolder('/'));
    right(disk.rename('/a', '/f/b'));
    right(put(disk, '/a', 'second').sync());
    right(disk.syncFolder('/'));
    const found = new Set<string>();
    everyOutcome((chance) => found.add(textOf(disk.foresee(chance), '/a')), 100);
    expect(found).toEqual(new Set(['second']));
  });

  it('leaves a folder with a time that it had when it was as it is now', () => {
    const { disk } = started('a');
    right(disk.makeFolder('/f'));
    right(disk.syncFolder('/'));
    const times = [timeOf(disk)];
    put(disk, '/f/b', '').close();
    put(disk, '/f/c', '').close();
    times.push(timeOf(disk));
    const found = new Map<string, bigint | undefined>();
    everyOutcome((chance) => {
      const after = disk.foresee(chance);
      found.set(right(after.list('/f')).join(' '), timeOf(after));
    }, 100);
    expect([...found.keys()].toSorted()).toEqual(['', 'b', 'b c', 'c']);
    expect([found.get(''), found.get('b c')]).toEqual(times);
    expect(times).not.toContain(found.get('c'));
    expect(times).not.toContain(found.get('b'));
  });
});

describe('a failing call', () => {
  it('takes effect before, after or not at all, and only where it was asked to', () => {
    const { disk, file } = started('x');
    disk.follow(allOf(failingAt(1, eio('before'), calls('write')), failingAt(2, eio('after'))));
    expect(file.write(bytesOf('1'), 0)).toEqual(E.right(1));
    const failed = { _tag: 'DiskFailed', call: 'write', path: '/a', errno: 'EIO' };
    expect(file.write(bytesOf('2'), 0)).toEqual(E.left(failed));
    expect(file.write(bytesOf('3'), 0)).toEqual(E.left(failed));
    disk.follow(undefined);
    expect(textOf(disk, '/a')).toBe('3');
  });

  it('may be every call of a kind, on whatever path ends so', () => {
    const { disk, file } = started('x');
    disk.follow(failing(eio('before'), calls('write', '/a')));
    for (const text of ['1', '2']) expect(E.isLeft(file.write(bytesOf(text), 0))).toBe(true);
    put(disk, '/b', 'b').close();
    expect(E.isRight(file.sync())).toBe(true);
    expect(textOf(disk, '/a')).toBe('x');
  });

  it('takes less than it was given where it is cut short', () => {
    const { disk, file } = started('');
    disk.follow(failing({ kind: 'short', bytes: 3 }));
    expect(file.write(bytesOf('hello'), 0)).toEqual(E.right(3));
    const into = new Uint8Array(2);
    expect(file.read(into, 0)).toEqual(E.right(2));
    expect(Buffer.from(into).toString()).toBe('he');
    disk.follow(failing({ kind: 'short', bytes: 0 }));
    expect(file.write(bytesOf('hello'), 3)).toEqual(E.right(0));
    expect(file.read(into, 0)).toEqual(E.right(1));
    expect(file.read(into, 3)).toEqual(E.right(0));
    disk.follow(undefined);
    expect(textOf(disk, '/a')).toBe('hel');
  });

  it('of a sync leaves to the next one what it did not write', () => {
    const { disk, file } = started('old');
    right(file.write(bytesOf('new'), 0));
    disk.follow(failingAt(0, eio('before')));
    expect(E.isLeft(file.sync())).toBe(true);
    expect(E.isRight(file.sync())).toBe(true);
    expect(outcomes(disk, '/a')).toEqual(['new']);
  });

  it('of a sync may forget what it did not write, and the next one says it is well', () => {
    const { disk, file } = started('old');
    right(file.write(bytesOf('newer'), 0));
    disk.follow(failingAt(0, eio('lost')));
    expect(E.isLeft(file.sync())).toBe(true);
    expect(E.isRight(file.sync())).toBe(true);
    const next = disk.crash();
    expect(textOf(next, '/a')).toBe('newer');
    expect(outcomes(next, '/a')).toEqual(['old\0\0']);
    const again = right(next.open('/a', 'write'));
    right(again.write(bytesOf('newer'), 0));
    right(again.sync());
    expect(outcomes(next, '/a')).toEqual(['newer']);
  });

  it('of a folder’s sync leaves its names open', () => {
    const disk = simulatedDisk();
    right(put(disk, '/a', 'x').sync());
    disk.follow(failing(eio('before'), calls('sync_folder')));
    expect(E.isLeft(disk.syncFolder('/'))).toBe(true);
    expect(outcomes(disk, '/a')).toEqual(['gone', 'x']);
  });
});
