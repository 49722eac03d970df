/**
 * The log keys whose word a way back to the last good event undoes: until the ledger says so, none
 * of them signs. It would vouch for a second history beside the one that it vouched for.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import { parse } from '../../ledger/json/parse.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Disk } from '../storage/disk.ts';
import type { Layout } from '../storage/layout.ts';
import type { StorageError } from '../storage/outcome.ts';
import { readWhole } from '../storage/whole-file.ts';
import { isRecovered, isRecoveryDraft } from './recovery-draft.ts';

const MOST_BYTES = 1 << 20;

/** What a way back to the last good event has decided on, and holds until it is done. */
export interface Intent {
  /** The first seq of the segment that is cut, and where; later segments go. */
  readonly segment: number;
  readonly offset: number;
  readonly size: number;
  readonly bytes: number;
  /** Whether a signed checkpoint is undone. */
  readonly isFork: boolean;
  /** What is to be recorded, ids and all. */
  readonly drafts: readonly JsonObject[];
}

/** intentPath tells where it is written down what such a way back has still to do. */
export const intentPath = ({ torn }: Layout): string => join(torn, 'recovery.json');

const isIntent = (value: Json): value is Json & Intent => {
  if (!isObject(value)) return false;
  const { isFork, drafts } = value;
  return (
    ['segment', 'offset', 'size', 'bytes'].every((name) => Number.isSafeInteger(value[name])) &&
    typeof isFork === 'boolean' &&
    Array.isArray(drafts) &&
    drafts.every(isRecoveryDraft) &&
    (isFork || drafts.every(isRecovered))
  );
};

/** readIntent reads what is written down there, undefined where nothing is. */
export const readIntent = (
  disk: Disk,
  layout: Layout,
): E.Either<StorageError, Intent | undefined> => {
  const read = readWhole(disk, intentPath(layout), MOST_BYTES);
  if (E.isLeft(read)) return read;
  if (read.right === undefined) return E.right(undefined);
  const value = parse(read.right);
  return E.isRight(value) && isIntent(value.right)
    ? E.right(value.right)
    : E.left({ _tag: 'Corrupt', reason: 'recovery_refused' });
};

/** endedBy names the log keys that it ends. */
export const endedBy = ({ drafts }: Intent): readonly Json[] =>
  drafts.flatMap(({ event_type: type, payload }) =>
    type === 'key.retired' && isObject(payload) ? [payload['key_id'] ?? ''] : [],
  );

/** isUndone tells whether a key is one of them. */
export const isUndone = (
  disk: Disk,
  layout: Layout,
  keyId: string,
): E.Either<StorageError, boolean> =>
  E.map((intent: Intent | undefined) => intent !== undefined && endedBy(intent).includes(keyId))(
    readIntent(disk, layout),
  );
