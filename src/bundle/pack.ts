/**
 * Packing a folder into one archive: the same files are the same archive.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import { readFully } from '../storage/line-reader.ts';
import type { Disk, DiskFailed, Done } from '../storage/disk.ts';
import { closing, writeAll } from '../storage/whole-file.ts';
import type { Digested } from '../export/sink.ts';
import { Counting } from '../export/sink.ts';
import type { Folder } from './folder.ts';
import { TOP } from './opened.ts';
import { BLOCK, MAX_TAR_BYTES, paddingOf, tarHeader } from './tar.ts';
import type { Zipped } from './zip.ts';
import { MAX_ZIP_BYTES, crcOf, directoryOf, localHeader } from './zip.ts';

export const ARCHIVES = ['zip', 'tar'] as const;
export type Archive = (typeof ARCHIVES)[number];

/** archiveOf tells by its name what a path is to be; undefined for a folder. */
export const archiveOf = (path: string): Archive | undefined =>
  ARCHIVES.find((kind) => path.endsWith(`.${kind}`));

const CHUNK = 1 << 20;

/** Packing puts one file behind the other, into one that is made anew. */
export class Packing {
  private readonly disk: Disk;
  private readonly folder: string;
  private at = 0;
  private readonly out;

  constructor(disk: Disk, folder: string, out: (bytes: Uint8Array, at: number) => Done<void>) {
    this.disk = disk;
    this.folder = folder;
    this.out = out;
  }

  get length(): number {
    return this.at;
  }

  write(bytes: Uint8Array): Done<void> {
    const written = this.out(bytes, this.at);
    this.at += bytes.length;
    return written;
  }

  /** Lets a file go by. */
  pieces(name: string, take: (piece: Uint8Array) => Done<void>): Done<void> {
    const file = this.disk.open(join(this.folder, name), 'read');
    if (E.isLeft(file)) return file;
    const buffer = new Uint8Array(CHUNK);
    const go = (): Done<void> => {
      for (let at = 0; ;) {
        const read = readFully(file.right, buffer, at);
        if (E.isLeft(read)) return read;
        if (read.right === 0) return E.right(undefined);
        const taken = take(buffer.subarray(0, read.right));
        if (E.isLeft(taken)) return taken;
        at += read.right;
      }
    };
    return closing(file.right, go());
  }

  tar(name: string, size: number): Done<void> {
    const header = this.write(tarHeader(`${TOP}${name}`, size));
    if (E.isLeft(header)) return header;
    const copied = this.pieces(name, (piece) => this.write(piece));
    return E.isLeft(copied) ? copied : this.write(new Uint8Array(paddingOf(size)));
  }

  zip(name: string, size: number): E.Either<DiskFailed, Zipped> {
    let crc = 0;
    const read = this.pieces(name, (piece) => {
      crc = crcOf(piece, crc);
      return E.right(undefined);
    });
    if (E.isLeft(read)) return read;
    const file = { name: `${TOP}${name}`, size, crc, offset: this.at };
    const header = this.write(localHeader(file));
    if (E.isLeft(header)) return header;
    return E.map(() => file)(this.pieces(name, (piece) => this.write(piece)));
  }
}

const packed = (packing: Packing, kind: Archive, sizes: Folder['sizes']): Done<void> => {
  const files: Zipped[] = [];
  for (const [name, size] of [...sizes].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const added = kind === 'tar' ? packing.tar(name, size) : packing.zip(name, size);
    if (E.isLeft(added)) return added;
    if (added.right !== undefined) files.push(added.right);
  }
  const end = kind === 'tar' ? new Uint8Array(2 * BLOCK) : directoryOf(files, packing.length);
  return packing.write(end);
};

/** isTooLarge says whether an archive has no room for so much. */
export const isTooLarge = (kind: Archive, sizes: Folder['sizes']): boolean => {
  const all = [...sizes.values()];
  return kind === 'tar'
    ? all.some((size) => size > MAX_TAR_BYTES)
    : all.reduce((sum, size) => sum + size + 2 * CHUNK, 0) > MAX_ZIP_BYTES;
};

/** pack makes an archive of a folder's files at a path. */
export const pack = (disk: Disk, folder: Folder, kind: Archive, path: string): Done<Digested> =>
  packInto(disk, folder, path, (packing) => packed(packing, kind, folder.sizes));

/** packInto has one file written of a folder, and tells what it is. */
export const packInto = (
  disk: Disk,
  folder: Folder,
  path: string,
  put: (packing: Packing) => Done<void>,
): Done<Digested> => {
  const made = disk.open(path, 'create');
  if (E.isLeft(made)) return made;
  const file = made.right;
  const counting = new Counting();
  const out = (bytes: Uint8Array, at: number): Done<void> => {
    counting.add(bytes);
    return writeAll(file, bytes, at);
  };
  const done = put(new Packing(disk, folder.path, out));
  const synced = closing(file, E.isLeft(done) ? done : file.sync());
  return E.map(() => counting.end())(synced);
};
