/**
 * A file of another tool, read as it stood when it was first looked at: so many bytes and no more,
 * in pieces, with the digest of all of them. Lines end with LF alone.
 */
import { createHash } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import { basename } from 'node:path';
import { MAX_LINE_BYTES } from '../../ledger/event/header.ts';
import type { Disk, DiskFailed, Done } from '../storage/disk.ts';

export interface SourceFile {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
}

/** A file as an event names it. */
export interface Named {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A file as it was read: a second reading must find the same. */
export interface Seen extends SourceFile, Named {}

export interface SourceLine {
  readonly number: number;
  /** Without its LF; undefined where no event could hold it. */
  readonly bytes: Uint8Array | undefined;
  readonly length: number;
  readonly hasEnd: boolean;
}

const CHUNK = 1 << 20;
const LF = 0x0a;

/** sourceFile looks at a file; undefined where none is, and a link, a pipe or a folder is none. */
export const sourceFile = (disk: Disk, path: string): Done<SourceFile | undefined> => {
  const stat = disk.stat(path);
  if (E.isLeft(stat)) return stat;
  return E.right(
    stat.right?.kind === 'file'
      ? { path, name: basename(path), bytes: stat.right.size }
      : undefined,
  );
};

/** isOther tells that something stands there which is no plain file. */
export const isOther = (disk: Disk, path: string): boolean => {
  const stat = disk.stat(path);
  return E.isRight(stat) && stat.right !== undefined && stat.right.kind !== 'file';
};

/** chunksOf reads the bytes of a file that were there when it was looked at. */
export function* chunksOf(disk: Disk, source: SourceFile): Generator<Done<Uint8Array>, void> {
  const file = disk.open(source.path, 'read');
  if (E.isLeft(file)) {
    yield file;
    return;
  }
  try {
    for (let at = 0; at < source.bytes;) {
      const chunk = new Uint8Array(Math.min(CHUNK, source.bytes - at));
      const read = file.right.read(chunk, at);
      if (E.isLeft(read)) {
        yield read;
        return;
      }
      if (read.right === 0) return;
      at += read.right;
      yield E.right(chunk.subarray(0, read.right));
    }
  } finally {
    file.right.close();
  }
}

/** Lines as they are read, and at their end the digest of all that was. */
export class SourceLines {
  private readonly disk: Disk;
  private readonly source: SourceFile;
  private readonly hash = createHash('sha256');
  private parts: Uint8Array[] = [];
  private length = 0;
  private number = 0;
  done = 0;
  failed: DiskFailed | undefined;

  constructor(disk: Disk, source: SourceFile) {
    this.disk = disk;
    this.source = source;
  }

  private add(bytes: Uint8Array): void {
    this.length += bytes.length;
    if (this.length > MAX_LINE_BYTES) this.parts = [];
    else this.parts.push(bytes);
  }

  private take(hasEnd: boolean): SourceLine {
    const [only] = this.parts;
    const whole = this.parts.length === 1 && only ? only : Buffer.concat(this.parts);
    const { length } = this;
    const bytes = length > MAX_LINE_BYTES ? undefined : whole;
    this.parts = [];
    this.length = 0;
    this.number++;
    return { number: this.number, bytes, length, hasEnd };
  }

  /** read gives the lines; `failed` says why there are no more of them than these. */
  *read(): Generator<SourceLine, void> {
    for (const chunk of chunksOf(this.disk, this.source)) {
      if (E.isLeft(chunk)) {
        this.failed = chunk.left;
        return;
      }
      const bytes = chunk.right;
      this.hash.update(bytes);
      let start = 0;
      for (let lf = bytes.indexOf(LF); lf !== -1; lf = bytes.indexOf(LF, start)) {
        this.add(bytes.subarray(start, lf));
        yield this.take(true);
        start = lf + 1;
      }
      if (start < bytes.length) this.add(bytes.subarray(start));
      this.done += bytes.length;
    }
    if (this.length > 0) yield this.take(false);
  }

  /** seen is what was read; it is asked for once. */
  seen(): Seen {
    return { ...this.source, bytes: this.done, sha256: this.hash.digest('hex') };
  }
}

/** digestFile reads a file for its digest alone. */
export const digestFile = (disk: Disk, source: SourceFile): Done<Seen> => {
  const hash = createHash('sha256');
  let bytes = 0;
  for (const chunk of chunksOf(disk, source)) {
    if (E.isLeft(chunk)) return chunk;
    hash.update(chunk.right);
    bytes += chunk.right.length;
  }
  return E.right({ ...source, bytes, sha256: hash.digest('hex') });
};

/** isUnchanged tells that a file still begins with all that was seen of it. */
export const isUnchanged = (disk: Disk, seen: Seen): boolean => {
  const again = digestFile(disk, seen);
  return E.isRight(again) && again.right.sha256 === seen.sha256;
};
