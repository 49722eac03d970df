/**
 * Importing: every event of a plan enters by the one way in, and one more seals what was taken and
 * how far it was proved. It can be stopped anywhere and begun again: ids follow from the source, so
 * that what is recorded already is only recognised.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { DraftRefused } from '../../ledger/event/draft.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { write } from '../../ledger/json/format.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Header } from '../../ledger/event/header.ts';
import type { EventType } from '../../ledger/name.ts';
import { isReserved } from '../../ledger/name.ts';
import { surfaceOf } from '../../policies/surface.ts';
import type { Incoming, Plan, SourceBusy, SourceRefused } from '../import/plan.ts';
import type { AppendOptions, Ledger } from '../ledger.ts';
import { recordedOf } from '../storage/mirror/mirror.ts';
import type { Submission } from './batch.ts';
import type { Place, Receipt } from './receipt.ts';
import { isTaken } from './receipt.ts';
import type { AppendFailed } from './request.ts';
import type { Sign } from './sign.ts';

/** The event that seals an import. */
export const IMPORTED = 'schema_migration.imported';

export interface ImportOptions {
  readonly accepted: ReadonlySet<string>;
  readonly sign?: Sign | undefined;
  /** What every draft bears, such as an authorization. */
  readonly members?: JsonObject;
  readonly batch: number;
  readonly onEvents?: (done: number, total: number) => void;
}

/** A row that did not become an event. */
export interface Untaken {
  readonly where: string;
  readonly receipt: Receipt | DraftRefused;
}

/** Rows were refused or held back; the others are recorded, and nothing seals them. */
export interface RowsRefused {
  readonly _tag: 'RowsRefused';
  readonly count: number;
  /** The first of them. */
  readonly rows: readonly Untaken[];
}

export interface Imported {
  readonly appended: number;
  readonly alreadyRecorded: number;
  readonly seal: Place;
  readonly isNew: boolean;
}

export type ImportError = SourceRefused | SourceBusy | RowsRefused | AppendFailed;

const BATCH_BYTES = 4 << 20;
const MOST_TOLD = 100;

const bare = (payload: Json | undefined): string => {
  if (!isObject(payload)) return write(payload ?? null);
  const { origin: _, ...rest } = payload;
  return write(rest);
};

/** What of a header tells one row from another; its origin may be another file. */
const MEANT = ['event_type', 'observed_at', 'session_id', 'domain_tags'] as const;

const isMeant = (draft: JsonObject, header: Header): boolean =>
  MEANT.every((name) => {
    const told = draft[name];
    if (name === 'observed_at' && told === undefined) return true;
    return write(told ?? null) === write(header[name] ?? null);
  });

/** surfaceFor tells by which way an event enters: types of the tool's own by their own. */
const surfaceFor = ({ event_type }: JsonObject): AppendOptions['surface'] =>
  typeof event_type === 'string' && isReserved(event_type as EventType)
    ? surfaceOf(event_type as EventType)
    : 'import';

/** sealDraft is the event that seals an import: what was taken, and how far it was proved. */
export const sealDraft = (
  { tool, files, defects, total, report }: Plan,
  accepted: ReadonlySet<string>,
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
  },
});

export class Importing {
  private readonly ledger: Ledger;
  private readonly plan: Plan;
  private readonly options: ImportOptions;
  private readonly idOf: (payload: JsonObject) => string;
  private appended = 0;
  private alreadyRecorded = 0;
  private untaken = 0;
  private seen = 0;
  private readonly told: Untaken[] = [];

  constructor(
    ledger: Ledger,
    plan: Plan,
    options: ImportOptions,
    digest: (bytes: Uint8Array) => string,
  ) {
    this.ledger = ledger;
    this.plan = plan;
    this.options = options;
    this.idOf = (payload) =>
      `import:${plan.tool}:${digest(encodeUtf8(write(payload))).slice(0, 32)}`;
  }

  /** run takes all of it, or tells why not. */
  async run(): Promise<E.Either<ImportError, Imported>> {
    const { plan, options } = this;
    const names = plan.defects.refusedBy(options.accepted);
    if (names.length > 0) return E.left({ _tag: 'SourceRefused', tool: plan.tool, names });
    const failed = await this.rows();
    if (failed !== undefined) return E.left(failed);
    if (!plan.isCurrent() || this.seen !== plan.total)
      return E.left({ _tag: 'SourceBusy', path: plan.files[0]?.path ?? plan.tool });
    if (this.untaken > 0)
      return E.left({ _tag: 'RowsRefused', count: this.untaken, rows: this.told });
    return this.seal();
  }

  private async rows(): Promise<AppendFailed | undefined> {
    let batch: { readonly incoming: Incoming; readonly submission: Submission }[] = [];
    let bytes = 0;
    let done = 0;
    const flush = async (): Promise<AppendFailed | undefined> => {
      const taken = batch;
      batch = [];
      bytes = 0;
      if (taken.length === 0) return undefined;
      const appended = await this.ledger.submit(taken.map(({ submission }) => submission));
      if (E.isLeft(appended)) return appended.left;
      for (const [at, receipt] of appended.right.entries())
        this.answer(taken[at]?.incoming, receipt);
      done += taken.length;
      this.options.onEvents?.(done, this.plan.total);
      return undefined;
    };
    for (const incoming of this.plan.drafts()) {
      this.seen++;
      const submission = this.submission(incoming.draft);
      if (E.isLeft(submission)) {
        this.refuse(incoming.where, submission.left);
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

  private submission(draft: JsonObject): E.Either<DraftRefused, Submission> {
    const { sign, members = {} } = this.options;
    return this.ledger.submission({ ...draft, ...members }, { sign, surface: surfaceFor(draft) });
  }

  private refuse(where: string, receipt: Untaken['receipt']): void {
    this.untaken++;
    if (this.told.length < MOST_TOLD) this.told.push({ where, receipt });
  }

  private answer(incoming: Incoming | undefined, receipt: Receipt): void {
    if (incoming === undefined) return;
    if (receipt.status === 'appended') this.appended++;
    else if (isTaken(receipt) || this.isRecorded(incoming.draft, receipt)) this.alreadyRecorded++;
    else this.refuse(incoming.where, receipt);
  }

  /** Whether the same row was taken before, from a file that has grown since. */
  private isRecorded(draft: JsonObject, receipt: Receipt): boolean {
    return receipt.status === 'conflict' && receipt.reason === 'id_taken' && this.holds(draft);
  }

  /** holds tells whether the ledger has the row of a draft, wherever that was taken from. */
  private holds(draft: JsonObject): boolean {
    const { id, payload } = draft;
    if (typeof id !== 'string') return false;
    const found = this.ledger.reader.find({ id });
    if (E.isLeft(found) || found.right === undefined) return false;
    const recorded = recordedOf(found.right.line);
    return isMeant(draft, recorded.header) && bare(recorded.payload) === bare(payload);
  }

  /** missing gives the first row that the ledger does not hold as the source has it. */
  missing(): string | undefined {
    for (const { where, draft } of this.plan.drafts()) if (!this.holds(draft)) return where;
    return undefined;
  }

  private async seal(): Promise<E.Either<ImportError, Imported>> {
    const draft = sealDraft(this.plan, this.options.accepted);
    const submission = this.submission({ ...draft, id: this.idOf(draft.payload) });
    if (E.isLeft(submission)) {
      this.refuse(IMPORTED, submission.left);
      return E.left({ _tag: 'RowsRefused', count: 1, rows: this.told });
    }
    const appended = await this.ledger.submit([submission.right]);
    if (E.isLeft(appended)) return appended;
    const [receipt] = appended.right;
    if (receipt?.status === 'appended' || receipt?.status === 'already_recorded') {
      const { appended: count, alreadyRecorded } = this;
      const isNew = receipt.status === 'appended';
      return E.right({ appended: count, alreadyRecorded, seal: receipt, isNew });
    }
    if (receipt !== undefined) this.refuse(IMPORTED, receipt);
    return E.left({ _tag: 'RowsRefused', count: 1, rows: this.told });
  }
}
