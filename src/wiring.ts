/**
 * The real world: the one place where SQLite, the file system, the clock and chance come together.
 */
import * as E from 'fp-ts/lib/Either.js';
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { native } from '../ledger/crypto/native.ts';
import type { OpenError, Options } from './ledger.ts';
import { Ledger, readSettings } from './ledger.ts';
import { layoutOf } from './storage/layout.ts';
import { nodeDisk } from './storage/node-disk.ts';
import { sqliteDatabases } from './storage/sqlite.ts';
import { sqliteLock } from './storage/writer-lock.ts';
import type { Ports } from './usecase/ports.ts';

const lock = sqliteLock({
  disk: nodeDisk,
  pid: process.pid,
  host: hostname(),
  now: () => new Date(),
  elapsedMs: () => performance.now(),
  sleep: (ms) => setTimeout(ms),
  random: () => Math.random(),
});

/** realPorts are those of this machine. */
export const realPorts: Ports = {
  crypto: native,
  disk: nodeDisk,
  databases: sqliteDatabases(nodeDisk),
  lock,
  now: () => Date.now(),
  random: (bytes) => new Uint8Array(randomBytes(bytes)),
};

/** openLedger opens the ledger in a folder. */
export const openLedger = (folder: string, options: Options = {}): E.Either<OpenError, Ledger> => {
  const layout = layoutOf(folder);
  return E.map((settings: Ledger['settings']) => new Ledger(realPorts, layout, settings, options))(
    readSettings(realPorts, layout),
  );
};
