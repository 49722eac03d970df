/**
 * The writer lock as a process of this machine has it; the jitter of each is that of its pid.
 */
import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { nodeDisk } from '../../src/storage/node-disk.ts';
import type { LockSetting } from '../../src/storage/writer-lock.ts';
import { seeded } from '../simulation/chance.ts';

const chance = seeded(process.pid);
const STEPS = 1 << 16;

export const setting: LockSetting = {
  disk: nodeDisk,
  pid: process.pid,
  host: hostname(),
  now: () => new Date(),
  elapsedMs: () => performance.now(),
  sleep: (ms) => setTimeout(ms),
  random: () => chance(STEPS) / STEPS,
};
