/**
 * `Retry-After` (RFC 9110 section 10.2.3): seconds, or a date. What nobody can have meant is
 * clamped, and what means nothing is as if it were not there.
 */

/** As long as anybody is left alone for an answer. */
export const MOST_MS = 24 * 3_600_000;
const SECONDS = /^\s*(\d{1,30})\s*$/;
const NAMED = /[A-Za-z]\s*$/;
/** RFC 9110 section 5.6.7; a date that is none is NaN. */
const DATE = /^\s*[A-Za-z]{3,9},? [A-Za-z0-9 :-]{10,40}\s*$/;

/** parseRetryAfter gives how long to wait, in milliseconds; undefined where nothing is said. */
export const parseRetryAfter = (value: string | undefined, nowMs: number): number | undefined => {
  if (value === undefined) return undefined;
  const [, seconds] = SECONDS.exec(value) ?? [];
  const ms = seconds === undefined ? dateOf(value) - nowMs : Number(seconds) * 1000;
  return Number.isNaN(ms) ? undefined : Math.min(MOST_MS, Math.max(0, ms));
};

/** All three forms are of UTC; the oldest, `Sun Nov  6 08:49:37 1994`, does not name it. */
const dateOf = (value: string): number =>
  DATE.test(value) ? Date.parse(NAMED.test(value) ? value : `${value} GMT`) : Number.NaN;
