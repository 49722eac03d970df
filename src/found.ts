/**
 * Founding a ledger: folders, keys, the first event, settings, in this order. A key is on the disk
 * before the event that names it; the settings come last, so that what a crash left is no ledger
 * yet, and founding it again finds the same keys and goes on where it stopped.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { DraftRefused } from '../ledger/event/draft.ts';
import type { Key, Signer } from '../ledger/key/key.ts';
import type { KeyName, Origin } from '../ledger/name.ts';
import { Ledger } from './ledger.ts';
import type { Options } from './ledger.ts';
import type { DatabaseFailed, Locked } from './storage/database.ts';
import { LOCK_WAIT_MS } from './storage/database.ts';
import { keyPath, listKeys, readKey } from './storage/key-file.ts';
import type { Layout } from './storage/layout.ts';
import { LIMITS } from './storage/layout.ts';
import type { FoundingKeys, LedgerExists } from './usecase/create.ts';
import { foundingDraft, makeFolders, putSettings, refuseExisting } from './usecase/create.ts';
import type { KeyError } from './usecase/new-key.ts';
import { newKey } from './usecase/new-key.ts';
import type { Ports } from './usecase/ports.ts';
import { isTaken } from './usecase/receipt.ts';
import type { AppendFailed } from './usecase/request.ts';

export interface Founding {
  readonly origin: Origin;
  /** The operator's name. */
  readonly operator: KeyName;
  readonly recovery?: Key | undefined;
  /** Whether a log key and an operator's key are made. */
  readonly hasKeys: boolean;
}

export type FoundError =
  LedgerExists | KeyError | Locked | DatabaseFailed | DraftRefused | AppendFailed;

/**
 * The first event has an id of its own: whoever founds the ledger again is answered with what
 * stands there, and whoever would found another one in its place is refused.
 */
const FIRST_ID = 'ledger.created';

/** The key that an earlier attempt made, or a new one. */
const keyOf = (ports: Ports, keys: string, name: KeyName): E.Either<KeyError, Signer> => {
  const ids = listKeys(ports.disk, keys);
  if (E.isLeft(ids)) return ids;
  const id = ids.right.find((each) => each.startsWith(`${name}+`));
  return id === undefined
    ? newKey(ports, keys, name)
    : readKey(ports.crypto, ports.disk, keyPath(keys, id));
};

const keysOf = (
  ports: Ports,
  { keys }: Layout,
  { origin, operator, recovery, hasKeys }: Founding,
): E.Either<KeyError, FoundingKeys> => {
  if (!hasKeys) return E.right({ recovery });
  const log = keyOf(ports, keys, origin as string as KeyName);
  if (E.isLeft(log)) return log;
  const by = keyOf(ports, keys, operator);
  return E.isLeft(by) ? by : E.right({ log: log.right, operator: by.right, recovery });
};

/** Under the lock, so that two who found it at once make one key of each. */
const makeKeys = async (
  ports: Ports,
  layout: Layout,
  founding: Founding,
  lockWaitMs: number,
): Promise<E.Either<FoundError, FoundingKeys>> => {
  const hold = await ports.lock.take(layout.folder, lockWaitMs);
  if (E.isLeft(hold)) return hold;
  try {
    return keysOf(ports, layout, founding);
  } finally {
    hold.right.release();
  }
};

const isOfAnother = (error: DraftRefused | AppendFailed): boolean =>
  error._tag === 'AppendFailed' &&
  error.cause._tag === 'Corrupt' &&
  error.cause.reason === 'origin_differs';

/** foundLedger makes a ledger where none stands, and gives the keys that it names. */
export const foundLedger = async (
  ports: Ports,
  layout: Layout,
  founding: Founding,
  options: Options = {},
): Promise<E.Either<FoundError, FoundingKeys>> => {
  const { origin } = founding;
  const free = refuseExisting(ports.disk, layout);
  if (E.isLeft(free)) return free;
  const made = makeFolders(ports.disk, layout);
  if (E.isLeft(made)) return made;
  const { lockWaitMs = LOCK_WAIT_MS } = options;
  const keys = await makeKeys(ports, layout, founding, lockWaitMs);
  if (E.isLeft(keys)) return keys;
  const settings = { origin, limits: LIMITS };
  const ledger = new Ledger(ports, layout, settings, options);
  const first = { ...foundingDraft(origin, keys.right), id: FIRST_ID };
  const receipts = await ledger.append([first], { surface: 'record' });
  await ledger.close();
  const isOther = E.isLeft(receipts) ? isOfAnother(receipts.left) : !receipts.right.every(isTaken);
  if (isOther) return E.left({ _tag: 'LedgerExists', folder: layout.folder, isBegun: true });
  if (E.isLeft(receipts)) return receipts;
  const put = putSettings(ports.disk, layout, settings);
  return E.isLeft(put) ? put : keys;
};
