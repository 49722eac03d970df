/**
 * A machine: its tree of names as every process on it sees it, and the changes of names that may
 * not be on the disk yet. Each such change is kept or lost as one when power is lost, whatever came
 * before and after it, until every folder that it touched was synced.
 */
import type { Chance } from './chance.ts';
import { Content } from './content.ts';
import type { Process } from './process.ts';

interface Inode {
  readonly number: number;
  readonly permission: number;
  /** A time: every change has its own. */
  changed: bigint;
  links: number;
}

export interface FileNode extends Inode {
  readonly kind: 'file';
  readonly content: Content;
  /** Of a database: how often something was committed, and who may write. */
  commits: number;
  holder?: Process | undefined;
}

export interface FolderNode extends Inode {
  readonly kind: 'folder';
  readonly entries: Map<string, Node>;
  /** As they are on the disk behind it, but for the changes that the machine remembers. */
  readonly durable: Map<string, Node>;
  durableChanged: bigint;
}

export interface LinkNode extends Inode {
  readonly kind: 'link';
  readonly target: string;
}

export interface PipeNode extends Inode {
  readonly kind: 'other';
}

export type Node = FileNode | FolderNode | LinkNode | PipeNode;

export interface Entry {
  readonly folder: FolderNode;
  readonly name: string;
  readonly node?: Node | undefined;
}

interface Change {
  readonly at: bigint;
  readonly entries: readonly Entry[];
  readonly unsynced: Set<FolderNode>;
}

export class Machine {
  readonly processes: Process[] = [];
  private readonly changes: Change[] = [];
  private inodes = 1;
  private time = 0n;
  readonly root: FolderNode = this.folder(0o755);

  now(): bigint {
    this.time += 1n;
    return this.time;
  }

  file(permission: number, content = new Content()): FileNode {
    return { ...this.inode(permission), kind: 'file', content, commits: 0 };
  }

  folder(permission: number): FolderNode {
    const inode = this.inode(permission);
    const [entries, durable] = [new Map<string, Node>(), new Map<string, Node>()];
    return { ...inode, kind: 'folder', entries, durable, durableChanged: inode.changed };
  }

  link(target: string): LinkNode {
    return { ...this.inode(0o777), kind: 'link', target };
  }

  pipe(): PipeNode {
    return { ...this.inode(0o644), kind: 'other' };
  }

  /** Names or unnames things, all of it at once; durable when each folder was synced. */
  change(entries: readonly Entry[]): void {
    const at = this.see(entries);
    this.changes.push({ at, entries, unsynced: new Set(entries.map(({ folder }) => folder)) });
  }

  /** The same, on the disk behind it at once. */
  settle(entries: readonly Entry[]): void {
    this.changes.push({ at: this.see(entries), entries, unsynced: new Set() });
  }

  sync(folder: FolderNode): void {
    for (const { unsynced } of this.changes) unsynced.delete(folder);
    while (this.changes[0]?.unsynced.size === 0) {
      const settled = this.changes.shift();
      for (const { folder: within, name, node } of settled?.entries ?? []) {
        if (node === undefined) within.durable.delete(name);
        else within.durable.set(name, node);
        within.durableChanged = settled?.at ?? 0n;
      }
    }
  }

  syncEverything(folder: FolderNode = this.root): void {
    this.sync(folder);
    for (const node of folder.entries.values()) {
      if (node.kind === 'folder') this.syncEverything(node);
      if (node.kind === 'file') node.content.sync();
    }
  }

  /** The machine when power is back; this one stays as it was, so that it can lose it again. */
  afterPowerLoss(chance: Chance): Machine {
    const kept = new Set(
      this.changes.filter(({ unsynced }) => unsynced.size === 0 || chance(2) === 1),
    );
    const after = new Machine();
    after.inodes = this.inodes;
    after.time = this.time;
    const copies = new Map<Node, Node>([[this.root, after.root]]);
    const fill = (from: FolderNode, to: FolderNode): void => {
      const { names, changed } = this.surviving(from, kept);
      to.changed = changed ?? after.now();
      to.durableChanged = to.changed;
      for (const [name, node] of names) {
        const known = copies.get(node);
        const copy = known ?? after.copyOf(node, chance);
        copies.set(node, copy);
        copy.links++;
        to.entries.set(name, copy);
        to.durable.set(name, copy);
        if (known === undefined && node.kind === 'folder' && copy.kind === 'folder')
          fill(node, copy);
      }
    };
    fill(this.root, after.root);
    return after;
  }

  private see(entries: readonly Entry[]): bigint {
    const at = this.now();
    for (const { folder, name, node } of entries) {
      const before = folder.entries.get(name);
      if (before !== undefined) before.links--;
      if (node === undefined) folder.entries.delete(name);
      else {
        folder.entries.set(name, node);
        node.links++;
        node.changed = at;
        if (node.kind === 'folder') node.durableChanged = at;
      }
      folder.changed = at;
    }
    return at;
  }

  /** No time it was changed at where it never was as it is now. */
  private surviving(folder: FolderNode, kept: ReadonlySet<Change>) {
    const names = new Map(folder.durable);
    let changed: bigint | undefined = folder.durableChanged;
    let hasLost = false;
    for (const change of this.changes) {
      const entries = change.entries.filter((entry) => entry.folder === folder);
      if (entries.length === 0) continue;
      if (kept.has(change)) {
        for (const { name, node } of entries)
          if (node === undefined) names.delete(name);
          else names.set(name, node);
        changed = hasLost ? undefined : change.at;
      } else hasLost = true;
    }
    return { names, changed };
  }

  private inode(permission: number): Inode {
    return { number: this.inodes++, permission, changed: this.now(), links: 0 };
  }

  private copyOf(node: Node, chance: Chance): Node {
    const { number, permission, changed } = node;
    const inode = { number, permission, changed, links: 0 };
    if (node.kind === 'file') {
      const content = node.content.afterPowerLoss(chance);
      return { ...this.file(permission, content), ...inode, commits: node.commits };
    }
    if (node.kind === 'folder') return { ...this.folder(permission), ...inode };
    return { ...node, ...inode };
  }
}
