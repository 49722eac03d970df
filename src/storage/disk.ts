/**
 * The disk: the few calls that the store makes of one, each as the system has it. A write may take
 * less than it was given, a name may be a link or a pipe, and every call may fail; nothing is tried
 * again and nothing is made good here.
 */
import type { Either } from 'fp-ts/lib/Either.js';

export type DiskCall =
  | 'open'
  | 'read'
  | 'write'
  | 'sync'
  | 'truncate'
  | 'stat'
  | 'list'
  | 'make_folder'
  | 'sync_folder'
  | 'rename'
  | 'remove';

export interface DiskFailed {
  readonly _tag: 'DiskFailed';
  readonly call: DiskCall;
  readonly path: string;
  /** Such as `ENOSPC`. */
  readonly errno: string;
}

export type Done<T> = Either<DiskFailed, T>;

export interface Stat {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  /** Device and inode: whatever bears the same is the same thing. */
  readonly identity: string;
  /** When it was last changed, its entries too where it is a folder; in nanoseconds. */
  readonly changed: bigint;
  readonly size: number;
  readonly links: number;
  /** The permission bits. */
  readonly mode: number;
  readonly owner: number;
}

export interface File {
  readonly path: string;
  /** Gives how many bytes it read; none at the end. */
  readonly read: (into: Uint8Array, position: number) => Done<number>;
  /** Gives how many bytes it took. */
  readonly write: (bytes: Uint8Array, position: number) => Done<number>;
  /** What was written is on the disk behind it: fdatasync. */
  readonly sync: () => Done<void>;
  readonly truncate: (size: number) => Done<void>;
  readonly stat: () => Done<Stat>;
  readonly close: () => void;
}

/** `create` makes a file that must not be there; no mode follows a link or waits for a pipe. */
export type Mode = 'read' | 'write' | 'create';

export interface Disk {
  readonly open: (path: string, mode: Mode, permission?: number) => Done<File>;
  /** Of the name itself, should it be a link; undefined where there is none. */
  readonly stat: (path: string) => Done<Stat | undefined>;
  readonly list: (folder: string) => Done<readonly string[]>;
  /** One that is there already is left as it is. */
  readonly makeFolder: (path: string, permission?: number) => Done<void>;
  /** The names in it are on the disk behind it: fsync. */
  readonly syncFolder: (path: string) => Done<void>;
  readonly rename: (from: string, to: string) => Done<void>;
  readonly remove: (path: string) => Done<void>;
}
