/**
 * Recovery: what an open does when journal and mirror do not end in the same place. It mends what
 * can be mended without guessing, and says so; all else it leaves as it is, and says where.
 *
 * A crash at any step leaves what the same steps mend the next time: bytes are on the disk at their
 * new place before they are cut off at the old one, and the mirror is committed last.
 */
import * as E from 'fp-ts/lib/Either.js';
import { hold } from '../../ledger/chain/checkpoint.ts';
import type { PolicySet } from '../../policies/set/set.ts';
import { makeTorn, setAside } from './aside.ts';
import { MirrorDamaged } from './attempt.ts';
import type { Projection } from '../projection/projection.ts';
import type { Standpoint } from './ground.ts';
import { standAt } from './ground.ts';
import type { Journal } from './journal.ts';
import type { Layout } from './layout.ts';
import { TAIL_BYTES } from './layout.ts';
import type { LastNotes } from './checkpoint-file.ts';
import { checkpointFault, isOfLog, keepNote, lastNotes, sizeOfNote } from './checkpoint-file.ts';
import type { Corrupt, Repair, StorageError } from './outcome.ts';
import type { BadTail, Rolling } from './roll.ts';
import { rollForward } from './roll.ts';
import type { Segment } from './segment.ts';
import { openSegment } from './segment.ts';
import type { Steps } from './steps.ts';
import type { Known } from './tail.ts';
import { corrupt, mayGo, meets, readAt } from './tail.ts';
import { closing, writeAll } from './whole-file.ts';

export interface Recovery extends Omit<Rolling, 'isReplay'> {
  readonly layout: Layout;
  readonly journal: Journal;
  readonly builtIn: PolicySet;
  readonly projections: readonly Projection[];
  /** Whether the mirror was made just now: what it says of an end means nothing then. */
  readonly isNew: boolean;
  /** What the mirror knows that a new one takes the place of. */
  readonly known?: Known | undefined;
  readonly onRepair: (repair: Repair) => void;
}

export interface Recovered {
  readonly at: Standpoint;
  readonly segments: readonly Segment[];
  /** What was mended once the mirror is committed; what is done by then is told when it is done. */
  readonly repairs: readonly Repair[];
}

const cutTail = (
  { disk, layout, journal, onRepair }: Recovery,
  { segment, offset }: BadTail,
): E.Either<StorageError, void> => {
  const made = makeTorn(disk, layout);
  if (E.isLeft(made)) return made;
  const aside = setAside(disk, layout, segment, offset);
  if (E.isLeft(aside)) return aside;
  const named = disk.syncFolder(layout.torn);
  if (E.isLeft(named)) return named;
  const cut = journal.truncate(segment, offset);
  if (E.isLeft(cut)) return cut;
  const { bytes, path } = aside.right;
  // Whatever fails from here on, it was done.
  onRepair({ _tag: 'TailSetAside', segment: segment.name, offset, bytes, path });
  return E.right(undefined);
};

/**
 * The lines may never have reached the disk: after a sync that failed they can be read and are not
 * there. Written once more, and synced, they are.
 */
const rewrite = (
  means: Recovery,
  from: Standpoint,
  to: Standpoint,
): E.Either<StorageError, void> => {
  const { journal, disk } = means;
  const { segment: first, offset: end } = to.ended;
  const start = from.ended.segment === first ? from.ended.offset : 0;
  const at = Math.max(start, end - TAIL_BYTES);
  const listed = journal.list();
  if (E.isLeft(listed)) return listed;
  const segment = listed.right.find((each) => each.first === first);
  if (segment === undefined) return corrupt('journal_behind_mirror');
  const bytes = readAt(means, segment, at, end - at);
  if (E.isLeft(bytes)) return bytes;
  const file = openSegment(disk, segment, 'write');
  if (E.isLeft(file)) return file;
  const written = writeAll(file.right, bytes.right, at);
  return closing(file.right, E.isLeft(written) ? written : file.right.sync());
};

/**
 * The checkpoint that the mirror remembers, unless it remembers none that can be read. What no log
 * key signed is the mirror's word alone, and none against the journal.
 */
const knownNote = (
  { crypto, mirror }: Recovery,
  at: Standpoint,
): E.Either<Corrupt, string | undefined> => {
  const { note } = at.ended;
  if (note === undefined || E.isLeft(hold(crypto, note))) return E.right(undefined);
  if (!isOfLog(crypto, at.ground.keyring, note))
    throw new MirrorDamaged('the mirror remembers what no log key signed');
  const fault = checkpointFault(crypto, mirror, at, note);
  return fault === undefined ? E.right(note) : E.left(fault);
};

/** Brings the checkpoint beside the journal and the one in the mirror together. */
const reconcile = (
  means: Recovery,
  at: Standpoint,
  { last: there, isBeside }: LastNotes,
): E.Either<StorageError, readonly [Standpoint, readonly Repair[]]> => {
  const { disk, layout, crypto } = means;
  // As a rule it is the same, and was judged already.
  const isSame = there !== undefined && there === at.ended.note;
  const remembered = isSame ? E.right(there) : knownNote(means, at);
  if (E.isLeft(remembered)) return remembered;
  const known = remembered.right;
  const [sizeThere, sizeKnown] = [sizeOfNote(crypto, there), sizeOfNote(crypto, known)];
  const note = known === undefined || sizeThere >= sizeKnown ? there : known;
  const to = { ...at, ended: { ...at.ended, note } };
  if (note === undefined || (isBeside && there === note)) return E.right([to, []]);
  const size = sizeOfNote(crypto, note);
  const kept = keepNote(disk, layout, size, note);
  return E.isLeft(kept) ? kept : E.right([to, [{ _tag: 'CheckpointRestored', size }]]);
};

/** recover brings journal, mirror and checkpoint to one end, within a transaction of the mirror. */
export function* recover(means: Recovery): Steps<E.Either<StorageError, Recovered>> {
  const { crypto, mirror, journal, builtIn, projections, isNew, layout, disk } = means;
  const listed = journal.list();
  if (E.isLeft(listed)) return listed;
  // Whoever began the last segment may have died before its name was on the disk.
  const named = disk.syncFolder(layout.journal);
  if (E.isLeft(named)) return named;
  const ended = mirror.ended();
  if (ended === undefined) throw new MirrorDamaged('the mirror does not say where it ends');
  const from = standAt(crypto, mirror, builtIn, ended);
  const met = meets(means, mirror, ended, listed.right);
  if (E.isLeft(met)) return met;
  mirror.fold.register(projections);
  yield* mirror.follow(ended.size);
  // Such a one would be given none of the events that it says it has taken.
  if (mirror.fold.status().some(({ size }) => size > ended.size))
    throw new MirrorDamaged('a projection has taken events that are not there');
  const rolled = yield* rollForward({ ...means, isReplay: isNew }, from, listed.right);
  if (E.isLeft(rolled)) return rolled;
  const { at: to, bad } = rolled.right;
  const events = to.ended.size - from.ended.size;
  // What the mirror remembers was the last one when it was written.
  const hasNote = sizeOfNote(crypto, from.ended.note) > 0;
  const last = lastNotes(means, isNew || bad !== undefined || events > 0 || !hasNote);
  if (E.isLeft(last)) return last;
  const { known = { size: 0, isMet: !isNew } } = means;
  if (bad === undefined && known.size > to.ended.size)
    return corrupt('journal_behind_mirror', { seq: known.size - 1 });
  if (bad !== undefined) {
    const may = mayGo(means, listed.right, bad, known);
    if (E.isLeft(may)) return may;
    const { segment, offset, seq, findings } = bad;
    if (!may.right)
      return corrupt('line_refused', { segment: segment.name, offset, seq, findings });
  }
  const { last: held } = known;
  const { past } = mirror;
  if (held !== undefined && past.hashAt((held.size - 1) as never) !== held.head)
    return corrupt('journal_differs_from_mirror', { seq: held.size - 1 });
  // Before anything is cut off: what does not stand there is no tail of what the note is about.
  for (const note of last.right.notes) {
    const fault = checkpointFault(crypto, mirror, to, note);
    if (fault !== undefined) return E.left(fault);
  }
  const aside = bad === undefined ? E.right(undefined) : cutTail(means, bad);
  if (E.isLeft(aside)) return aside;
  const repairs: Repair[] = [];
  if (events > 0) {
    const rewritten = rewrite(means, from, to);
    if (E.isLeft(rewritten)) return rewritten;
    if (!isNew) repairs.push({ _tag: 'LinesAdopted', from: from.ended.size, events });
  }
  const reconciled = reconcile(means, to, last.right);
  if (E.isLeft(reconciled)) return reconciled;
  const [at, restored] = reconciled.right;
  const again = journal.list();
  if (E.isLeft(again)) return again;
  return E.right({ at, segments: again.right, repairs: [...repairs, ...restored] });
}
