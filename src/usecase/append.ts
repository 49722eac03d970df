/**
 * Appending: the one way in. What gathered while the last batch was written is the next batch; for
 * each of them, in this order and no other:
 *
 *     lock · mirror: begin, look whether all agrees · judge, seal, insert · journal: write, sync
 *     · mirror: commit · sign a checkpoint if one is due · release, answer
 *
 * Nothing is answered before the commit, and the commit never comes before the sync.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Signer } from '../../ledger/key/key.ts';
import { failedBy } from '../storage/attempt.ts';
import { checkpointFault } from '../storage/checkpoint-file.ts';
import type { Hold } from '../storage/database.ts';
import { givingWay } from '../storage/giving-way.ts';
import type { Keeper } from '../storage/keeper.ts';
import type { Layout, Settings } from '../storage/layout.ts';
import type { Repair, StorageError } from '../storage/outcome.ts';
import { isRefusal } from '../storage/refusal.ts';
import type { Segment } from '../storage/segment.ts';
import type { Submission } from './batch.ts';
import { Batch } from './batch.ts';
import { keepHeld } from './quarantine.ts';
import { movedSince } from './seen.ts';
import { Signing } from './signing.ts';
import type { Ports } from './ports.ts';
import type { AppendError, AppendRequest, Appended, Poisoned, Unsigned } from './request.ts';
import { gateFailed, isBroken } from './request.ts';
import type { Receipt } from './receipt.ts';
import { isTaken } from './receipt.ts';
import { Unrecorded } from './unrecorded.ts';

export interface Writing {
  readonly ports: Ports;
  readonly keeper: Keeper;
  readonly layout: Layout;
  readonly settings: Settings;
  readonly lockWaitMs: number;
  /** Signs checkpoints, where there is one. */
  readonly logKey: Signer | undefined;
  readonly onRepair: (repair: Repair) => void;
}

interface Job {
  readonly request: AppendRequest;
  /** Of what is on the disk, and of what the batch under way has judged. */
  readonly receipts: Receipt[];
  readonly judged: Receipt[];
  /** What is answered to everything that is new; found out once. */
  objection: { readonly receipt: Receipt | undefined } | undefined;
  readonly settle: (appended: Appended) => void;
  readonly fail: (thrown: unknown) => void;
}

/** Callers wait while so many drafts do. */
const MOST_WAITING = 20_000;

export class Appender {
  private readonly by: Writing;
  private readonly signing = new Signing();
  private waiting: Job[] = [];
  private drafts = 0;
  private readonly blocked: (() => void)[] = [];
  private running: Promise<void> | undefined;
  private poisoned: Poisoned | undefined;

  constructor(by: Writing) {
    this.by = by;
  }

  /** append answers for every draft, in order, once all that it says is on the disk. */
  async append(request: AppendRequest): Promise<Appended> {
    while (this.drafts >= MOST_WAITING)
      await new Promise<void>((resume) => void this.blocked.push(resume));
    return new Promise((settle, fail) => {
      this.drafts += request.submissions.length;
      const job = { request, receipts: [], judged: [], objection: undefined, settle, fail };
      this.waiting.push(job);
      this.running ??= this.run();
    });
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.running !== undefined) await this.running;
  }

  private async run(): Promise<void> {
    // Whoever calls in the same turn belongs to the same batch.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const jobs = this.waiting;
      this.waiting = [];
      try {
        await this.serve(jobs);
      } catch (thrown) {
        for (const { fail } of jobs) fail(thrown);
      }
      this.drafts -= jobs.reduce((sum, { request }) => sum + request.submissions.length, 0);
      for (const resume of this.blocked.splice(0)) resume();
    }
    this.running = undefined;
  }

  /** Serves jobs, in as many batches as it takes. */
  private async serve(jobs: readonly Job[]): Promise<void> {
    let left = jobs;
    while (left.length > 0) {
      const served = await this.exclusively((hold) => this.batch(left, hold));
      if (E.isLeft(served) && left.length > 1 && this.mayBeOne(served.left, left)) {
        // Whoever came with the draft at which a projection stopped is served without it.
        await this.serve(left.slice(0, left.length >> 1));
        await this.serve(left.slice(left.length >> 1));
        return;
      }
      if (E.isLeft(served)) {
        for (const { receipts, settle } of left)
          settle(E.left({ _tag: 'AppendFailed', cause: served.left, receipts }));
        return;
      }
      const isDone = ({ request, receipts }: Job): boolean =>
        receipts.length === request.submissions.length;
      for (const job of left.filter(isDone)) job.settle(E.right(job.receipts));
      left = left.filter((job) => !isDone(job));
    }
  }

  /** Whether a draft among others may be what hindered them all; nothing of theirs holds then. */
  private mayBeOne({ _tag }: AppendError, jobs: readonly Job[]): boolean {
    if (_tag !== 'GateFailed' || jobs.every(({ judged }) => judged.length === 0)) return false;
    for (const job of jobs) {
      job.judged.length = 0;
      if (job.receipts.length === 0) job.objection = undefined;
    }
    return true;
  }

  /** exclusively runs what no other writer may meet. */
  async exclusively<T, X = never>(
    run: (hold: Hold) => E.Either<AppendError | X, T> | Promise<E.Either<AppendError | X, T>>,
  ): Promise<E.Either<AppendError | X, T>> {
    if (this.poisoned !== undefined) return E.left(this.poisoned);
    const { ports, layout, lockWaitMs, keeper } = this.by;
    const hold = await ports.lock.take(layout.folder, lockWaitMs);
    if (E.isLeft(hold)) return hold;
    try {
      return await run(hold.right);
    } catch (thrown) {
      // Its transaction would shut out every other writer for as long as this process lives.
      keeper.drop();
      return failedBy(layout.mirror, thrown);
    } finally {
      hold.right.release();
    }
  }

  /** checkpoint signs the log as it stands, whether or not that is due. */
  checkpoint(logKey: Signer): Promise<E.Either<AppendError | Unsigned, string>> {
    const { keeper } = this.by;
    return this.exclusively(async (): Promise<E.Either<AppendError | Unsigned, string>> => {
      const begun = await givingWay(keeper.beginning());
      if (E.isLeft(begun)) return E.left(this.refuse(begun.left));
      keeper.rollback();
      const cause = this.signing.sign(this.by, logKey);
      const note = keeper.at.ended.note;
      return cause === undefined && note !== undefined
        ? E.right(note)
        : E.left({ _tag: 'Unsigned', cause });
    });
  }

  private async batch(jobs: readonly Job[], hold: Hold): Promise<E.Either<AppendError, void>> {
    const { ports, keeper, layout } = this.by;
    const begun = await givingWay(keeper.beginning());
    if (E.isLeft(begun)) return E.left(this.refuse(begun.left));
    const blocking = keeper.mirror.fold.blocking();
    if (blocking !== undefined) return this.undo(E.left(gateFailed(blocking)));
    const unrecorded = new Unrecorded(ports.disk, layout.unrecorded, keeper.mirror.past);
    const batch = new Batch(ports, keeper.mirror, keeper.at, unrecorded, layout.quarantine);
    this.judge(jobs, batch);
    const after = keeper.mirror.fold.blocking();
    if (after !== undefined) return this.undo(E.left(gateFailed(after)));
    const error = batch.lines.length === 0 ? this.undo(undefined) : this.write(batch, hold);
    if (error !== undefined) return E.left(error);
    const kept = unrecorded.keep();
    if (E.isLeft(kept)) this.by.onRepair({ _tag: 'CountFailed', failed: kept.left });
    for (const { receipts, judged } of jobs) receipts.push(...judged.splice(0));
    return E.right(undefined);
  }

  private undo<T>(error: T): T {
    this.by.keeper.rollback();
    return error;
  }

  /** Judges drafts for as long as they fit into a batch. */
  private judge(jobs: readonly Job[], batch: Batch): void {
    for (const job of jobs)
      for (const submission of job.request.submissions.slice(job.receipts.length)) {
        if (!batch.hasRoom) return;
        job.judged.push(this.submit(job, submission, batch));
      }
  }

  private submit(job: Job, submission: Submission, batch: Batch): Receipt {
    const last = job.judged.at(-1) ?? job.receipts.at(-1);
    const isStopped = last !== undefined && !isTaken(last);
    if (isStopped && job.request.stopAtFirst === true) return { status: 'not_tried' };
    const earlier = batch.earlier(submission);
    if (earlier !== undefined) return earlier;
    if (isBroken(job.request, [job.receipts, job.judged], submission))
      return { status: 'not_tried' };
    job.objection ??= { receipt: this.objection(job.request, batch) };
    return job.objection.receipt ?? batch.submit(submission);
  }

  /** What the caller expects of the ledger and does not find. */
  private objection(request: AppendRequest, batch: Batch): Receipt | undefined {
    const { expectCheckpoint } = request;
    const { keeper, ports } = this.by;
    const moved = movedSince(request, batch.head, keeper.mirror.fold);
    if (moved !== undefined || expectCheckpoint === undefined) return moved;
    const fault = checkpointFault(ports.crypto, keeper.mirror, batch.at, expectCheckpoint);
    return fault === undefined
      ? undefined
      : { status: 'conflict', reason: 'checkpoint_differs', actual: batch.head, fault };
  }

  private write(batch: Batch, hold: Hold): AppendError | undefined {
    const { keeper, layout, ports } = this.by;
    // They can be released from there before the ledger says that they are held.
    const kept = keepHeld(ports.disk, layout, batch.held);
    if (E.isLeft(kept)) return this.undo(this.refuse(kept.left));
    const place = keeper.place(batch.bytes);
    if (E.isLeft(place)) return this.undo(this.refuse(place.left));
    const { segment, offset } = place.right;
    if (!hold.isGood())
      return this.undo({ _tag: 'DatabaseFailed', path: layout.folder, code: 'REPLACED' });
    const written = keeper.journal.write(segment, Buffer.concat(batch.lines), offset);
    if (E.isLeft(written)) return this.undo(this.unwrite(written.left, segment, offset));
    const synced = keeper.journal.sync(segment);
    if (E.isLeft(synced)) return this.undo(this.poison(synced.left));
    return this.commit(batch, segment, offset + batch.bytes);
  }

  private commit(batch: Batch, segment: Segment, offset: number): AppendError | undefined {
    const { keeper, onRepair } = this.by;
    const ended = { ...batch.at.ended, segment: segment.first, offset };
    const at = { ...batch.at, ended };
    // Whatever fails from here on, the events are recorded: nothing of it is a refusal.
    const committed = keeper.commit(ended);
    if (E.isRight(committed)) {
      keeper.moveTo(at);
      this.signing.signIfDue(this.by);
      return undefined;
    }
    // The journal has them, and the mirror takes them from there.
    keeper.drop();
    const rolled = keeper.begin();
    onRepair({ _tag: 'CommitFailed', code: committed.left.code, isTaken: E.isRight(rolled) });
    // Where the disk is still to be trusted, whoever appends next tries once more.
    if (E.isLeft(rolled)) this.refuse(rolled.left);
    else keeper.rollback();
    return undefined;
  }

  /** Takes back what was written of a batch, where the disk only had no room for it. */
  private unwrite(error: StorageError, segment: Segment, offset: number): AppendError {
    if (!isRefusal(error)) return this.poison(error);
    const cut = this.by.keeper.journal.truncate(segment, offset);
    return E.isLeft(cut) ? this.poison(cut.left) : error;
  }

  private refuse(error: StorageError): AppendError {
    return isRefusal(error) ? error : this.poison(error);
  }

  private poison(cause: StorageError): Poisoned {
    this.poisoned = { _tag: 'Poisoned', cause };
    this.by.keeper.drop();
    return this.poisoned;
  }
}
