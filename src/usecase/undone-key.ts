/**
 * The log keys whose word a way back to the last good event undoes: until the ledger says so, none
 * of them signs. It would vouch for a second history beside the one that it vouched for.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import { parse } from '../../ledger/json/parse.ts';
import type { Json } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Disk } from '../storage/disk.ts';
import type { Layout } from '../storage/layout.ts';
import type { StorageError } from '../storage/outcome.ts';
import { readWhole } from '../storage/whole-file.ts';

const MOST_BYTES = 1 << 20;

/** intentPath tells where it is written down what such a way back has still to do. */
export const intentPath = ({ torn }: Layout): string => join(torn, 'recovery.json');

/** readIntended reads what is written down there, undefined where nothing is. */
export const readIntended = (
  disk: Disk,
  layout: Layout,
): E.Either<StorageError, Json | undefined> => {
  const read = readWhole(disk, intentPath(layout), MOST_BYTES);
  if (E.isLeft(read)) return read;
  const value = read.right === undefined ? undefined : parse(read.right);
  return E.right(value?._tag === 'Right' ? value.right : undefined);
};

const endedBy = (draft: Json): Json | undefined => {
  if (!isObject(draft) || draft['event_type'] !== 'key.retired') return undefined;
  const { payload } = draft;
  return isObject(payload) ? payload['key_id'] : undefined;
};

/** isUndone tells whether a key is one of them. */
export const isUndone = (
  disk: Disk,
  layout: Layout,
  keyId: string,
): E.Either<StorageError, boolean> =>
  E.map((value: Json | undefined) => {
    const drafts = isObject(value) ? value['drafts'] : undefined;
    return Array.isArray(drafts) && drafts.some((draft: Json) => endedBy(draft) === keyId);
  })(readIntended(disk, layout));
