/**
 * The journal as its one writer has it open: the last segment, and the folder as it was seen last.
 * Where in it to write says the mirror; here nothing is remembered of its length.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Disk, DiskFailed, Done, File } from './disk.ts';
import { readFully } from './line-reader.ts';
import type { JournalRefused, Segment } from './segment.ts';
import { listSegments, openSegment, segmentAt } from './segment.ts';
import { closing, writeAll } from './whole-file.ts';

export type JournalError = JournalRefused | DiskFailed;

const LF = 0x0a;

export class Journal {
  private readonly disk: Disk;
  readonly folder: string;
  private current: { readonly segment: Segment; readonly file: File } | undefined;
  /** The folder when its segments were listed last. */
  private seen = '';

  constructor(disk: Disk, folder: string) {
    this.disk = disk;
    this.folder = folder;
  }

  private look(): Done<string> {
    return E.map((stat: { identity: string; changed: bigint } | undefined) =>
      stat === undefined ? 'missing' : `${stat.identity}:${stat.changed}`,
    )(this.disk.stat(this.folder));
  }

  /** Whether entries came or went since the segments were listed. */
  isChanged(): Done<boolean> {
    return E.map((now: string) => now !== this.seen)(this.look());
  }

  /** Lists the segments; what is open is opened anew, since a name may mean another file by now. */
  list(): E.Either<JournalError, readonly Segment[]> {
    this.close();
    const seen = this.look();
    if (E.isLeft(seen)) return seen;
    const segments = listSegments(this.disk, this.folder);
    if (E.isRight(segments)) this.seen = seen.right;
    return segments;
  }

  open(segment: Segment): E.Either<JournalError, File> {
    if (this.current?.segment.first === segment.first) return E.right(this.current.file);
    const file = openSegment(this.disk, segment, 'write');
    if (E.isRight(file)) {
      this.close();
      this.current = { segment, file: file.right };
    }
    return file;
  }

  /** Whether a segment ends there: behind an LF, or at its very beginning. */
  endsAt(segment: Segment, offset: number): E.Either<JournalError, boolean> {
    const file = this.open(segment);
    if (E.isLeft(file)) return file;
    const bytes = new Uint8Array(2);
    const from = Math.max(0, offset - 1);
    return E.map((read: number) => (offset === 0 ? read === 0 : read === 1 && bytes[0] === LF))(
      readFully(file.right, bytes, from),
    );
  }

  /** Begins the segment of the next event: file and name are on the disk before a line is. */
  rotate(first: number): E.Either<JournalError, Segment> {
    const segment = segmentAt(this.folder, first);
    const made = this.disk.open(segment.path, 'create');
    if (E.isLeft(made)) return made;
    const synced = closing(made.right, made.right.sync());
    if (E.isLeft(synced)) return synced;
    const named = this.disk.syncFolder(this.folder);
    if (E.isLeft(named)) return named;
    const listed = this.list();
    return E.isLeft(listed) ? listed : E.right(segment);
  }

  /** Writes lines behind the last one; on the disk they are once they were synced. */
  write(segment: Segment, lines: Uint8Array, offset: number): E.Either<JournalError, void> {
    const file = this.open(segment);
    return E.isLeft(file) ? file : writeAll(file.right, lines, offset);
  }

  sync(segment: Segment): E.Either<JournalError, void> {
    const file = this.open(segment);
    return E.isLeft(file) ? file : file.right.sync();
  }

  truncate(segment: Segment, offset: number): E.Either<JournalError, void> {
    const file = this.open(segment);
    if (E.isLeft(file)) return file;
    const cut = file.right.truncate(offset);
    return E.isLeft(cut) ? cut : file.right.sync();
  }

  close(): void {
    this.current?.file.close();
    this.current = undefined;
  }
}
