/**
 * Where an export goes: into a file that has its name only when all of it is on the disk, or to
 * whoever reads on. Either way its length and its digest are known at the end.
 */
import * as E from 'fp-ts/lib/Either.js';
import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import type { Disk, Done, File } from '../storage/disk.ts';
import { clearFile, writeAll } from '../storage/whole-file.ts';

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

/** createFile makes a file anew, over what an earlier attempt left. */
export const createFile = (disk: Disk, path: string, permission?: number): Done<File> => {
  const cleared = clearFile(disk, path);
  return E.isLeft(cleared) ? cleared : disk.open(path, 'create', permission);
};

/** fileSink writes a file; what its place held stands there until it is whole. */
export const fileSink = (disk: Disk, path: string, permission?: number): Done<Sink> => {
  const part = `${path}.part`;
  const made = createFile(disk, part, permission);
  if (E.isLeft(made)) return made;
  const file = made.right;
  const counting = new Counting();
  let [isOpen, isLost] = [true, false];
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
      // Another export to the same place may have begun anew: what lies there then is not ours.
      const [ours, there] = [file.stat(), disk.stat(part)];
      if (E.isLeft(ours)) return ours;
      if (E.isLeft(there)) return there;
      if (there.right?.identity !== ours.right.identity) {
        isLost = true;
        return E.left({ _tag: 'DiskFailed', call: 'rename', path: part, errno: 'ENOENT' });
      }
      close();
      const renamed = disk.rename(part, path);
      return E.isLeft(renamed) ? renamed : disk.syncFolder(dirname(path));
    },
    drop: () => {
      close();
      if (!isLost) clearFile(disk, part);
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
