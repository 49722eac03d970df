/**
 * Importing: every event of a plan enters by the one way in, and one more seals what was taken and
 * how far it was proved. It can be stopped anywhere and begun again: ids follow from the source, so
 * that what is recorded already is only recognised.
 */
import * as E from 'fp-ts/lib/Either.js';
import { setImmediate } from 'node:timers/promises';
import type { DraftRefused } from '../../ledger/event/draft.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { write } from '../../ledger/json/format.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Incoming, Plan, SourceBusy, SourceRefused } from '../import/plan.ts';
import { IMPORTED } from '../import/plan.ts';
import { Scratch } from '../import/scratch.ts';
import type { Ledger } from '../ledger.ts';
import type { Submission } from './batch.ts';
import { RecordedRows } from './import-recorded.ts';
import { holds, isHeldRow, isRow, surfaceFor } from './import-row.ts';
import type { ReadError } from './reader.ts';
import type { Place, Receipt } from './receipt.ts';
import { isTaken } from './receipt.ts';
import type { AppendFailed } from './request.ts';
import type { Stated } from './same.ts';
import type { Sign } from './sign.ts';
import type { OnUntaken, RowsRefused, Untaken } from './untaken.ts';
import { Untakens } from './untaken.ts';
import type { Stranger } from './import-warnings.ts';
import { Warnings } from './import-warnings.ts';

export interface ImportOptions {
  readonly accepted: ReadonlySet<string>;
  readonly sign?: Sign | undefined;
  /** What every draft bears, such as an authorization. */
  readonly members?: JsonObject;
  readonly batch: number;
  readonly onEvents?: (done: number, total: number) => void;
  /** Told of every row that is not taken; it is waited for. */
  readonly onUntaken?: OnUntaken;
  readonly strangers?: readonly Stranger[];
}

export interface Imported {
  readonly appended: number;
  readonly alreadyRecorded: number;
  readonly seal: Place;
  readonly isNew: boolean;
  /** What the sealing event says. */
  readonly payload: JsonObject;
}

export type ImportError = SourceRefused | SourceBusy | RowsRefused | AppendFailed | ReadError;

const BATCH_BYTES = 4 << 20;
const CHAIN = 'chain';

/** sealDraft is the event that seals an import: what was taken, and how far it was proved. */
export const sealDraft = (
  { tool, files, defects, total, report }: Plan,
  accepted: ReadonlySet<string>,
  more: JsonObject = {},
): JsonObject & { readonly payload: JsonObject } => ({
  event_type: IMPORTED,
  source: { kind: 'runtime', name: 'ledger' },
  payload: {
    tool,
    format: 1,
    files: files.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 })),
    events: total,
    ...report,
    defects: {
      counts: Object.fromEntries(defects.counts),
      told: defects.told.map(({ name, file, line, id, reason }) => ({
        name,
        file,
        ...(line === undefined ? {} : { line }),
        ...(id === undefined ? {} : { id }),
        reason,
      })),
    },
    accepted: [...accepted].toSorted(),
    ...more,
  },
});

/** sealing is that draft under its id: an import that is the same is sealed once. */
export const sealing = (
  plan: Plan,
  accepted: ReadonlySet<string>,
  warnings: Warnings,
  digest: (bytes: Uint8Array) => string,
): ReturnType<typeof sealDraft> => {
  const draft = sealDraft(plan, accepted, warnings.report());
  const name = digest(encodeUtf8(write(draft.payload))).slice(0, 32);
  return { ...draft, id: `import:${plan.tool}:${name}` };
};

const busy = (path: string): E.Either<SourceBusy, never> => E.left({ _tag: 'SourceBusy', path });

export class Importing {
  private readonly ledger: Ledger;
  private readonly plan: Plan;
  private readonly options: ImportOptions;
  private readonly digest: (bytes: Uint8Array) => string;
  private appended = 0;
  private alreadyRecorded = 0;
  private seen = 0;
  private readonly untaken: Untakens;
  private readonly recorded: RecordedRows;
  private readonly warnings: Warnings;
  /** Chains of which a row was not taken. */
  private readonly broken = new Scratch();

  constructor(
    ledger: Ledger,
    plan: Plan,
    options: ImportOptions,
    digest: (bytes: Uint8Array) => string,
  ) {
    this.ledger = ledger;
    this.plan = plan;
    this.options = options;
    this.untaken = new Untakens(options.onUntaken);
    this.warnings = new Warnings(options.strangers ?? []);
    this.digest = digest;
    this.recorded = new RecordedRows(ledger.reader);
  }

  /** run takes all of it, or tells why not. */
  async run(): Promise<E.Either<ImportError, Imported>> {
    try {
      return await this.all();
    } finally {
      this.broken.close();
    }
  }

  private async all(): Promise<E.Either<ImportError, Imported>> {
    const { plan, options } = this;
    const names = plan.defects.refusedBy(options.accepted);
    if (names.length > 0) return E.left({ _tag: 'SourceRefused', tool: plan.tool, names });
    const failed = await this.rows();
    if (failed !== undefined) return E.left(failed);
    if (!plan.isCurrent() || this.seen !== plan.total)
      return busy(plan.files[0]?.path ?? plan.tool);
    if (this.untaken.count > 0) return E.left(this.untaken.refused());
    return this.seal();
  }

  private async rows(): Promise<AppendFailed | ReadError | undefined> {
    let batch: { readonly incoming: Incoming; readonly submission: Submission }[] = [];
    let bytes = 0;
    let done = 0;
    const flush = async (): Promise<AppendFailed | undefined> => {
      const taken = batch;
      batch = [];
      bytes = 0;
      if (taken.length === 0) return undefined;
      // A signal is heard here, and whoever heard it need not go on.
      await setImmediate();
      const appended = await this.ledger.submit(taken.map(({ submission }) => submission));
      if (E.isLeft(appended)) return appended.left;
      for (const [at, receipt] of appended.right.entries()) {
        const { incoming } = taken[at] ?? {};
        if (incoming !== undefined && !this.isTaken(receipt)) await this.leave(incoming, receipt);
      }
      done += taken.length;
      this.options.onEvents?.(done, this.plan.total);
      return undefined;
    };
    for (const incoming of this.plan.drafts(this.recorded)) {
      if (this.recorded.failed !== undefined) return this.recorded.failed;
      this.seen++;
      const { where, warning } = incoming;
      if (warning !== undefined) this.warnings.add({ where, warning });
      const submission = this.submission(incoming);
      if (E.isLeft(submission)) {
        await this.leave(incoming, submission.left);
        continue;
      }
      batch.push({ incoming, submission: submission.right });
      bytes += submission.right.draft.payload.length;
      if (batch.length < this.options.batch && bytes < BATCH_BYTES) continue;
      const failed = await flush();
      if (failed !== undefined) return failed;
    }
    return flush();
  }

  private submission({
    draft,
    chain: name,
  }: Pick<Incoming, 'draft' | 'chain'>): E.Either<DraftRefused, Submission> {
    const { sign, members = {} } = this.options;
    const options = { sign, surface: surfaceFor(draft) };
    const isBroken = name !== undefined && this.broken.get(CHAIN, name) !== undefined;
    const chain = name === undefined ? undefined : { name, isBroken };
    return E.map((made: Submission) => ({
      ...made,
      chain,
      isRow: (said: Stated) => isRow(draft, said),
      isHeldRow: (said: Stated) => isHeldRow(draft, said),
    }))(this.ledger.submission({ ...draft, ...members }, options));
  }

  private isTaken(receipt: Receipt): boolean {
    if (receipt.status === 'appended') this.appended++;
    else if (isTaken(receipt)) this.alreadyRecorded++;
    else return false;
    return true;
  }

  /** Tells a row that is not taken; what stands on it is not taken either. */
  private async leave({ where, chain }: Incoming, receipt: Untaken['receipt']): Promise<void> {
    if (chain !== undefined) this.broken.keep(CHAIN, chain);
    await this.untaken.add({ where, receipt });
  }

  /** proved gives the files of a source of which the ledger was asked for every row, and has it. */
  proved(): E.Either<SourceBusy | ReadError, Pick<Plan, 'files'>> {
    const { plan, recorded } = this;
    for (const { where, draft } of plan.drafts(recorded)) {
      if (recorded.failed !== undefined) return E.left(recorded.failed);
      if (!holds(this.ledger.reader, draft)) return busy(where);
    }
    return plan.isCurrent() ? E.right({ files: plan.files }) : busy(plan.files[0]?.path ?? '');
  }

  private async seal(): Promise<E.Either<ImportError, Imported>> {
    const draft = sealing(this.plan, this.options.accepted, this.warnings, this.digest);
    const submission = this.submission({ draft });
    if (E.isLeft(submission)) {
      await this.untaken.add({ where: IMPORTED, receipt: submission.left });
      return E.left(this.untaken.refused());
    }
    const appended = await this.ledger.submit([submission.right]);
    if (E.isLeft(appended)) return appended;
    const [receipt] = appended.right;
    if (receipt?.status === 'appended' || receipt?.status === 'already_recorded') {
      const { appended: count, alreadyRecorded } = this;
      const isNew = receipt.status === 'appended';
      const { payload } = draft;
      return E.right({ appended: count, alreadyRecorded, seal: receipt, isNew, payload });
    }
    if (receipt !== undefined) await this.untaken.add({ where: IMPORTED, receipt });
    return E.left(this.untaken.refused());
  }
}
