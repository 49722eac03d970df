/**
 * Where an export goes: into a file that has its name only when all of it is on the disk, or to
 * whoever reads on. Either way its length and its digest are known at the end.
 */
import * as E from 'fp-ts/lib/Either.js';
import { createHash, randomBytes } from 'node:crypto';
import type { Disk, Done } from '../storage/disk.ts';
import { clearFile, renameSynced, writeAll } from '../storage/whole-file.ts';

export interface Digested {
  readonly bytes: number;
  readonly sha256: string;
}

export interface Sink {
  readonly write: (bytes: Uint8Array) => Promise<Done<void>>;
  /** All of it is on the disk, and not yet in its place. */
  readonly finish: () => Done<Digested>;
  /** Puts it in its place. */
  readonly place: () => Done<void>;
  /** Takes back what was written. */
  readonly drop: () => void;
}

/** Counting counts bytes and makes their digest. */
export class Counting {
  private readonly hash = createHash('sha256');
  private bytes = 0;

  add(bytes: Uint8Array): void {
    this.hash.update(bytes);
    this.bytes += bytes.length;
  }

  get length(): number {
    return this.bytes;
  }

  end(): Digested {
    return { bytes: this.bytes, sha256: this.hash.digest('hex') };
  }
}

/**
 * partOf names what is to become a file, beside its place. No other export has that name: what lies
 * there otherwise is somebody's own, or was left by one that was killed.
 */
export const partOf = (path: string): string => `${path}.${randomBytes(8).toString('hex')}.part`;

/** fileSink writes a file; what its place held stands there until it is whole. */
export const fileSink = (disk: Disk, path: string, permission?: number): Done<Sink> => {
  const part = partOf(path);
  const made = disk.open(part, 'create', permission);
  if (E.isLeft(made)) return made;
  const file = made.right;
  const counting = new Counting();
  let isOpen = true;
  const close = (): void => {
    if (isOpen) file.close();
    isOpen = false;
  };
  return E.right({
    write: async (bytes) => {
      const written = writeAll(file, bytes, counting.length);
      counting.add(bytes);
      return written;
    },
    finish: () => {
      const synced = file.sync();
      return E.map(() => counting.end())(synced);
    },
    place: () => {
      close();
      return renameSynced(disk, part, path);
    },
    drop: () => {
      close();
      clearFile(disk, part);
    },
  });
};

/** streamSink hands on what is written. */
export const streamSink = (out: (bytes: Uint8Array) => Promise<void>): Sink => {
  const counting = new Counting();
  return {
    write: async (bytes) => {
      counting.add(bytes);
      await out(bytes);
      return E.right(undefined);
    },
    finish: () => E.right(counting.end()),
    place: () => E.right(undefined),
    drop: () => undefined,
  };
};
