/**
 * The writer lock: BEGIN IMMEDIATE on `writer.lock.db`, a database that is used for nothing else.
 * It holds between processes because SQLite locks the file, and within one because all in it share
 * one connection and stand in one queue. It goes with the process that held it.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import type { Answer, DatabaseFailed, Hold, Locked, WriterLock } from './database.ts';
import type { Disk } from './disk.ts';
import type { LockFile } from './lock-file.ts';
import { leaveLockFile, openLockFile } from './lock-file.ts';
import { failed, isBusy, isNamed } from './sqlite.ts';
import { holderOf, infoPath, tell } from './writer-info.ts';

export interface LockSetting {
  readonly disk: Disk;
  readonly pid: number;
  readonly host: string;
  /** The time of day. */
  readonly now: () => Date;
  /** Milliseconds of a clock that nobody sets. */
  readonly elapsedMs: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** From 0, below 1. */
  readonly random: () => number;
}

export interface SqliteLock extends WriterLock {
  /** Lets go of what it has open; what is held stays held until it is released. */
  readonly close: () => void;
}

const NAME = 'writer.lock.db';

/** lockPath tells where the lock lies. */
export const lockPath = (folder: string): string => join(folder, NAME);

const FIRST_DELAY_MS = 1;
/** Short, for a holder that is busy lets go for moments only. */
const MOST_DELAY_MS = 10;
const GROWTH = 1.5;
/** How often its file may be replaced while it is being taken. */
const TRIES = 5;

/** More than a file system's clock takes from one time to the next. */
const TICK_MS = 20;
const NS_PER_MS = 1_000_000n;

type Taken = E.Either<Locked | DatabaseFailed, Hold>;

interface Wait {
  readonly isOver: () => boolean;
  readonly pause: () => Promise<unknown>;
  readonly locked: () => E.Either<Locked, never>;
}

const waitOf = (setting: LockSetting, folder: string, waitMs: number): Wait => {
  const { disk, elapsedMs, sleep, random } = setting;
  const start = elapsedMs();
  const waited = (): number => elapsedMs() - start;
  let delay = FIRST_DELAY_MS;
  return {
    isOver: () => waited() >= waitMs,
    pause: () => {
      // Jittered, so that those who began together do not ask together.
      const ms = Math.min(delay * (0.5 + random() / 2), Math.max(0, waitMs - waited()));
      delay = Math.min(delay * GROWTH, MOST_DELAY_MS);
      return sleep(ms);
    },
    locked: () => {
      const holder = holderOf(disk, folder);
      const locked = { _tag: 'Locked', path: lockPath(folder), waitedMs: waited() } as const;
      return E.left(holder === undefined ? locked : { ...locked, holder });
    },
  };
};

/**
 * Tells who has it, unless that is what was told. The time at which the file was changed stands for
 * what it says as soon as it is so old that a later change has another one.
 */
const inform = (setting: LockSetting, folder: string, file: LockFile): void => {
  const { disk, pid, host, now } = setting;
  const stat = disk.stat(infoPath(folder));
  const changed = E.isRight(stat) ? stat.right?.changed : undefined;
  if (changed !== undefined && changed === file.told) return;
  const holder = holderOf(disk, folder);
  if (holder?.pid !== pid || holder.host !== host)
    tell(disk, folder, { pid, host, since: now().toISOString() });
  else if (changed !== undefined && Number(changed / NS_PER_MS) < now().getTime() - TICK_MS)
    file.told = changed;
};

interface Place {
  readonly isFirst: () => boolean;
  /** Comes when it is the first. */
  readonly turn: Promise<void>;
  readonly leave: () => void;
}

/** A place in the queue of a file, which is in use until it is left. */
const queueUp = (file: LockFile): Place => {
  const { promise: turn, resolve: call } = Promise.withResolvers<void>();
  file.users++;
  file.queue.push(call);
  return {
    isFirst: () => file.queue[0] === call,
    turn,
    leave: () => {
      file.queue.splice(file.queue.indexOf(call), 1);
      file.queue[0]?.();
      leaveLockFile(file);
    },
  };
};

const holdOf = (file: LockFile, place: Place, isCurrent: () => boolean): Hold => {
  let isHeld = true;
  return {
    isGood: () => isHeld && isCurrent(),
    release: () => {
      if (!isHeld) return;
      isHeld = false;
      file.end();
      place.leave();
    },
  };
};

/** Undefined where the path names another file by now. */
const takeFile = async (
  setting: LockSetting,
  folder: string,
  file: LockFile,
  wait: Wait,
): Promise<Taken | undefined> => {
  const isCurrent = (): boolean => isNamed(setting.disk, lockPath(folder), file.identity);
  const place = queueUp(file);
  while (!place.isFirst() && !wait.isOver()) await Promise.race([place.turn, wait.pause()]);
  let begun = place.isFirst() ? file.begin() : undefined;
  while (begun !== undefined && E.isLeft(begun) && isBusy(begun.left) && !wait.isOver()) {
    await wait.pause();
    begun = file.begin();
  }
  if (begun !== undefined && E.isRight(begun)) {
    if (isCurrent()) {
      inform(setting, folder, file);
      return E.right(holdOf(file, place, isCurrent));
    }
    file.end();
  }
  place.leave();
  if (begun === undefined) return wait.locked();
  if (E.isRight(begun)) return undefined;
  return isBusy(begun.left) ? wait.locked() : begun;
};

/** sqliteLock gives the lock of this machine; instances in one process take turns like any. */
export const sqliteLock = (setting: LockSetting): SqliteLock => {
  const files = new Map<string, LockFile>();
  const fileOf = (folder: string): Answer<LockFile> => {
    const known = files.get(folder);
    if (known !== undefined) return E.right(known);
    const opened = openLockFile(setting.disk, lockPath(folder));
    if (E.isRight(opened)) files.set(folder, opened.right);
    return opened;
  };
  const forget = (folder: string, file: LockFile): void => {
    if (files.get(folder) !== file) return;
    files.delete(folder);
    leaveLockFile(file);
  };
  const take = async (folder: string, waitMs: number): Promise<Taken> => {
    const wait = waitOf(setting, folder, waitMs);
    for (let tries = 0; tries < TRIES;) {
      const file = fileOf(folder);
      if (E.isRight(file)) {
        const taken = await takeFile(setting, folder, file.right, wait);
        if (taken !== undefined) return taken;
        forget(folder, file.right);
        tries++;
      } else if (!isBusy(file.left)) return file;
      else if (wait.isOver()) return wait.locked();
      // Somebody else is making it.
      else await wait.pause();
    }
    return failed(lockPath(folder), 'REPLACED');
  };
  const leave = (folder: string): void => {
    const file = files.get(folder);
    if (file !== undefined) forget(folder, file);
  };
  return {
    take,
    leave,
    close: () => {
      for (const folder of files.keys()) leave(folder);
    },
  };
};
