/**
 * The real world: the one place where SQLite, the file system, the clock and chance come together.
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { native } from '../ledger/crypto/native.ts';
import { nodeDisk } from './storage/node-disk.ts';
import { privateCopy } from './storage/private-copy.ts';
import { sqliteDatabases } from './storage/sqlite.ts';
import { sqliteLock } from './storage/writer-lock.ts';
import type { Ports } from './usecase/ports.ts';
import { threads } from './verify/threads.ts';

const lock = sqliteLock({
  disk: nodeDisk,
  pid: process.pid,
  host: hostname(),
  now: () => new Date(),
  // For `performance` Node loads much that nothing else here needs.
  elapsedMs: () => Number(process.hrtime.bigint()) / 1e6,
  sleep: (ms) => setTimeout(ms),
  random: () => Math.random(),
});

/** Chance is asked for in large pieces: a call for each salt would cost more than the salt. */
const POOL_BYTES = 4096;
let pool = new Uint8Array(0);
const random = (bytes: number): Uint8Array => {
  if (pool.length < bytes) pool = new Uint8Array(randomBytes(Math.max(POOL_BYTES, bytes)));
  const taken = pool.slice(0, bytes);
  pool = pool.subarray(bytes);
  return taken;
};

/** realPorts are those of this machine. */
export const realPorts: Ports = {
  crypto: native,
  disk: nodeDisk,
  databases: sqliteDatabases(nodeDisk, privateCopy),
  lock,
  now: () => Date.now(),
  random,
  hire: (workers) => threads(nodeDisk, native, workers),
};
