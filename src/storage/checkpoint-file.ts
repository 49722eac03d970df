/**
 * The checkpoint that lies beside the journal: the mirror remembers it too, and a signature says
 * that the ledger had come so far, whatever either of them lost.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import { hold, judgeCheckpoint } from '../../ledger/chain/checkpoint.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { decodeUtf8, encodeUtf8, invalidUtf8At } from '../../ledger/encoding/utf8.ts';
import type { Disk, Done, Stat } from './disk.ts';
import type { Standpoint } from './ground.ts';
import { chainStateOf } from './ground.ts';
import type { Layout } from './layout.ts';
import type { Mirror } from './mirror/mirror.ts';
import type { Corrupt, StorageError } from './outcome.ts';
import { putWhole, readWhole } from './whole-file.ts';

/** No note with a hundred signatures is longer. */
export const MAX_NOTE_BYTES = 1 << 16;

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
export const seenNote = ({
  disk,
  layout,
}: {
  readonly disk: Disk;
  readonly layout: Layout;
}): Done<string> =>
  E.map((stat: Stat | undefined) =>
    stat === undefined ? '' : `${stat.identity}:${stat.changed}:${stat.size}`,
  )(disk.stat(layout.checkpoint));

/** keptSize tells how far the kept checkpoints go: the one beside the journal may be lost. */
export const keptSize = (disk: Disk, layout: Layout): E.Either<StorageError, number> => {
  const there = disk.stat(layout.checkpoints);
  if (E.isLeft(there)) return there;
  const names = there.right === undefined ? E.right([]) : disk.list(layout.checkpoints);
  return E.map((each: readonly string[]) =>
    each
      .filter((name) => /^\d{1,15}$/.test(name))
      .reduce((most, n) => Math.max(most, Number(n)), 0),
  )(names);
};

/** The last checkpoint on the disk, and whether it lies beside the journal. */
export interface LastNote {
  readonly text: string | undefined;
  readonly isBeside: boolean;
}

/** lastNote reads the checkpoint beside the journal, the last one kept where that is lost. */
export const lastNote = (disk: Disk, layout: Layout): E.Either<StorageError, LastNote> => {
  const beside = readNote(disk, layout.checkpoint);
  if (E.isLeft(beside)) return beside;
  if (beside.right !== undefined) return E.right({ text: beside.right, isBeside: true });
  const size = keptSize(disk, layout);
  if (E.isLeft(size)) return size;
  const kept = readNote(disk, join(layout.checkpoints, `${size.right}`));
  return E.map((text: string | undefined) => ({ text, isBeside: false }))(kept);
};

/** sizeOfNote gives the size that a note is about; 0 where it is none. */
export const sizeOfNote = (crypto: Crypto, note: string | undefined): number => {
  const held = note === undefined ? undefined : hold(crypto, note);
  return held?._tag === 'Right' ? held.right.size : 0;
};

/** keepNote puts a note beside the journal, and among the earlier ones; both may be lost. */
export const keepNote = (disk: Disk, layout: Layout, size: number, note: string): Done<void> => {
  const there = disk.stat(layout.checkpoints);
  if (E.isLeft(there)) return there;
  const made = there.right === undefined ? disk.makeFolder(layout.checkpoints) : E.right(undefined);
  if (E.isLeft(made)) return made;
  const kept = putWhole(disk, join(layout.checkpoints, `${size}`), encodeUtf8(note));
  return E.isLeft(kept) ? kept : putWhole(disk, layout.checkpoint, encodeUtf8(note));
};
