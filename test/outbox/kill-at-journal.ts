/**
 * Loaded before a process's own code: kills it right before the nth write to the journal, or right
 * after the nth time that it is synced, which is before the mirror's commit.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { writeSync, fdatasyncSync } = fs;
const [call, nth] = (process.env['KILL_AT_JOURNAL'] ?? '').split(' ');
let left = Number(nth);

const count = (now: string, descriptor: number): void => {
  if (now !== call || !fs.readlinkSync(`/proc/self/fd/${descriptor}`).endsWith('.jsonl')) return;
  if (--left === 0) process.kill(process.pid, 'SIGKILL');
};

const write = (descriptor: number, ...rest: readonly unknown[]): number => {
  count('write', descriptor);
  return Reflect.apply(writeSync, fs, [descriptor, ...rest]) as number;
};
fs.writeSync = write;
fs.fdatasyncSync = (descriptor) => {
  fdatasyncSync(descriptor);
  count('sync', descriptor);
};
syncBuiltinESMExports();
