/**
 * What an earlier way back to the last good event had decided on: whether it may be gone on with,
 * and whether it is what such a way back wrote down.
 */
import * as E from 'fp-ts/lib/Either.js';
import { open } from '../../ledger/event/open.ts';
import { isObject } from '../../ledger/json/value.ts';
import { formatVkey } from '../../ledger/key/key.ts';
import type { KeyId } from '../../ledger/name.ts';
import { hasAside, pathOfAside, pieceAt } from '../storage/aside.ts';
import type { Corrupt, StorageError } from '../storage/outcome.ts';
import { segmentAt } from '../storage/segment.ts';
import type { Piece } from './recovery-draft.ts';
import { isWholeList, recoveredIn } from './recovery-draft.ts';
import type { Situation } from './replay-plan.ts';
import { needsGood } from './replay-plan.ts';
import type { ReplayRefused, Replaying } from './replay-request.ts';
import type { Bad } from './replay-survey.ts';
import { eachLine } from './replay-survey.ts';
import type { Intent } from './undone-key.ts';
import { endedBy } from './undone-key.ts';
import type { Note } from './undone-note.ts';
import { notesBeyond, notesUndone } from './undone-note.ts';

/** placeOf tells where a journal is good no more, or ends. */
export const placeOf = ({ survey }: Situation): Pick<Bad, 'segment' | 'offset' | 'size'> => {
  const { bad, segments, state } = survey;
  const last = segments.at(-1) ?? { ...segmentAt('', 0), bytes: 0 };
  return bad ?? { segment: last, offset: last.bytes, size: state.lines };
};

const isSamePiece = (a: Piece, b: Piece): boolean =>
  a.segment === b.segment && a.offset === b.offset && a.sha256 === b.sha256;

/** Whether all that would be cut off there lies aside: somebody may have appended since. */
const isAllAside = (
  { ports: { disk } }: Replaying,
  { survey: { bad, segments } }: Situation,
  { drafts }: Intent,
): E.Either<StorageError, boolean> => {
  if (bad === undefined) return E.right(true);
  const known = recoveredIn(drafts).flatMap(({ set_aside: pieces }) => pieces);
  for (const each of segments.filter(({ first }) => first >= bad.segment.first)) {
    const piece = pieceAt(disk, each, each.first === bad.segment.first ? bad.offset : 0);
    if (E.isLeft(piece)) return piece;
    const isKnown = known.some((there) => isSamePiece(there, piece.right));
    if (piece.right.bytes > 0 && !isKnown) return E.right(false);
  }
  return E.right(true);
};

/** Whether it is about this very place, and about all that is still to be cut off and undone. */
const isDecided = (
  by: Replaying,
  situation: Situation,
  intent: Intent,
): E.Either<StorageError, boolean> => {
  const { segment, offset, size } = placeOf(situation);
  if (segment.first !== intent.segment || offset !== intent.offset || size !== intent.size)
    return E.right(false);
  const notes = notesBeyond(by, size, situation.look);
  if (E.isLeft(notes)) return notes;
  return notes.right.length > 0 && !intent.isFork
    ? E.right(false)
    : isAllAside(by, situation, intent);
};

/** isOn says whether what was decided is gone on with; else it is decided anew. */
export const isOn = (
  by: Replaying,
  situation: Situation,
  intent: Intent,
): E.Either<StorageError, boolean> =>
  needsGood(by, situation) ? isDecided(by, situation, intent) : E.right(true);

/** Whether the first event of these bytes, behind what was good, stands in the journal. */
const stands = (
  { ports, layout, settings }: Replaying,
  { survey }: Situation,
  { size }: Intent,
  piece: Piece,
): E.Either<StorageError, boolean> => {
  const copy = { ...segmentAt('', 0), path: pathOfAside(layout, piece), bytes: piece.bytes };
  for (const raw of eachLine(ports.disk, copy)) {
    if (E.isLeft(raw)) return raw;
    const { claims } = open(ports.crypto, raw.right.bytes, { ledger: settings.origin });
    const { seq, event_hash: hash } = claims;
    if (seq !== undefined && seq >= size && hash !== undefined)
      return E.right(survey.hashAt(seq) === hash);
  }
  return E.right(false);
};

/**
 * isMoot says whether the journal is sound and holds what was set aside: somebody made it whole in
 * another way, and there is no recovery to be told of.
 */
export const isMoot = (
  by: Replaying,
  situation: Situation,
  intent: Intent,
): E.Either<StorageError, boolean> => {
  if (needsGood(by, situation)) return E.right(false);
  for (const { set_aside: pieces } of recoveredIn(intent.drafts))
    for (const piece of pieces) {
      const there = hasAside(by.ports.disk, by.layout, piece);
      if (E.isLeft(there)) return there;
      const stood = there.right ? stands(by, situation, intent, piece) : there;
      if (E.isLeft(stood) || stood.right) return stood;
    }
  return E.right(false);
};

/** Whether the copies that it names lie there, and the checkpoints. */
const isAside = (
  by: Replaying,
  { drafts }: Intent,
  sizes: ReadonlySet<number>,
): E.Either<StorageError, boolean> => {
  for (const said of recoveredIn(drafts)) {
    if (!isWholeList(said) || said.undone_checkpoints.some((size) => !sizes.has(size)))
      return E.right(false);
    for (const piece of said.set_aside) {
      const there = hasAside(by.ports.disk, by.layout, piece);
      if (E.isLeft(there) || !there.right) return there;
    }
  }
  return E.right(true);
};

/**
 * Whether the events that it calls the last good ones are those. One behind which the ledger went
 * back further since can no longer be asked for.
 */
const isGood = (by: Replaying, situation: Situation, { drafts }: Intent): boolean => {
  const { size } = placeOf(situation);
  const all = recoveredIn(drafts).map(({ last_good: last }) => last);
  return all.every(({ seq, event_hash: hash }, i) => {
    const isOvertaken = all.slice(i + 1).some((later) => later.seq < seq);
    if (isOvertaken) return true;
    return seq < size ? situation.survey.hashAt(seq) === hash : needsGood(by, situation);
  });
};

const REFUSED: Corrupt = { _tag: 'Corrupt', reason: 'recovery_refused' };

/** What it says of keys is signed of the log key that was named, and ends none but log keys. */
const ofKeys = (
  { options: { newLogKey, operator } }: Replaying,
  { survey }: Situation,
  intent: Intent,
): Corrupt | ReplayRefused | undefined => {
  const { byId } = survey.state.keyring;
  const isOurs = endedBy(intent).every(
    (keyId) => typeof keyId === 'string' && byId.get(keyId as KeyId)?.purpose === 'log',
  );
  if (!isOurs) return REFUSED;
  const vkey = newLogKey === undefined ? undefined : formatVkey(newLogKey);
  const isNamed = intent.drafts.every(
    ({ event_type: type, payload }) =>
      type !== 'key.enrolled' || (isObject(payload) && payload['vkey'] === vkey),
  );
  return isNamed || operator === undefined
    ? undefined
    : { _tag: 'ReplayRefused', reason: 'log_key_needed' };
};

/**
 * foreignTo says why what an earlier attempt had decided on is not gone on with: an operator signs
 * for what is true of the disk, for the log key that was named, and ends none but log keys.
 */
export const foreignTo = (
  by: Replaying,
  situation: Situation,
  intent: Intent,
): E.Either<StorageError, Corrupt | ReplayRefused | undefined> => {
  const moved = notesUndone(by);
  if (E.isLeft(moved)) return moved;
  const there = notesBeyond(by, 0);
  if (E.isLeft(there)) return there;
  const sizes = new Set([...moved.right, ...there.right].map(({ size }: Note) => size));
  const aside = isAside(by, intent, sizes);
  if (E.isLeft(aside)) return aside;
  if (!aside.right || !isGood(by, situation, intent)) return E.right(REFUSED);
  // What is decided anew says anew what becomes of the keys.
  return E.map((on: boolean) => (on ? ofKeys(by, situation, intent) : undefined))(
    isOn(by, situation, intent),
  );
};
