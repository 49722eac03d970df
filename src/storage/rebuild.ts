/**
 * Making the mirror anew: of the whole journal, in a file beside the old one, which takes the old
 * one's place once it is whole. What a crash leaves of it on the way is of no use to anybody and is
 * cleared away by the next attempt; before the swap the old mirror is as it was.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { makeTorn } from './aside.ts';
import { attempt, attemptSteps } from './attempt.ts';
import type { Database, Databases } from './database.ts';
import type { Disk, Done } from './disk.ts';
import type { Layout, Settings } from './layout.ts';
import { Mirror } from './mirror/mirror.ts';
import type { StorageError } from './outcome.ts';
import type { Recovered, Recovery } from './recover.ts';
import { recover } from './recover.ts';
import type { Steps } from './steps.ts';
import { clearFile } from './whole-file.ts';

export interface Rebuilding extends Omit<Recovery, 'isNew' | 'mirror'> {
  readonly crypto: Crypto;
  readonly disk: Disk;
  readonly databases: Databases;
  readonly settings: Settings;
}

/** newMirror tells where it is made. */
export const newMirror = ({ mirror }: Layout): string => `${mirror}.new`;

/** A log beside a database is played into it, whichever database that is by then. */
const besides = (path: string): readonly string[] => [`${path}-wal`, `${path}-shm`];

const clear = (disk: Disk, paths: readonly string[]): Done<void> => {
  for (const path of paths) {
    const cleared = clearFile(disk, path);
    if (E.isLeft(cleared)) return cleared;
  }
  return E.right(undefined);
};

/** clearNew removes what there is of a new mirror. */
export const clearNew = (disk: Disk, layout: Layout): E.Either<StorageError, void> =>
  clear(disk, [newMirror(layout), ...besides(newMirror(layout))]);

function* fill(means: Rebuilding, database: Database): Steps<E.Either<StorageError, Recovered>> {
  const created = Mirror.create(database, means.crypto, means.settings.origin);
  if (E.isLeft(created)) return created;
  const begun = database.begin();
  if (E.isLeft(begun)) return begun;
  const mirror = created.right;
  const recovered = yield* recover({ ...means, mirror, isNew: true });
  if (E.isLeft(recovered)) {
    database.rollback();
    return recovered;
  }
  mirror.complete();
  mirror.setEnded(recovered.right.at.ended);
  mirror.fold.flush();
  const committed = database.commit();
  return E.isLeft(committed) ? committed : recovered;
}

/** Closing it does so, too, but does not say where there is no room for it. */
const bringHome = ({ path, sqlite }: Database) =>
  attempt(path, () => sqlite.pragma('wal_checkpoint(TRUNCATE)'));

/** buildMirror makes one of the journal beside the old one; nothing is left of one that fails. */
export function* buildMirror(means: Rebuilding): Steps<E.Either<StorageError, Recovered>> {
  const { databases, disk, layout } = means;
  const path = newMirror(layout);
  const cleared = clearNew(disk, layout);
  if (E.isLeft(cleared)) return cleared;
  const database = databases.create(path);
  if (E.isLeft(database)) return database;
  const made = yield* attemptSteps(path, fill(means, database.right));
  const built = E.flatten(made);
  const home = E.isLeft(built) ? built : bringHome(database.right);
  database.right.close();
  if (E.isLeft(built) || E.isLeft(home)) {
    clearNew(disk, layout);
    return E.isLeft(home) ? home : built;
  }
  // Everything is in the one file that is renamed; unless somebody looked on.
  const log = disk.stat(`${path}-wal`);
  if (E.isLeft(log)) return log;
  return log.right === undefined
    ? built
    : E.left({ _tag: 'DatabaseFailed', path, code: 'SQLITE_BUSY' });
}

/** The first name in `torn/` that nothing bears. */
const freeName = (disk: Disk, { torn }: Layout): E.Either<StorageError, string> => {
  for (let number = 1; ; number++) {
    const path = join(torn, number === 1 ? 'mirror.db' : `mirror.db.${number}`);
    const there = disk.stat(path);
    if (E.isLeft(there)) return there;
    if (there.right === undefined) return E.right(path);
  }
};

const setAside = (disk: Disk, layout: Layout): E.Either<StorageError, void> => {
  const there = disk.stat(layout.mirror);
  if (E.isLeft(there) || there.right === undefined) return E.map(() => undefined)(there);
  const made = makeTorn(disk, layout);
  if (E.isLeft(made)) return made;
  const free = freeName(disk, layout);
  if (E.isLeft(free)) return free;
  const renamed = disk.rename(layout.mirror, free.right);
  return E.isLeft(renamed) ? renamed : disk.syncFolder(layout.torn);
};

/**
 * swapMirror puts the new mirror into the place of the old one, which is kept where it may say what
 * the journal does not. The old one's log goes first, and is gone for good before another takes the
 * name.
 */
export const swapMirror = (
  disk: Disk,
  layout: Layout,
  isKept: boolean,
): E.Either<StorageError, void> => {
  // Whoever compared the new one left an empty log beside it.
  const cleared = clear(disk, [...besides(layout.mirror), ...besides(newMirror(layout))]);
  if (E.isLeft(cleared)) return cleared;
  const kept = isKept ? setAside(disk, layout) : E.right(undefined);
  if (E.isLeft(kept)) return kept;
  const synced = disk.syncFolder(layout.folder);
  if (E.isLeft(synced)) return synced;
  const renamed = disk.rename(newMirror(layout), layout.mirror);
  return E.isLeft(renamed) ? renamed : disk.syncFolder(layout.folder);
};
