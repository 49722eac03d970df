/**
 * Paths on a simulated machine, and the errors of the calls that take them, as Linux has them.
 */
import type { Entry, FolderNode, Machine, Node } from './machine.ts';

/** Refusal carries an errno out of a call. */
export class Refusal extends Error {
  readonly errno: string;

  constructor(errno: string) {
    super(errno);
    this.errno = errno;
  }
}

const MOST_LINKS = 40;

const within = (machine: Machine, folder: FolderNode, name: string, links: number): FolderNode => {
  const node = folder.entries.get(name);
  if (node === undefined) throw new Refusal('ENOENT');
  if (node.kind === 'folder') return node;
  if (node.kind !== 'link') throw new Refusal('ENOTDIR');
  return folderAt(machine, node.target, links + 1);
};

/** folderAt follows links, as whatever lists or syncs a folder does. */
export const folderAt = (machine: Machine, path: string, links = 0): FolderNode => {
  if (links > MOST_LINKS) throw new Refusal('ELOOP');
  return path
    .split('/')
    .filter((name) => name !== '')
    .reduce((folder, name) => within(machine, folder, name, links), machine.root);
};

/** entryAt finds where a name stands, or would; the name itself is not followed. */
export const entryAt = (machine: Machine, path: string): Entry => {
  const at = path.lastIndexOf('/');
  const name = path.slice(at + 1);
  if (at === -1 || name === '') throw new Error(`${path} is no absolute path of a name`);
  const folder = folderAt(machine, path.slice(0, at));
  return { folder, name, node: folder.entries.get(name) };
};

/** nodeAt gives what bears a name. */
export const nodeAt = (machine: Machine, path: string): Node => {
  const { node } = entryAt(machine, path);
  if (node === undefined) throw new Refusal('ENOENT');
  return node;
};

/** nodeIfAny gives it where there is one. */
export const nodeIfAny = (machine: Machine, path: string): Node | undefined => {
  try {
    return nodeAt(machine, path);
  } catch (thrown) {
    if (thrown instanceof Refusal && thrown.errno === 'ENOENT') return undefined;
    throw thrown;
  }
};

const isWithin = (node: Node, folder: FolderNode): boolean =>
  node === folder ||
  (node.kind === 'folder' && [...node.entries.values()].some((inner) => isWithin(inner, folder)));

/** rename moves a name, over whatever bears the other one, where the kinds allow it. */
export const rename = (machine: Machine, from: string, to: string): void => {
  const source = entryAt(machine, from);
  const target = entryAt(machine, to);
  const { node } = source;
  const there = target.node;
  if (node === undefined) throw new Refusal('ENOENT');
  if (isWithin(node, target.folder)) throw new Refusal('EINVAL');
  if (there === node) return;
  if (there !== undefined) {
    if (node.kind === 'folder' && there.kind !== 'folder') throw new Refusal('ENOTDIR');
    if (node.kind !== 'folder' && there.kind === 'folder') throw new Refusal('EISDIR');
    if (there.kind === 'folder' && there.entries.size > 0) throw new Refusal('ENOTEMPTY');
  }
  machine.change([
    { ...source, node: undefined },
    { ...target, node },
  ]);
};
