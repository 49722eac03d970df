/**
 * Setting bytes aside: a copy under `torn/` that is on the disk, name and all, before anything is
 * taken from where the bytes were. Its name follows from the bytes, so that doing it again after a
 * crash leaves one copy.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import { copyFrom, digestAt, digestFrom } from './copy-file.ts';
import type { Disk, Done, File } from './disk.ts';
import type { Layout } from './layout.ts';
import type { StorageError } from './outcome.ts';
import type { Segment } from './segment.ts';
import { openSegment } from './segment.ts';
import { closing } from './whole-file.ts';

/** Bytes of a segment, and where their copy is. */
export interface Aside {
  readonly segment: string;
  readonly offset: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly path: string;
}

/** makeTorn makes the folder for what is set aside; its name is on the disk behind it. */
export const makeTorn = (disk: Disk, { torn, folder }: Layout): Done<void> => {
  const made = disk.makeFolder(torn);
  return E.isLeft(made) ? made : disk.syncFolder(folder);
};

type Piece = Omit<Aside, 'path'>;

/** pathOfAside tells where the copy of such bytes lies. */
export const pathOfAside = ({ torn }: Layout, { segment, offset, sha256 }: Piece): string =>
  join(torn, `${segment}.${offset}.${sha256.slice(0, 16)}`);

const pieceOf = (file: File, { name }: Segment, offset: number): Done<Piece> =>
  E.map((digest: Pick<Piece, 'bytes' | 'sha256'>) => ({ segment: name, offset, ...digest }))(
    digestFrom(file, offset),
  );

/** pieceAt names what a segment holds from an offset on. */
export const pieceAt = (
  disk: Disk,
  segment: Segment,
  offset: number,
): E.Either<StorageError, Piece> => {
  const file = openSegment(disk, segment, 'read');
  return E.isLeft(file) ? file : closing(file.right, pieceOf(file.right, segment, offset));
};

/** hasAside tells whether the copy of such bytes is there, and is one. */
export const hasAside = (disk: Disk, layout: Layout, piece: Piece): Done<boolean> =>
  E.map((there: { readonly sha256: string } | undefined) => there?.sha256 === piece.sha256)(
    digestAt(disk, pathOfAside(layout, piece)),
  );

/** setAside copies what a segment holds from an offset on; the folder is the caller's to sync. */
export const setAside = (
  disk: Disk,
  layout: Layout,
  segment: Segment,
  offset: number,
): E.Either<StorageError, Aside> => {
  const file = openSegment(disk, segment, 'read');
  if (E.isLeft(file)) return file;
  const piece = pieceOf(file.right, segment, offset);
  if (E.isLeft(piece)) return closing(file.right, piece);
  const path = pathOfAside(layout, piece.right);
  const copied = closing(file.right, copyFrom(disk, file.right, offset, path));
  return E.isLeft(copied) ? copied : E.right({ ...piece.right, path });
};
