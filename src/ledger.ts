/**
 * The library's front door: a ledger that is open.
 *
 *     const opened = openLedger('.ledger', { logKey, projections: [totals] });
 *     if (E.isLeft(opened)) …
 *     const ledger = opened.right;
 *     const source = { kind: 'tool', name: 'erp' };
 *     const draft = { event_type: 'invoice.paid', payload: { total: '12.50' }, source };
 *     const receipts = await ledger.append([draft], { sign: { key: me } });
 *     for (const found of ledger.read({ session: 's-1', limit: 10 })) …
 *     for await (const found of ledger.follow({ after: 7 }, { signal })) …
 *     const rows = ledger.projection('totals', 'by_type', { type: 'invoice.paid' });
 *     const proof = await ledger.prove(7);
 *     const note = await ledger.checkpoint();
 *     const report = await ledger.verify({ checkpoints: [held] });
 *     const replayed = await ledger.replay({ dryRun: true });
 *     await ledger.close();
 *
 * What can be refused is an `Either`. The README has all of this as a program.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { DraftRefused } from '../ledger/event/draft.ts';
import type { JsonObject } from '../ledger/json/value.ts';
import type { Signer } from '../ledger/key/key.ts';
import type { Origin } from '../ledger/name.ts';
import { readyMade } from '../policies/set/ready-made.ts';
import type { Surface } from '../policies/surface.ts';
import { legible } from './outbox/legible.ts';
import { own } from './projection/own.ts';
import { BUILT_IN } from './projection/registry.ts';
import type { Projection, Row } from './projection/projection.ts';
import { LOCK_WAIT_MS } from './storage/database.ts';
import { Keeper } from './storage/keeper.ts';
import type { Layout, Settings } from './storage/layout.ts';
import type { Repair } from './storage/outcome.ts';
import { Appender } from './usecase/append.ts';
import type { Submission } from './usecase/batch.ts';
import type { Withheld } from './usecase/erase.ts';
import type { Filled } from './usecase/fill.ts';
import type { Following } from './usecase/follow.ts';
import { follow, wake } from './usecase/follow.ts';
import type { Ports } from './usecase/ports.ts';
import type { Proof, Proving, ProvingError } from './usecase/prover.ts';
import { proveGrown, proveRecorded } from './usecase/prover.ts';
import type { Query } from './usecase/query.ts';
import { Reader } from './usecase/reader.ts';
import { doorOf } from './usecase/replay-door.ts';
import type { Door } from './usecase/replay.ts';
import type { ReplayError, ReplayOptions, Replayed, Replaying } from './usecase/replay-request.ts';
import type { Receipt } from './usecase/receipt.ts';
import type {
  AppendError,
  AppendFailed,
  Appended,
  Closed,
  NoLogKey,
  Unsigned,
} from './usecase/request.ts';
import type { Expected } from './usecase/seen.ts';
import type { Sign } from './usecase/sign.ts';
import { prepare } from './usecase/sign.ts';
import type { Trouble } from './verify/crew.ts';
import type { SinceRefused } from './verify/since.ts';
import type { AuditOptions, Report } from './verify/verify.ts';

export interface Options {
  /** How long to wait for another writer; 30 seconds where it is left out. */
  readonly lockWaitMs?: number | undefined;
  /** Signs checkpoints when they are due. */
  readonly logKey?: Signer | undefined;
  /** Projections beside those that every ledger has. */
  readonly projections?: readonly Projection[] | undefined;
  /** Told of everything that recovery mended. */
  readonly onRepair?: ((repair: Repair) => void) | undefined;
}

export interface AppendOptions extends Expected {
  readonly sign?: Sign | undefined;
  readonly surface?: Surface | undefined;
  readonly expectCheckpoint?: string | undefined;
  readonly stopAtFirst?: boolean | undefined;
}

export interface VerifyOptions extends Omit<AuditOptions, 'hire'> {
  /** How many threads, 64 at most; as many as there are cores where it is left out. */
  readonly workers?: number | undefined;
}

export type WithholdOptions = Pick<ReplayOptions, 'onProgress'>;

export type CheckpointError = AppendError | Unsigned | NoLogKey;

const CLOSED: Closed = { _tag: 'Closed' };

export class Ledger {
  readonly layout: Layout;
  readonly settings: Settings;
  readonly reader: Reader;
  private readonly ports: Ports;
  private readonly appender: Appender;
  private readonly keeper: Keeper;
  private readonly projections: readonly Projection[];
  private readonly onRepair: (repair: Repair) => void;
  private readonly logKey: Signer | undefined;
  private readonly underWay = new Set<Promise<unknown>>();
  private closing: Promise<void> | undefined;

  constructor(ports: Ports, layout: Layout, settings: Settings, options: Options) {
    this.ports = ports;
    this.layout = layout;
    this.settings = settings;
    const onRepair = options.onRepair ?? (() => undefined);
    this.onRepair = onRepair;
    this.projections = [...BUILT_IN, ...own(options.projections ?? [], BUILT_IN)];
    this.reader = new Reader(ports, layout, settings.origin);
    const release = (): void => this.reader.release();
    this.keeper = new Keeper({
      ...ports,
      layout,
      settings,
      builtIn: readyMade(ports.crypto, 'open'),
      projections: this.projections,
      onRepair,
      release,
    });
    const lockWaitMs = options.lockWaitMs ?? LOCK_WAIT_MS;
    const { logKey } = options;
    this.logKey = logKey;
    this.appender = new Appender({
      ports,
      keeper: this.keeper,
      layout,
      settings,
      lockWaitMs,
      logKey,
      onRepair,
    });
  }

  get origin(): Origin {
    return this.settings.origin;
  }

  /** submission prepares a draft: what it does not state is filled in, and it is signed. */
  submission(stated: JsonObject, options: AppendOptions = {}): E.Either<DraftRefused, Submission> {
    const { surface = 'append', sign } = options;
    return E.chain((filled: Filled) => legible({ ...filled, surface }))(
      prepare(this.ports, this.origin, stated, sign),
    );
  }

  /** append records drafts, one after the other; each is answered for, in order. */
  async append(
    drafts: readonly JsonObject[],
    options: AppendOptions = {},
  ): Promise<E.Either<DraftRefused | AppendFailed, readonly Receipt[]>> {
    const submissions: Submission[] = [];
    for (const draft of drafts) {
      const submission = this.submission(draft, options);
      if (E.isLeft(submission)) return submission;
      submissions.push(submission.right);
    }
    return this.submit(submissions, options);
  }

  /** submit records what was prepared. */
  async submit(submissions: readonly Submission[], options: AppendOptions = {}): Promise<Appended> {
    if (this.isClosed) return E.left({ _tag: 'AppendFailed', cause: CLOSED, receipts: [] });
    const { expectHead, expectCheckpoint, expectRows, stopAtFirst } = options;
    const request = { submissions, expectHead, expectCheckpoint, expectRows, stopAtFirst };
    const appended = await this.appender.append(request);
    wake(this.layout.folder);
    return appended;
  }

  /** checkpoint signs the log as it stands, whether or not that is due. */
  checkpoint(logKey = this.logKey): Promise<E.Either<CheckpointError, string>> {
    return this.during(() => this.signed(logKey));
  }

  private async signed(logKey = this.logKey): Promise<E.Either<CheckpointError, string>> {
    return logKey === undefined
      ? E.left({ _tag: 'NoLogKey', origin: this.origin })
      : this.appender.checkpoint(logKey);
  }

  /** prove proves that an event, named by its position, id or hash, was recorded. */
  prove(name: string | number): Promise<E.Either<ProvingError, Proof>> {
    return this.during(() => proveRecorded(this.proving, String(name)));
  }

  /** proveGrown proves that the log begins with the one that an earlier checkpoint is about. */
  proveGrown(checkpoint: string): Promise<E.Either<ProvingError, Proof>> {
    return this.during(() => proveGrown(this.proving, checkpoint));
  }

  private get proving(): Proving {
    const { ports, layout, origin, reader } = this;
    return { ports, layout, origin, reader, sign: () => this.signed() };
  }

  /** verify audits the ledger: nothing is written, and a writer may go on meanwhile. */
  verify(options: VerifyOptions = {}): Promise<E.Either<Trouble | Closed | SinceRefused, Report>> {
    const { ports, layout, settings, projections } = this;
    const { workers, ...rest } = options;
    const hire = ports.hire?.(workers);
    return this.during(async () => {
      // An audit brings much that an append has no use for.
      const { audit } = await import('./verify/verify.ts');
      return audit({ ports, layout, settings, projections }, { ...rest, hire });
    });
  }

  /** read gives the events of a query; there is an end to them. */
  read(query: Query = {}): ReturnType<Reader['read']> {
    return this.reader.read(query);
  }

  /** follow gives the events of a query and then what comes, until it is ended. */
  follow(query: Omit<Query, 'reverse'> = {}, options: Following = {}): ReturnType<typeof follow> {
    return follow(this.reader, this.layout.folder, query, options);
  }

  /** projection reads rows of a projection's table, in the order of their keys. */
  projection(name: string, table: string, equal: Row = {}): ReturnType<Reader['rows']> {
    return this.reader.rows(name, table, equal);
  }

  /** status tells how far each projection has come, and which of them stopped. */
  status(): ReturnType<Reader['status']> {
    return this.reader.status(this.projections);
  }

  /** digests names what each projection holds by its content: a replay makes the same. */
  digests(): ReturnType<Reader['digests']> {
    return this.reader.digests(this.projections);
  }

  /** replay makes anew what was lost, or says what it would do; it ends with a proof of parity. */
  replay(options: ReplayOptions = {}): Promise<E.Either<ReplayError, Replayed>> {
    return this.during(() => this.replayed(options));
  }

  /** withhold takes the payloads out of journal and mirror that erasures name. */
  withhold(options: WithholdOptions = {}): Promise<E.Either<ReplayError, Withheld>> {
    return this.during(async () => {
      const { withholdErased } = await import('./usecase/erase.ts');
      return withholdErased(...(await this.replaying(options)));
    });
  }

  private async replayed(options: ReplayOptions): Promise<E.Either<ReplayError, Replayed>> {
    const { replay } = await import('./usecase/replay.ts');
    return replay(...(await this.replaying(options)));
  }

  private async replaying(options: ReplayOptions): Promise<readonly [Replaying, Door]> {
    const { appender, ports, layout, settings, projections, onRepair, keeper, reader } = this;
    const builtIn = readyMade(ports.crypto, 'open');
    const release = (): void => reader.release();
    const by = { ports, layout, settings, projections, builtIn, options, onRepair, release };
    await appender.idle();
    return [by, doorOf(appender, keeper, reader, (draft, how) => this.submission(draft, how))];
  }

  /** Runs what a close waits for, unless the ledger is closed. */
  private async during<T>(run: () => Promise<T>): Promise<T | E.Either<Closed, never>> {
    if (this.isClosed) return E.left(CLOSED);
    const running = run();
    this.underWay.add(running);
    try {
      return await running;
    } finally {
      this.underWay.delete(running);
    }
  }

  /**
   * close ends every follower, waits for what is under way, and lets go of all files. What is asked
   * of the ledger from then on is answered by `Closed`.
   */
  close(): Promise<void> {
    this.closing ??= this.closed();
    return this.closing;
  }

  private get isClosed(): boolean {
    return this.closing !== undefined;
  }

  private async closed(): Promise<void> {
    await Promise.allSettled(this.underWay);
    await this.appender.idle();
    this.keeper.drop();
    this.reader.close();
    this.ports.lock.leave(this.layout.folder);
    wake(this.layout.folder);
  }
}
