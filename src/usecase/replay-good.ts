/**
 * Going back to the last good event. Everything from the first bad byte on is copied aside, then
 * the intent is written down, and only then is anything cut off: whoever comes after a crash goes
 * on from the intent, which holds what the ledger will say of it.
 *
 *     torn/recovery.json   {"checkpoints":[…],"drafts":[…],"segment":"…","offset":…,…}
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { write } from '../../ledger/json/format.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import { isOperator, stateOf, wasEnrolled } from '../../ledger/chain/keyring.ts';
import { formatVkey } from '../../ledger/key/key.ts';
import type { KeyId } from '../../ledger/name.ts';
import type { Aside } from '../storage/aside.ts';
import { makeTorn, setAside } from '../storage/aside.ts';
import { readNote, sizeOfNote } from '../storage/checkpoint-file.ts';
import type { Done } from '../storage/disk.ts';
import type { Corrupt, StorageError } from '../storage/outcome.ts';
import { openSegment, segmentAt } from '../storage/segment.ts';
import { clearFile, closing, putWhole } from '../storage/whole-file.ts';
import { newId, timeOf } from './fill.ts';
import type { Situation } from './replay-plan.ts';
import { objection } from './replay-plan.ts';
import type { ReplayRefused, Replaying } from './replay-request.ts';
import type { Bad } from './replay-survey.ts';
import { segmentsIn } from './replay-survey.ts';
import type { Intent } from './undone-key.ts';
import { endedBy, intentPath } from './undone-key.ts';

const MOST_LISTED = 1000;
const SOURCE = { kind: 'runtime', name: 'ledger' } as const;

/** Every note that is about more events than are good, by where it lies. */
const undone = (
  { ports, layout }: Replaying,
  size: number,
): E.Either<StorageError, readonly { readonly path: string; readonly note: string }[]> => {
  const { disk, crypto } = ports;
  const there = disk.stat(layout.checkpoints);
  if (E.isLeft(there)) return there;
  const names = there.right === undefined ? E.right([]) : disk.list(layout.checkpoints);
  if (E.isLeft(names)) return names;
  const paths = [layout.checkpoint, ...names.right.map((name) => join(layout.checkpoints, name))];
  const found: { readonly path: string; readonly note: string }[] = [];
  for (const path of paths) {
    const note = readNote(disk, path);
    if (E.isLeft(note)) return note;
    if (note.right !== undefined && sizeOfNote(crypto, note.right) > size)
      found.push({ path, note: note.right });
  }
  return E.right(found);
};

/**
 * Why the keys that were named are none to fork with. Asked before anything is cut off: what is to
 * be recorded must be taken as a whole, since the old log key would go on signing otherwise.
 */
const keysNeeded = (
  { options, settings }: Replaying,
  { survey: { bad, state } }: Situation,
  isFork: boolean,
): ReplayRefused | undefined => {
  const { keyring } = state;
  const records = [...keyring.byId.values()];
  const isLogged = records.some((each) => each.purpose === 'log' && stateOf(each) === 'active');
  if (!isFork || !isLogged) return undefined;
  const { newLogKey, operator } = options;
  const isNew =
    newLogKey !== undefined &&
    newLogKey.name === (settings.origin as string) &&
    !wasEnrolled(keyring, newLogKey);
  if (!isNew) return { _tag: 'ReplayRefused', reason: 'log_key_needed' };
  const record = operator === undefined ? undefined : keyring.byId.get(operator.keyId);
  const mayGovern =
    record !== undefined &&
    isOperator(record) &&
    stateOf(record) === 'active' &&
    record.enrolledAt < (bad?.size ?? state.lines);
  return mayGovern ? undefined : { _tag: 'ReplayRefused', reason: 'operator_key_needed' };
};

/**
 * Why what an earlier attempt had decided on is not gone on with: an operator signs for the log key
 * that was named, and ends none but log keys.
 */
export const foreignTo = (
  { options: { newLogKey, operator } }: Replaying,
  { survey }: Situation,
  intent: Intent,
): Corrupt | ReplayRefused | undefined => {
  const { byId } = survey.state.keyring;
  const isOurs = endedBy(intent).every(
    (keyId) => typeof keyId === 'string' && byId.get(keyId as KeyId)?.purpose === 'log',
  );
  if (!isOurs) return { _tag: 'Corrupt', reason: 'recovery_refused' };
  const vkey = newLogKey === undefined ? undefined : formatVkey(newLogKey);
  const isNamed = intent.drafts.every(
    ({ event_type: type, payload }) =>
      type !== 'key.enrolled' || (isObject(payload) && payload['vkey'] === vkey),
  );
  return isNamed || operator === undefined
    ? undefined
    : { _tag: 'ReplayRefused', reason: 'log_key_needed' };
};

const placeOf = ({ survey }: Situation): Pick<Bad, 'segment' | 'offset' | 'size'> => {
  const { bad, segments, state } = survey;
  const last = segments.at(-1) ?? { ...segmentAt('', 0), bytes: 0 };
  return bad ?? { segment: last, offset: last.bytes, size: state.lines };
};

/** wanting says which key is still needed to go back; a plan says so too. */
export const wanting = (
  by: Replaying,
  situation: Situation,
): E.Either<StorageError, ReplayRefused | undefined> =>
  E.map((notes: readonly unknown[]) => keysNeeded(by, situation, notes.length > 0))(
    undone(by, placeOf(situation).size),
  );

/** What the ledger will say: what was set aside and, where it forks, whose word ends there. */
const draftsOf = (
  by: Replaying,
  situation: Situation,
  asides: readonly Aside[],
  checkpoints: readonly number[],
  isFork: boolean,
): readonly JsonObject[] => {
  const { ports, options } = by;
  const { survey } = situation;
  const { bad, state } = survey;
  const refused = objection(by, situation);
  const drafted = (event_type: string, payload: JsonObject): JsonObject => ({
    event_type,
    id: newId(ports),
    observed_at: timeOf(ports.now()),
    payload,
    source: { ...SOURCE },
  });
  const recovered = drafted('ledger.recovered', {
    reason: refused !== undefined && 'reason' in refused ? refused.reason : 'asked',
    findings: [...new Set(bad?.findings.map(({ code }) => code))],
    last_good: { seq: (bad?.size ?? state.lines) - 1, event_hash: bad?.head ?? state.head ?? '' },
    set_aside: asides
      .slice(0, MOST_LISTED)
      .map(({ segment, offset, bytes, sha256 }) => ({ segment, offset, bytes, sha256 })),
    set_aside_bytes: asides.reduce((sum, { bytes }) => sum + bytes, 0),
    undone_checkpoints: checkpoints.slice(0, MOST_LISTED),
  });
  const { newLogKey } = options;
  if (!isFork || newLogKey === undefined) return [recovered];
  const retired = [...state.keyring.byId.values()]
    .filter((each) => each.purpose === 'log' && stateOf(each) === 'active')
    .filter(({ enrolledAt }) => enrolledAt < (bad?.size ?? state.lines))
    .map(({ key }) =>
      drafted('key.retired', { key_id: key.keyId, reason: 'a checkpoint was undone' }),
    );
  const vkey = formatVkey(newLogKey);
  const enrolled = drafted('key.enrolled', { vkey, tier: 'verified', purpose: 'log' });
  return [recovered, enrolled, ...retired];
};

/**
 * decide copies everything aside and writes down what will be done; what an earlier attempt had
 * still to record stays to be recorded.
 */
export const decide = (
  by: Replaying,
  situation: Situation,
  earlier: Intent | undefined,
): E.Either<StorageError | ReplayRefused, Intent> => {
  const { ports, layout } = by;
  const { disk, crypto } = ports;
  const { segment, offset, size } = placeOf(situation);
  const notes = undone(by, size);
  if (E.isLeft(notes)) return notes;
  const isFork = notes.right.length > 0;
  const needed = keysNeeded(by, situation, isFork);
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
  const sizes = [...new Set(notes.right.map(({ note }) => sizeOfNote(crypto, note)))];
  const intent: Intent = {
    segment: segment.first,
    offset,
    size,
    bytes: asides.reduce((sum, { bytes }) => sum + bytes, 0),
    isFork: isFork || earlier?.isFork === true,
    drafts: [
      ...(earlier?.drafts ?? []),
      ...draftsOf(by, situation, asides, sizes, isFork && earlier?.isFork !== true),
    ],
  };
  const text = `${write(intent as unknown as Json)}\n`;
  return E.map(() => intent)(putWhole(disk, intentPath(layout), encodeUtf8(text)));
};

const moveNotes = (by: Replaying, size: number): E.Either<StorageError, void> => {
  const { ports, layout } = by;
  const { disk, crypto } = ports;
  const notes = undone(by, size);
  if (E.isLeft(notes)) return notes;
  for (const { path, note } of notes.right) {
    const digest = crypto.digest(encodeUtf8(note)).slice(0, 16);
    const name = `checkpoint.${sizeOfNote(crypto, note)}.${digest}`;
    const renamed = disk.rename(path, join(layout.torn, name));
    if (E.isLeft(renamed)) return renamed;
  }
  if (notes.right.length === 0) return E.right(undefined);
  for (const folder of [layout.torn, layout.checkpoints, layout.folder]) {
    const synced = disk.syncFolder(folder);
    if (E.isLeft(synced)) return synced;
  }
  return E.right(undefined);
};

const cutSegment = (by: Replaying, { segment, offset }: Intent): E.Either<StorageError, void> => {
  const file = openSegment(by.ports.disk, segmentAt(by.layout.journal, segment), 'write');
  if (E.isLeft(file)) return file;
  const cut = file.right.truncate(offset);
  return closing(file.right, E.isLeft(cut) ? cut : file.right.sync());
};

/** isDecided says whether an intent is about this very place, which is still to be cut off. */
export const isDecided = (intent: Intent, situation: Situation): boolean => {
  const { segment, offset } = placeOf(situation);
  return segment.first === intent.segment && offset === intent.offset;
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
