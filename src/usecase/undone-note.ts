/**
 * The checkpoints that a way back to the last good event undoes, and those that an earlier one did:
 * whoever signed one of them vouched for another history.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { Key } from '../../ledger/key/key.ts';
import type { KeyId } from '../../ledger/name.ts';
import { openCheckpoint } from '../../ledger/note/checkpoint.ts';
import { readNote, sizeOfNote } from '../storage/checkpoint-file.ts';
import type { StorageError } from '../storage/outcome.ts';
import { namesIn, putWhole } from '../storage/whole-file.ts';
import type { Look } from './replay-mirror.ts';
import type { Replaying } from './replay-request.ts';

export interface Note {
  readonly path: string;
  readonly note: string;
  readonly size: number;
  /** Whether only the mirror has it: it is no file. */
  readonly isLost?: boolean;
}

type Notes = E.Either<StorageError, readonly Note[]>;

const notesAt = ({ ports: { disk, crypto } }: Replaying, paths: readonly string[]): Notes => {
  const found: Note[] = [];
  for (const path of paths) {
    const note = readNote(disk, path);
    if (E.isLeft(note)) return note;
    if (note.right !== undefined)
      found.push({ path, note: note.right, size: sizeOfNote(crypto, note.right) });
  }
  return E.right(found);
};

/** What the mirror remembers, where no file reaches as far: it was signed all the same. */
const lost = (by: Replaying, look: Look, notes: readonly Note[]): readonly Note[] => {
  const size = sizeOfNote(by.ports.crypto, look.note);
  if (look.note === undefined || notes.some((each) => each.size >= size)) return [];
  return [{ path: join(by.layout.checkpoints, `${size}`), note: look.note, size, isLost: true }];
};

/**
 * notesBeyond gives every note that is about more than so many events, by where it lies, or would
 * if it was not lost to all but the mirror that was looked at.
 */
export const notesBeyond = (by: Replaying, size: number, look?: Look): Notes => {
  const { checkpoint, checkpoints } = by.layout;
  const names = namesIn(by.ports.disk, checkpoints);
  if (E.isLeft(names)) return names;
  const paths = [checkpoint, ...names.right.map((name) => join(checkpoints, name))];
  return E.map((notes: readonly Note[]) =>
    [...notes, ...(look === undefined ? [] : lost(by, look, notes))].filter(
      (note) => note.size > size,
    ),
  )(notesAt(by, paths));
};

const MOVED = /^checkpoint\.\d+\.[0-9a-f]{16}$/;

/** notesUndone gives those that were moved out of the way before. */
export const notesUndone = (by: Replaying): Notes => {
  const { torn } = by.layout;
  const names = namesIn(by.ports.disk, torn);
  if (E.isLeft(names)) return names;
  return notesAt(
    by,
    names.right.filter((name) => MOVED.test(name)).map((name) => join(torn, name)),
  );
};

/** signersOf tells which of some keys signed any of them. */
export const signersOf = (
  { ports: { crypto } }: Replaying,
  keys: readonly Key[],
  notes: readonly Note[],
): ReadonlySet<KeyId> =>
  new Set(
    keys
      .filter((key) => notes.some(({ note }) => E.isRight(openCheckpoint(crypto, [key], note))))
      .map(({ keyId }) => keyId),
  );

/** keepLost puts those that are lost among the ones that are kept, to be moved as they are. */
export const keepLost = (
  { ports: { disk }, layout }: Replaying,
  notes: readonly Note[],
): E.Either<StorageError, void> => {
  for (const { path, note, isLost = false } of notes) {
    const made = isLost ? disk.makeFolder(layout.checkpoints) : E.right(undefined);
    if (E.isLeft(made)) return made;
    const kept = isLost ? putWhole(disk, path, encodeUtf8(note)) : made;
    if (E.isLeft(kept)) return kept;
  }
  return disk.syncFolder(layout.folder);
};

/** moveNotes moves those that are about more than so many events out of the way. */
export const moveNotes = (by: Replaying, size: number): E.Either<StorageError, void> => {
  const { ports, layout } = by;
  const { disk, crypto } = ports;
  const notes = notesBeyond(by, size);
  if (E.isLeft(notes)) return notes;
  for (const { path, note, size: about } of notes.right) {
    const digest = crypto.digest(encodeUtf8(note)).slice(0, 16);
    const renamed = disk.rename(path, join(layout.torn, `checkpoint.${about}.${digest}`));
    if (E.isLeft(renamed)) return renamed;
  }
  if (notes.right.length === 0) return E.right(undefined);
  for (const folder of [layout.torn, layout.checkpoints, layout.folder]) {
    const synced = disk.syncFolder(folder);
    if (E.isLeft(synced)) return synced;
  }
  return E.right(undefined);
};
