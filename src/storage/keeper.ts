/**
 * The keeper has a ledger's journal and mirror open for its one writer, and answers for both ending
 * in the same place before anything is added to them.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { PolicySet } from '../../policies/set/set.ts';
import type { Projection } from '../projection/projection.ts';
import { seenNote } from './checkpoint-file.ts';
import { isDamage } from './damage.ts';
import type { Answer, Database, Databases } from './database.ts';
import type { Disk } from './disk.ts';
import type { Standpoint } from './ground.ts';
import { standAt } from './ground.ts';
import { Journal } from './journal.ts';
import type { Layout, Settings } from './layout.ts';
import type { Ended } from './mirror/mirror.ts';
import { Mirror, mirrorFault } from './mirror/mirror.ts';
import type { Corrupt, Repair, StorageError } from './outcome.ts';
import { buildMirror, swapMirror } from './rebuild.ts';
import type { Recovered, Recovery } from './recover.ts';
import { recover } from './recover.ts';
import type { Segment } from './segment.ts';
import { segmentAt } from './segment.ts';
import type { Steps } from './steps.ts';
import { atOnce } from './steps.ts';
import { hear, meets } from './tail.ts';
import { wrongEnd } from './wrong-end.ts';
import { attempt, attemptSteps } from './attempt.ts';

export interface Means {
  readonly crypto: Crypto;
  readonly disk: Disk;
  readonly databases: Databases;
  readonly layout: Layout;
  readonly settings: Settings;
  readonly builtIn: PolicySet;
  readonly projections: readonly Projection[];
  readonly onRepair: (repair: Repair) => void;
  /** Closes what readers of the same ledger have open of the mirror. */
  readonly release: () => void;
}

type Rebuilt = Extract<Repair, { readonly _tag: 'MirrorRebuilt' }>['reason'];

/** What a mirror that is made on demand is made with. */
export type Building = Pick<Recovery, 'known' | 'onEvents'>;

export class Keeper {
  private readonly means: Means;
  readonly journal: Journal;
  private open: Mirror | undefined;
  private standpoint: Standpoint | undefined;
  private segments: readonly Segment[] = [];
  /** The checkpoint beside the journal, as it was seen last. */
  private seen = '';

  constructor(means: Means) {
    this.means = means;
    this.journal = new Journal(means.disk, means.layout.journal);
  }

  get mirror(): Mirror {
    if (this.open === undefined) throw new Error('the mirror is used before it was opened');
    return this.open;
  }

  get at(): Standpoint {
    if (this.standpoint === undefined) throw new Error('the ledger is used before it was opened');
    return this.standpoint;
  }

  /**
   * beginning opens what is not open, brings what does not agree together, and leaves a transaction
   * of the mirror open in which all of it holds.
   */
  *beginning(): Steps<E.Either<StorageError, void>> {
    const run = E.flatten(yield* attemptSteps(this.means.layout.mirror, this.begun()));
    if (E.isRight(run)) return run;
    const wrong = this.open && wrongEnd(this.means, this.open, run.left);
    this.drop();
    // Only reading its rows may show that a mirror is none.
    const isDamaged = run.left._tag === 'DatabaseFailed' && isDamage(run.left);
    if (!isDamaged && wrong === undefined) return run;
    const [why, last] = wrong ?? ['damaged', undefined];
    const rebuilt = attemptSteps(this.means.layout.mirror, this.rebuild(why, last));
    const again = E.flatten(yield* rebuilt);
    if (E.isLeft(again)) this.drop();
    return !isDamaged && E.isLeft(again) && again.left._tag === 'Corrupt' ? run : again;
  }

  /** begin does so without giving way to anything. */
  begin(): E.Either<StorageError, void> {
    return atOnce(this.beginning());
  }

  private *begun(): Steps<E.Either<StorageError, void>> {
    if (this.open === undefined) return yield* this.openMirror();
    const begun = this.open.database.begin();
    if (E.isLeft(begun)) {
      if (begun.left.code === 'SQLITE_BUSY') return begun;
      this.drop();
      return yield* this.openMirror();
    }
    const agreed = yield* this.agrees();
    if (E.isLeft(agreed)) return agreed;
    return agreed.right ? E.right(undefined) : yield* this.settle(this.open);
  }

  /** Whether everything is where this keeper or another writer left it. */
  private *agrees(): Steps<E.Either<StorageError, boolean>> {
    const before = this.standpoint;
    if (before === undefined) return E.right(false);
    // What nobody else has written since is what is remembered of it.
    const ended = this.mirror.isTouched() ? this.reread(before) : before.ended;
    if (ended === undefined || before.ended.size === 0) return E.right(false);
    // Where what lagged was brought up to date and rolled back, it lags again.
    yield* this.mirror.follow(ended.size);
    const changed = this.journal.isChanged();
    if (E.isLeft(changed)) return changed;
    if (changed.right) return E.right(false);
    const seen = seenNote(this.means);
    if (E.isLeft(seen)) return seen;
    if (seen.right !== this.seen) return E.right(false);
    const segment = this.segments.find(({ first }) => first === ended.segment);
    const last = this.segments.at(-1);
    if (segment === undefined || last === undefined) return E.right(false);
    const isEnd = this.journal.endsAt(segment, ended.offset);
    // The next event would be put over what another writer left in one that was begun.
    return E.isRight(isEnd) && isEnd.right && last !== segment
      ? this.journal.endsAt(last, 0)
      : isEnd;
  }

  /** Where the mirror ends by what others wrote, unless that does not go on from what was there. */
  private reread(before: Standpoint): Ended | undefined {
    const { crypto, builtIn } = this.means;
    const { mirror } = this;
    const ended = mirror.ended();
    if (ended === undefined || !mirror.fold.isCurrent()) return undefined;
    const { size, head } = before.ended;
    if (ended.head !== head) {
      if (size > 0 && mirror.past.hashAt((size - 1) as never) !== head) return undefined;
      // Its last line stands where it says, or what comes next would be put somewhere else.
      if (E.isLeft(meets(this.means, mirror, ended, this.segments))) return undefined;
      this.standpoint = standAt(crypto, mirror, builtIn, ended, before);
    }
    mirror.fold.forget();
    return ended;
  }

  /** noteSeen takes the checkpoint that lies there now for known. */
  noteSeen(): void {
    const seen = seenNote(this.means);
    this.seen = E.isRight(seen) ? seen.right : '?';
  }

  private segmentOf(first: number): Segment {
    const last = this.segments.at(-1);
    return last?.first === first ? last : segmentAt(this.means.layout.journal, first);
  }

  private *settle(mirror: Mirror): Steps<E.Either<StorageError, void>> {
    const { onRepair } = this.means;
    mirror.fold.forget();
    const means = { ...this.means, mirror, journal: this.journal, isNew: false };
    const recovered = yield* recover(means);
    if (E.isLeft(recovered)) {
      mirror.database.rollback();
      return recovered;
    }
    const { at, segments, repairs } = recovered.right;
    mirror.setEnded(at.ended);
    mirror.fold.flush();
    const committed = mirror.database.commit();
    if (E.isLeft(committed)) return committed;
    this.standpoint = at;
    this.segments = segments;
    this.noteSeen();
    for (const repair of repairs) onRepair(repair);
    return mirror.database.begin();
  }

  private *openMirror(): Steps<E.Either<StorageError, void>> {
    const { databases, disk, layout } = this.means;
    const there = disk.stat(layout.mirror);
    if (E.isLeft(there)) return there;
    if (there.right === undefined) return yield* this.rebuild('missing');
    const database = databases.open(layout.mirror, 'write');
    if (E.isLeft(database))
      return isDamage(database.left) ? yield* this.rebuild('damaged') : database;
    const opened = attempt(layout.mirror, () => this.adopt(database.right));
    if (E.isRight(opened) && E.isRight(opened.right)) return yield* this.enter(opened.right.right);
    database.right.close();
    if (E.isLeft(opened)) return isDamage(opened.left) ? yield* this.rebuild('damaged') : opened;
    const fault = E.isLeft(opened.right) ? opened.right.left : 'damaged';
    return fault === 'newer'
      ? E.left<Corrupt>({ _tag: 'Corrupt', reason: 'mirror_newer' })
      : yield* this.rebuild(fault);
  }

  private adopt(database: Database): E.Either<Rebuilt | 'newer', Mirror> {
    const fault = mirrorFault(database);
    if (fault !== undefined) return E.left(fault);
    const mirror = new Mirror(database, this.means.crypto);
    return mirror.ended() === undefined ? E.left('damaged') : E.right(mirror);
  }

  private *enter(mirror: Mirror): Steps<E.Either<StorageError, void>> {
    this.open = mirror;
    const { origin } = this.means.settings;
    const there = mirror.ended()?.origin;
    if (there !== origin)
      return E.left<Corrupt>({
        _tag: 'Corrupt',
        reason: 'origin_differs',
        expected: origin,
        ...(there === undefined ? {} : { actual: there }),
      });
    const begun = mirror.database.begin();
    return E.isLeft(begun) ? begun : yield* this.settle(mirror);
  }

  /**
   * Makes a mirror of the journal beside the old one, and swaps the two when it is whole: never of
   * a journal that ends before what that claims, nor of one that has not what that holds last.
   */
  private *rebuild(reason: Rebuilt, last?: Ended): Steps<E.Either<StorageError, void>> {
    const { databases, disk, layout, crypto, onRepair, release } = this.means;
    const known = hear(this.means);
    if (E.isLeft(known)) return known;
    const built = yield* this.build({ known: { ...known.right, last } });
    if (E.isLeft(built)) return built;
    // While it was made, somebody may have read on.
    release();
    const swapped = swapMirror(disk, layout, reason === 'damaged' || reason === 'not_a_mirror');
    if (E.isLeft(swapped)) return swapped;
    onRepair({ _tag: 'MirrorRebuilt', reason, events: built.right.at.ended.size });
    const opened = databases.open(layout.mirror, 'write');
    return E.isLeft(opened) ? opened : yield* this.enter(new Mirror(opened.right, crypto));
  }

  /** build makes a mirror of the whole journal beside the one that there is. */
  *build(building: Building = {}): Steps<E.Either<StorageError, Recovered>> {
    const { onRepair } = this.means;
    const built = yield* buildMirror({ ...this.means, ...building, journal: this.journal });
    if (E.isRight(built)) for (const repair of built.right.repairs) onRepair(repair);
    return built;
  }

  /** Where lines of so many bytes go: the segment, begun anew where the last one is full. */
  place(
    bytes: number,
  ): E.Either<StorageError, { readonly segment: Segment; readonly offset: number }> {
    const { size, segment, offset } = this.at.ended;
    const last = this.segments.at(-1);
    // One that was begun and left empty is the one that this event begins.
    if (last?.first === size) return E.right({ segment: last, offset: 0 });
    const isFull = offset > 0 && offset + bytes > this.means.settings.limits.segment_bytes;
    if (last !== undefined && !isFull) return E.right({ segment: this.segmentOf(segment), offset });
    // Whoever cut its tail off may not have got that to the disk: nothing stands behind it then.
    const ended = last === undefined ? E.right(undefined) : this.journal.sync(last);
    if (E.isLeft(ended)) return ended;
    const begun = this.journal.rotate(size);
    if (E.isLeft(begun)) return begun;
    this.segments = [...this.segments, begun.right];
    return E.right({ segment: begun.right, offset: 0 });
  }

  /** commit ends the transaction, and the ledger there. */
  commit(ended: Ended): Answer<void> {
    return E.flatten(
      attempt(this.means.layout.mirror, () => {
        this.mirror.setEnded(ended);
        this.mirror.fold.flush();
        return this.mirror.database.commit();
      }),
    );
  }

  /** moveTo says where the ledger stands once a transaction was committed. */
  moveTo(at: Standpoint): void {
    this.standpoint = at;
  }

  /** Ends the transaction and leaves everything as it was. */
  rollback(): void {
    if (this.open === undefined) return;
    this.open.database.rollback();
    this.open.fold.forget();
  }

  /** Closes what is open: it is opened anew, and looked at, the next time. */
  drop(): void {
    this.journal.close();
    if (this.open?.database.sqlite.inTransaction === true) this.open.database.rollback();
    this.open?.database.close();
    this.open = undefined;
  }
}
