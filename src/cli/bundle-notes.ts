/**
 * Which checkpoints a bundle stands on: the smallest that covers what it shows, so that it is the
 * same one for ever, and the latest that the keys of that log signed. A page stands on the first
 * alone: it is the same bytes whatever is signed later.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import { payloadOf } from '../../ledger/event/line.ts';
import { isObject } from '../../ledger/json/value.ts';
import { openCheckpoint } from '../../ledger/note/checkpoint.ts';
import type { TypePattern } from '../../policies/type-pattern.ts';
import { read } from '../export/read.ts';
import type { Selection } from '../export/selection.ts';
import { isDisclosed } from '../export/selection.ts';
import type { Ledger } from '../ledger.ts';
import { keptSizes, readNote, sizeOfNote } from '../storage/checkpoint-file.ts';
import { recordedOf } from '../storage/mirror/mirror.ts';
import { logKeys } from '../usecase/prover.ts';
import type { Read, Reader } from '../usecase/reader.ts';
import { realPorts } from '../wiring.ts';
import type { Enrolled } from './enrolled.ts';
import type { CliError } from './error.ts';
import { orKeyFault } from './log-key.ts';
import type { Selected } from './selecting.ts';

const { disk, crypto } = realPorts;

const ERASED = 'ledger.payload_erased' as TypePattern;

/** What makeBundle takes of it. */
interface Notes {
  readonly note: string;
  readonly latest: string;
  readonly witness: number | undefined;
}

/**
 * The first event outside the range that shows that a live key counts up to its end: one that it
 * attested right before it or behind it. Undefined where none is needed, or none is there.
 */
const witnessFor = (
  reader: Reader,
  { from, to }: Selection,
  own: Enrolled | undefined,
): Read<number | undefined> => {
  if (own?.state !== 'active' || own.since_seq >= from - 1) return E.right(undefined);
  const page = reader.page({ key: own.key_id, after: from - 2, limit: 1 });
  if (E.isLeft(page)) return page;
  const seq = page.right[0]?.seq ?? from;
  return E.right(seq >= from && seq < to ? undefined : seq);
};

/** The size of a log that holds the range, what was erased of it since, and who vouches for it. */
const sizeFor = (
  { reader, origin }: Ledger,
  { selection, size: head }: Selected,
  own: Enrolled | undefined,
): E.Either<CliError, number> => {
  const { from, to, until } = selection;
  // The event behind the range shows where its time ends.
  const end = until !== undefined && to < head ? to + 1 : to;
  let size = Math.max(end, (own?.since_seq ?? -1) + 1);
  const later = { from: to, to: Number.MAX_SAFE_INTEGER, types: [ERASED] };
  for (const page of read(reader, crypto, origin, later)) {
    if (E.isLeft(page)) return page;
    for (const { line } of page.right) {
      const payload = payloadOf(line);
      const seq = isObject(payload) ? Number(payload['seq']) : Number.NaN;
      if (!(seq >= from && seq < to)) continue;
      const erased = reader.find({ seq });
      if (E.isLeft(erased)) return erased;
      // What is kept back anyway is missed by nobody.
      const isMissed =
        erased.right !== undefined && isDisclosed(selection, recordedOf(erased.right.line).header);
      if (isMissed) size = Math.max(size, line.seq + 1);
    }
  }
  return E.right(size);
};

/** The first of the checkpoints in these places that will do. */
const firstNote = (
  paths: readonly string[],
  isFit: (note: string) => boolean,
): E.Either<CliError, string | undefined> => {
  for (const path of paths) {
    const note = readNote(disk, path);
    if (E.isLeft(note)) return note;
    if (note.right !== undefined && isFit(note.right)) return note;
  }
  return E.right(undefined);
};

/** notesFor gives them; it signs one where none covers what is to be shown. */
export const notesFor = async (
  ledger: Ledger,
  selected: Selected,
  own: Enrolled | undefined,
  isPage: boolean,
): Promise<E.Either<CliError, Notes>> => {
  const { reader, layout } = ledger;
  const kept = keptSizes(disk, layout);
  if (E.isLeft(kept)) return kept;
  const sizes = kept.right;
  const pathsOf = (each: readonly number[]): readonly string[] =>
    each.map((size) => join(layout.checkpoints, String(size)));
  const covering = (size: number): E.Either<CliError, string | undefined> =>
    firstNote(
      [...pathsOf(sizes.filter((each) => each >= size)), layout.checkpoint],
      (note) => sizeOfNote(crypto, note) >= size,
    );
  const size = sizeFor(ledger, selected, own);
  if (E.isLeft(size)) return size;
  const found = witnessFor(reader, selected.selection, own);
  if (E.isLeft(found)) return found;
  const bare = covering(size.right);
  if (E.isLeft(bare)) return bare;
  // No checkpoint is signed for the sake of a witness: what is exported tells the ledger of itself,
  // and the same export again would have another one.
  const wide = isPage ? bare : covering(Math.max(size.right, (found.right ?? -1) + 1));
  if (E.isLeft(wide)) return wide;
  const there = wide.right ?? bare.right;
  const note: E.Either<CliError, string> =
    there === undefined
      ? E.mapLeft((error: Parameters<typeof orKeyFault>[1] & CliError): CliError =>
          orKeyFault(ledger, error),
        )(await ledger.checkpoint())
      : E.right(there);
  if (E.isLeft(note)) return note;
  const noted = sizeOfNote(crypto, note.right);
  const witness = (found.right ?? noted) < noted ? found.right : undefined;
  if (isPage) return E.right({ note: note.right, latest: note.right, witness });
  // No other log key can be known to whoever checks.
  const keys = logKeys(crypto, reader, noted);
  if (E.isLeft(keys)) return keys;
  const later = sizes.filter((each) => each > noted).toReversed();
  const latest = firstNote(
    [layout.checkpoint, ...pathsOf(later)],
    (each) =>
      sizeOfNote(crypto, each) >= noted && E.isRight(openCheckpoint(crypto, keys.right, each)),
  );
  return E.map((each: string | undefined): Notes => ({
    note: note.right,
    latest: each ?? note.right,
    witness,
  }))(latest);
};
