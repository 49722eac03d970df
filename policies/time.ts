/**
 * Reckoning with times without a clock: a moment in UTC as milliseconds since 1970, by the calendar
 * alone (days from civil, as the proleptic Gregorian calendar counts them).
 */
import type { Time } from '../ledger/name.ts';

const DAY_MS = 86_400_000;

const daysSince1970 = (year: number, month: number, day: number): number => {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
};

/** A time has its digits at fixed places; to read them one by one is quickest (measured). */
const digit = (time: Time, at: number): number => time.charCodeAt(at) - 48;

/** millisecondsOf counts from the beginning of 1970. */
export const millisecondsOf = (time: Time): number => {
  const two = (at: number): number => digit(time, at) * 10 + digit(time, at + 1);
  const days = daysSince1970(two(0) * 100 + two(2), two(5), two(8));
  const seconds = (two(11) * 60 + two(14)) * 60 + two(17);
  return days * DAY_MS + seconds * 1000 + two(20) * 10 + digit(time, 22);
};
