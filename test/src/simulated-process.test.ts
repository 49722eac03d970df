/**
 * Simulated processes: stopped at any operation, gone with all that they had open, and the same
 * again whenever they are asked to do the same.
 */
import { describe, expect, it } from 'vitest';
import type { Chance } from '../simulation/chance.ts';
import { everyOutcome, seeded } from '../simulation/chance.ts';
import type { SimulatedDisk } from '../simulation/disk.ts';
import { simulatedDisk } from '../simulation/disk.ts';
import { Stopped, stoppingAt } from '../simulation/plan.ts';
import { put, right, textOf } from './disk-law.ts';

const work = (disk: SimulatedDisk): void => {
  const file = put(disk, '/a', 'hello');
  try {
    right(file.sync());
    right(disk.syncFolder('/'));
    right(disk.rename('/a', '/b'));
  } finally {
    file.close();
  }
};

const CALLS = ['open', 'write', 'sync', 'sync_folder', 'rename'];

describe('a process', () => {
  it('keeps a log of what it did', () => {
    const disk = simulatedDisk();
    work(disk);
    expect(disk.operations.map(({ call }) => call)).toEqual(CALLS);
    expect(disk.operations.map(({ path }) => path)).toEqual(['/a', '/a', '/a', '/', '/a']);
  });

  it('can be stopped before any operation, and does nothing on its way out', () => {
    for (let at = 0; at < CALLS.length; at++) {
      const disk = simulatedDisk();
      disk.follow(stoppingAt(at));
      expect(() => work(disk)).toThrow(Stopped);
      expect(() => disk.list('/')).toThrow(Stopped);
      expect(disk.operations.length).toBe(at + 1);
      const after = disk.crash();
      expect(right(after.list('/'))).toEqual(at === 0 ? [] : ['a']);
      if (at > 0) expect(textOf(after, '/a')).toBe(at === 1 ? '' : 'hello');
    }
    const disk = simulatedDisk();
    disk.follow(stoppingAt(CALLS.length));
    work(disk);
    expect(right(disk.crash().list('/'))).toEqual(['b']);
  });

  it('that is over must not be used', () => {
    const uses = [
      (disk: SimulatedDisk) => disk.crash(),
      (disk: SimulatedDisk) => disk.losePower(seeded(1)),
    ];
    for (const end of uses) {
      const disk = simulatedDisk();
      const file = put(disk, '/a', 'x');
      const next = end(disk);
      for (const use of [() => disk.list('/'), () => file.stat(), () => file.close()])
        expect(use).toThrow('which is over');
      expect(right(next.stat('/none'))).toBe(undefined);
    }
  });

  it('that dies leaves the others on its machine alone, and power none', () => {
    const disk = simulatedDisk();
    const other = disk.another();
    const file = put(other, '/a', 'x');
    expect(textOf(disk.crash(), '/a')).toBe('x');
    right(file.sync());
    right(other.syncFolder('/'));
    const after = other.another().losePower(seeded(1));
    expect(() => file.sync()).toThrow('which is over');
    expect(textOf(after, '/a')).toBe('x');
  });

  it('that uses a file after closing it has a bug', () => {
    const file = put(simulatedDisk(), '/a', 'x');
    file.close();
    expect(() => file.sync()).toThrow('after it was closed');
    expect(() => file.close()).toThrow('after it was closed');
  });
});

const drawn = (seed: number): readonly number[] => {
  const chance = seeded(seed);
  return Array.from({ length: 50 }, () => chance(10));
};

describe('chance', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
    expect(new Set(drawn(1)).size).toBeGreaterThan(5);
  });

  it('can be led through every outcome, once each, or as many as asked for', () => {
    const found: string[] = [];
    const run = (chance: Chance): void => {
      const first = chance(2);
      found.push(`${first}${first === 0 ? chance(3) : chance(1)}`);
    };
    expect(everyOutcome(run, 100)).toBe(4);
    expect(found).toEqual(['00', '01', '02', '10']);
    expect(everyOutcome(run, 3)).toBe(3);
  });
});
