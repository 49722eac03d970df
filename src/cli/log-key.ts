/**
 * The key that signs checkpoints: one of `keys/` that bears the origin's name and lives.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Signer } from '../../ledger/key/key.ts';
import type { KeyId, Origin } from '../../ledger/name.ts';
import { keyPath, listKeys } from '../storage/key-file.ts';
import type { Ledger } from '../ledger.ts';
import type { Layout } from '../storage/layout.ts';
import { Reader } from '../usecase/reader.ts';
import { realPorts } from '../wiring.ts';
import { enrolledKeys, matching } from './enrolled.ts';
import type { KeyError } from './key-choice.ts';
import { keysUnseen, readKeyFile } from './key-choice.ts';

/** Which of the ids are live log keys, the newest first; all of them where no mirror tells. */
const liveOf = (layout: Layout, origin: Origin, ids: readonly KeyId[]): readonly KeyId[] => {
  const reader = new Reader(realPorts, layout, origin);
  const keys = enrolledKeys(reader);
  reader.close();
  if (E.isLeft(keys)) return ids;
  return keys.right
    .filter(({ purpose, state }) => purpose === 'log' && state === 'active')
    .toSorted((a, b) => b.since_seq - a.since_seq)
    .flatMap(({ key_id }) => ids.filter((id) => id === key_id));
};

/** logKeyOf gives it, undefined where none is kept here. */
export const logKeyOf = (
  layout: Layout,
  origin: Origin,
): E.Either<KeyError, Signer | undefined> => {
  const ids = listKeys(realPorts.disk, layout.keys);
  const own = E.isRight(ids) ? matching(ids.right, origin) : [];
  const [id] = own.length === 0 ? [] : liveOf(layout, origin, own);
  return id === undefined ? E.right(undefined) : readKeyFile(keyPath(layout.keys, id));
};

/** orKeyFault tells what is wrong with the log key that is kept here, where none could be used. */
export const orKeyFault = <T extends { readonly _tag: string }>(
  { layout, origin }: Ledger,
  error: T,
): T | KeyError => {
  if (error._tag !== 'NoLogKey') return error;
  const key = logKeyOf(layout, origin);
  return E.isLeft(key) ? key.left : (keysUnseen(layout) ?? error);
};
