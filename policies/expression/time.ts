/**
 * Moments and lengths of time in nanoseconds, by the Gregorian calendar in UTC. No clock and no
 * table of time zones has a part in it, so that the same text means the same for ever.
 *
 *     2026-11-20T15:04:05.678Z   2026-11-20T16:04:05+01:00   1h30m   -250ms   1.5s
 */
import { Failed, Moment, Span } from './value.ts';

const SECOND = 1_000_000_000n;
const DAY = 86_400n * SECOND;

const BAD_TIMESTAMP = new Failed('bad_timestamp');
const BAD_DURATION = new Failed('bad_duration');
const OVERFLOW = new Failed('overflow');

/** Days since 1970 of a date; years begin in March here, so that the odd day comes last. */
const dayOf = (year: number, month: number, date: number): number => {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + date - 1;
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * 146_097 + yearOfEra * 365 + leapDays + dayOfYear - 719_468;
};

interface Civil {
  readonly year: number;
  readonly month: number;
  readonly date: number;
}

const civilOf = (day: number): Civil => {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const corrected =
    dayOfEra -
    Math.floor(dayOfEra / 1460) +
    Math.floor(dayOfEra / 36_524) -
    Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor(corrected / 365);
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  const dayOfYear = dayOfEra - yearOfEra * 365 - leapDays;
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = ((monthFromMarch + 2) % 12) + 1;
  const date = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  return { year: era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, date };
};

const FIRST = BigInt(dayOf(1, 1, 1)) * DAY;
const LAST = BigInt(dayOf(10_000, 1, 1)) * DAY - 1n;

/** moment makes a moment of the years 1 to 9999. */
export const moment = (ns: bigint): Moment | Failed =>
  ns >= FIRST && ns <= LAST ? new Moment(ns) : OVERFLOW;

/** span makes a length of time no longer than all moments take. */
export const span = (ns: bigint): Span | Failed =>
  ns <= LAST - FIRST && ns >= FIRST - LAST ? new Span(ns) : OVERFLOW;

const MOMENT =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/;

/** parseMoment reads a time as RFC 3339 writes it; there are no leap seconds. */
export const parseMoment = (text: string): Moment | Failed => {
  const found = MOMENT.exec(text);
  if (found === null) return BAD_TIMESTAMP;
  const at = (group: number): number => Number(found[group] ?? 0);
  const [year, month, date] = [at(1), at(2), at(3)];
  const day = dayOf(year, month, date);
  const civil = civilOf(day);
  const isReal = civil.year === year && civil.month === month && civil.date === date;
  const isInDay = at(4) < 24 && at(5) < 60 && at(6) < 60 && at(9) < 24 && at(10) < 60;
  if (!isReal || !isInDay) return BAD_TIMESTAMP;
  const ahead = (at(9) * 60 + at(10)) * (found[8] === '-' ? -60 : 60);
  const seconds = day * 86_400 + at(4) * 3600 + at(5) * 60 + at(6) - ahead;
  const made = moment(BigInt(seconds) * SECOND + BigInt((found[7] ?? '').padEnd(9, '0')));
  return made instanceof Failed ? BAD_TIMESTAMP : made;
};

const UNITS: Readonly<Record<string, bigint>> = {
  h: 3600n * SECOND,
  m: 60n * SECOND,
  s: SECOND,
  ms: 1_000_000n,
  us: 1000n,
  ns: 1n,
};
const SPAN = /^[+-]?(?:\d{1,15}(?:\.\d{1,9})?(?:h|ms|m|s|us|ns)){1,6}$/;

/** parseSpan reads numbers with units; what is less than a nanosecond is cut off. */
export const parseSpan = (text: string): Span | Failed => {
  if (text.length > 100 || !SPAN.test(text)) return BAD_DURATION;
  let ns = 0n;
  for (const [, whole = '', part = '', unit = ''] of text.matchAll(/(\d+)(?:\.(\d+))?([a-z]+)/g))
    ns += (BigInt(whole + part.padEnd(9, '0')) * (UNITS[unit] ?? 0n)) / SECOND;
  const made = span(text.startsWith('-') ? -ns : ns);
  return made instanceof Failed ? BAD_DURATION : made;
};

/** Days and what is left of the last one; before 1970 too a day goes from midnight to midnight. */
const split = (ns: bigint): readonly [number, bigint] => {
  const rest = ((ns % DAY) + DAY) % DAY;
  return [Number((ns - rest) / DAY), rest];
};

const ofDay = (part: (civil: Civil, day: number) => number) => (at: Moment) => {
  const [day] = split(at.ns);
  return BigInt(part(civilOf(day), day));
};

const ofTime = (unit: bigint, count: bigint) => (at: Moment) => (split(at.ns)[1] / unit) % count;

/** What can be asked of a moment; months, days of the month and of the year count from 0 in CEL. */
export const MOMENT_PARTS: Readonly<Record<string, (at: Moment) => bigint>> = {
  getFullYear: ofDay(({ year }) => year),
  getMonth: ofDay(({ month }) => month - 1),
  getDate: ofDay(({ date }) => date),
  getDayOfMonth: ofDay(({ date }) => date - 1),
  getDayOfWeek: ofDay((_, day) => (((day + 4) % 7) + 7) % 7),
  getDayOfYear: ofDay(({ year }, day) => day - dayOf(year, 1, 1)),
  getHours: ofTime(3600n * SECOND, 24n),
  getMinutes: ofTime(60n * SECOND, 60n),
  getSeconds: ofTime(SECOND, 60n),
  getMilliseconds: ofTime(1_000_000n, 1000n),
};

/** What can be asked of a length of time: the whole of it in a unit. */
export const SPAN_PARTS: Readonly<Record<string, (length: Span) => bigint>> = {
  getHours: ({ ns }) => ns / (3600n * SECOND),
  getMinutes: ({ ns }) => ns / (60n * SECOND),
  getSeconds: ({ ns }) => ns / SECOND,
};
