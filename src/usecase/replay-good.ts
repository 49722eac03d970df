/**
 * Going back to the last good event. Everything from the first bad byte on is copied aside, then
 * the intent is written down, and only then is anything cut off: whoever comes after a crash goes
 * on from the intent, which holds what the ledger will say of it.
 *
 *     torn/recovery.json   {"checkpoints":[…],"drafts":[…],"segment":"…","offset":…,…}
 */
import * as E from 'fp-ts/lib/Either.js';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { write } from '../../ledger/json/format.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { isOperator, logKeysAt, stateOf, wasEnrolled } from '../../ledger/chain/keyring.ts';
import type { Key } from '../../ledger/key/key.ts';
import type { Aside } from '../storage/aside.ts';
import { makeTorn, setAside } from '../storage/aside.ts';
import type { Done } from '../storage/disk.ts';
import type { StorageError } from '../storage/outcome.ts';
import { openSegment, segmentAt } from '../storage/segment.ts';
import { clearFile, closing, putWhole } from '../storage/whole-file.ts';
import { forkDrafts, isRecovered, recoveredDraft } from './recovery-draft.ts';
import { placeOf } from './replay-intent.ts';
import type { Situation } from './replay-plan.ts';
import { objection } from './replay-plan.ts';
import type { ReplayRefused, Replaying } from './replay-request.ts';
import { segmentsIn } from './replay-survey.ts';
import type { Intent } from './undone-key.ts';
import { intentPath } from './undone-key.ts';
import type { Note } from './undone-note.ts';
import { keepLost, moveNotes, notesBeyond, notesUndone, signersOf } from './undone-note.ts';

/** What a way back to a place undoes of the log, and by whose word it was. */
interface Undoing {
  readonly notes: readonly Note[];
  /** Those of earlier ways back, too. */
  readonly all: readonly Note[];
  /** The log keys that live there, some of which may have signed what is undone. */
  readonly live: readonly Key[];
  readonly isFork: boolean;
}

/** A key that signed what an earlier way back undid may live again, where this one goes further. */
const undoing = (
  by: Replaying,
  { survey: { bad, state }, look }: Situation,
): E.Either<StorageError, Undoing> => {
  const size = bad?.size ?? state.lines;
  const notes = notesBeyond(by, size, look);
  if (E.isLeft(notes)) return notes;
  const before = notesUndone(by);
  if (E.isLeft(before)) return before;
  const live = logKeysAt(state.keyring, size);
  const signers = signersOf(by, live, before.right);
  const isFork = notes.right.length > 0 || signers.size > 0;
  return E.right({ notes: notes.right, all: [...notes.right, ...before.right], live, isFork });
};

/**
 * Why the keys that were named are none to fork with. Asked before anything is cut off: what is to
 * be recorded must be taken as a whole, since the old log key would go on signing otherwise. A key
 * that signed what is undone would vouch for both histories, whoever enrolled it.
 */
const keysNeeded = (
  by: Replaying,
  { survey: { bad, state } }: Situation,
  { isFork, live, all }: Undoing,
): ReplayRefused | undefined => {
  const { keyring } = state;
  const { options, settings } = by;
  const { newLogKey, operator } = options;
  if (!isFork || (live.length === 0 && newLogKey === undefined)) return undefined;
  const isNew =
    newLogKey !== undefined &&
    newLogKey.name === (settings.origin as string) &&
    !wasEnrolled(keyring, newLogKey) &&
    signersOf(by, [newLogKey], all).size === 0;
  if (!isNew) return { _tag: 'ReplayRefused', reason: 'log_key_needed' };
  const record = operator === undefined ? undefined : keyring.byId.get(operator.keyId);
  const mayGovern =
    record !== undefined &&
    isOperator(record) &&
    stateOf(record) === 'active' &&
    record.enrolledAt < (bad?.size ?? state.lines);
  return mayGovern ? undefined : { _tag: 'ReplayRefused', reason: 'operator_key_needed' };
};

/** wanting says which key is still needed to go back; a plan says so too. */
export const wanting = (
  by: Replaying,
  situation: Situation,
): E.Either<StorageError, ReplayRefused | undefined> =>
  E.map((undone: Undoing) => keysNeeded(by, situation, undone))(undoing(by, situation));

/** What the ledger will say: what was set aside and, where it forks, whose word ends there. */
const draftsOf = (
  by: Replaying,
  situation: Situation,
  asides: readonly Aside[],
  { notes, live, isFork }: Undoing,
): readonly JsonObject[] => {
  const { ports, options } = by;
  const { bad, state } = situation.survey;
  const refused = objection(by, situation);
  const recovered = recoveredDraft(ports, {
    reason: refused !== undefined && 'reason' in refused ? refused.reason : 'asked',
    findings: [...new Set(bad?.findings.map(({ code }) => code))],
    last_good: { seq: (bad?.size ?? state.lines) - 1, event_hash: bad?.head ?? state.head ?? '' },
    set_aside: asides,
    undone_checkpoints: [...new Set(notes.map(({ size }) => size))],
  });
  const { newLogKey } = options;
  return isFork && newLogKey !== undefined
    ? [recovered, ...forkDrafts(ports, newLogKey, live)]
    : [recovered];
};

/**
 * decide copies everything aside and writes down what will be done; what an earlier attempt had
 * still to record stays to be recorded, less what it said of keys: which live is another question
 * by now.
 */
export const decide = (
  by: Replaying,
  situation: Situation,
  earlier: Intent | undefined,
): E.Either<StorageError | ReplayRefused, Intent> => {
  const { ports, layout } = by;
  const { disk } = ports;
  const { segment, offset, size } = placeOf(situation);
  const undone = undoing(by, situation);
  if (E.isLeft(undone)) return undone;
  const needed = keysNeeded(by, situation, undone.right);
  if (needed !== undefined) return E.left(needed);
  const torn = makeTorn(disk, layout);
  if (E.isLeft(torn)) return torn;
  const asides: Aside[] = [];
  for (const each of situation.survey.segments.filter(({ first }) => first >= segment.first)) {
    const from = each.first === segment.first ? offset : 0;
    if (each.bytes <= from) continue;
    const aside = setAside(disk, layout, each, from);
    if (E.isLeft(aside)) return aside;
    asides.push(aside.right);
  }
  const synced = disk.syncFolder(layout.torn);
  if (E.isLeft(synced)) return synced;
  const kept = keepLost(by, undone.right.notes);
  if (E.isLeft(kept)) return kept;
  const intent: Intent = {
    segment: segment.first,
    offset,
    size,
    bytes: asides.reduce((sum, { bytes }) => sum + bytes, 0),
    isFork: undone.right.isFork,
    drafts: [
      ...(earlier?.drafts ?? []).filter(isRecovered),
      ...draftsOf(by, situation, asides, undone.right),
    ],
  };
  const text = `${write(intent as unknown as Json)}\n`;
  return E.map(() => intent)(putWhole(disk, intentPath(layout), encodeUtf8(text)));
};

const cutSegment = (by: Replaying, { segment, offset }: Intent): E.Either<StorageError, void> => {
  const file = openSegment(by.ports.disk, segmentAt(by.layout.journal, segment), 'write');
  if (E.isLeft(file)) return file;
  const cut = file.right.truncate(offset);
  return closing(file.right, E.isLeft(cut) ? cut : file.right.sync());
};

/** cutOff does what was decided: first what is signed goes, then the bytes, the last first. */
export const cutOff = (
  by: Replaying,
  { survey }: Situation,
  intent: Intent,
): E.Either<StorageError, void> => {
  const { ports, layout } = by;
  const moved = moveNotes(by, intent.size);
  if (E.isLeft(moved) || survey.bad === undefined) return moved;
  const listed = segmentsIn(ports.disk, layout.journal);
  if (E.isLeft(listed)) return listed;
  // One that begins elsewhere than where the good ones end would be no next one, left empty either.
  const isNone = intent.offset === 0 && intent.segment !== intent.size;
  const gone = listed.right.filter(({ first }) =>
    isNone ? first >= intent.segment : first > intent.segment,
  );
  for (const { path } of gone.toReversed()) {
    const removed = ports.disk.remove(path);
    if (E.isLeft(removed)) return removed;
    const synced = ports.disk.syncFolder(layout.journal);
    if (E.isLeft(synced)) return synced;
  }
  const isThere = listed.right.some(({ first }) => first === intent.segment);
  return isThere && !isNone ? cutSegment(by, intent) : E.right(undefined);
};

/** forgetIntent ends it: what was decided is done, and the ledger says so. */
export const forgetIntent = ({ ports, layout }: Replaying): Done<void> => {
  const cleared = clearFile(ports.disk, intentPath(layout));
  return E.isLeft(cleared) ? cleared : ports.disk.syncFolder(layout.torn);
};
