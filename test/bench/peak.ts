/**
 * The most memory that this program took.
 */
import { existsSync, readFileSync } from 'node:fs';

/** Of it alone: what the system tells of a process begins with the one that forked it. */
export const peakMegabytes = (): number => {
  const status = '/proc/self/status';
  const peak = existsSync(status) ? /VmHWM:\s+(\d+)/.exec(readFileSync(status, 'utf8')) : null;
  return Number(peak?.[1] ?? process.resourceUsage().maxRSS) / 1024;
};
