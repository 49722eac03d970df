/**
 * The work of a replay, under the writer lock: a mirror made anew of the journal, a journal made
 * anew of the mirror, or the projections alone.
 */
import * as E from 'fp-ts/lib/Either.js';
import { attemptSteps } from '../storage/attempt.ts';
import { mayBeMirror } from '../storage/damage.ts';
import { Keeper } from '../storage/keeper.ts';
import { Mirror } from '../storage/mirror/mirror.ts';
import type { Repair, StorageError } from '../storage/outcome.ts';
import { clearNew, newMirror, swapMirror } from '../storage/rebuild.ts';
import type { Steps } from '../storage/steps.ts';
import { hear } from '../storage/tail.ts';
import { journalFromMirror } from './replay-journal.ts';
import type { Look } from './replay-mirror.ts';
import { compareMirrors, lookAtMirror, withMirror, workOnMirror } from './replay-mirror.ts';
import { parityOf } from './replay-parity.ts';
import type { ReplayRefused, ReplayReport, Replaying } from './replay-request.ts';
import { eventsIn, segmentsIn } from './replay-survey.ts';

type Failed = StorageError | ReplayRefused;

/** What was done, as it is counted in the report. */
export interface Done {
  /** How many events the mirror holds already as they must be. */
  readonly present: number;
  readonly adopted: number;
  readonly asideBytes: number;
}

const NOTHING: Done = { present: 0, adopted: 0, asideBytes: 0 };

/** A keeper of this replay alone, and what it mended; to open it may swap the mirror. */
const keeping = (by: Replaying): { readonly keeper: Keeper; readonly heard: Repair[] } => {
  const heard: Repair[] = [];
  const onRepair = (repair: Repair): void => {
    heard.push(repair);
    by.onRepair(repair);
  };
  return { keeper: new Keeper({ ...by, ...by.ports, onRepair }), heard };
};

const count = (heard: readonly Repair[]): Done =>
  heard.reduce<Done>(
    (done, repair) => ({
      ...done,
      adopted: done.adopted + (repair._tag === 'LinesAdopted' ? repair.events : 0),
      asideBytes: done.asideBytes + (repair._tag === 'TailSetAside' ? repair.bytes : 0),
    }),
    NOTHING,
  );

/** Its transaction would shut out every other writer, whatever is thrown on the way. */
function* dropping<T>(keeper: Keeper, work: Steps<T>): Steps<T> {
  try {
    return yield* work;
  } finally {
    keeper.drop();
  }
}

/** Mends as any open does, where there is a mirror to begin with. */
const open = (keeper: Keeper, { state }: Look): E.Either<StorageError, void> => {
  if (state !== 'there' && state !== 'unread') return E.right(undefined);
  try {
    const begun = keeper.begin();
    return E.isLeft(begun) && !mayBeMirror(begun.left) ? begun : E.right(undefined);
  } finally {
    keeper.drop();
  }
};

/** mend does so before anything else is done. */
export const mend = (by: Replaying, look: Look): E.Either<StorageError, void> =>
  open(keeping(by).keeper, look);

/** Whether the mirror that there is has all that its projections are made of. */
const hasIndexes = (by: Replaying): boolean => {
  const looked = withMirror(by, by.layout.mirror, (database) => {
    const { fold } = new Mirror(database, by.ports.crypto);
    fold.attach(by.projections);
    return fold.missing().length === 0;
  });
  return E.isRight(looked) && looked.right;
};

/**
 * Why the mirror may be another than the journal makes: nobody knows; the ledger went `back` to its
 * last good event; payloads were `erased`, and no file may go on holding them.
 */
type Other = 'unknown' | 'back' | 'erased';

function* takePlace(
  by: Replaying,
  look: Look,
  why: Other,
  isNoted: boolean,
): Steps<E.Either<StorageError, number>> {
  const { layout, ports } = by;
  const isThere = look.state === 'there';
  const { same, isEqual } = isThere
    ? yield* compareMirrors(by, layout.mirror, newMirror(layout))
    : { same: 0, isEqual: false };
  if (isEqual && isNoted && hasIndexes(by)) return E.map(() => same)(clearNew(ports.disk, layout));
  // One that only lagged says nothing that the journal does not, unless that was cut.
  const without = why === 'back' ? ['missing'] : ['missing', 'older'];
  const isKept = why !== 'erased' && (isThere ? same < look.size : !without.includes(look.state));
  // While this gave way, somebody may have read on.
  by.release();
  return E.map(() => same)(swapMirror(ports.disk, layout, isKept));
}

/**
 * mirrorFromJournal makes the mirror anew of the whole journal, verified line for line, and puts it
 * into the place of one that is not the same.
 */
export function* mirrorFromJournal(
  by: Replaying,
  why: Other = 'unknown',
): Steps<E.Either<Failed, Done>> {
  const look = lookAtMirror(by);
  const isBack = why === 'back';
  const { keeper, heard } = keeping(by);
  const opened = why === 'unknown' ? open(keeper, look) : E.right(undefined);
  if (E.isLeft(opened)) return opened;
  if (heard.some(({ _tag }) => _tag === 'MirrorRebuilt')) return E.right(count(heard));
  const known = isBack ? E.right(undefined) : hear({ ...by, ...by.ports });
  if (E.isLeft(known)) return known;
  const { onProgress } = by.options;
  const total = onProgress && (yield* eventsIn(by.ports.disk, by.layout.journal));
  const onEvents = (events: number): void =>
    onProgress?.({ phase: 'rebuild_mirror', events, total });
  // How fast it goes shows with the first that are in it.
  onEvents(0);
  const opening = heard.length;
  const building = keeper.build({ known: known.right, onEvents });
  const built = yield* dropping(keeper, building);
  if (E.isLeft(built)) return built;
  // What follows counts nothing: the mirror is whole.
  if (total !== undefined) onEvents(total);
  const now = heard.some(({ _tag }) => _tag === 'LinesAdopted') ? lookAtMirror(by) : look;
  // A checkpoint that was put back since, the old one does not remember.
  const isNoted = heard.slice(opening).every(({ _tag }) => _tag !== 'CheckpointRestored');
  const placed = yield* takePlace(by, now, why, isNoted);
  const present = (same: number): Done => ({ ...count(heard), present: Math.min(same, look.size) });
  return E.map(present)(placed);
}

/** projectionsAlone begins every projection anew, in a transaction that readers do not see into. */
export function* projectionsAlone(by: Replaying): Steps<E.Either<Failed, Done>> {
  const { keeper, heard } = keeping(by);
  function* renew(): Steps<E.Either<StorageError, number>> {
    const begun = keeper.begin();
    if (E.isLeft(begun)) return begun;
    const { mirror, at } = keeper;
    mirror.fold.renew(by.projections);
    yield* mirror.follow(at.ended.size);
    mirror.setEnded(at.ended);
    mirror.fold.flush();
    return E.map(() => at.ended.size)(mirror.database.commit());
  }
  const renewed = yield* dropping(keeper, attemptSteps(by.layout.mirror, renew()));
  return E.map((present: number) => ({ ...count(heard), present }))(E.flatten(renewed));
}

/** lostJournal makes the journal anew, and then the mirror of it. */
export function* lostJournal(by: Replaying): Steps<E.Either<Failed, Done>> {
  const made = yield* workOnMirror(by, by.layout.mirror, (database) =>
    journalFromMirror(by, new Mirror(database, by.ports.crypto)),
  );
  if (E.isLeft(made)) return E.left({ _tag: 'ReplayRefused', reason: 'mirror_unread' });
  if (E.isLeft(made.right)) return made.right;
  const asideBytes = made.right.right;
  return E.map((done: Done) => ({ ...done, asideBytes: done.asideBytes + asideBytes }))(
    yield* mirrorFromJournal(by),
  );
}

/** report proves the parity of what stands there now. */
export function* report(by: Replaying, done: Done): Steps<E.Either<StorageError, ReplayReport>> {
  const { ports, layout } = by;
  const segments = segmentsIn(ports.disk, layout.journal);
  if (E.isLeft(segments)) return segments;
  const looked = yield* workOnMirror(by, layout.mirror, function* proving(database) {
    const mirror = new Mirror(database, ports.crypto);
    mirror.fold.attach(by.projections);
    const projections = mirror.fold.digests(ports.crypto);
    const parity = yield* parityOf(ports, segments.right, Number.MAX_SAFE_INTEGER, mirror);
    return E.map((each: ReplayReport['parity']) => ({ parity: each, projections }))(parity);
  });
  if (E.isLeft(looked)) return looked;
  return E.map((proved: Pick<ReplayReport, 'parity' | 'projections'>): ReplayReport => {
    const present = Math.min(done.present, proved.parity.mirror_events);
    return {
      replayed: proved.parity.mirror_events - present,
      already_present: present,
      adopted: done.adopted,
      set_aside_bytes: done.asideBytes,
      ...proved,
    };
  })(looked.right);
}
