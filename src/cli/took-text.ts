/**
 * How long the parts of a recovery took, for programs and for people.
 */
import type { Took } from '../restore.ts';

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** tookData tells them in whole milliseconds. */
export const tookData = ({ copy, replay, verify }: Took) => ({
  copy: Math.round(copy),
  replay: Math.round(replay),
  verify: Math.round(verify),
});

/** tookText tells them in a line. */
export const tookText = ({ copy, replay, verify }: Took): string =>
  `took ${seconds(copy + replay + verify)}: verified and copied in ${seconds(copy)}, ` +
  `replayed in ${seconds(replay)}, verified with its mirror in ${seconds(verify)}\n`;
