/**
 * A disk that is simulated: the same calls with the same errors, but every operation may be made to
 * fail or to be the last, the process may die and the power be lost, and all of it is had again
 * from the same choices.
 *
 *     const disk = simulatedDisk();
 *     disk.follow(stoppingAt(7));            the process ends before its eighth operation
 *     …                                      whatever runs on it throws Stopped
 *     const after = disk.losePower(seeded(42));
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Disk, DiskCall, DiskFailed, Done, File, Mode, Stat } from '../../src/storage/disk.ts';
import type { Chance } from './chance.ts';
import type { FileNode, Node } from './machine.ts';
import { Machine } from './machine.ts';
import { Refusal, entryAt, folderAt, nodeAt, nodeIfAny, rename } from './path.ts';
import type { Operation, Plan } from './plan.ts';
import { Process } from './process.ts';

/** The disk as one process has it. */
export interface SimulatedDisk extends Disk {
  readonly machine: Machine;
  readonly process: Process;
  /** Those of this process, in order. */
  readonly operations: readonly Operation[];
  readonly follow: (plan: Plan | undefined) => void;
  /** As another process of the same machine has it. */
  readonly another: () => SimulatedDisk;
  /** This process is over; what it wrote stays. Gives the disk as the next process has it. */
  readonly crash: () => SimulatedDisk;
  /** Every process is over, the machine comes back; again and again, with other chances. */
  readonly losePower: (chance: Chance) => SimulatedDisk;
  /** What would be found were the power lost now; nobody dies of it. */
  readonly foresee: (chance: Chance) => SimulatedDisk;
  /** Puts there what no call of ours makes; all that there is becomes durable. */
  readonly plant: (path: string, what: Planted) => void;
}

export type Planted =
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'pipe' }
  | { readonly kind: 'same'; readonly as: string };

const statOf = (node: Node): Stat => ({
  kind: node.kind,
  identity: `1:${node.number}`,
  changed: node.changed,
  size: node.kind === 'file' ? node.content.size : 0,
  links: node.links,
  mode: node.permission,
  owner: 0,
});

const fileIn = (node: Node, refusal: string): FileNode => {
  if (node.kind === 'file') return node;
  throw new Refusal(node.kind === 'folder' ? 'EISDIR' : refusal);
};

type Attempt = <T>(
  call: DiskCall,
  path: string,
  run: (most: number) => T,
  lose?: () => void,
) => Done<T>;

const attemptOf =
  (process: Process): Attempt =>
  (call, path, run, lose) => {
    const failed = (errno: string): E.Either<DiskFailed, never> =>
      E.left({ _tag: 'DiskFailed', call, path, errno });
    const fault = process.step(call, path);
    if (fault?.kind === 'fail' && fault.when !== 'after') {
      if (fault.when === 'lost') lose?.();
      return failed(fault.errno);
    }
    try {
      const result = run(fault?.kind === 'short' ? fault.bytes : Number.POSITIVE_INFINITY);
      return fault?.kind === 'fail' ? failed(fault.errno) : E.right(result);
    } catch (thrown) {
      if (thrown instanceof Refusal) return failed(thrown.errno);
      throw thrown;
    }
  };

interface Opening {
  readonly machine: Machine;
  readonly process: Process;
  readonly attempt: Attempt;
}

const handle = (
  { machine, process, attempt }: Opening,
  path: string,
  node: Node,
  mode: Mode,
): File => {
  let isOpen = true;
  const live = (): void => {
    process.live(`${path} was open`);
    if (!isOpen) throw new Error(`${path} is used after it was closed`);
  };
  const use: Attempt = (...call) => {
    live();
    return attempt(...call);
  };
  const writable = (errno: string): FileNode => {
    if (mode === 'read') throw new Refusal(errno);
    return fileIn(node, errno === 'EBADF' ? 'ESPIPE' : errno);
  };
  return {
    path,
    // However short it is cut, nothing at all means the end of the file.
    read: (into, position) =>
      use('read', path, (most) =>
        fileIn(node, 'ESPIPE').content.read(into.subarray(0, Math.max(1, most)), position),
      ),
    write: (bytes, position) =>
      use('write', path, (most) => {
        const file = writable('EBADF');
        const taken = bytes.subarray(0, most);
        file.content.write(taken, position);
        file.changed = machine.now();
        return taken.length;
      }),
    sync: () =>
      use(
        'sync',
        path,
        () => {
          if (node.kind === 'file') node.content.sync();
          else if (node.kind === 'other') throw new Refusal('EINVAL');
        },
        () => {
          if (node.kind === 'file') node.content.forget();
        },
      ),
    truncate: (size) =>
      use('truncate', path, () => {
        const file = writable('EINVAL');
        file.content.truncate(size);
        file.changed = machine.now();
      }),
    stat: () => use('stat', path, () => statOf(node)),
    close: () => {
      live();
      isOpen = false;
    },
  };
};

const openNode = (machine: Machine, path: string, mode: Mode, permission: number): Node => {
  const entry = entryAt(machine, path);
  if (mode === 'create') {
    if (entry.node !== undefined) throw new Refusal('EEXIST');
    const node = machine.file(permission);
    machine.change([{ ...entry, node }]);
    return node;
  }
  const { node } = entry;
  if (node === undefined) throw new Refusal('ENOENT');
  if (node.kind === 'link') throw new Refusal('ELOOP');
  if (node.kind === 'folder' && mode === 'write') throw new Refusal('EISDIR');
  return node;
};

const makeFolder = (machine: Machine, path: string, permission: number): void => {
  const entry = entryAt(machine, path);
  if (entry.node === undefined) machine.change([{ ...entry, node: machine.folder(permission) }]);
  else if (entry.node.kind !== 'folder') throw new Refusal('EEXIST');
};

const remove = (machine: Machine, path: string): void => {
  const entry = entryAt(machine, path);
  if (entry.node === undefined) throw new Refusal('ENOENT');
  if (entry.node.kind === 'folder') throw new Refusal('EISDIR');
  machine.change([{ ...entry, node: undefined }]);
};

const plant = (machine: Machine, path: string, what: Planted): void => {
  const entry = entryAt(machine, path);
  if (what.kind === 'link') machine.change([{ ...entry, node: machine.link(what.target) }]);
  else if (what.kind === 'pipe') machine.change([{ ...entry, node: machine.pipe() }]);
  else machine.change([{ ...entry, node: nodeAt(machine, what.as) }]);
  machine.syncEverything();
};

const diskOf = (machine: Machine): SimulatedDisk => {
  const process = new Process(machine.processes.length + 1);
  machine.processes.push(process);
  const attempt = attemptOf(process);
  const opening = { machine, process, attempt };
  return {
    machine,
    process,
    operations: process.operations,
    follow: (plan) => {
      process.plan = plan;
    },
    another: () => diskOf(machine),
    crash: () => {
      process.bury();
      return diskOf(machine);
    },
    losePower: (chance) => {
      for (const each of machine.processes) each.bury();
      return diskOf(machine.afterPowerLoss(chance));
    },
    foresee: (chance) => diskOf(machine.afterPowerLoss(chance)),
    plant: (path, what) => plant(machine, path, what),
    open: (path, mode, permission = 0o644) =>
      attempt('open', path, () =>
        handle(opening, path, openNode(machine, path, mode, permission), mode),
      ),
    stat: (path) =>
      attempt('stat', path, () => {
        const node = nodeIfAny(machine, path);
        return node === undefined ? undefined : statOf(node);
      }),
    list: (path) =>
      attempt('list', path, () => [...folderAt(machine, path).entries.keys()].toSorted()),
    makeFolder: (path, permission = 0o755) =>
      attempt('make_folder', path, () => makeFolder(machine, path, permission)),
    syncFolder: (path) => attempt('sync_folder', path, () => machine.sync(folderAt(machine, path))),
    rename: (from, to) => attempt('rename', from, () => rename(machine, from, to)),
    remove: (path) => attempt('remove', path, () => remove(machine, path)),
  };
};

/** simulatedDisk is the empty disk of a new machine, as its first process has it. */
export const simulatedDisk = (): SimulatedDisk => diskOf(new Machine());
