/**
 * What an importer makes of a source: everything that is wrong with it, the events that it would
 * become, and the report that seals them. Nothing is written before all of this is known.
 */
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import type { DiskFailed } from '../storage/disk.ts';
import type { DatabaseFailed } from '../storage/database.ts';
import type { Standing } from '../experiment/decider.ts';
import { NOTHING as NO_EXPERIMENT } from '../experiment/decider.ts';
import type { DefectName, Defects } from './defect.ts';
import type { Named, Seen } from './source-file.ts';

/** The event that seals an import. */
export const IMPORTED = 'schema_migration.imported';

export type Tool = 'cortex' | 'kaizen' | 'ndjson';

/** An event to come, and where it stands in the source. */
export interface Incoming {
  readonly where: string;
  readonly draft: JsonObject;
  /** Whether it is kept as what it was, since it is no row. */
  readonly isUnread?: boolean;
  /** What it stands on: where an earlier row of it is not taken, no later one is. */
  readonly chain?: string | undefined;
  /** What somebody should look at, since the ledger recorded something else before. */
  readonly warning?: string | undefined;
}

/** An import that a ledger sealed. */
export interface Sealed {
  readonly mark: string;
  /** What others had put aside there. */
  readonly strangers: readonly string[];
  readonly files: readonly Named[];
}

/** What is recorded under an id; its payload is undefined where it was erased. */
export interface Said {
  readonly id: string;
  readonly event_type: string;
  readonly source: Partial<JsonObject>;
  readonly payload: Json | undefined;
}

/** What a ledger recorded of earlier imports. */
export interface Recorded {
  /**
   * What an import recorded under ids that begin so, in its order. Whoever gives an event its id
   * can give it one of these: what does not bear the source of the tool is not told.
   */
  readonly under: (start: string) => Iterable<Said>;
  /** The id of what was enqueued last of an owner and a kind. */
  readonly latest: (owner: string, kind: string) => string | undefined;
  /** Whether an event to come is recorded, or another one under its id. */
  readonly known: (draft: JsonObject) => 'no' | 'same' | 'other';
  /** The imports that were sealed, in their order. */
  readonly seals: (tool: Tool) => Iterable<Sealed>;
  /** How an experiment stands, and the tag of a session in it. */
  readonly standing: (experiment: string, session: string | undefined) => Standing;
}

/** What a ledger holds before anything was imported. */
export const NOTHING: Recorded = {
  under: () => [],
  latest: () => undefined,
  known: () => 'no',
  seals: () => [],
  standing: () => ({ experiment: NO_EXPERIMENT, tag: undefined }),
};

export interface Plan {
  readonly tool: Tool;
  readonly files: readonly Seen[];
  readonly defects: Defects;
  /** How many events there will be. */
  readonly total: number;
  /** What was proved, what was not, and what nothing ever protected. */
  readonly report: JsonObject;
  /**
   * The events, in their order; it can be asked for more than once. What a ledger recorded before
   * has the id there that it has.
   */
  readonly drafts: (recorded?: Recorded) => Generator<Incoming, void>;
  /** A file of the source that has rows which are not taken from it, though they could be. */
  readonly untaken?: string | undefined;
  /** Whether the source is still what was looked at. */
  readonly isCurrent: () => boolean;
  readonly close: () => void;
}

/** There is nothing that the tool could have left. */
export interface NoSource {
  readonly _tag: 'NoSource';
  readonly tool: Tool;
  readonly path: string;
  /** Whether something stands where a file was named, which is a folder, a link or a pipe. */
  readonly isOther?: boolean;
  /** What imports put aside there: how many files, and one of them. */
  readonly aside?: { readonly count: number; readonly path: string };
}

/** Somebody wrote to the source while it was read. */
export interface SourceBusy {
  readonly _tag: 'SourceBusy';
  readonly path: string;
}

/** The source has defects that nobody accepted. */
export interface SourceRefused {
  readonly _tag: 'SourceRefused';
  readonly tool: Tool;
  readonly names: readonly DefectName[];
}

export type PlanError = NoSource | SourceBusy | DiskFailed | DatabaseFailed;

/** countOf runs through what there is and counts it. */
export const countOf = (each: Iterator<unknown>): number => {
  let count = 0;
  while (each.next().done !== true) count++;
  return count;
};
