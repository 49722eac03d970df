/**
 * The writer lock of simulated processes: it lies on the file that bears the lock's name, as the
 * real one does, and the death of its holder releases it. Time is counted in turns: a millisecond
 * of waiting is one turn of the others.
 */
import * as E from 'fp-ts/lib/Either.js';
import { setImmediate } from 'node:timers/promises';
import type { DatabaseFailed, Hold, Locked, WriterLock } from '../../src/storage/database.ts';
import type { SimulatedDisk } from './disk.ts';
import type { FileNode, Machine } from './machine.ts';
import { Refusal, entryAt } from './path.ts';

const NAME = 'writer.lock.db';

/** The lock's file; made durable at once where it is missing, so that no power loss forks on it. */
const fileOf = (machine: Machine, path: string): FileNode | undefined => {
  const entry = entryAt(machine, path);
  if (entry.node !== undefined) return entry.node.kind === 'file' ? entry.node : undefined;
  const node = machine.file(0o644);
  machine.settle([{ ...entry, node }]);
  return node;
};

const failed = (path: string, code: string): E.Either<DatabaseFailed, never> =>
  E.left({ _tag: 'DatabaseFailed', path, code });

const holdOf = ({ machine, process }: SimulatedDisk, path: string, node: FileNode): Hold => {
  let isHeld = true;
  node.holder = process;
  return {
    isGood: () => {
      process.live(`${path} was held`);
      return isHeld && entryAt(machine, path).node === node;
    },
    release: () => {
      process.live(`${path} was held`);
      if (isHeld) node.holder = undefined;
      isHeld = false;
    },
  };
};

const attempt = (
  disk: SimulatedDisk,
  path: string,
  waitedMs: number,
): E.Either<Locked | DatabaseFailed, Hold> => {
  try {
    const node = fileOf(disk.machine, path);
    if (node === undefined) return failed(path, 'NOT_A_FILE');
    if (node.holder?.isAlive !== true) return E.right(holdOf(disk, path, node));
    const holder = { pid: node.holder.number, host: 'simulated' };
    return E.left({ _tag: 'Locked', path, waitedMs, holder });
  } catch (thrown) {
    if (thrown instanceof Refusal) return failed(path, thrown.errno);
    throw thrown;
  }
};

/** simulatedLock gives the lock as the process of this disk has it. */
export const simulatedLock = (disk: SimulatedDisk): WriterLock => ({
  leave: () => undefined,
  take: async (folder, waitMs) => {
    const path = `${folder}/${NAME}`;
    const fault = disk.process.step('lock', path);
    if (fault?.kind === 'fail') return failed(path, fault.errno);
    for (let waitedMs = 0; ; waitedMs++) {
      // Also where nobody waits: what SQLite gave out is freed between turns alone.
      await setImmediate();
      disk.process.live(`lock ${path}`);
      const answer = attempt(disk, path, waitedMs);
      if (E.isRight(answer) || answer.left._tag !== 'Locked' || waitedMs >= waitMs) return answer;
    }
  },
});
