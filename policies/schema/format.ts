/**
 * The formats that text can be asked to have. Each is checked in time linear in the text: in these
 * patterns no character can be taken by two parts that both repeat.
 *
 *     date-time   2026-11-20T15:04:05.678+01:00   RFC 3339, leap seconds included
 *     date        2026-11-20                      time   15:04:05Z
 *     uuid        0192f0c1-8f1e-7c3a-9b1d-2f6f1c0a4e55
 *     email       ada@example.com                 a dot-string and a domain name, in ASCII
 *     uri         https://example.com/a?b#c       a scheme, then the characters of RFC 3986
 */

type IsOf = (text: string) => boolean;

const DATE = /^\d{4}-\d\d-\d\d$/;
const HOUR = '(?:[01]\\d|2[0-3])';
const TIME = new RegExp(
  `^${HOUR}:[0-5]\\d:(?:[0-5]\\d|60)(?:\\.\\d+)?(?:[Zz]|[+-]${HOUR}:[0-5]\\d)$`,
);
const UUID = /^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/;
const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const EMAIL = new RegExp(`^(?=[^@]{1,64}@)${ATOM}(?:\\.${ATOM})*@${LABEL}(?:\\.${LABEL})*$`);
const URI = /^[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*$/;

const MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

const daysOf = (year: number, month: number): number => {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 && isLeap ? 29 : (MONTHS[month - 1] ?? 0);
};

const isDate: IsOf = (text) => {
  if (!DATE.test(text)) return false;
  const day = Number(text.slice(8));
  return day >= 1 && day <= daysOf(Number(text.slice(0, 4)), Number(text.slice(5, 7)));
};

const MINUTES_A_DAY = 1440;

/** The hours and minutes that begin at an index, in minutes. */
const minutesAt = (text: string, at: number): number =>
  Number(text.slice(at, at + 2)) * 60 + Number(text.slice(at + 3, at + 5));

const isTime: IsOf = (text) => {
  if (!TIME.test(text)) return false;
  if (text.slice(6, 8) !== '60') return true;
  // A leap second is the last one of a day in UTC.
  const zone = text.search(/[+-]/);
  const offset = zone < 0 ? 0 : minutesAt(text, zone + 1);
  const minutes = minutesAt(text, 0) + (text[zone] === '-' ? offset : -offset);
  return (minutes + MINUTES_A_DAY) % MINUTES_A_DAY === MINUTES_A_DAY - 1;
};

const isDateTime: IsOf = (text) =>
  (text[10] === 'T' || text[10] === 't') && isDate(text.slice(0, 10)) && isTime(text.slice(11));

export const FORMATS: ReadonlyMap<string, IsOf> = new Map<string, IsOf>([
  ['date', isDate],
  ['date-time', isDateTime],
  ['email', (text) => text.length <= 254 && EMAIL.test(text)],
  ['time', isTime],
  ['uri', (text) => URI.test(text)],
  ['uuid', (text) => UUID.test(text)],
]);
