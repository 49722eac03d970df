/**
 * The checkpoint that lies beside the journal: the mirror remembers it too, and a signature says
 * that the ledger had come so far, whatever either of them lost.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import { hold, judgeCheckpoint } from '../../ledger/chain/checkpoint.ts';
import type { Keyring } from '../../ledger/chain/keyring.ts';
import type { Held } from '../../ledger/chain/state.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { decodeUtf8, encodeUtf8, invalidUtf8At } from '../../ledger/encoding/utf8.ts';
import { openCheckpoint } from '../../ledger/note/checkpoint.ts';
import type { Disk, DiskFailed, Done, Stat } from './disk.ts';
import type { Standpoint } from './ground.ts';
import { chainStateOf } from './ground.ts';
import type { Layout } from './layout.ts';
import type { Mirror } from './mirror/mirror.ts';
import type { Corrupt, StorageError } from './outcome.ts';
import { makeMissing, namesIn, putWhole, readWhole } from './whole-file.ts';

/** No note with a hundred signatures is longer. */
export const MAX_NOTE_BYTES = 1 << 16;

interface Noted {
  readonly crypto: Crypto;
  readonly disk: Disk;
  readonly layout: Layout;
}

/** checkpointFault says why a note is none of the log that stands there; undefined where it is. */
export const checkpointFault = (
  crypto: Crypto,
  mirror: Mirror,
  at: Standpoint,
  note: string,
): Corrupt | undefined => {
  const held = hold(crypto, note);
  if (E.isLeft(held))
    return { _tag: 'Corrupt', reason: 'checkpoint_refused', actual: held.left.reason };
  const { size } = held.right;
  const root = size > at.ended.size ? undefined : mirror.tree().rootAt(size);
  if (root === undefined)
    return {
      _tag: 'Corrupt',
      reason: 'checkpoint_beyond_end',
      expected: String(size),
      actual: String(at.ended.size),
    };
  const findings = judgeCheckpoint(crypto, chainStateOf(at), root, held.right);
  return findings.length === 0
    ? undefined
    : { _tag: 'Corrupt', reason: 'checkpoint_refused', seq: size, findings };
};

/** readNote reads a note off the disk, undefined where there is none. */
export const readNote = (disk: Disk, path: string): E.Either<StorageError, string | undefined> => {
  const read = readWhole(disk, path, MAX_NOTE_BYTES);
  if (E.isLeft(read) || read.right === undefined) return read as E.Either<StorageError, undefined>;
  const at = invalidUtf8At(read.right);
  return at === -1
    ? E.right(decodeUtf8(read.right))
    : E.left({ _tag: 'Corrupt', reason: 'checkpoint_refused', offset: at });
};

/** seenNote tells one note beside the journal from another without reading it. */
export const seenNote = ({ disk, layout }: Omit<Noted, 'crypto'>): Done<string> =>
  E.map((stat: Stat | undefined) =>
    stat === undefined ? '' : `${stat.identity}:${stat.changed}:${stat.size}`,
  )(disk.stat(layout.checkpoint));

/** A file is named by the size that its note is about. */
const KEPT = /^(?:0|[1-9]\d{0,14})$/;

/** keptSizes lists the sizes of the checkpoints that are kept, ascending. */
export const keptSizes = (disk: Disk, layout: Layout): Done<readonly number[]> =>
  E.map((names: readonly string[]) =>
    names
      .filter((name) => KEPT.test(name))
      .map(Number)
      .toSorted((a, b) => a - b),
  )(namesIn(disk, layout.checkpoints));

/** What a file among the checkpoints that are kept holds, or why that is none. */
export interface Kept {
  readonly size: number;
  readonly note: E.Either<string, Held>;
}

/** What a disk says of something that is no file, or lies in none of its folders. */
const IS_NO_FILE = /^(?:ELOOP|EISDIR|ENOTDIR|ENXIO)$/;

/**
 * unreadBy tells that a note could not be looked at: nothing is known of what it says. What is no
 * file is looked at by that, and is no note.
 */
export const unreadBy = (error: StorageError): DiskFailed | undefined =>
  error._tag === 'DiskFailed' && !IS_NO_FILE.test(error.errno) ? error : undefined;

/** keptNotes reads those that are kept about more than so many events, ascending. */
export const keptNotes = ({ crypto, disk, layout }: Noted, behind = 0): Done<readonly Kept[]> => {
  const sizes = keptSizes(disk, layout);
  if (E.isLeft(sizes)) return sizes;
  const kept: Kept[] = [];
  for (const size of sizes.right.filter((each) => each > behind)) {
    const text = readNote(disk, join(layout.checkpoints, String(size)));
    const unread = E.isLeft(text) ? unreadBy(text.left) : undefined;
    if (unread !== undefined) return E.left(unread);
    const note = hold(crypto, E.isRight(text) ? (text.right ?? '') : '');
    const isOther = E.isRight(note) && note.right.size !== size;
    const reason = E.isLeft(note) ? note.left.reason : 'other_size';
    kept.push({ size, note: E.isRight(note) && !isOther ? note : E.left(reason) });
  }
  return E.right(kept);
};

/** sizeOfNote gives the size that a note is about; 0 where it is none. */
export const sizeOfNote = (crypto: Crypto, note: string | undefined): number => {
  const held = note === undefined ? undefined : hold(crypto, note);
  return held?._tag === 'Right' ? held.right.size : 0;
};

/** The checkpoints on the disk that a journal must meet before anybody goes on from its end. */
export interface LastNotes {
  /** The one beside the journal, and the last one kept where that reaches further. */
  readonly notes: readonly string[];
  /** The one that reaches furthest. */
  readonly last: string | undefined;
  /** Whether that lies beside the journal. */
  readonly isBeside: boolean;
}

/**
 * lastNotes reads the checkpoint beside the journal, and the last one kept where that one is lost
 * or an older one. They are as many as were signed ever since, so an open that finds nothing to
 * mend looks no further than to the one beside.
 */
export const lastNotes = (
  { crypto, disk, layout }: Noted,
  isMending: boolean,
): E.Either<StorageError, LastNotes> => {
  const read = readNote(disk, layout.checkpoint);
  if (E.isLeft(read)) return read;
  const beside = read.right;
  const alone = {
    notes: beside === undefined ? [] : [beside],
    last: beside,
    isBeside: beside !== undefined,
  };
  if (beside !== undefined && !isMending) return E.right(alone);
  const sizes = keptSizes(disk, layout);
  if (E.isLeft(sizes)) return sizes;
  const size = sizes.right.at(-1) ?? 0;
  if (size <= sizeOfNote(crypto, beside)) return E.right(alone);
  const kept = readNote(disk, join(layout.checkpoints, String(size)));
  if (E.isLeft(kept)) return kept;
  const { right: last } = kept;
  return last === undefined || sizeOfNote(crypto, last) !== size
    ? E.left({ _tag: 'Corrupt', reason: 'checkpoint_refused', expected: String(size) })
    : E.right({ notes: [...alone.notes, last], last, isBeside: false });
};

/** keepNote puts a note beside the journal, and among the earlier ones; both may be lost. */
export const keepNote = (disk: Disk, layout: Layout, size: number, note: string): Done<void> => {
  const made = makeMissing(disk, layout.checkpoints);
  if (E.isLeft(made)) return made;
  const kept = putWhole(disk, join(layout.checkpoints, `${size}`), encodeUtf8(note));
  return E.isLeft(kept) ? kept : putWhole(disk, layout.checkpoint, encodeUtf8(note));
};

/** isOfLog tells whether a log key signed a note, whichever of them and however long ago. */
export const isOfLog = (crypto: Crypto, { byId }: Keyring, note: string): boolean => {
  const keys = [...byId.values()].flatMap(({ key, purpose }) => (purpose === 'log' ? key : []));
  return E.isRight(openCheckpoint(crypto, keys, note));
};
