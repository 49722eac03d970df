/**
 * Writing the files of a bundle into a folder, with their digests. All of them are on the disk
 * before the folder gets its name.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { Disk, Done, File } from '../storage/disk.ts';
import { closing, writeAll } from '../storage/whole-file.ts';
import { Counting } from '../export/sink.ts';

interface Open {
  readonly file: File;
  readonly counting: Counting;
}

export class Folder {
  private readonly disk: Disk;
  readonly path: string;
  private readonly open = new Map<string, Open>();
  readonly digests = new Map<string, string>();
  readonly sizes = new Map<string, number>();

  constructor(disk: Disk, path: string) {
    this.disk = disk;
    this.path = path;
  }

  /** Makes the folder, which must not be there, and the one for evidence in it. */
  make(): Done<void> {
    const there = this.disk.stat(this.path);
    if (E.isLeft(there)) return there;
    if (there.right !== undefined)
      return E.left({ _tag: 'DiskFailed', call: 'make_folder', path: this.path, errno: 'EEXIST' });
    const made = this.disk.makeFolder(this.path);
    return E.isLeft(made) ? made : this.disk.makeFolder(join(this.path, 'data'));
  }

  /** Adds to a file, which is made where it is not there yet. */
  write(name: string, content: string | Uint8Array): Done<void> {
    let open = this.open.get(name);
    if (open === undefined) {
      const made = this.disk.open(join(this.path, name), 'create');
      if (E.isLeft(made)) return made;
      open = { file: made.right, counting: new Counting() };
      this.open.set(name, open);
    }
    const bytes = typeof content === 'string' ? encodeUtf8(content) : content;
    const written = writeAll(open.file, bytes, open.counting.length);
    open.counting.add(bytes);
    return written;
  }

  /** Ends all files that are being written; nothing is added to them any more. */
  end(): Done<void> {
    for (const [name, { file, counting }] of this.open) {
      this.open.delete(name);
      const synced = closing(file, file.sync());
      if (E.isLeft(synced)) return synced;
      const { bytes, sha256 } = counting.end();
      this.digests.set(name, sha256);
      this.sizes.set(name, bytes);
    }
    return E.right(undefined);
  }

  /** Puts a whole file there. */
  put(name: string, text: string): Done<void> {
    const written = this.write(name, text);
    return E.isLeft(written) ? written : this.end();
  }

  /** The names of the files are on the disk, too. */
  sync(): Done<void> {
    const inner = this.disk.syncFolder(join(this.path, 'data'));
    return E.isLeft(inner) ? inner : this.disk.syncFolder(this.path);
  }
}
