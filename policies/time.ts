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

/** millisecondsOf counts from the beginning of 1970. */
export const millisecondsOf = (time: Time): number => {
  const part = (from: number, to: number): number => Number(time.slice(from, to));
  const days = daysSince1970(part(0, 4), part(5, 7), part(8, 10));
  const seconds = (part(11, 13) * 60 + part(14, 16)) * 60 + part(17, 19);
  return days * DAY_MS + seconds * 1000 + part(20, 23);
};
