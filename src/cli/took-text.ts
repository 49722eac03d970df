/**
 * How long the parts of a recovery took.
 */
import type { Took } from '../restore.ts';

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** tookText tells them in a line. */
export const tookText = ({ copy, replay, verify }: Took): string =>
  `took ${seconds(copy + replay + verify)}: verified and copied in ${seconds(copy)}, ` +
  `replayed in ${seconds(replay)}, verified with its mirror in ${seconds(verify)}\n`;
