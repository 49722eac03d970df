/**
 * The library's front door: a ledger that is open.
 *
 *     const opened = await openLedger('.ledger');
 *     if (E.isLeft(opened)) …
 *     const ledger = opened.right;
 *     const receipts = await ledger.append([
 *       {
 *         event_type: 'invoice.paid',
 *         payload: { total: '12.50' },
 *         source: { kind: 'tool', name: 'erp' },
 *       },
 *     ]);
 *     await ledger.close();
 */
import * as E from 'fp-ts/lib/Either.js';
import type { DraftRefused } from '../ledger/event/draft.ts';
import type { JsonObject } from '../ledger/json/value.ts';
import type { Signer } from '../ledger/key/key.ts';
import type { Digest, Origin } from '../ledger/name.ts';
import { readyMade } from '../policies/set/ready-made.ts';
import type { Surface } from '../policies/surface.ts';
import { BUILT_IN } from './projection/registry.ts';
import type { Projection, Row } from './projection/projection.ts';
import type { DiskFailed } from './storage/disk.ts';
import { Keeper } from './storage/keeper.ts';
import type { Layout, Settings, SettingsRefused } from './storage/layout.ts';
import { parseSettings } from './storage/layout.ts';
import type { Repair } from './storage/outcome.ts';
import type { TooLarge } from './storage/whole-file.ts';
import { readWhole } from './storage/whole-file.ts';
import { Appender } from './usecase/append.ts';
import type { Submission } from './usecase/batch.ts';
import type { Filled } from './usecase/fill.ts';
import type { Ports } from './usecase/ports.ts';
import type { Found, Query } from './usecase/query.ts';
import { Reader } from './usecase/reader.ts';
import { replay } from './usecase/replay.ts';
import type { ReplayError, ReplayOptions, Replayed } from './usecase/replay-request.ts';
import type { Receipt } from './usecase/receipt.ts';
import type { AppendError, AppendFailed, Appended, Unsigned } from './usecase/request.ts';
import type { Sign } from './usecase/sign.ts';
import { prepare } from './usecase/sign.ts';
import type { AuditOptions } from './verify/verify.ts';
import { audit } from './verify/verify.ts';

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

export interface AppendOptions {
  readonly sign?: Sign | undefined;
  readonly surface?: Surface | undefined;
  readonly expectHead?: Digest | undefined;
  readonly expectCheckpoint?: string | undefined;
  readonly stopAtFirst?: boolean | undefined;
}

export interface VerifyOptions extends Omit<AuditOptions, 'hire'> {
  /** How many threads; as many as there are cores where it is left out. */
  readonly workers?: number | undefined;
}

export interface NoLedger {
  readonly _tag: 'NoLedger';
  readonly folder: string;
}

export type OpenError = NoLedger | SettingsRefused | DiskFailed | TooLarge;

const LOCK_WAIT_MS = 30_000;
const MAX_SETTINGS_BYTES = 1 << 20;

/** readSettings reads how a ledger is kept. */
export const readSettings = (ports: Ports, layout: Layout): E.Either<OpenError, Settings> => {
  const bytes = readWhole(ports.disk, layout.settings, MAX_SETTINGS_BYTES);
  if (E.isLeft(bytes)) return bytes;
  if (bytes.right === undefined) return E.left({ _tag: 'NoLedger', folder: layout.folder });
  return parseSettings(bytes.right);
};

export class Ledger {
  readonly layout: Layout;
  readonly settings: Settings;
  readonly reader: Reader;
  private readonly ports: Ports;
  private readonly appender: Appender;
  private readonly keeper: Keeper;
  private readonly projections: readonly Projection[];
  private readonly onRepair: (repair: Repair) => void;

  constructor(ports: Ports, layout: Layout, settings: Settings, options: Options) {
    this.ports = ports;
    this.layout = layout;
    this.settings = settings;
    const onRepair = options.onRepair ?? (() => undefined);
    this.onRepair = onRepair;
    this.projections = [...BUILT_IN, ...(options.projections ?? [])];
    this.keeper = new Keeper({
      ...ports,
      layout,
      settings,
      builtIn: readyMade(ports.crypto, 'open'),
      projections: this.projections,
      onRepair,
    });
    const lockWaitMs = options.lockWaitMs ?? LOCK_WAIT_MS;
    const { logKey } = options;
    this.appender = new Appender({
      ports,
      keeper: this.keeper,
      layout,
      settings,
      lockWaitMs,
      logKey,
      onRepair,
    });
    this.reader = new Reader(ports, layout);
  }

  get origin(): Origin {
    return this.settings.origin;
  }

  /** submission prepares a draft: what it does not state is filled in, and it is signed. */
  submission(stated: JsonObject, options: AppendOptions = {}): E.Either<DraftRefused, Submission> {
    const { surface = 'append', sign } = options;
    return E.map((filled: Filled) => ({ ...filled, surface }))(
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
  submit(submissions: readonly Submission[], options: AppendOptions = {}): Promise<Appended> {
    const { expectHead, expectCheckpoint, stopAtFirst } = options;
    return this.appender.append({ submissions, expectHead, expectCheckpoint, stopAtFirst });
  }

  /** checkpoint signs the log as it stands, whether or not that is due. */
  checkpoint(logKey: Signer): Promise<E.Either<AppendError | Unsigned, string>> {
    return this.appender.checkpoint(logKey);
  }

  /** verify audits the ledger: nothing is written, and a writer may go on meanwhile. */
  verify(options: VerifyOptions = {}): ReturnType<typeof audit> {
    const { ports, layout, settings, projections } = this;
    const { workers, ...rest } = options;
    const hire = ports.hire?.(workers);
    return audit({ ports, layout, settings, projections }, { ...rest, hire });
  }

  read(query: Query = {}): ReturnType<Reader['read']> {
    return this.reader.read(query);
  }

  /** projection reads rows of a projection's table. */
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
  async replay(options: ReplayOptions = {}): Promise<E.Either<ReplayError, Replayed>> {
    const { appender, ports, layout, settings, projections, onRepair, keeper, reader } = this;
    const builtIn = readyMade(ports.crypto, 'open');
    const by = { ports, layout, settings, projections, builtIn, options, onRepair };
    await appender.idle();
    return replay(by, {
      exclusively: (run) =>
        appender.exclusively((hold) => {
          // Nothing of ours may have open what is replaced.
          keeper.drop();
          reader.close();
          return run(hold);
        }),
      checkpoint: (logKey) => appender.checkpoint(logKey),
      record: async (drafts, key) => {
        const submissions: Submission[] = [];
        for (const [draft, surface] of drafts) {
          const sign = key === undefined ? undefined : { key };
          const submission = this.submission(draft, { surface, sign });
          if (E.isLeft(submission)) throw new Error(`a draft of ours: ${submission.left._tag}`);
          submissions.push(submission.right);
        }
        const appended = await this.submit(submissions, { stopAtFirst: true });
        return E.isLeft(appended) ? E.left(appended.left.cause) : appended;
      },
    });
  }

  async close(): Promise<void> {
    await this.appender.idle();
    this.keeper.drop();
    this.reader.close();
  }
}

export type { Found };
